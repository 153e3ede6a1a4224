/** The documents and the page of an evidence pack, from a real training. */

import assert from "node:assert/strict";
import {
  evaluate,
  evidenceDocuments,
  evidenceFiles,
  type EvidenceInput,
  gateModel,
  measureBaselines,
  prepare,
  trainCandidate,
  trainingRecord,
} from "lib/lifecycle/mod.ts";
import { checkBehaviour } from "lib/training/mod.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
const candidate = await trainCandidate(prepared, { seed: 7, trees: 30 }), { model } = candidate;
const behaviour = checkBehaviour(model, { known: prepared.train, cases: prepared.validation }, {
  seed: 7,
});
const record = await trainingRecord({
  ...{ prepared, candidate, behaviour, evaluation: evaluate(model, prepared.holdout) },
  baselines: measureBaselines(prepared, prepared.holdout),
});
const gated = gateModel(prepared, { challenger: model });
const at = "2026-01-02T03:04:05.000Z";

const INPUT: EvidenceInput = {
  ...{ model, record, prepared, run: null, production: [] },
  version: {
    ...{
      name: "iris",
      version: "1",
      digest: model.digest,
      runId: "r1",
      signature: {},
      metrics: {},
    },
    ...{ datasetDigest: record.datasetDigest, commit: "c0ffee", lockfile: record.lockfile },
    registeredAt: at,
  },
  decisions: [{
    ...{ id: "iris/1/1", name: "iris", version: "1", against: null, passed: true, at, by: "gate" },
    ...{ reasons: gated.rules.map(({ sentence }) => sentence) },
    evidence: JSON.parse(JSON.stringify({ ...gated, rules: gated.rules })),
  }],
  lockfile: await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)),
};
const page = (input: EvidenceInput) =>
  new TextDecoder().decode(evidenceFiles(evidenceDocuments(input))["index.html"]);

Deno.test("evidenceDocuments() measures anew, and agrees with the training record", () => {
  const { modelCard, behaviour, contract, fairness } = evidenceDocuments(INPUT);
  const { metrics } = modelCard;
  assert.deepEqual(metrics.accuracy, record.metrics.accuracy);
  assert.deepEqual([metrics.agreesWithRecord, behaviour.agreesWithRecord], [true, true]);
  for (const { recall, rows, class: label } of metrics.perClass) {
    assert.ok(recall!.low < recall!.value || recall!.value === 0, label);
    assert.equal(recall!.rows, rows);
  }
  assert.deepEqual([contract.rows, contract.keptRows, contract.passed], [150, 149, true]);
  assert.equal(fairness.column, null);
});

Deno.test("evidenceDocuments() notices a record that says other numbers", () => {
  const accuracy = { ...record.metrics.accuracy, correct: 60 };
  const flattered = { ...record, metrics: { ...record.metrics, accuracy }, behaviour: [] };
  const { modelCard, behaviour } = evidenceDocuments({ ...INPUT, record: flattered });
  assert.deepEqual([modelCard.metrics.agreesWithRecord, behaviour.agreesWithRecord], [
    false,
    false,
  ]);
  const html = page({ ...INPUT, record: flattered });
  assert.match(html, /What was measured here is not what the training record says/);
  assert.match(html, /behavioural tests do not end here as the training record says/);
});

Deno.test("evidenceDocuments() refuses what does not belong together, in one line", () => {
  const make = (more: Partial<EvidenceInput>) => () => evidenceDocuments({ ...INPUT, ...more });
  const version = { ...INPUT.version, digest: "0".repeat(64) };
  assert.throws(
    make({ version }),
    /^BadInput: evidence of iris:1, digest of the model, must be 0{64}/,
  );
  const other = { ...record, datasetDigest: "1".repeat(64) };
  assert.throws(
    make({ record: other }),
    /rows of the training record, must be [0-9a-f]{64}: got "1+"/,
  );
});

Deno.test("evidenceDocuments() takes costs from the gate's decision, and says where there are none", () => {
  const [decision] = INPUT.decisions, costs = [[0, 1, 1], [1, 0, 5], [1, 5, 0]];
  const policy = { ...decision.evidence.policy as object, costs };
  const dear = { ...decision, evidence: { ...decision.evidence, policy } };
  const weighed = evidenceDocuments({ ...INPUT, decisions: [dear] }).costs;
  const equal = evidenceDocuments({ ...INPUT, decisions: [] });
  assert.deepEqual(weighed.costs, costs);
  assert.match(weighed.from, /iris\/1\/1/);
  assert.ok(weighed.mean > equal.costs.mean);
  assert.match(equal.costs.from, /Nobody set costs/);
  assert.equal(equal.comparison.sentence, "No gate has decided about this version.");
});

Deno.test("evidenceDocuments() tells an approval, a silent release, and no release", () => {
  const change = {
    ...{ name: "iris", sequence: 1, from: null, to: "1", at, by: "notebook 03", decision: null },
    reason: "smoke test passed",
  };
  const approval = { by: "Ada", reason: "looked at all rows", at, from: "prompt" };
  const told = (production: EvidenceInput["production"]) =>
    evidenceDocuments({ ...INPUT, production }).approval.sentence;
  assert.equal(told([]), "This version has not been in production.");
  assert.match(told([change]), /nobody was asked to approve/);
  assert.match(told([{ ...change, to: "2" }]), /has not been in production/);
  assert.equal(told([{ ...change, approval }]), "Approved by Ada.");
  assert.match(
    page({ ...INPUT, production: [{ ...change, approval }] }),
    /Ada: looked at all rows/,
  );
});

Deno.test("evidenceDocuments() compares the groups that the descriptor declares", () => {
  const { dataset } = prepared, descriptor = { ...dataset.descriptor, group: "site" };
  const groups = dataset.samples.y.length;
  const declared = {
    ...prepared,
    dataset: {
      ...{ ...dataset, descriptor },
      groups: Array.from({ length: groups }, (_, i) => i % 2 ? "north" : "south"),
    },
  };
  const { fairness } = evidenceDocuments({ ...INPUT, prepared: declared });
  assert.deepEqual(fairness.groups.map(({ group }) => group), ["north", "south"]);
  assert.equal(fairness.groups.reduce((sum, { accuracy }) => sum + accuracy.rows, 0), 60);
});

Deno.test("a group column that the CSV lacks is one clear line", async () => {
  const folder = await Deno.makeTempDir({ prefix: "no-group-" });
  try {
    const text = await Deno.readTextFile(new URL("../../data/iris.dataset.json", import.meta.url));
    const csv = new URL("../../data/iris.csv", import.meta.url).pathname;
    const { $schema: _schema, ...descriptor } = JSON.parse(text);
    const path = `${folder}/iris.dataset.json`;
    await Deno.writeTextFile(path, JSON.stringify({ ...descriptor, csv, group: "site" }));
    await assert.rejects(prepare(path, { seed: 7 }), {
      name: "BadInput",
      message: /^iris\.csv must have the column "site": got "sepal_length,/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("evidenceFiles(): a page with every section, nothing loaded, the same bytes each time", () => {
  const html = page(INPUT);
  const headings = [...html.matchAll(/<h2 id="[^"]+">([^<]+)</g)].map(([, heading]) => heading);
  assert.deepEqual(headings, [
    ...["Intended use", "Inputs", "Metrics", "Calibration", "Limits", "Data contract"],
    ...["Behavioural tests", "Against the champion", "Costs", "Fairness", "Provenance"],
    ...["Approval", "Parts list", "Files"],
  ]);
  assert.ok(!/<script|<link rel="stylesheet"|src="http|href="http/.test(html));
  assert.equal(page(INPUT), html);
  assert.equal(Object.keys(evidenceFiles(evidenceDocuments(INPUT))).length, 10);
  const { "sbom.cdx.json": none, ...files } = evidenceFiles(
    evidenceDocuments({ ...INPUT, lockfile: null }),
  );
  assert.equal(none, undefined);
  assert.match(new TextDecoder().decode(files["index.html"]), /there is no parts list/);
});
