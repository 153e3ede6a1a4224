import assert from "node:assert/strict";
import fc from "fast-check";
import { RandomForestClassifier } from "ml-random-forest";
import { stream } from "../../lib/core/mod.ts";
import {
  flattenForest,
  type ForestJson,
  forestJson,
  MAX_TREES,
  type NodeJson,
  probabilities,
  vote,
} from "../../lib/model/mod.ts";
import { gridRows, randomForest } from "./random_forests.ts";

const leaf = (...shares: number[]): NodeJson => ({ distribution: [shares] });
const split = (splitColumn: number, splitValue: number, left: NodeJson, right: NodeJson) => ({
  splitColumn,
  splitValue,
  left,
  right,
});

const ONE_OF_TWO = { columns: 1, classes: 2 };

const sizes = fc.record({
  columns: fc.integer({ min: 1, max: 7 }),
  classes: fc.integer({ min: 2, max: 6 }),
  trees: fc.integer({ min: 1, max: 24 }),
});
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** What ml-random-forest itself answers to the rows. */
function packageLabels(json: ForestJson, x: Float64Array, columns: number): number[] {
  // deno-lint-ignore no-explicit-any -- the package has no type for the JSON that it loads
  const forest = RandomForestClassifier.load(JSON.parse(JSON.stringify(json)) as any);
  const rows = Array.from(
    { length: x.length / columns },
    (_, i) => [...x.subarray(i * columns, (i + 1) * columns)],
  );
  return forest.predict(rows);
}

Deno.test("vote() gives ml-random-forest's own labels, ties and odd leaves included", () => {
  let ties = 0;
  fc.assert(
    fc.property(sizes, seeds, (size, seed) => {
      const random = stream(seed, "forest"), json = randomForest(random, size);
      const x = gridRows(random, 60, size.columns);
      const { labels, votes } = vote(flattenForest(json, size), x);
      assert.deepEqual([...labels], packageLabels(json, x, size.columns));
      labels.forEach((label, i) => {
        const own = [...votes.subarray(i * size.classes, (i + 1) * size.classes)];
        ties += own.filter((count) => count === own[label]).length > 1 ? 1 : 0;
      });
    }),
    { seed: 1, numRuns: 120 },
  );
  assert.ok(ties > 300, `only ${ties} ties among 7,200 rows`);
});

Deno.test("vote() gives the package's labels for rows with NaN and infinities, which it sends right", () => {
  const size = { columns: 3, classes: 3, trees: 9 };
  for (let seed = 0; seed < 20; seed++) {
    const random = stream(seed, "odd"), json = randomForest(random, size);
    const x = gridRows(random, 60, 3).map((value) =>
      [value, NaN, Infinity, -Infinity][random.integer(4)]
    );
    assert.deepEqual([...vote(flattenForest(json, size), x).labels], packageLabels(json, x, 3));
  }
});

Deno.test("vote() sends a value below the threshold left, the threshold itself and NaN right", () => {
  const forest = flattenForest(forestJson([split(0, 2.5, leaf(1, 0), leaf(0, 1))], 1), ONE_OF_TWO);
  const x = Float64Array.of(2.4999999, 2.5, 2.6, NaN, Infinity, -Infinity);
  assert.deepEqual([...vote(forest, x).labels], [0, 1, 1, 1, 1, 0]);
});

Deno.test("vote() lets a leaf vote for its lowest class on a tie", () => {
  const forest = flattenForest(forestJson([leaf(0.2, 0.4, 0.4)], 1), { columns: 1, classes: 3 });
  assert.deepEqual([...vote(forest, Float64Array.of(0)).votes], [0, 1, 0]);
});

Deno.test("vote() gives the label that first reaches the highest count, in tree order", () => {
  const label = (...own: number[]) => {
    const roots = own.map((c) => leaf(...[0, 1, 2].map((other) => other === c ? 1 : 0)));
    return vote(flattenForest(forestJson(roots, 1), { columns: 1, classes: 3 }), Float64Array.of(0))
      .labels[0];
  };
  assert.equal(label(2, 1), 2);
  assert.equal(label(1, 2, 2, 1), 2);
  assert.equal(label(0, 1, 2, 2, 1), 2);
});

Deno.test("vote() reads a tree's columns through its indexes", () => {
  const json = forestJson([split(0, 5, leaf(1), leaf(0, 1))], 1);
  const second = { ...json, baseModel: { ...json.baseModel, indexes: [[1]] } };
  const forest = flattenForest(second, { columns: 2, classes: 2 });
  assert.deepEqual([...vote(forest, Float64Array.of(9, 1, 1, 9)).labels], [0, 1]);
});

Deno.test("vote() counts every tree once in each row, and probabilities() are their shares", () => {
  fc.assert(
    fc.property(sizes, seeds, (size, seed) => {
      const random = stream(seed, "sums"), forest = flattenForest(randomForest(random, size), size);
      const answer = vote(forest, gridRows(random, 20, size.columns));
      assert.equal(answer.trees, size.trees);
      const shares = probabilities(answer), k = size.classes;
      for (let i = 0; i < 20; i++) {
        const votes = answer.votes.subarray(i * k, i * k + k);
        assert.equal(votes.reduce((a, b) => a + b), size.trees);
        assert.equal(votes[answer.labels[i]], Math.max(...votes));
        assert.deepEqual(
          [...shares.subarray(i * k, i * k + k)],
          [...votes].map((v) => v / size.trees),
        );
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});

Deno.test("vote() answers each row for itself", () => {
  const size = { columns: 4, classes: 3, trees: 11 }, random = stream(7, "rows");
  const forest = flattenForest(randomForest(random, size), size), x = gridRows(random, 50, 4);
  const { labels, votes } = vote(forest, x);
  for (let i = 0; i < 50; i++) {
    const alone = vote(forest, x.subarray(i * 4, i * 4 + 4));
    assert.equal(alone.labels[0], labels[i]);
    assert.deepEqual(alone.votes, votes.slice(i * 3, i * 3 + 3));
  }
});

Deno.test("vote() counts the same whatever the order of the trees", () => {
  const size = { columns: 4, classes: 3, trees: 11 }, random = stream(7, "order");
  const json = randomForest(random, size), x = gridRows(random, 50, 4);
  const order = random.shuffle([...Array(11).keys()]);
  const { indexes, estimators } = json.baseModel;
  const turned = {
    ...json,
    baseModel: {
      ...json.baseModel,
      indexes: order.map((t) => indexes[t]),
      estimators: order.map((t) => estimators[t]),
    },
  };
  assert.deepEqual(
    vote(flattenForest(turned, size), x).votes,
    vote(flattenForest(json, size), x).votes,
  );
});

Deno.test("vote() answers no rows with nothing and refuses half a row", () => {
  const forest = flattenForest(forestJson([leaf(1)], 2), { columns: 2, classes: 1 });
  const { votes, labels, trees } = vote(forest, new Float64Array());
  assert.deepEqual([votes.length, labels.length, trees], [0, 0, 1]);
  assert.throws(() => vote(forest, new Float64Array(3)), {
    name: "RangeError",
    message: "Cannot predict as x must hold rows of 2 values: it has 3 values",
  });
});

Deno.test("vote() leaves the rows as they are", () => {
  const random = stream(7, "still"), size = { columns: 2, classes: 2, trees: 3 };
  const forest = flattenForest(randomForest(random, size), size), x = gridRows(random, 9, 2);
  const before = x.slice();
  vote(forest, x);
  assert.deepEqual(x, before);
});

Deno.test("flattenForest() refuses what is no forest", () => {
  const good = forestJson([leaf(1)], 1);
  const broken: [json: unknown, value: string][] = [
    [undefined, "undefined"],
    [null, "undefined"],
    [{}, "undefined"],
    [{ ...good, name: "RFRegression" }, '"RFRegression"'],
    [{ ...good, baseModel: undefined }, '"RFClassifier"'],
    [{ ...good, baseModel: { ...good.baseModel, estimators: {} } }, '"RFClassifier"'],
    [{ ...good, baseModel: { ...good.baseModel, estimators: [] } }, '"RFClassifier"'],
    [
      { ...good, baseModel: { ...good.baseModel, estimators: Array(MAX_TREES + 1).fill({}) } },
      '"RFClassifier"',
    ],
  ];
  for (const [json, value] of broken) {
    assert.throws(() => flattenForest(json as ForestJson, ONE_OF_TWO), {
      name: "BadInput",
      message: `forest must be an RFClassifier of 1 to 65535 trees: got ${value}`,
    });
  }
});

Deno.test("flattenForest() refuses a broken node, by its tree and path", () => {
  const good = leaf(1, 0);
  const broken: [root: unknown, message: string | RegExp][] = [
    [null, "forest tree 1 must be a leaf or a split: got null"],
    ["leaf", 'forest tree 1 must be a leaf or a split: got "leaf"'],
    [7, "forest tree 1 must be a leaf or a split: got 7"],
    [{}, "forest tree 1 must be a leaf or a split: got {}"],
    [{ distribution: null }, "forest tree 1 must have 1 to 2 class shares: got undefined"],
    [{ distribution: [] }, "forest tree 1 must have 1 to 2 class shares: got undefined"],
    [{ distribution: [[]] }, "forest tree 1 must have 1 to 2 class shares: got []"],
    [{ distribution: [[1, 0, 0]] }, "forest tree 1 must have 1 to 2 class shares: got [1,0,0]"],
    [{ distribution: [["1", 0]] }, 'forest tree 1 must have 1 to 2 class shares: got ["1",0]'],
    [{ distribution: [[1, null]] }, "forest tree 1 must have 1 to 2 class shares: got [1,null]"],
    [split(0, NaN, good, good), /^forest tree 1 must be a leaf or a split: got {"splitColumn":0/],
    [split(1, 0, good, good), "forest tree 1 must split one of 1 columns: got 1"],
    [split(-1, 0, good, good), "forest tree 1 must split one of 1 columns: got -1"],
    [split(0.5, 0, good, good), "forest tree 1 must split one of 1 columns: got 0.5"],
    [
      split(0, 1, good, split(0, 2, split(0, 3, leaf(), good), good)),
      "forest tree 1/right/left/left must have 1 to 2 class shares: got []",
    ],
    [
      split(0, 1, split(0, 1, good, "x" as unknown as NodeJson), good),
      'forest tree 1/left/right must be a leaf or a split: got "x"',
    ],
  ];
  for (const [root, message] of broken) {
    assert.throws(() => flattenForest(forestJson([good, root as NodeJson], 1), ONE_OF_TWO), {
      name: "BadInput",
      message,
    } as Error);
  }
  const { left: _, ...half } = split(0, 1, good, good);
  assert.throws(
    () => flattenForest(forestJson([half as unknown as NodeJson], 1), ONE_OF_TWO),
    /forest tree 0 must be a leaf or a split/,
  );
});

Deno.test("flattenForest() refuses indexes that point nowhere", () => {
  const json = forestJson([split(0, 1, leaf(1), leaf(0, 1))], 1);
  for (const indexes of [undefined, null, [], [null], [[]], [[1]], [[-1]], [["0"]]]) {
    const broken = { ...json, baseModel: { ...json.baseModel, indexes } } as unknown as ForestJson;
    assert.throws(() => flattenForest(broken, ONE_OF_TWO), {
      name: "BadInput",
      message: "forest tree 0 must split one of 1 columns: got 0",
    });
  }
});

Deno.test("flattenForest() refuses an estimator without a tree", () => {
  const json = forestJson([leaf(1)], 1);
  for (const estimators of [[null], [{}], ["tree"]]) {
    const broken = {
      ...json,
      baseModel: { ...json.baseModel, estimators },
    } as unknown as ForestJson;
    assert.throws(() => flattenForest(broken, ONE_OF_TWO), {
      name: "BadInput",
      message: "forest tree 0 must be a leaf or a split: got undefined",
    });
  }
});

Deno.test("forestJson() gives every tree all columns", () => {
  const json = forestJson([leaf(1), leaf(0, 1)], 3);
  assert.deepEqual(json.baseModel.indexes, [[0, 1, 2], [0, 1, 2]]);
  assert.deepEqual([json.baseModel.nEstimators, json.baseModel.n], [2, 3]);
  assert.deepEqual(packageLabels(json, Float64Array.of(1, 2, 3), 3), [0]);
});
