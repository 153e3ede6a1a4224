/** What comes to the gate besides a model: its bytes, its rows, their age, their groups, and folds. */

import assert from "node:assert/strict";
import { manualClock, take } from "lib/core/mod.ts";
import { decisionDigest, DEFAULT_POLICY, type GatePolicy, smallestHoldout } from "lib/gate/mod.ts";
import {
  crossValidate,
  foldsIfNeeded,
  type GateEntry,
  gateModel,
  gatePlanted,
  prepare,
  type Prepared,
  readPolicy,
  refusedBy,
  trainCandidate,
} from "lib/lifecycle/mod.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
const { model } = await trainCandidate(prepared, { seed: 7, trees: 50 });
const clock = manualClock("2026-06-01T12:00:00Z");

const gate = (entry: Partial<GateEntry>, policy?: GatePolicy, rows: Prepared = prepared) =>
  gateModel(rows, { challenger: model, clock, ...entry }, policy);
const sentence = (decision: ReturnType<typeof gate>, wanted: string) =>
  decision.rules.find(({ rule }) => rule === wanted)!.sentence;

Deno.test("gatePlanted(): the eleven are refused by their rule; good forests by nothing else", async () => {
  const verdicts = await gatePlanted(prepared, { seed: 7, clock });
  assert.deepEqual(verdicts.map(({ fault, rule }) => `${fault}: ${rule}`), [
    ...["labels shuffled: baseline", "class dropped: classes", "columns swapped: baseline"],
    ...["millimetres: thresholds", "NaN-blind: contract", "constant: baseline"],
    ...["signature change: signature", "trained on the holdout: leak", "too slow: latency"],
    ...["stale data: freshness", "tampered bytes: bytes"],
  ]);
  assert.ok(verdicts.every(({ caught }) => caught));
  const alone = verdicts.slice(7).map(({ decision }) => refusedBy(decision));
  assert.deepEqual(alone, [["leak"], ["latency"], ["freshness"], ["bytes"]]);
});

Deno.test("gateModel() finds one row of the holdout among those that were learnt, in any order of columns", () => {
  const one = take(prepared.holdout, [5]), { train } = prepared;
  const learnt = {
    ...train,
    x: Float64Array.of(...train.x, ...one.x),
    y: Uint8Array.of(...train.y, ...one.y),
  };
  assert.deepEqual(refusedBy(gate({ learnt })), ["leak"]);
  const turned = {
    ...learnt,
    features: learnt.features.toReversed(),
    x: learnt.x.map((_, i) => learnt.x[i - i % 4 + 3 - i % 4]),
  };
  assert.deepEqual(refusedBy(gate({ learnt: turned })), ["leak"]);
});

Deno.test("gateModel() counts days from the end of the day that the rows tell up to", () => {
  assert.deepEqual(refusedBy(gate({ asOf: "2025-06-01" })), []);
  assert.deepEqual(refusedBy(gate({ asOf: "2025-05-29" })), ["freshness"]);
  assert.deepEqual(refusedBy(gate({ asOf: "2026-06-01" })), []);
  assert.deepEqual(refusedBy(gate({ asOf: "2026-06-02" })), ["freshness"], "still to come");
  const dataset = {
    ...prepared.dataset,
    descriptor: { ...prepared.dataset.descriptor, asOf: "1936-01-01" },
  };
  assert.match(
    sentence(gate({}, undefined, { ...prepared, dataset }), "freshness"),
    /^The rows are 33\d\d\d days old; allowed: 0 to 365 days\.$/,
  );
});

Deno.test("gateModel() times the candidate itself", () => {
  const answer = () => {
    const until = performance.now() + 3;
    while (performance.now() < until);
  };
  const slow = gate({ answer }, { ...DEFAULT_POLICY, maxRowMs: 2 });
  assert.deepEqual(refusedBy(slow), ["latency"]);
  assert.ok(slow.rules.at(-1)!.value! >= 3 && slow.rules.at(-1)!.measured);
  assert.equal(decisionDigest(gate({})), decisionDigest(gate({})), "and still has one name");
});

Deno.test("gateModel() looks at the groups of a column that the descriptor names", async () => {
  const folder = await Deno.makeTempDir();
  const [header, ...lines] = (await Deno.readTextFile("data/iris.csv")).trim().split(/\r?\n/);
  const csv = [
    `${header},garden`,
    ...lines.map((line, i) => `${line},${["north", "south"][i % 2]}`),
  ];
  await Deno.writeTextFile(`${folder}/iris.csv`, csv.join("\n"));
  const iris = JSON.parse(await Deno.readTextFile("data/iris.dataset.json"));
  const path = `${folder}/iris.dataset.json`;
  await Deno.writeTextFile(path, JSON.stringify({ ...iris, group: "garden" }));
  const rows = await prepare(path, { seed: 7 });
  assert.equal(rows.dataset.digest, prepared.dataset.digest, "a group is no input");
  const policy = { ...DEFAULT_POLICY, group: "garden" };
  const said = gate({}, policy, rows);
  assert.equal(said.decision, "promote");
  assert.match(
    sentence(said, "groups"),
    /^The weakest of 2 groups, garden (north|south), has \d+ of \d+/,
  );
  assert.deepEqual(refusedBy(gate({}, policy)), ["groups"], "iris itself has no gardens");
  await Deno.writeTextFile(path, JSON.stringify({ ...iris, group: "field" }));
  await assert.rejects(prepare(path, { seed: 7 }), {
    name: "BadInput",
    message: /^iris.csv must have the column "field"/,
  });
});

/** Iris with a holdout of so many rows. */
function withHoldout(rows: number): Prepared {
  const places = prepared.split.holdout.filter((_, i) => i % Math.floor(60 / rows) === 0);
  const holdout = take(prepared.dataset.samples, places);
  return { ...prepared, holdout, split: { ...prepared.split, holdout: places } };
}

Deno.test("a holdout too small to decide on refuses; with folds of both recipes it is decided", async () => {
  const small = withHoldout(20), champion = model;
  assert.ok(small.holdout.y.length < smallestHoldout(DEFAULT_POLICY.margin));
  const refused = gate({ champion }, undefined, small);
  assert.ok(refusedBy(refused).includes("evidence"));
  assert.match(sentence(refused, "evidence"), /For a margin of 10\.0 % 35 rows are needed\.$/);
  const recipes = { challenger: { seed: 8, trees: 50 }, champion: { seed: 7, trees: 50 } };
  const folds = await foldsIfNeeded(small, recipes);
  const decided = gate({ champion, folds }, undefined, small);
  assert.deepEqual([decided.decision, decided.holdout.folds, decided.holdout.rows], [
    "promote",
    5,
    149,
  ]);
  assert.match(sentence(decided, "evidence"), /^Judged on 149 rows in 5 folds/);
  assert.equal(await foldsIfNeeded(prepared, recipes), undefined, "60 rows are enough");
});

Deno.test("folds: everybody meets the same ones, and a twin gets the same labels", async () => {
  const recipe = { seed: 7, trees: 15 };
  const twins = await crossValidate(prepared, { challenger: recipe, champion: recipe });
  assert.deepEqual(twins.champion, twins.challenger.labels);
  const other = await prepare("data/iris.dataset.json", { seed: 8 });
  const alone = await crossValidate(other, { challenger: recipe });
  assert.deepEqual([alone.sha256, alone.champion], [twins.sha256, undefined]);
  assert.deepEqual(alone.challenger, twins.challenger);
  assert.throws(
    () => gate({ champion: model, folds: alone }),
    /folds must hold the champion's recipe/,
  );
});

Deno.test("readPolicy() reads a file over the defaults", async () => {
  const path = `${await Deno.makeTempDir()}/policy.json`;
  await Deno.writeTextFile(path, '{ "approval": "production" }');
  assert.deepEqual(await readPolicy(path), { ...DEFAULT_POLICY, approval: "production" });
  await Deno.writeTextFile(path, "{");
  await assert.rejects(readPolicy(path), { name: "BadInput", message: /must be a JSON file/ });
});
