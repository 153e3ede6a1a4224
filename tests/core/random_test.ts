import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BadInput,
  checkSeed,
  MAX_SEED,
  mean,
  standardDeviation,
  stream,
} from "../../lib/core/mod.ts";
import golden from "./fixtures/streams.json" with { type: "json" };

const draws = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw);

const seeds = fc.integer({ min: 0, max: MAX_SEED });

for (const { seed, name, next, integers, normals, shuffled } of golden) {
  Deno.test(`stream(${seed}, "${name}") draws what the second implementation draws`, () => {
    assert.deepEqual(draws(5, stream(seed, name).next), next);
    const random = stream(seed, name);
    assert.deepEqual(draws(9, () => random.integer(3 * 2 ** 30)), integers);
    draws(6, stream(seed, name).normal).forEach((value, i) =>
      assert.ok(Math.abs(value - normals[i]) < 1e-14, `normal ${i}: ${value}`)
    );
    assert.deepEqual(stream(seed, name).shuffle([...Array(12).keys()]), shuffled);
  });
}

Deno.test("stream() repeats itself for the same seed and name", () => {
  fc.assert(
    fc.property(seeds, fc.string(), (seed, name) => {
      assert.deepEqual(draws(20, stream(seed, name).next), draws(20, stream(seed, name).next));
    }),
    { seed: 1, numRuns: 50 },
  );
});

Deno.test("stream() gives other numbers for a near seed and for a near name", () => {
  const first = draws(50, stream(7, "split").next);
  for (const other of [stream(8, "split"), stream(7, "split "), stream(77, "plit")]) {
    const shared = draws(50, other.next).filter((value) => first.includes(value));
    assert.deepEqual(shared, []);
  }
});

Deno.test("stream() keeps seed and name apart", () => {
  assert.notEqual(stream(1, "2:a").next(), stream(12, ":a").next());
  assert.notEqual(stream(1, "1:a").next(), stream(11, "a").next());
});

Deno.test("stream() is moved by no draw from another stream", () => {
  const alone = draws(10, stream(7, "b").next);
  const a = stream(7, "a"), b = stream(7, "b");
  const mixed = draws(10, () => {
    a.normal();
    a.shuffle([1, 2, 3]);
    return b.next();
  });
  assert.deepEqual(mixed, alone);
});

Deno.test("stream() pairs of streams are uncorrelated", () => {
  const n = 10_000, a = draws(n, stream(7, "tree:0").next), b = draws(n, stream(7, "tree:1").next);
  const product = mean(a.map((value, i) => (value - 0.5) * (b[i] - 0.5))) * 12;
  // the correlation of independent streams has deviation 1/√n: 4 of them are passed 1 time in 16,000
  assert.ok(Math.abs(product) < 4 / Math.sqrt(n), `correlation ${product}`);
});

Deno.test("stream() refuses what is no seed", () => {
  assert.throws(() => stream(-1, "a"), BadInput);
});

Deno.test("next() stays in [0, 1) and fills it evenly", () => {
  const values = draws(20_000, stream(7, "uniform").next);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  // chi-square with 19 degrees of freedom: 43.8 is passed 1 time in 1,000
  assert.ok(chiSquare(values.map((value) => Math.floor(value * 20)), 20) < 43.8);
});

Deno.test("integer() gives each number the same chance", () => {
  // [below, chi-square that below - 1 degrees of freedom pass 1 time in 1,000]
  for (const [below, limit] of [[2, 10.83], [3, 13.82], [7, 22.46], [20, 43.82]]) {
    const random = stream(7, `below ${below}`);
    const found = chiSquare(draws(30_000, () => random.integer(below)), below);
    assert.ok(found < limit, `below ${below}: ${found}`);
  }
});

Deno.test("integer() has no bias where below does not divide 2^32", () => {
  // the remainder of a division alone would give the lower third twice the chance of the others
  const below = 3 * 2 ** 30, random = stream(7, "large");
  const thirds = draws(30_000, () => Math.floor(random.integer(below) / 2 ** 30));
  assert.ok(chiSquare(thirds, 3) < 13.82);
});

Deno.test("integer() takes both ends of its range and refuses the rest", () => {
  const random = stream(7, "ends");
  assert.deepEqual(draws(5, () => random.integer(1)), [0, 0, 0, 0, 0]);
  assert.ok(random.integer(2 ** 32) < 2 ** 32);
  for (const below of [0, -1, 1.5, 2 ** 32 + 1, NaN, Infinity]) {
    assert.throws(() => random.integer(below), {
      name: "RangeError",
      message: `Cannot draw as below must be a whole number from 1 to 2^32: ${below}`,
    });
  }
});

Deno.test("normal() has mean 0, deviation 1 and the tails of a bell", () => {
  const n = 40_000, values = draws(n, stream(7, "normal").normal);
  assert.ok(Math.abs(mean(values)) < 4 / Math.sqrt(n));
  assert.ok(Math.abs(standardDeviation(values) - 1) < 4 / Math.sqrt(2 * n));
  // shares beyond 1, 2 and 3 deviations, each with a margin of 4 standard errors
  for (const [limit, share] of [[1, 0.317311], [2, 0.0455003], [3, 0.0026998]]) {
    const found = values.filter((value) => Math.abs(value) > limit).length / n;
    assert.ok(Math.abs(found - share) < 4 * Math.sqrt(share * (1 - share) / n), `${limit}`);
  }
});

Deno.test("normal() gives pairs that are uncorrelated", () => {
  const { normal } = stream(7, "pairs"), n = 10_000;
  const products = draws(n, () => normal() * normal());
  assert.ok(Math.abs(mean(products)) < 4 / Math.sqrt(n));
});

Deno.test("shuffle() is a permutation and leaves its argument alone", () => {
  fc.assert(
    fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
      const before = [...items], shuffled = stream(seed, "shuffle").shuffle(items);
      assert.deepEqual(items, before);
      assert.notEqual(shuffled, items);
      const ascending = (values: number[]) => [...values].sort((a, b) => a - b);
      assert.deepEqual(ascending(shuffled), ascending(before));
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("shuffle() gives each order of three the same chance", () => {
  const random = stream(7, "orders"), orders = ["012", "021", "102", "120", "201", "210"];
  const found = draws(12_000, () => orders.indexOf(random.shuffle([0, 1, 2]).join("")));
  assert.ok(chiSquare(found, 6) < 20.52); // 5 degrees of freedom, 1 time in 1,000
});

Deno.test("checkSeed() takes whole numbers from 0 to 4294967295", () => {
  assert.deepEqual([0, 7, MAX_SEED].map((seed) => checkSeed(seed)), [0, 7, 4294967295]);
});

Deno.test("checkSeed() refuses everything else, under the name that the caller gives", () => {
  const shown: [value: unknown, text: string][] = [
    [-1, "-1"],
    [1.5, "1.5"],
    [2 ** 32, "4294967296"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    ["7", '"7"'],
    [null, "null"],
    [undefined, "undefined"],
    [7n, "7"],
    [[7], "[7]"],
  ];
  for (const [value, text] of shown) {
    assert.throws(() => checkSeed(value, "--set seed"), {
      name: "BadInput",
      message: `--set seed must be a whole number from 0 to 4294967295: got ${text}`,
    });
  }
  assert.throws(() => checkSeed(-1), /^BadInput: seed must be/);
});

function chiSquare(values: readonly number[], cells: number): number {
  const counts = Array(cells).fill(0), expected = values.length / cells;
  for (const value of values) counts[value]++;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
