import assert from "node:assert/strict";
import fc from "fast-check";
import { sortedPlaces } from "../../lib/training/radix.ts";
import { type GrowOptions, treeGrower } from "../../lib/training/grow_tree.ts";
import { rankedRows } from "../../lib/training/rank_columns.ts";
import { madeRows } from "./made_rows.ts";

/** What a generator gives in the end. */
function end<T>(steps: Generator<unknown, T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

const shapes = fc.record({
  n: fc.integer({ min: 30, max: 2000 }),
  d: fc.integer({ min: 1, max: 4 }),
  k: fc.integer({ min: 2, max: 10 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  grid: fc.constantFrom(4, 40, Infinity),
  missing: fc.constantFrom(0, 0.2),
  shift: fc.constantFrom(0, 0.3, 2),
});

Deno.test("the bounds leave out no cut: the trees are those of a scan of every cut", () => {
  fc.assert(
    fc.property(shapes, fc.boolean(), (shape, weighted) => {
      const rows = madeRows(shape), ranked = end(rankedRows(rows, { shared: false }));
      const options: GrowOptions = {
        ...{ seed: shape.seed, maxDepth: 1000, minRows: 1 },
        ...{ treeColumns: shape.d, nodeColumns: Math.ceil(shape.d / 2) },
        classWeights: rows.classes.map((_, c) => weighted ? 2 ** (c % 4) : 1), // sums stay exact
        columnOrder: rows.features.map((_, f) => f),
      };
      const tree = (exhaustive: boolean) => {
        const grower = treeGrower(ranked, { ...options, exhaustive });
        grower.begin(3);
        while (!grower.advance(500));
        return grower.tree();
      };
      assert.deepEqual(tree(false), tree(true));
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("a tree's leaves hold as many draws of each class as were drawn, and as fall there", () => {
  const rows = madeRows({ n: 500, d: 3, k: 3, seed: 7, grid: 12, missing: 0.1 });
  const ranked = end(rankedRows(rows, { shared: false }));
  const grower = treeGrower(ranked, {
    ...{ seed: 7, maxDepth: 1000, minRows: 3, treeColumns: 3, nodeColumns: 1 },
    ...{ classWeights: [1, 1, 1], columnOrder: [0, 1, 2] },
  });
  for (let t = 0; t < 5; t++) { // nothing may be left over from the tree before
    grower.begin(t);
    while (!grower.advance(100));
    const { feature, threshold, cut, child, counts } = grower.tree();
    const byValue = new Uint32Array(counts.length), byRank = new Uint32Array(counts.length);
    for (let i = 0; i < 500; i++) {
      const leaves: number[] = [];
      for (
        const [found, isLeft] of [
          [byValue, (p: number) => rows.x[i * 3 + feature[p]] < threshold[p]],
          [byRank, (p: number) => ranked.rank[i * 3 + feature[p]] < cut[p]],
        ] as const
      ) {
        let p = 0;
        while (p >= 0) p = child[2 * p + (isLeft(p) ? 0 : 1)];
        found[~p * 3 + rows.y[i]] += grower.drawn[i];
        leaves.push(p);
      }
      assert.equal(leaves[0], leaves[1]); // of a row that was not drawn, too
    }
    assert.deepEqual(byValue, counts);
    assert.deepEqual(byRank, counts);
    assert.equal(counts.reduce((a, b) => a + b), 500);
  }
});

Deno.test("rankedRows() ranks as a sort does: zeros of both signs alike, missing values last", () => {
  const rows = madeRows({ n: 8, d: 1, k: 2, seed: 7 });
  const x = Float64Array.of(3, -0, NaN, 0, -5e-324, 3, -1e300, NaN);
  const { rank, values } = end(rankedRows({ ...rows, x }, { shared: true }));
  assert.deepEqual([...rank], [3, 2, 4, 2, 1, 3, 0, 4]);
  assert.deepEqual(values.map((own) => [...own].map((value) => value + 0)), [
    [-1e300, -5e-324, 0, 3],
  ]);
});

Deno.test("sortedPlaces() sorts any doubles, and keeps the order of equal ones", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 80 }), (numbers) => {
      const values = Float64Array.from(numbers);
      const places = Uint32Array.from(values.keys());
      const sorted = [...end(sortedPlaces(values, places))];
      const wanted = [...places].sort((a, b) =>
        values[a] - values[b] ||
        Number(Object.is(values[b], -0)) - Number(Object.is(values[a], -0)) ||
        a - b
      );
      assert.deepEqual(sorted.map((i) => values[i]), wanted.map((i) => values[i]));
    }),
    { seed: 1, numRuns: 300 },
  );
});
