import assert from "node:assert/strict";
import { measure } from "../../lib/model/mod.ts";
import {
  evaluate,
  measureBaselines,
  prepare,
  rebuildReference,
  referenceOf,
  trainCandidate,
  trainingRecord,
} from "../../lib/lifecycle/mod.ts";

const DATASET = "data/iris.dataset.json";
const prepared = await prepare(DATASET, { seed: 7 });

async function recordOf(trees: number) {
  const candidate = await trainCandidate(prepared, { seed: 7, trees });
  const record = await trainingRecord({
    ...{ prepared, candidate, behaviour: [] },
    evaluation: evaluate(candidate.model, prepared.holdout),
    baselines: measureBaselines(prepared, prepared.holdout),
  });
  return { candidate, record };
}

Deno.test("referenceOf() has out-of-bag votes for training rows, then predictions for validation", async () => {
  const { candidate } = await recordOf(100), { train, validation } = prepared;
  const { x, actual, predicted, probabilities, classes } = referenceOf(prepared, candidate);
  const n = train.y.length, k = classes.length, d = 4;
  const accuracy = (from: number, to?: number) =>
    measure({
      ...{ actual: actual.slice(from, to), labels: predicted.slice(from, to) },
      probabilities: probabilities.slice(from * k, to && to * k),
    }, classes).accuracy;
  assert.deepEqual(accuracy(0, n), candidate.outOfBag.accuracy);
  assert.deepEqual(accuracy(n), evaluate(candidate.model, validation).accuracy);
  assert.deepEqual([x.slice(0, n * d), actual.slice(0, n)], [train.x, train.y]);
  assert.deepEqual([x.slice(n * d), actual.slice(n)], [validation.x, validation.y]);
});

Deno.test("referenceOf() leaves out rows that every tree has seen", async () => {
  const { candidate } = await recordOf(1), reference = referenceOf(prepared, candidate);
  const { rows } = candidate.votes, d = 4;
  assert.ok(rows.length > 5 && rows.length < 40, `${rows.length} rows`);
  rows.forEach((row, i) => {
    const expected = prepared.train.x.slice(row * d, row * d + d);
    assert.deepEqual(reference.x.slice(i * d, i * d + d), expected);
    assert.equal(reference.actual[i], prepared.train.y[row]);
  });
});

Deno.test("rebuildReference() makes the recorded training again, byte for byte", async () => {
  const { candidate, record } = await recordOf(50);
  const kept = JSON.parse(JSON.stringify(record)); // as it comes from Blob
  const again = await rebuildReference(DATASET, kept);
  assert.equal(again.candidate.model.digest, candidate.model.digest);
  assert.deepEqual(again.reference, referenceOf(prepared, candidate));
});

Deno.test("rebuildReference() refuses other rows, another holdout and another model", async () => {
  const { record } = await recordOf(5);
  const cases: [object, RegExp][] = [
    [{ datasetDigest: "0".repeat(64) }, /^BadInput: rows of iris must be those of the training/],
    [{ holdout: { sha256: "1".repeat(64) } }, /^BadInput: holdout of iris must be that of/],
    [{ seed: 8 }, /^BadInput: iris trained again must be the recorded model, byte for byte/],
    [{ parameters: { ...record.parameters, trees: 6 } }, /^BadInput: iris trained again/],
  ];
  for (const [change, message] of cases) {
    await assert.rejects(rebuildReference(DATASET, { ...record, ...change }), message);
  }
});
