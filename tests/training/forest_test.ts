import assert from "node:assert/strict";
import { digestOf, type Samples, stream, take } from "../../lib/core/mod.ts";
import { flattenForest, type NodeJson, vote } from "../../lib/model/mod.ts";
import { majorityBaseline, oneSplitBaseline, trainForest } from "../../lib/training/mod.ts";
import { IRIS, modelOf, parts, rightOf } from "./iris.ts";

/** Sixty of iris' rows, twenty of each class. */
const SIXTY = take(
  IRIS,
  [0, 1, 2].flatMap((label) => {
    return [...IRIS.y.keys()].filter((i) => IRIS.y[i] === label).slice(0, 20);
  }),
);

/** n rows of d columns without any pattern: random values, random classes. */
function noise(n: number, d: number): Samples {
  const random = stream(7, `noise ${n} ${d}`);
  return {
    features: Array.from({ length: d }, (_, f) => ({ name: `f${f}`, unit: "", min: 0, max: 1 })),
    classes: ["a", "b"],
    x: Float64Array.from({ length: n * d }, random.next),
    y: Uint8Array.from({ length: n }, (_, i) => i < 2 ? i : random.integer(2)),
  };
}

function depth(node: NodeJson): number {
  return "distribution" in node ? 0 : 1 + Math.max(depth(node.left), depth(node.right));
}

const right = ({ actual, labels }: { actual: Uint8Array; labels: Uint8Array }) =>
  actual.filter((label, i) => label === labels[i]).length / actual.length;

Deno.test("trainForest() gives the same forest for the same seed, another for another", async () => {
  const grow = async (seed: number) => {
    const { json, outOfBag } = await trainForest(SIXTY, { seed, trees: 5 });
    return [modelOf(json, SIXTY).digest, digestOf(outOfBag.rows), outOfBag.outcome] as const;
  };
  const [first, again, other] = [await grow(7), await grow(7), await grow(8)];
  assert.deepEqual(again, first);
  assert.notEqual(other[0], first[0]);
  assert.notEqual(other[1], first[1]);
});

Deno.test("trainForest() on 60 rows is frozen: another package or seed rule would be noticed", async () => {
  const { json } = await trainForest(SIXTY, { seed: 7, trees: 3 });
  assert.equal(digestOf(json), "a91bcc8a400753dd0cf97e61136c2f95484bf9c2c92584063e823cbfc80bd899");
});

Deno.test("trainForest() begins a longer forest with the shorter one", async () => {
  const [short, long] = [
    await trainForest(SIXTY, { seed: 7, trees: 4, featureShare: 0.5 }),
    await trainForest(SIXTY, { seed: 7, trees: 9, featureShare: 0.5 }),
  ].map(({ json }) => json.baseModel);
  assert.deepEqual(long.indexes.slice(0, 4), short.indexes);
  assert.deepEqual(long.estimators.slice(0, 4), short.estimators);
  assert.equal(new Set(long.estimators.map(digestOf)).size, 9);
});

Deno.test("trainForest() leaves its rows alone and grows the same from a copy", async () => {
  const copy = structuredClone(SIXTY), { json } = await trainForest(SIXTY, { seed: 7, trees: 2 });
  assert.deepEqual(SIXTY, copy);
  assert.deepEqual((await trainForest(copy, { seed: 7, trees: 2 })).json, json);
});

Deno.test("trainForest() works with 1, 2 and 5 trees on 60 rows, for many seeds", async () => {
  for (const trees of [1, 2, 5]) {
    for (let seed = 0; seed < 15; seed++) {
      const { json, outOfBag } = await trainForest(SIXTY, { seed, trees });
      assert.equal(json.baseModel.estimators.length, trees);
      assert.ok(outOfBag.rows.length > 0 && outOfBag.rows.length <= 60);
    }
  }
});

Deno.test("trainForest() works on a few rows, where a bag may hold them all", async () => {
  for (const n of [2, 3, 4, 6]) {
    const rows = noise(n, 2), { json, outOfBag } = await trainForest(rows, { seed: 7, trees: 40 });
    assert.equal(json.baseModel.estimators.length, 40);
    assert.deepEqual(outOfBag.rows, [...rows.y.keys()]);
    assert.equal(outOfBag.outcome.labels.length, n);
  }
});

Deno.test("trainForest() lets a tree vote only on rows outside its bag, as it votes on any row", async () => {
  let outside = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { json, outOfBag } = await trainForest(SIXTY, { seed, trees: 1, maxDepth: 2 });
    const { rows, outcome } = outOfBag, out = take(SIXTY, rows);
    assert.deepEqual(rows, [...new Set(rows)].sort((a, b) => a - b));
    assert.deepEqual(outcome.actual, out.y);
    const { labels, votes } = vote(flattenForest(json, { columns: 4, classes: 3 }), out.x);
    assert.deepEqual(outcome.labels, labels);
    assert.deepEqual([...outcome.probabilities], [...votes]);
    outside += rows.length / 60;
  }
  // (1 - 1/60)^60 of the rows, 0.3648, are in no bag of 60 draws
  assert.ok(Math.abs(outside / 60 - 0.3648) < 0.015, `${outside / 60}`);
});

Deno.test("trainForest() leaves a row without estimate as often as chance has it", async () => {
  for (const trees of [2, 5]) {
    let without = 0;
    for (let seed = 0; seed < 30; seed++) {
      const { outOfBag } = await trainForest(SIXTY, { seed, trees, maxDepth: 1 });
      without += 1 - outOfBag.rows.length / 60;
    }
    assert.ok(Math.abs(without / 30 - (1 - 0.3648) ** trees) < 0.03, `${trees}: ${without / 30}`);
  }
});

Deno.test("trainForest() gives out-of-bag probabilities that are shares of at most all trees", async () => {
  const trees = 25, { outOfBag } = await trainForest(IRIS, { seed: 7, trees });
  const { probabilities, labels } = outOfBag.outcome;
  let votes = 0;
  outOfBag.rows.forEach((_, i) => {
    const shares = [...probabilities.subarray(i * 3, i * 3 + 3)];
    assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-12);
    assert.equal(shares[labels[i]], Math.max(...shares));
    // the fewest trees of which these are shares
    const all = Array.from({ length: trees }, (_, t) => t + 1);
    const fewest = all.find((t) =>
      shares.every((share) => Math.abs(share * t - Math.round(share * t)) < 1e-9)
    );
    assert.ok(fewest !== undefined, `${shares}`);
    votes = Math.max(votes, fewest);
  });
  // about 0.37 × 25 trees have not seen a row; where they disagree, the count shows
  assert.ok(votes >= 6 && votes <= 20, `${votes}`);
});

Deno.test("trainForest() has an out-of-bag estimate that noise cannot fool", async () => {
  const rows = noise(200, 3);
  const { json, outOfBag } = await trainForest(rows, { seed: 7, trees: 40, minRows: 1 });
  const honest = right(outOfBag.outcome), fooled = rightOf(json, rows) / 200;
  assert.ok(fooled > 0.85, `rows that it has seen: ${fooled}`);
  assert.ok(Math.abs(honest - 0.5) < 4 * Math.sqrt(0.25 / 200), `rows that it has not: ${honest}`);
});

Deno.test("trainForest() has an out-of-bag accuracy close to that of five folds", async () => {
  const order = stream(7, "folds").shuffle([...IRIS.y.keys()]);
  let hits = 0;
  for (let fold = 0; fold < 5; fold++) {
    const test = order.filter((_, i) => i % 5 === fold);
    const train = order.filter((_, i) => i % 5 !== fold);
    const { json } = await trainForest(take(IRIS, train), { seed: 7, trees: 40 });
    hits += rightOf(json, take(IRIS, test));
  }
  const { outOfBag } = await trainForest(IRIS, { seed: 7, trees: 40 });
  assert.equal(outOfBag.rows.length, 149);
  assert.ok(Math.abs(right(outOfBag.outcome) - hits / 149) < 0.03);
});

Deno.test("trainForest() beats both baselines on rows that it has not seen", async () => {
  for (const seed of [1, 2, 3, 4]) {
    const { train, holdout } = parts(seed), n = holdout.y.length;
    const { json } = await trainForest(train, { seed, trees: 50 });
    const forest = rightOf(json, holdout);
    assert.ok(forest > rightOf(oneSplitBaseline(train).json, holdout) + 0.15 * n);
    assert.ok(forest > rightOf(majorityBaseline(train).json, holdout) + 0.4 * n);
    assert.ok(forest > 0.88 * n, `seed ${seed}: ${forest} of ${n}`);
  }
});

Deno.test("trainForest() grows no deeper than maxDepth and splits no node of minRows", async () => {
  const depths = async (options: object) => {
    const { json } = await trainForest(noise(80, 2), { seed: 7, trees: 4, ...options });
    return json.baseModel.estimators.map(({ root }) => depth(root));
  };
  const free = await depths({ minRows: 1 });
  assert.ok(free.every((found) => found > 4), `${free}`);
  assert.deepEqual(await depths({ minRows: 1, maxDepth: 2 }), [2, 2, 2, 2]);
  assert.deepEqual(await depths({ minRows: 80 }), [0, 0, 0, 0]);
  assert.ok((await depths({ minRows: 79 })).every((found) => found >= 1));
});

Deno.test("trainForest() draws its share of the columns, and at least one", async () => {
  const drawn = async (featureShare: number) => {
    const { json } = await trainForest(noise(20, 5), { seed: 7, trees: 30, featureShare });
    assert.ok(json.baseModel.indexes.flat().every((column) => column >= 0 && column < 5));
    return [json.baseModel.n, new Set(json.baseModel.indexes.flat()).size];
  };
  assert.deepEqual(await drawn(1), [5, 5]);
  assert.deepEqual(await drawn(0.6), [3, 5]);
  assert.deepEqual(await drawn(0.2), [1, 5]);
  assert.deepEqual(await drawn(0.01), [1, 5]);
});

Deno.test("trainForest() keeps nothing in the JSON that a prediction does not need", async () => {
  const { json } = await trainForest(SIXTY, { seed: 7, trees: 2 }), { baseModel, ...rest } = json;
  assert.deepEqual(rest, { name: "RFClassifier" });
  assert.deepEqual(Object.keys(baseModel).sort(), [
    "estimators",
    "indexes",
    "isClassifier",
    "n",
    "nEstimators",
  ]);
  const keys = new Set<string>();
  JSON.stringify(baseModel.estimators, (key, value) => (keys.add(key), value));
  assert.deepEqual([...keys].filter((key) => /[a-z]/.test(key)).sort(), [
    "distribution",
    "kind",
    "left",
    "name",
    "options",
    "right",
    "root",
    "splitColumn",
    "splitValue",
  ]);
});

Deno.test("trainForest() tells of each tree in order", async () => {
  const heard: number[][] = [];
  await trainForest(SIXTY, { seed: 7, trees: 4, onTree: (...counts) => heard.push(counts) });
  assert.deepEqual(heard, [[1, 4], [2, 4], [3, 4], [4, 4]]);
});

Deno.test("trainForest() ends at the signal, with its reason", async () => {
  const reason = new Error("enough"), heard: number[] = [], controller = new AbortController();
  const onTree = (done: number) => {
    heard.push(done);
    if (done === 3) controller.abort(reason);
  };
  const { signal } = controller;
  await assert.rejects(trainForest(SIXTY, { seed: 7, trees: 50, onTree, signal }), reason);
  assert.deepEqual(heard, [1, 2, 3]);
  await assert.rejects(trainForest(SIXTY, { seed: 7, trees: 50, onTree, signal }), reason);
  assert.equal(heard.length, 3);
});

Deno.test("trainForest() lets the event loop breathe, so that a timer can end it", async () => {
  const controller = new AbortController(), { signal } = controller, reason = new Error("timer");
  setTimeout(() => controller.abort(reason));
  await assert.rejects(trainForest(IRIS, { seed: 7, trees: 2000, signal }), reason);
});

Deno.test("trainForest() refuses rows of one class, broken options and what is no seed", async () => {
  const one = take(IRIS, [0, 1, 2, 3, 4]);
  await assert.rejects(trainForest(one, { seed: 7 }), {
    name: "BadInput",
    message: "training rows must have at least two classes to tell apart: got 1",
  });
  await assert.rejects(trainForest(IRIS, { seed: 7, trees: 0 }), {
    message: "trees must be a whole number from 1 to 2000: got 0",
  });
  await assert.rejects(trainForest(IRIS, { seed: -1 }), {
    message: "seed must be a whole number from 0 to 4294967295: got -1",
  });
});
