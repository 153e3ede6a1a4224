/** Summaries: what merging keeps, and what the pieces are by hand. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canonicalJson,
  deviation,
  mean,
  mergeMoments,
  mergeSummaries,
  momentsOf,
  quantileEdges,
  SKETCH_ERROR,
  sketchOf,
  sketchQuantile,
  standardDeviation,
  stream,
  summarise,
} from "lib/core/mod.ts";

const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value + 0); // no -0
const gappy = fc.oneof({ weight: 8, arbitrary: finite }, fc.constantFrom(NaN, 0, -0));
const edgesOf = fc.uniqueArray(finite, { minLength: 2, maxLength: 12 })
  .map((edges) => edges.sort((a, b) => a - b));

function near(actual: number, expected: number, { scale, note }: { scale: number; note: string }) {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * scale, `${note}: ${actual} is not ${expected}`);
}

Deno.test("the summary of the whole is the merge of its parts", () => {
  const parts = fc.array(fc.array(gappy, { maxLength: 40 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(parts, edgesOf, (parts, edges) => {
      const values = parts.flat(), whole = summarise(values, edges);
      const merged = parts.map((part) => summarise(part, edges)).reduce(mergeSummaries);
      const { moments, sums, ...exact } = merged;
      const { moments: wholeMoments, sums: wholeSums, ...wholeExact } = whole;
      assert.deepEqual(exact, wholeExact);
      const { count, min, max } = moments, ends = wholeMoments;
      assert.deepEqual([count, min, max], [ends.count, ends.min, ends.max]);
      const size = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 1);
      near(moments.mean, wholeMoments.mean, { scale: size, note: "mean" });
      near(moments.m2, wholeMoments.m2, { scale: size ** 2 * (count + 1), note: "m2" });
      sums.forEach((sum, i) =>
        near(sum, wholeSums[i], { scale: size * (count + 1), note: `sum ${i}` })
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("a merge does not care which part comes first", () => {
  const list = fc.array(gappy, { maxLength: 30 });
  fc.assert(fc.property(list, list, edgesOf, (one, other, edges) => {
    const [a, b] = [one, other].map((values) => summarise(values, edges));
    const { moments: _, ...ab } = mergeSummaries(a, b),
      { moments: __, ...ba } = mergeSummaries(b, a);
    assert.deepEqual(ab, ba);
  }));
});

Deno.test("a summary survives JSON and says nothing that JSON cannot", () => {
  fc.assert(fc.property(fc.array(gappy), edgesOf, (values, edges) => {
    const summary = summarise([...values, Infinity], edges);
    assert.deepEqual(JSON.parse(canonicalJson(summary)), JSON.parse(JSON.stringify(summary)));
    assert.equal(summary.missing, values.filter(Number.isNaN).length + 1);
    const counted = summary.counts.reduce((sum, count) => sum + count, 0);
    assert.equal(counted + summary.missing, summary.n);
  }));
});

Deno.test("bins hold their lower edge, the last one both, and what is outside is counted apart", () => {
  const { counts, sums } = summarise([-0.1, 0, 0.5, 1, 1.5, 2, 2.1, 3], [0, 1, 2]);
  assert.deepEqual(counts, [1, 2, 3, 2]);
  assert.deepEqual(sums, [-0.1, 0.5, 4.5, 5.1]);
});

Deno.test("an empty column, and one of missing values only", () => {
  for (const values of [[], [NaN, NaN]]) {
    const { missing, counts, moments, sketch } = summarise(values, [0, 1]);
    assert.deepEqual([missing, counts], [values.length, [0, 0, 0]]);
    assert.deepEqual(moments, { count: 0, mean: 0, m2: 0, min: null, max: null });
    assert.equal(sketchQuantile(sketch, 0.5), null);
    assert.deepEqual(mergeMoments(moments, momentsOf([2])), momentsOf([2]));
  }
});

Deno.test("moments are right where the spread is small beside the mean", () => {
  const random = stream(7, "moments");
  const small = Array.from({ length: 1000 }, () => random.normal());
  const far = small.map((value) => Math.round(value * 2 ** 20) / 2 ** 20 + 2 ** 30); // exact in binary
  const near30 = far.map((value) => value - 2 ** 30);
  const halves = [far.slice(0, 300), far.slice(300)].map(momentsOf);
  for (const moments of [momentsOf(far), mergeMoments(halves[0], halves[1])]) {
    const expected = standardDeviation(near30);
    assert.ok(Math.abs(deviation(moments) / expected - 1) < 1e-9);
    assert.ok(Math.abs(moments.mean - 2 ** 30 - mean(near30)) < 1e-6);
  }
});

Deno.test("a quantile of a sketch is within 1 % of the value at its place", () => {
  fc.assert(
    fc.property(
      fc.array(finite, { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const sorted = [...values].sort((a, b) => a - b);
        const expected = sorted[Math.floor(share * (values.length - 1))];
        const found = sketchQuantile(sketchOf(values), share)!;
        assert.ok(
          Math.abs(found - expected) <= Math.abs(expected) * (SKETCH_ERROR + 1e-9),
          `${found} ${expected}`,
        );
      },
    ),
  );
});

Deno.test("edges: a bin for each value where there are few, equal shares where there are many", () => {
  assert.deepEqual(quantileEdges([3, 1, 1, NaN, 2], 5), [1, 1.5, 2.5, 3]);
  const random = stream(7, "edges"), values = Array.from({ length: 1000 }, () => random.normal());
  const { counts } = summarise(values, quantileEdges(values, 50));
  assert.equal(counts.length, 52);
  assert.deepEqual([counts[0], counts[51]], [0, 0]);
  assert.ok(counts.slice(1, -1).every((count) => count >= 19 && count <= 21), String(counts));
});

Deno.test("edges of one value surround it; ties leave out empty bins", () => {
  const [low, high] = quantileEdges([5, 5, 5], 50);
  assert.ok(low < 5 && 5 < high && high - low < 1e-7);
  const tied = [...Array(90).fill(0), ...Array.from({ length: 30 }, (_, i) => i + 1)];
  const edges = quantileEdges(tied, 10);
  assert.ok(edges.every((edge, i) => i === 0 || edge > edges[i - 1]));
  assert.ok(edges.length < 11);
});

Deno.test("what is no list of edges is refused, and so is a merge of different ones", () => {
  for (const edges of [[], [1], [1, 1], [2, 1], [0, NaN]]) {
    assert.throws(() => summarise([1], edges), RangeError);
  }
  assert.throws(() => mergeSummaries(summarise([], [0, 1]), summarise([], [0, 2])), RangeError);
  assert.throws(() => quantileEdges([NaN], 5), /no values/);
  assert.throws(() => quantileEdges([1], 1), /whole number from 2/);
  assert.throws(() => sketchQuantile(sketchOf([1]), 1.5), RangeError);
});
