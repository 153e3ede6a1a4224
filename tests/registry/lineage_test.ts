/** The indexes behind lineage: what a digest touched, and what was deployed where. */

import assert from "node:assert/strict";
import { manualClock } from "lib/core/mod.ts";
import { createMemoryStore, createRegistry, type DocumentStore } from "lib/registry/mod.ts";

const hex = (number: number) => number.toString(16).padStart(64, "0");
const START = "2026-01-01T00:00:00.000Z";

/** A version of its own bytes, on one of two sets of rows. */
const given = (version: number, rows = 1) => ({
  ...{ name: "iris", version: String(version), digest: hex(1_000 + version) },
  ...{ runId: `run-${version}`, datasetDigest: hex(rows), commit: "c0ffee", lockfile: hex(99) },
  ...{ signature: {}, metrics: {} },
});

/** A store that counts what is asked of it. */
function counted(): { store: DocumentStore; asked: () => number } {
  const inner = createMemoryStore();
  let count = 0;
  return {
    store: {
      read: (path) => (count++, inner.read(path)),
      write: (path, value, options) => inner.write(path, value, options),
      list: (prefix) => (count++, inner.list(prefix)),
    },
    asked: () => count,
  };
}

Deno.test("touchedBy() finds versions by their bytes, their rows and their lockfile", async () => {
  const registry = createRegistry({ store: createMemoryStore() });
  for (const [version, rows] of [[1, 1], [2, 2], [10, 1]]) {
    await registry.register(given(version, rows));
  }
  const numbers = async (digest: string) =>
    (await registry.touchedBy(digest)).versions.map(({ version }) => version);
  assert.deepEqual(await numbers(hex(1)), ["1", "10"]);
  assert.deepEqual(await numbers(hex(99)), ["1", "2", "10"]);
  assert.deepEqual(await numbers(hex(1_002)), ["2"]);
  assert.deepEqual(await numbers(hex(5)), []);
  assert.deepEqual(await registry.versionsWithDigest(hex(1)), [], "rows are no model");
  await assert.rejects(registry.touchedBy("abc"), /digest must be 64 hexadecimal digits/);
});

Deno.test("touchedBy() asks no more of 300 versions than of 3", async () => {
  const costs: number[] = [];
  for (const all of [3, 300]) {
    const { store, asked } = counted(), registry = createRegistry({ store });
    for (let version = 1; version <= all; version++) {
      await registry.register(given(version, version === 2 ? 2 : 1));
    }
    const before = asked();
    assert.equal((await registry.touchedBy(hex(2))).versions.length, 1);
    costs.push(asked() - before);
  }
  assert.deepEqual(costs, [2, 2], "a list, and the version");
});

Deno.test("deployments are found by place, by version and by image, and none is written over", async () => {
  const clock = manualClock(START);
  const registry = createRegistry({ store: createMemoryStore(), clock });
  await registry.register(given(1));
  await registry.register(given(2));
  const put = async (version: string, deployment: string, image: number) => {
    clock.advance(1_000);
    return await registry.recordDeployment({
      ...{ name: "iris", version, endpoint: "iris-live", deployment },
      ...{ environment: "forest-scorer:abc", image: hex(image) },
    });
  };
  const first = await put("1", "blue", 7), second = await put("2", "green", 7);
  const third = await put("2", "blue", 8);
  assert.equal(first.at, "2026-01-01T00:00:01.000Z");
  assert.deepEqual(await registry.deployedTo("iris-live", "blue"), [first, third]);
  const touched = async (digest: string) => {
    const { versions, deployments } = await registry.touchedBy(digest);
    return [versions.map(({ version }) => version), deployments];
  };
  assert.deepEqual(await touched(hex(1_002)), [["2"], [third, second]]);
  assert.deepEqual(await touched(hex(99)), [["1", "2"], [first, third, second]]);
  assert.deepEqual(await touched(hex(7)), [["1", "2"], [first, second]]);
  assert.equal((await registry.versionsWithDigest(hex(1_002))).length, 1);
  assert.deepEqual(await registry.deployedTo("iris-live", "red"), []);
  const foreign = await registry.recordDeployment({
    ...{ name: "iris", version: "1", endpoint: "iris-live", deployment: "red" },
    ...{ environment: "somebody's:1", image: null },
  });
  assert.deepEqual(await registry.deployedTo("iris-live", "red"), [foreign]);
  assert.deepEqual(await touched(hex(1_001)), [["1"], [first, foreign]]);
});

Deno.test("recordDeployment() refuses what was never registered, and names that are none", async () => {
  const registry = createRegistry({ store: createMemoryStore() });
  await registry.register(given(1));
  const draft = {
    ...{ name: "iris", version: "1", endpoint: "iris-live", deployment: "blue" },
    ...{ environment: "forest-scorer:abc", image: hex(7) },
  };
  const put = (more: object) => registry.recordDeployment({ ...draft, ...more });
  await assert.rejects(put({ version: "2" }), /There is no version 2 of iris/);
  await assert.rejects(put({ endpoint: "../x" }), /endpoint must be 3 to 32 letters/);
  await assert.rejects(put({ image: "latest" }), /digest must be 64 hexadecimal digits/);
});
