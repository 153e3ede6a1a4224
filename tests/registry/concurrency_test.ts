import assert from "node:assert/strict";
import fc from "fast-check";
import { manualClock } from "lib/core/mod.ts";
import {
  ConflictError,
  createMemoryStore,
  createRegistry,
  type DocumentStore,
  type ProductionChange,
  updateDocument,
} from "lib/registry/mod.ts";

/** The store, each of its calls let through when the scheduler says so: every interleaving occurs. */
function interleaved(store: DocumentStore, scheduler: fc.Scheduler): DocumentStore {
  return {
    read: scheduler.scheduleFunction(store.read),
    write: scheduler.scheduleFunction(store.write),
    list: scheduler.scheduleFunction(store.list),
  };
}

const name = "iris", by = "test";
const versions = ["1", "2", "3", "4"];

/** A registry with four versions, and writers of their own over the same store. */
async function setUp(scheduler: fc.Scheduler, writers: number) {
  const store = createMemoryStore(), clock = manualClock("2026-01-01T00:00:00Z");
  const registry = createRegistry({ store, clock });
  for (const version of versions) {
    await registry.register({
      ...{ name, version, digest: version.repeat(64), signature: {}, metrics: {} },
      ...{ runId: "r", datasetDigest: "d", commit: "c", lockfile: "l" },
    });
  }
  const others = Array.from(
    { length: writers },
    () => createRegistry({ store: interleaved(store, scheduler), clock }),
  );
  return { store, registry, others };
}

async function settle<T>(scheduler: fc.Scheduler, work: Promise<T>[]) {
  return await scheduler.waitFor(Promise.allSettled(work));
}

function losers(results: PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((one) => one.status === "rejected" ? [one.reason] : []);
}

Deno.test("moveAlias(): of two who saw the same, one wins and the other is told", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { registry, others: [a, b] } = await setUp(scheduler, 2);
      await registry.moveAlias({ name, alias: "champion", from: null, to: "1", by });
      const results = await settle(scheduler, [
        a.moveAlias({ name, alias: "champion", from: "1", to: "2", by }),
        b.moveAlias({ name, alias: "champion", from: "1", to: "3", by }),
      ]);
      const champion = (await registry.alias(name, "champion"))!.version;
      const [lost, ...more] = losers(results);
      assert.deepEqual(more, []);
      assert.ok(lost instanceof ConflictError, String(lost));
      assert.deepEqual([lost.expected, lost.found], ["1", champion]);
      assert.equal(results[champion === "2" ? 0 : 1].status, "fulfilled");
      seen.add(champion);
    }),
    { seed: 1, numRuns: 200 },
  );
  assert.deepEqual([...seen].sort(), ["2", "3"]); // either may win
});

Deno.test("moveAlias(): two who move different aliases both succeed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { registry, others: [a, b] } = await setUp(scheduler, 2);
      const results = await settle(scheduler, [
        a.moveAlias({ name, alias: "champion", from: null, to: "1", by }),
        b.moveAlias({ name, alias: "challenger", from: null, to: "2", by }),
      ]);
      assert.deepEqual(losers(results), []);
      const { champion, challenger } = await registry.aliases(name);
      assert.deepEqual([champion?.version, challenger?.version], ["1", "2"]);
    }),
    { seed: 2, numRuns: 200 },
  );
});

/** History without a gap, each entry going on from where the one before it stopped. */
function checkHistory(history: readonly ProductionChange[]): void {
  assert.deepEqual(history.map(({ sequence }) => sequence), history.map((_, i) => i + 1));
  for (const [i, { from }] of history.entries()) assert.equal(from, history[i - 1]?.to ?? null);
}

Deno.test("changeProduction(): of those who saw the same, one wins and the others are told", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { registry, others } = await setUp(scheduler, 3);
      const results = await settle(
        scheduler,
        others.map((one, i) =>
          one.changeProduction({ name, from: null, to: versions[i], by, reason: String(i) })
        ),
      );
      const history = await registry.productionHistory(name), lost = losers(results);
      assert.equal(history.length, 1);
      assert.equal(lost.length, 2);
      for (const error of lost) {
        assert.ok(error instanceof ConflictError, String(error));
        assert.deepEqual([error.expected, error.found], [null, history[0].to]);
      }
    }),
    { seed: 3, numRuns: 200 },
  );
});

Deno.test("changeProduction(): whoever was told and tries again loses no entry of anybody", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom(...versions), { minLength: 2, maxLength: 4 }),
      async (scheduler, wanted) => {
        const { registry, others } = await setUp(scheduler, wanted.length);
        const insist = async (i: number) => {
          while (true) {
            const from = await others[i].production(name);
            const move = { name, from, to: wanted[i], by, reason: String(i) };
            try {
              return await others[i].changeProduction(move);
            } catch (error) {
              if (!(error instanceof ConflictError)) throw error;
            }
          }
        };
        const results = await settle(scheduler, wanted.map((_, i) => insist(i)));
        assert.deepEqual(losers(results), []);
        const history = await registry.productionHistory(name);
        checkHistory(history);
        // every success is in the history, exactly as it was answered
        const answered = results.map((one) =>
          (one as PromiseFulfilledResult<ProductionChange>).value
        );
        assert.deepEqual(answered.toSorted((a, b) => a.sequence - b.sequence), history);
      },
    ),
    { seed: 4, numRuns: 150 },
  );
});

Deno.test("recordDecision(): decisions at the same time are all kept under ids of their own", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { registry, others } = await setUp(scheduler, 4);
      const results = await settle(
        scheduler,
        others.map((one, i) =>
          one.recordDecision({
            ...{ name, version: "1", against: null, passed: i % 2 === 0, by: String(i) },
            ...{ reasons: [], evidence: {} },
          })
        ),
      );
      assert.deepEqual(losers(results), []);
      const kept = await registry.decisions(name, "1");
      assert.deepEqual(kept.map(({ id }) => id), [1, 2, 3, 4].map((number) => `iris/1/${number}`));
      assert.deepEqual(kept.map(({ by }) => by).sort(), ["0", "1", "2", "3"]);
    }),
    { seed: 5, numRuns: 100 },
  );
});

Deno.test("register(): of two who register different bytes one wins, of the same both", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, isSame) => {
      const { registry, others } = await setUp(scheduler, 2);
      const digests = ["a".repeat(64), (isSame ? "a" : "b").repeat(64)];
      const results = await settle(
        scheduler,
        others.map((one, i) =>
          one.register({
            ...{ name, version: "5", digest: digests[i], signature: {}, metrics: {} },
            ...{ runId: "r", datasetDigest: "d", commit: "c", lockfile: "l" },
          })
        ),
      );
      const lost = losers(results), { digest } = await registry.version(name, "5");
      assert.equal(lost.length, isSame ? 0 : 1);
      assert.ok(lost.every((error) => error instanceof ConflictError));
      assert.equal(results[digests.indexOf(digest)].status, "fulfilled");
      for (const one of digests) {
        const found = await registry.versionsWithDigest(one);
        assert.equal(found.length, one === digest ? 1 : 0);
      }
    }),
    { seed: 6, numRuns: 200 },
  );
});

Deno.test("updateDocument(): no update is lost, and none is made twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, writers) => {
      const store = createMemoryStore();
      const results = await settle(
        scheduler,
        Array.from(
          { length: writers },
          () => updateDocument(interleaved(store, scheduler), "n.json", (n) => Number(n ?? 0) + 1),
        ),
      );
      assert.deepEqual(losers(results), []);
      assert.equal((await store.read("n.json"))?.value, writers);
    }),
    { seed: 7, numRuns: 150 },
  );
});

Deno.test("updateDocument(): gives up after its tries, and at once where it should", async () => {
  const store = createMemoryStore();
  let changes = 0;
  const busy: DocumentStore = {
    ...store,
    async read(path) {
      const found = await store.read(path);
      await store.write(path, ++changes); // somebody else is always quicker
      return found;
    },
  };
  let asked = 0;
  const update = updateDocument(busy, "n.json", () => ++asked, { attempts: 3 });
  await assert.rejects(update, { name: "ConflictError", path: "n.json" });
  assert.equal(asked, 3);
  const broken = updateDocument(store, "n.json", () => {
    throw new RangeError("no");
  });
  await assert.rejects(broken, RangeError);
  const offline: DocumentStore = { ...store, write: () => Promise.reject(new Error("offline")) };
  await assert.rejects(updateDocument(offline, "n.json", () => 1), { message: "offline" });
});
