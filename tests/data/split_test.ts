import assert from "node:assert/strict";
import fc from "fast-check";
import { BadInput } from "../../lib/core/mod.ts";
import { splitSamples } from "../../lib/data/mod.ts";
import { samplesOf } from "./pets.ts";

const labels = (...counts: number[]) => counts.flatMap((count, label) => Array(count).fill(label));

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const counts = fc.array(fc.integer({ min: 5, max: 60 }), { minLength: 1, maxLength: 5 });

/** Random class counts, their rows in random order. */
const tables = counts.chain((counts) =>
  fc.record({
    counts: fc.constant(counts),
    y: fc.shuffledSubarray(labels(...counts), { minLength: labels(...counts).length }),
  })
);

const classesOf = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);

Deno.test("splitSamples() is disjoint and complete, and ascending in each part", () => {
  fc.assert(
    fc.property(tables, seeds, ({ counts, y }, seed) => {
      const { train, validation, holdout } = splitSamples(samplesOf(y, classesOf(counts.length)), {
        seed,
      });
      const all = [...train, ...validation, ...holdout].sort((a, b) => a - b);
      assert.deepEqual(all, [...y.keys()]);
      for (const part of [train, validation, holdout]) {
        assert.deepEqual(part, [...part].sort((a, b) => a - b));
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("splitSamples() gives each class its share of every part, to the row", () => {
  fc.assert(
    fc.property(tables, seeds, ({ counts, y }, seed) => {
      const rows = samplesOf(y, classesOf(counts.length));
      const { train, validation, holdout } = splitSamples(rows, {
        seed,
        validation: 0.25,
        holdout: 0.3,
      });
      counts.forEach((count, label) => {
        const own = (part: readonly number[]) => part.filter((i) => y[i] === label).length;
        assert.equal(own(validation), Math.round(0.25 * count));
        assert.equal(own(holdout), Math.round(0.3 * count));
        assert.equal(own(train), count - own(validation) - own(holdout));
      });
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("splitSamples() holds out 40 % and validates on 20 % by default", () => {
  const { train, validation, holdout } = splitSamples(samplesOf(labels(50, 10)), { seed: 7 });
  assert.deepEqual([train.length, validation.length, holdout.length], [24, 12, 24]);
});

Deno.test("splitSamples() repeats itself for a seed, and moves rows for another", () => {
  const rows = samplesOf(labels(30, 30));
  assert.deepEqual(splitSamples(rows, { seed: 7 }), splitSamples(rows, { seed: 7 }));
  const parts = [1, 2, 3, 4, 5].map((seed) => splitSamples(rows, { seed }).holdout.join());
  assert.equal(new Set(parts).size, 5);
});

Deno.test("splitSamples() puts every row into the holdout as often as any other", () => {
  const rows = samplesOf(labels(10, 10)), times = Array(20).fill(0);
  for (let seed = 0; seed < 500; seed++) {
    for (const place of splitSamples(rows, { seed }).holdout) times[place]++;
  }
  // 40 % of 500, give or take 4.5 standard errors: one of 20 rows is beyond 1 time in 7,000
  const margin = 4.5 * Math.sqrt(500 * 0.4 * 0.6);
  for (const count of times) assert.ok(Math.abs(count - 200) < margin, `${times}`);
});

Deno.test("splitSamples() moves no row of one class for a row more of another", () => {
  const parts = (y: number[], label: number) => {
    const { train, validation, holdout } = splitSamples(samplesOf(y), { seed: 7 });
    const nth = y.flatMap((own, i) => own === label ? [i] : []);
    return [train, validation, holdout].map((part) =>
      part.filter((i) => y[i] === label).map((i) => nth.indexOf(i))
    );
  };
  const before = labels(20, 20);
  for (const after of [[...before, 0], [0, ...before], [...before, 0, 0, 0, 0, 0]]) {
    assert.deepEqual(parts(after, 1), parts(before, 1));
    assert.notDeepEqual(parts(after, 0), parts(before, 0));
  }
});

Deno.test("splitSamples() does not draw the same places for classes of the same size", () => {
  const { holdout } = splitSamples(samplesOf(labels(30, 30)), { seed: 7 });
  const nth = (label: number) =>
    holdout.filter((i) => Math.floor(i / 30) === label).map((i) => i % 30);
  assert.notDeepEqual(nth(0), nth(1));
});

Deno.test("splitSamples() does not care in which order the classes are listed", () => {
  const y = labels(12, 9, 15), turned = y.map((label) => 2 - label);
  const rows = samplesOf(y, ["a", "b", "c"]), same = samplesOf(turned, ["c", "b", "a"]);
  assert.deepEqual(splitSamples(same, { seed: 7 }), splitSamples(rows, { seed: 7 }));
});

Deno.test("splitSamples() passes over a class that has no rows", () => {
  const rows = samplesOf(labels(10, 10), ["a", "b", "ghost"]);
  assert.deepEqual(
    splitSamples(rows, { seed: 7 }),
    splitSamples(samplesOf(labels(10, 10)), { seed: 7 }),
  );
});

Deno.test("splitSamples() leaves a frozen holdout alone, whatever the seed", () => {
  const frozen = [0, 3, 12, 17, 19], rows = samplesOf(labels(10, 10));
  fc.assert(
    fc.property(seeds, (seed) => {
      const { train, validation, holdout } = splitSamples(rows, { seed, frozen });
      assert.deepEqual(holdout, frozen);
      assert.deepEqual([train.length, validation.length], [11, 4]);
      assert.deepEqual(
        [...train, ...validation, ...frozen].sort((a, b) => a - b),
        [...rows.y.keys()],
      );
    }),
    { seed: 1, numRuns: 50 },
  );
  const validations = [1, 2, 3].map((seed) =>
    splitSamples(rows, { seed, frozen }).validation.join()
  );
  assert.equal(new Set(validations).size, 3);
});

Deno.test("splitSamples() manages with three rows of a class, and refuses two", () => {
  const { train, validation, holdout } = splitSamples(samplesOf(labels(3, 20)), { seed: 7 });
  assert.deepEqual([train, validation, holdout].map((part) => part.filter((i) => i < 3).length), [
    1,
    1,
    1,
  ]);
  assert.throws(() => splitSamples(samplesOf(labels(20, 2)), { seed: 7 }), {
    name: "BadInput",
    message: 'class "b" must have enough rows for train, validation and holdout: got 2',
  });
});

Deno.test("splitSamples() refuses a class whose rows are all frozen", () => {
  assert.throws(() => splitSamples(samplesOf(labels(5, 9)), { seed: 7, frozen: [0, 1, 2, 3] }), {
    message: 'class "a" must have enough rows for train, validation and holdout: got 5',
  });
});

Deno.test("splitSamples() refuses shares that leave nothing, and what is no seed", () => {
  const rows = samplesOf(labels(10, 10));
  for (const [validation, holdout] of [[0, 0.2], [0.2, 0], [0.5, 0.5], [-0.1, 0.2], [NaN, 0.2]]) {
    assert.throws(() => splitSamples(rows, { seed: 7, validation, holdout }), {
      name: "RangeError",
      message: "Cannot split as the shares must be positive and below 1 together: " +
        `${validation} and ${holdout}`,
    });
  }
  assert.throws(() => splitSamples(rows, { seed: 1.5 }), BadInput);
});
