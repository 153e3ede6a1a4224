import assert from "node:assert/strict";
import fc from "fast-check";
import { RandomForestClassifier } from "ml-random-forest";
import { column, digestOf, type Samples, take } from "../../lib/core/mod.ts";
import { flattenForest, type ForestJson, type NodeJson, vote } from "../../lib/model/mod.ts";
import { trainForest } from "../../lib/training/mod.ts";
import { IRIS } from "./iris.ts";
import { madeRows } from "./made_rows.ts";

const FAST = { seed: 7, trees: 9, minRows: 1, trainer: "fast" } as const;

const shapes = fc.record({
  n: fc.integer({ min: 4, max: 120 }),
  d: fc.integer({ min: 1, max: 6 }),
  k: fc.integer({ min: 2, max: 5 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  grid: fc.constantFrom(3, 12, Infinity),
  missing: fc.constantFrom(0, 0, 0.2, 0.9),
  shift: fc.constantFrom(0, 1),
});

function flat(json: ForestJson, { features, classes }: Samples) {
  return flattenForest(json, { columns: features.length, classes: classes.length });
}

function labels(json: ForestJson, samples: Samples, x = samples.x): number[] {
  return [...vote(flat(json, samples), x).labels];
}

/** What ml-random-forest answers once it has loaded the JSON. */
function packageLabels(json: ForestJson, { features, x, y }: Samples): number[] {
  // deno-lint-ignore no-explicit-any -- the package has no type for the JSON that it loads
  const forest = RandomForestClassifier.load(JSON.parse(JSON.stringify(json)) as any);
  const d = features.length;
  return forest.predict(Array.from(y, (_, i) => [...x.subarray(i * d, i * d + d)]));
}

function* nodesOf(node: NodeJson): Generator<NodeJson> {
  yield node;
  if ("distribution" in node) return;
  yield* nodesOf(node.left);
  yield* nodesOf(node.right);
}

function splitsOf(json: ForestJson) {
  return json.baseModel.estimators.flatMap(({ root }) =>
    [...nodesOf(root)].flatMap((node) => "distribution" in node ? [] : [node])
  );
}

Deno.test("the fast trainer's JSON is loaded by ml-random-forest, which predicts the same labels", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const rows = madeRows(shape), other = madeRows({ ...shape, seed: (shape.seed ^ 1) >>> 0 });
      const { json } = await trainForest(rows, FAST);
      assert.deepEqual(packageLabels(json, rows), labels(json, rows));
      assert.deepEqual(packageLabels(json, other), labels(json, other));
    }),
    { seed: 1, numRuns: 60 },
  );
});

Deno.test("the fast trainer knows its rows by heart where no two are equal and nothing is drawn away", async () => {
  const rows = madeRows({ n: 300, d: 3, k: 3, seed: 7, shift: 0 });
  const { json, outOfBag } = await trainForest(rows, { ...FAST, trees: 60 });
  const right = labels(json, rows).filter((label, i) => label === rows.y[i]).length / 300;
  assert.ok(right > 0.98, `${right}`);
  const { actual, labels: honest } = outOfBag.outcome;
  const hits = honest.filter((label, i) => label === actual[i]).length / actual.length;
  assert.ok(Math.abs(hits - 1 / 3) < 4 * Math.sqrt(2 / 9 / 300), `out of bag ${hits}`);
});

Deno.test("the fast trainer gives the same bytes for the same seed, others for another", async () => {
  const digest = async (seed: number) => {
    const { json, outOfBag } = await trainForest(IRIS, { ...FAST, seed });
    return digestOf({ json, rows: outOfBag.rows, votes: [...outOfBag.outcome.probabilities] });
  };
  assert.equal(await digest(7), await digest(7));
  assert.notEqual(await digest(7), await digest(8));
});

Deno.test("the fast trainer on iris is frozen: a changed rule or draw would be noticed", async () => {
  const { json } = await trainForest(IRIS, { ...FAST, trees: 3 });
  assert.equal(digestOf(json), "98b24cd657702f619216f4ce1fc46c83fb995ca8fa1d54a04254c2a88d2d3835");
});

Deno.test("the fast trainer begins a longer forest with the shorter one", async () => {
  const [short, long] = [
    await trainForest(IRIS, { ...FAST, trees: 4, featureShare: 0.5 }),
    await trainForest(IRIS, { ...FAST, trees: 9, featureShare: 0.5 }),
  ].map(({ json }) => json.baseModel.estimators);
  assert.deepEqual(long.slice(0, 4), short);
  assert.equal(new Set(long.map(digestOf)).size, 9);
});

Deno.test("the fast trainer leaves its rows alone", async () => {
  const rows = madeRows({ n: 50, d: 3, k: 2, seed: 7, missing: 0.1 }), copy = structuredClone(rows);
  await trainForest(rows, FAST);
  assert.deepEqual(rows, copy);
});

Deno.test("the fast trainer grows the same trees from columns in another order, renamed only", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const rows = madeRows(shape), d = shape.d;
      const turned: Samples = {
        ...rows,
        features: rows.features.toReversed(),
        x: rows.x.map((_, i) => rows.x[i - i % d + d - 1 - i % d]),
      };
      const splits = async (samples: Samples) => {
        const { json } = await trainForest(samples, FAST);
        return splitsOf(json).map(({ splitColumn, splitValue }) => [
          samples.features[splitColumn].name,
          splitValue,
        ]);
      };
      assert.deepEqual(await splits(turned), await splits(rows));
    }),
    { seed: 2, numRuns: 30 },
  );
});

Deno.test("the fast trainer never splits a constant column, be its one value known or missing", async () => {
  const rows = madeRows({ n: 90, d: 4, k: 3, seed: 7 });
  const x = rows.x.map((value, i) => i % 4 === 1 ? 5 : i % 4 === 2 ? NaN : value);
  const { json } = await trainForest({ ...rows, x }, { ...FAST, trees: 40, nodeColumns: 1 });
  const used = new Set(splitsOf(json).map(({ splitColumn }) => splitColumn));
  assert.deepEqual([...used].sort(), [0, 3]);
});

Deno.test("the fast trainer makes one leaf of rows that are equal but for their label", async () => {
  const rows: Samples = {
    ...take(IRIS, [0, 60, 0, 60, 0]),
    x: new Float64Array(20).fill(1.5),
  };
  const { json } = await trainForest(rows, { ...FAST, trees: 30 });
  const { labels } = vote(flat(json, rows), Float64Array.of(1, 1, 1, 1, 9, 9, 9, 9));
  assert.deepEqual([...labels], [0, 0]);
});

Deno.test("the fast trainer puts a threshold between two neighbours, even if no double lies there", async () => {
  const low = 1, high = 1 + Number.EPSILON;
  const rows: Samples = {
    features: [{ name: "f", unit: "", min: 0, max: 9 }],
    classes: ["a", "b"],
    x: Float64Array.from({ length: 40 }, (_, i) => i % 2 ? high : low),
    y: Uint8Array.from({ length: 40 }, (_, i) => i % 2),
  };
  const { json } = await trainForest(rows, FAST);
  assert.deepEqual(labels(json, rows), [...rows.y]);
  assert.ok(splitsOf(json).every(({ splitValue }) => splitValue === high));
});

Deno.test("the fast trainer keeps minRows, maxDepth, featureShare and nodeColumns", async () => {
  const rows = madeRows({ n: 200, d: 5, k: 2, seed: 7, shift: 0 });
  const depth = (node: NodeJson): number =>
    "distribution" in node ? 0 : 1 + Math.max(depth(node.left), depth(node.right));
  const roots = async (options: object) => {
    const { json } = await trainForest(rows, { ...FAST, ...options });
    return json.baseModel.estimators.map(({ root }) => root);
  };
  assert.ok((await roots({})).every((root) => depth(root) > 5));
  assert.deepEqual((await roots({ maxDepth: 2 })).map(depth), Array(9).fill(2));
  assert.deepEqual((await roots({ minRows: 200 })).map(depth), Array(9).fill(0));
  assert.ok((await roots({ minRows: 199 })).map(depth).every((found) => found >= 1));
  const columns = (root: NodeJson) =>
    new Set([...nodesOf(root)].flatMap((it) => "distribution" in it ? [] : [it.splitColumn]));
  assert.ok((await roots({ featureShare: 0.4 })).every((root) => columns(root).size === 2));
  assert.ok((await roots({ featureShare: 0.01 })).every((root) => columns(root).size === 1));
  // with all columns to choose from, the best first cut of these rows is nearly always the same
  const clear = { ...rows, x: rows.x.map((value, i) => i % 5 === 3 ? rows.y[(i - 3) / 5] : value) };
  const firsts = async (nodeColumns: number) => {
    const { json } = await trainForest(clear, { ...FAST, trees: 60, nodeColumns });
    return json.baseModel.estimators.filter(({ root }) =>
      "splitColumn" in root && root.splitColumn === 3
    ).length;
  };
  assert.equal(await firsts(5), 60);
  const one = await firsts(1); // a fifth of 60
  assert.ok(one >= 3 && one <= 24, `${one}`);
});

Deno.test("the fast trainer lets a tree vote only on rows outside its bag, as it votes on any row", async () => {
  let outside = 0;
  for (let seed = 0; seed < 40; seed++) {
    const rows = madeRows({ n: 60, d: 3, k: 3, seed, missing: 0.1 });
    const { json, outOfBag } = await trainForest(rows, { ...FAST, seed, trees: 1 });
    const out = take(rows, outOfBag.rows);
    assert.deepEqual(outOfBag.outcome.actual, out.y);
    assert.deepEqual([...outOfBag.outcome.labels], labels(json, rows, out.x));
    outside += outOfBag.rows.length / 60;
  }
  // (1 - 1/60)^60 of the rows, 0.3648, are in no bag of 60 draws
  assert.ok(Math.abs(outside / 40 - 0.3648) < 0.02, `${outside / 40}`);
});

Deno.test("the fast trainer's class weights move the border, and equal ones change nothing", async () => {
  const rows = madeRows({ n: 400, d: 2, k: 2, seed: 7, shift: 0.5 });
  const grow = async (classWeights?: readonly number[] | "balanced") => {
    const { json } = await trainForest(rows, { ...FAST, trees: 40, minRows: 40, classWeights });
    return { json, first: labels(json, rows).filter((label) => label === 0).length };
  };
  const plain = await grow();
  assert.deepEqual((await grow([1, 1])).json, plain.json);
  assert.deepEqual((await grow([4, 4])).json, plain.json); // a power of two rounds nowhere
  const [more, less] = [await grow([5, 1]), await grow([1, 5])];
  assert.ok(more.first > plain.first + 40 && less.first < plain.first - 40);
  const few = take(rows, [...rows.y.keys()].filter((i) => rows.y[i] === 0 || i % 8 === 0));
  const found = async (classWeights?: "balanced") => {
    const { json } = await trainForest(few, { ...FAST, trees: 40, minRows: 20, classWeights });
    return labels(json, few).filter((label) => label === 1).length;
  };
  assert.ok(await found("balanced") > await found() + 20);
});

Deno.test("a weight of two is a row written twice, to the tree's shares", async () => {
  // all rows into one leaf: its shares show how they are counted
  const rows = madeRows({ n: 40, d: 1, k: 2, seed: 7 });
  const options = { ...FAST, trees: 1, minRows: 40 };
  const shares = async (classWeights?: number[]) => {
    const { json } = await trainForest(rows, { ...options, classWeights });
    const { root } = json.baseModel.estimators[0];
    return "distribution" in root ? root.distribution[0] : [];
  };
  const [a, b] = await shares(), [twice] = await shares([2, 1]);
  assert.ok(Math.abs(twice - 2 * a / (2 * a + b)) < 1e-12);
});

Deno.test("the fast trainer sends missing values right, where they may be what tells the classes apart", async () => {
  const rows = madeRows({ n: 200, d: 2, k: 2, seed: 7, shift: 0 });
  const x = rows.x.map((value, i) => i % 2 === 0 && rows.y[i / 2] === 1 ? NaN : value);
  const told = { ...rows, x }, { json, trainer } = await trainForest(told, { seed: 7, trees: 15 });
  assert.equal(trainer, "fast"); // the package cannot
  assert.deepEqual(labels(json, told), [...rows.y]);
  const parts = splitsOf(json).filter(({ splitColumn }) => splitColumn === 0);
  assert.ok(parts.some(({ splitValue }) => splitValue === Number.MAX_VALUE));
  // a known value beyond all that were seen stays on the known side
  assert.deepEqual(labels(json, told, Float64Array.of(1e300, 0, NaN, 0)), [0, 1]);
});

Deno.test("the fast trainer takes a missing value for one larger than all known", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const rows = madeRows({ ...shape, missing: 0.3 });
      const large = { ...rows, x: rows.x.map((value) => Number.isNaN(value) ? 1e6 : value) };
      const [a, b] = [await trainForest(rows, FAST), await trainForest(large, FAST)];
      assert.deepEqual(
        splitsOf(a.json).map(({ splitColumn }) => splitColumn),
        splitsOf(b.json).map(({ splitColumn }) => splitColumn),
      );
      assert.deepEqual(labels(a.json, rows), labels(b.json, large));
      assert.deepEqual(a.outOfBag, b.outOfBag);
    }),
    { seed: 3, numRuns: 30 },
  );
});

Deno.test("the fast trainer does not feel a column's scale: only the order of values counts", async () => {
  const rows = madeRows({ n: 150, d: 3, k: 3, seed: 7, grid: 12 });
  const scaled = { ...rows, x: rows.x.map((value) => value ** 3) };
  const grow = async (samples: Samples) =>
    splitsOf((await trainForest(samples, FAST)).json).map(({ splitColumn }) => splitColumn);
  assert.deepEqual(await grow(scaled), await grow(rows));
});

Deno.test("the fast trainer tells of each tree, and ends at the signal within 100 ms", async () => {
  const heard: number[] = [];
  await trainForest(IRIS, { ...FAST, trees: 4, onTree: (done) => heard.push(done) });
  assert.deepEqual(heard, [1, 2, 3, 4]);
  const rows = madeRows({ n: 60_000, d: 4, k: 3, seed: 7 });
  const reason = new Error("enough");
  for (const after of [1, 30, 300]) { // while it ranks, in its first tree, later
    const controller = new AbortController(), { signal } = controller;
    let given = 0;
    setTimeout(() => {
      given = performance.now();
      controller.abort(reason);
    }, after);
    await assert.rejects(trainForest(rows, { ...FAST, trees: 2000, signal }), reason);
    const late = performance.now() - given;
    assert.ok(given > 0 && late < 100, `after ${after} ms it ended ${late} ms late`);
  }
  await assert.rejects(
    trainForest(IRIS, { ...FAST, signal: AbortSignal.abort(reason) }),
    reason,
  );
});

Deno.test("the fast trainer refuses broken values and options in one line", async () => {
  const x = IRIS.x.slice();
  x[4 * 11 + 2] = -Infinity;
  const cases: [rows: Samples, options: object, message: string][] = [
    [
      { ...IRIS, x },
      FAST,
      "training row 11, petal_length must be a finite number, or NaN where it is missing: " +
      "got -Infinity",
    ],
    [
      IRIS,
      { ...FAST, classWeights: [1, 2] },
      "classWeights must be balanced or 3 numbers above 0, one a class: got [1,2]",
    ],
    [
      IRIS,
      { ...FAST, classWeights: [1, 0, 1] },
      "classWeights must be balanced or 3 numbers above 0, one a class: got [1,0,1]",
    ],
    [IRIS, { ...FAST, nodeColumns: 5 }, "nodeColumns must be a whole number from 1 to 4: got 5"],
    [IRIS, { ...FAST, workers: -1 }, "workers must be a whole number from 0 to 63: got -1"],
    [IRIS, { ...FAST, trainer: "slow" }, 'trainer must be package or fast: got "slow"'],
    [IRIS, { ...FAST, trees: 0 }, "trees must be a whole number from 1 to 2000: got 0"],
    [
      IRIS,
      { ...FAST, seed: 1.5 },
      "seed must be a whole number from 0 to 4294967295: got 1.5",
    ],
    [
      take(IRIS, [0, 1, 2]),
      FAST,
      "training rows must have at least two classes to tell apart: got 1",
    ],
  ];
  for (const [rows, options, message] of cases) {
    await assert.rejects(trainForest(rows, options as typeof FAST), { name: "BadInput", message });
  }
});

Deno.test("the fast trainer's columns are told apart by their values: a copied column shares the splits", async () => {
  const rows = madeRows({ n: 300, d: 2, k: 2, seed: 7 });
  const twin = { ...rows, x: rows.x.map((_, i) => rows.x[i - i % 2]) };
  const { json } = await trainForest(twin, { ...FAST, trees: 60 });
  const uses = [0, 1].map((f) =>
    splitsOf(json).filter(({ splitColumn }) => splitColumn === f).length
  );
  assert.ok(Math.abs(uses[0] / (uses[0] + uses[1]) - 0.5) < 0.1, `${uses}`);
  assert.deepEqual(column(twin, 0), column(twin, 1));
});
