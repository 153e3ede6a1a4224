/** Bad candidates, trained on iris, at the gate; and good ones beside them. */

import assert from "node:assert/strict";
import { digestOf, type Samples, take } from "lib/core/mod.ts";
import { type Contestant, decide, type GateDecision, strayThresholds } from "lib/gate/mod.ts";
import { type ForestJson, measure, type Model, modelBytes, predict } from "lib/model/mod.ts";
import {
  majorityBaseline,
  oneSplitBaseline,
  plantCandidates,
  trainForest,
} from "lib/training/mod.ts";
import { modelOf, parts } from "../training/iris.ts";

const seed = 7, { train, holdout } = parts(seed);
const [majority, oneSplit] = [majorityBaseline(train), oneSplitBaseline(train)]
  .map(({ json }) => predict(modelOf(json, train), holdout.x).labels);

function contestant({ digest, document }: Model, labels: Uint8Array): Contestant {
  return { digest, signature: document.signature, labels };
}

/** What the gate says of a forest, held against a champion. */
function gate(
  json: ForestJson,
  samples: Samples,
  champion?: Model,
  learnt = samples,
): GateDecision {
  const challenger = modelOf(json, samples), actual = holdout.y;
  const { labels, probabilities } = predict(challenger, holdout.x);
  return decide({
    challenger: contestant(challenger, labels),
    ...(champion && { champion: contestant(champion, predict(champion, holdout.x).labels) }),
    holdout: { sha256: "iris", actual },
    metrics: measure({ actual, labels, probabilities }, holdout.classes),
    ...{ baselines: { majority, oneSplit }, contractPassed: true, rowMs: 1 },
    foundDigest: challenger.digest,
    learnt: { rows: learnt.y.length, broken: learnt.x.filter(Number.isNaN).length },
    keys: { learnt: [], judged: [...actual.keys()].map(String) },
    thresholds: strayThresholds(challenger.forest, train.features),
    bytes: modelBytes(challenger.document).length,
  });
}

const refusing = ({ rules }: GateDecision) =>
  rules.filter(({ passed }) => !passed).map(({ rule }) => rule);

const good = (await trainForest(train, { seed, trees: 50 })).json;
const champion = modelOf(good, train);

Deno.test("decide() lets a good first model pass, and its twin, and one of another seed", async () => {
  assert.equal(gate(good, train).decision, "promote");
  const twin = gate(good, train, champion);
  assert.equal(twin.decision, "promote");
  const value = (name: string) => twin.rules.find(({ rule }) => rule === name)!.value!;
  assert.equal(value("mcnemar"), 1, "nothing speaks for it but that it is no worse");
  assert.ok(value("non-inferiority") < 0, "and how much worse it may be is said");
  const other = (await trainForest(train, { seed: 8, trees: 50 })).json;
  assert.equal(gate(other, train, champion).decision, "promote");
});

Deno.test("decide() refuses each planted candidate by the rule that has to", async () => {
  const planted = await plantCandidates(train, { seed });
  assert.equal(planted.length, 7);
  for (const { fault, rule, json, samples, learnt } of planted) {
    const decision = gate(json, samples, champion, learnt);
    assert.equal(decision.decision, "refuse", fault);
    assert.ok(refusing(decision).includes(rule), `${fault}: ${refusing(decision)}, not ${rule}`);
    const said = decision.rules.find((found) => found.rule === rule)!;
    assert.match(decision.sentence, new RegExp(`\\b${rule}\\b`));
    assert.ok(said.sentence.length > 10);
  }
});

Deno.test("decide() refuses them as first models too, but for the signature: nobody knows it yet", async () => {
  const decisions = (await plantCandidates(train, { seed })).map((
    { fault, json, samples, learnt },
  ) => ({
    fault,
    rules: refusing(gate(json, samples, undefined, learnt)),
  }));
  for (const { fault, rules } of decisions) {
    if (fault !== "signature change") assert.ok(rules.length > 0, fault);
  }
});

Deno.test("decide() refuses values that were swapped under the right names", async () => {
  const d = train.features.length;
  const x = train.x.map((_, i) => train.x[i - i % d + d - 1 - i % d]);
  const { json } = await trainForest({ ...train, x }, { seed, trees: 25 });
  const rules = refusing(gate(json, train, champion));
  assert.ok(!rules.includes("signature"), "its signature is as it should be");
  for (const rule of ["baseline", "non-inferiority", "mcnemar"] as const) {
    assert.ok(rules.includes(rule), `${rule} is not among ${rules}`);
  }
});

Deno.test("decide() refuses a forest that has seen too little", async () => {
  const few = take(train, train.y.keys().filter((i) => train.y[i] < 2).toArray());
  const { json } = await trainForest(few, { seed, trees: 25 });
  assert.ok(refusing(gate(json, train, champion)).includes("classes"));
});

Deno.test("decide() gives a record that has a digest of its own", () => {
  const decision = gate(good, train, champion);
  assert.equal(digestOf(JSON.parse(JSON.stringify(decision))), digestOf(decision));
  assert.equal(digestOf(gate(good, train, champion)), digestOf(decision));
  assert.notEqual(digestOf(gate(good, train)), digestOf(decision));
});
