import type { WindowSignal } from "lib/monitoring/mod.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { manualClock } from "lib/core/mod.ts";
import {
  acknowledge,
  alertsTable,
  listAlerts,
  recordSignals,
  resolveAlert,
  responseTable,
  silence,
  trainingWindowTable,
} from "lib/lifecycle/mod.ts";
import { DEFAULT_RESPOND_POLICY } from "lib/monitoring/mod.ts";
import { createMemoryStore, type DocumentStore } from "lib/registry/mod.ts";
import { errorSignal } from "./alert_signals.ts";

const endpoint = "iris", clock = manualClock("2026-02-01T00:00:00Z");
const [bad, good] = [errorSignal(1, true), errorSignal(2, false)];

Deno.test("recordSignals() keeps one document for each alert, and replaying writes nothing", async () => {
  const store = createMemoryStore(), place = { store };
  const { notifications, notes } = await recordSignals(place, [good, bad, bad], {
    endpoint,
    clock,
  });
  assert.deepEqual(notifications.map(({ transition }) => transition.kind), ["fired"]);
  assert.equal(notes.length, 2);
  const [path] = await store.list("alerts/");
  assert.match(path, /^alerts\/iris\/[0-9a-f]{64}\.json$/);
  const before = await store.read(path);
  clock.advance(60_000);
  const again = await recordSignals(place, [bad, good], { endpoint, clock });
  assert.deepEqual(again.notifications, []);
  assert.deepEqual(await store.read(path), before); // the ETag, too
});

Deno.test("people acknowledge, silence and resolve by the first digits of the fingerprint", async () => {
  const place = { store: createMemoryStore() };
  const { alerts: [{ fingerprint }] } = await recordSignals(place, [bad], { endpoint, clock });
  const deed = {
    endpoint,
    fingerprint: fingerprint.slice(0, 8),
    actor: "ada",
    reason: "I look",
    clock,
  };
  assert.equal((await acknowledge(place, deed)).state, "acknowledged");
  const until = "2026-03-01T00:00:00Z";
  assert.equal((await silence(place, { ...deed, until })).silencedUntil, until);
  const { state, transitions } = await resolveAlert(place, deed);
  assert.equal(state, "resolved");
  assert.deepEqual(
    transitions.map(({ kind, actor, notify }) => [kind, actor, notify]),
    [["fired", "monitor", true], ["acknowledged", "ada", true], ["silenced", "ada", true], [
      "resolved",
      "ada",
      false,
    ]],
  );
  await assert.rejects(acknowledge(place, deed), /alert errors must be open to acknowledge it/);
  for (const [wrong, named] of [["0123456", 0], ["", 1]] as const) {
    const message = new RegExp(`alert must name one alert of iris, and names ${named}`);
    await assert.rejects(acknowledge(place, { ...deed, fingerprint: wrong }), message);
  }
});

Deno.test("listAlerts() shows what has fired, open ones first; all of them if asked", async () => {
  const place = { store: createMemoryStore() };
  const once = { ...bad, kind: "drift" as const, subject: "petal" }; // its rule wants two windows
  const clean = { ...good, kind: "drift" as const, subject: "sepal" };
  const quality = { ...bad, kind: "data-quality" as const, subject: "sepal" };
  const over = [3, 4].map((n) => ({
    ...quality,
    ...errorSignal(n, false),
    kind: quality.kind,
    subject: "sepal",
  }));
  await recordSignals(place, [bad, once, clean, quality, ...over], { endpoint, clock });
  const alerts = await listAlerts(place, { endpoint });
  assert.deepEqual(alerts.map(({ rule, state }) => [rule.id, state]), [["errors", "firing"], [
    "data-quality",
    "resolved",
  ]]);
  assert.equal((await listAlerts(place, { endpoint, all: true })).length, 3);
  const { text } = alertsTable(alerts);
  assert.match(text, /^2 alerts, 1 of them open/);
  assert.match(text, /errors +– +critical +firing +1 +1 .*notebooks\/runbooks\/errors\.md/);
});

Deno.test("an endpoint's name that could leave its folder is refused", async () => {
  const place = { store: createMemoryStore() };
  for (const name of ["../x", "a/b", "dead-letters", "", "x"]) {
    await assert.rejects(
      recordSignals(place, [bad], { endpoint: name }),
      /^BadInput: endpoint must/,
    );
  }
});

/** The store, each of its calls let through when the scheduler says so: every interleaving occurs. */
function interleaved(store: DocumentStore, scheduler: fc.Scheduler): DocumentStore {
  return {
    read: scheduler.scheduleFunction(store.read),
    write: scheduler.scheduleFunction(store.write),
    list: scheduler.scheduleFunction(store.list),
  };
}

Deno.test("property: of any number who watch the same windows, one says it, and nothing is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const store = createMemoryStore();
      const watch = (n: number) =>
        recordSignals({ store: interleaved(store, scheduler) }, [
          errorSignal(1, true),
          errorSignal(n, true),
        ], { endpoint, clock });
      const results = await scheduler.waitFor(
        Promise.all([watch(2), watch(3), watch(3)]),
      );
      const said = results.flatMap(({ notifications }) => notifications);
      assert.equal(said.length, 1);
      const [alert] = await listAlerts({ store }, { endpoint });
      assert.deepEqual(alert.windows.map(({ window }) => window), [
        "window 1",
        "window 2",
        "window 3",
      ]);
      assert.equal(alert.count, 3);
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("responseTable() and trainingWindowTable() show every reason", () => {
  const { text } = responseTable({
    ...{ branch: "retrain", because: ["2 of the last 5.", "200 rows."], next: "deno task retrain" },
    ...{ windows: ["window 1", "window 2"], policy: DEFAULT_RESPOND_POLICY },
  });
  assert.match(
    text,
    /^retrain\. Next: deno task retrain\. Asked on 2 windows\.\n.*\n.*\n +1 +2 of the last 5\.\n +2 +200 rows\./,
  );
  const findings = [{
    check: "classes" as const,
    passed: false,
    value: 1,
    limit: 0,
    rows: [],
    sentence: "No row of c.",
  }];
  const verdict = {
    decision: "refuse" as const,
    labels: "agree" as const,
    sentence: "Refused by classes.",
    findings,
  };
  assert.match(trainingWindowTable(verdict).text, /classes +refused +0 +No row of c\./);
});

Deno.test("recordSignals() does not count windows that end by `since`", async () => {
  const place = { store: createMemoryStore() }, endpoint = "iris";
  const drift = (hour: number): WindowSignal => ({
    ...{ window: `window ${hour}`, time: `2026-01-01T0${hour}:00:00Z`, kind: "drift" },
    ...{ subject: "length", violated: true, value: 1, limit: null, sentence: "it has moved" },
  });
  await recordSignals(place, [drift(1)], { endpoint });
  const since = "2026-01-01T01:00:00Z";
  const second = await recordSignals(place, [drift(2)], { endpoint, since });
  assert.deepEqual(second.notifications, [], "one of the two that it takes is of an older story");
  const third = await recordSignals(place, [drift(3)], { endpoint, since });
  assert.equal(third.notifications.length, 1);
});
