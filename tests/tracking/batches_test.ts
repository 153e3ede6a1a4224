import assert from "node:assert/strict";
import fc from "fast-check";
import { BATCH_LIMITS, flattenParams, splitBatches } from "lib/tracking/mod.ts";

const pair = fc.record({
  key: fc.string({ maxLength: 250 }),
  value: fc.oneof(fc.string(), fc.integer({ min: 0, max: 8_000 }).map((n) => "é".repeat(n))),
});
const point = fc.record({
  key: fc.string({ maxLength: 250 }),
  value: fc.double({ noNaN: true }),
  step: fc.nat(),
  at: fc.constant("2026-01-01T00:00:00Z"),
});
// lists long enough to meet each limit, without drawing every item on its own
const list = <T>(item: fc.Arbitrary<T>, most: number) =>
  fc.tuple(fc.array(item, { minLength: 1, maxLength: 5 }), fc.nat(most))
    .map(([items, count]) => Array.from({ length: count }, (_, i) => items[i % items.length]));

Deno.test("splitBatches() keeps everything, in order, within the limits", () => {
  let cutByBytes = 0;
  fc.assert(
    fc.property(list(point, 2_500), list(pair, 320), list(pair, 320), (metrics, params, tags) => {
      const batches = splitBatches({ metrics, params, tags });
      assert.deepEqual(batches.flatMap((batch) => batch.metrics), metrics);
      assert.deepEqual(batches.flatMap((batch) => batch.params), params);
      assert.deepEqual(batches.flatMap((batch) => batch.tags), tags);
      for (const { metrics, params, tags } of batches) {
        const count = metrics.length + params.length + tags.length;
        assert.ok(count > 0 && count <= BATCH_LIMITS.items);
        assert.ok(params.length <= BATCH_LIMITS.pairs && tags.length <= BATCH_LIMITS.pairs);
        const bytes = new TextEncoder().encode(JSON.stringify({ metrics, params, tags })).length;
        assert.ok(bytes <= BATCH_LIMITS.bytes, `${bytes} bytes`);
        if (bytes > BATCH_LIMITS.bytes / 2) cutByBytes++;
      }
    }),
    { seed: 1, numRuns: 60 },
  );
  assert.ok(cutByBytes > 10, `only ${cutByBytes} batches were large`);
});

Deno.test("splitBatches() makes no batch of nothing, and fills batches up", () => {
  assert.deepEqual(splitBatches({ metrics: [], params: [], tags: [] }), []);
  const pairs = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ key: `${i}`, value: "" }));
  const metrics = pairs(1_700).map(({ key }) => ({ key, value: 1, step: 0, at: "2026-01-01" }));
  const batches = splitBatches({ metrics, params: pairs(100), tags: pairs(100) });
  assert.deepEqual(
    batches.map(({ metrics, params, tags }) => [metrics.length, params.length, tags.length]),
    [[800, 100, 100], [900, 0, 0]],
  );
});

Deno.test("flattenParams() keeps every leaf under the path to it", () => {
  const leaf = fc.oneof(fc.boolean(), fc.integer(), fc.constant(null), fc.array(fc.nat(9)));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(
      fc.stringMatching(/^[a-z]{1,3}$/),
      fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: tie("tree") }),
    ),
  }));
  const leaves = (value: unknown): number =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.values(value).reduce((sum: number, item) => sum + leaves(item), 0)
      : 1;
  fc.assert(
    fc.property(tree, (settings) => {
      const flat = flattenParams(settings as Parameters<typeof flattenParams>[0]);
      assert.equal(Object.keys(flat).length, leaves(settings));
      for (const [path, text] of Object.entries(flat)) {
        const value = path.split(".").reduce<unknown>(
          (at, key) => (at as Record<string, unknown>)[key],
          settings,
        );
        assert.deepEqual(JSON.parse(text), value);
      }
    }),
    { seed: 1 },
  );
  assert.deepEqual(flattenParams({ a: "NaN", b: {}, c: { d: "x" } }), { a: "NaN", "c.d": "x" });
  assert.throws(() => flattenParams({ rate: NaN }), TypeError);
});
