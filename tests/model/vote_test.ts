import assert from "node:assert/strict";
import { stream } from "../../lib/core/mod.ts";
import { flattenForest, forestJson, type NodeJson, vote } from "../../lib/model/mod.ts";
import { gridRows } from "./random_forests.ts";

/** A tree of the given depth whose every node splits, so that its size is known. */
function fullTree(seed: number, depth: number, columns: number, classes: number): NodeJson {
  const random = stream(seed, "full tree");
  const node = (left: number): NodeJson => {
    if (left === 0) {
      const own = random.integer(classes);
      return { distribution: [Array.from({ length: classes }, (_, c) => c === own ? 1 : 0)] };
    }
    const splitColumn = random.integer(columns), splitValue = random.integer(9) / 2 - 2;
    return { splitColumn, splitValue, left: node(left - 1), right: node(left - 1) };
  };
  return node(depth);
}

/** What a tree says of a row, from its JSON. */
function walk(node: NodeJson, row: Float64Array): number {
  if ("distribution" in node) return node.distribution[0].indexOf(1);
  return walk(row[node.splitColumn] < node.splitValue ? node.left : node.right, row);
}

for (const n of [1, 3, 4, 2047, 2048, 2051, 4100]) {
  Deno.test(`vote() gives ${n} rows what each tree's JSON says, be trees small or large`, () => {
    const depths = [0, 1, 3, 6, 7, 9], size = { columns: 3, classes: 4 };
    const roots = depths.map((depth) => fullTree(depth, depth, 3, 4));
    const x = gridRows(stream(n, "rows"), n, 3).map((value, i) => i % 7 === 5 ? NaN : value);
    const { votes, labels } = vote(flattenForest(forestJson(roots, 3), size), x);
    for (let i = 0; i < n; i++) {
      const counts = [0, 0, 0, 0], row = x.subarray(i * 3, i * 3 + 3);
      let first = 0, top = 0;
      for (const root of roots) {
        const label = walk(root, row);
        if (++counts[label] > top) [top, first] = [counts[label], label];
      }
      assert.deepEqual([...votes.subarray(i * 4, i * 4 + 4)], counts);
      assert.equal(labels[i], first);
    }
  });
}
