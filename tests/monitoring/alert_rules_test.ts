import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ALERT_KINDS,
  alertFingerprint,
  checkRules,
  DEFAULT_RULES,
  orderSignals,
  routeSignals,
} from "lib/monitoring/mod.ts";
import { signalOf } from "./signals.ts";

Deno.test("DEFAULT_RULES have one rule for each kind, and can all fire", () => {
  assert.deepEqual(DEFAULT_RULES.map(({ kind }) => kind), [...ALERT_KINDS]);
  assert.equal(checkRules(DEFAULT_RULES), DEFAULT_RULES);
});

Deno.test("checkRules() refuses what could not fire, naming rule and field", () => {
  const [rule] = DEFAULT_RULES;
  const broken: [object, RegExp][] = [
    [{ needed: 0 }, /data-quality needed must be from 1 to 1: got 0/],
    [{ needed: 2 }, /data-quality needed must be from 1 to 1: got 2/],
    [{ of: 31 }, /data-quality of must be from 1 to 30: got 31/],
    [{ clean: NaN }, /data-quality clean must be from 1 to 30: got NaN/],
    [{ kind: "weather" }, /data-quality kind must be one of data-quality, drift/],
  ];
  for (const [fault, message] of broken) {
    assert.throws(() => checkRules([{ ...rule, ...fault }]), message);
  }
  assert.throws(() => checkRules([rule, rule]), /alert rule data-quality must be there once/);
});

Deno.test("orderSignals() gives the same for every order and any repetition", () => {
  const all = [1, 2, 3, 4].flatMap((n) => [signalOf(n, n % 2 === 0), signalOf(n, true, "petal")]);
  const repeated = fc.shuffledSubarray([...all, ...all], { minLength: 16 });
  fc.assert(
    fc.property(repeated, (given) => {
      assert.deepEqual(orderSignals(given).signals, orderSignals(all).signals);
    }),
    { seed: 1 },
  );
});

Deno.test("orderSignals(): where two differ about one window, the last one given counts", () => {
  const { signals, notes } = orderSignals([signalOf(1, true), signalOf(1, false)]);
  assert.deepEqual(signals, [signalOf(1, false)]);
  assert.deepEqual(notes, ["1 signal came again with other numbers; the last one counts."]);
});

Deno.test("orderSignals() refuses broken times and numbers", () => {
  const signal = signalOf(1, true);
  assert.throws(
    () => orderSignals([{ ...signal, time: "soon" }]),
    /window 1 time must be an instant/,
  );
  assert.throws(() => orderSignals([{ ...signal, value: NaN }]), /value must be a number or null/);
  assert.throws(
    () => orderSignals([signal, { ...signal, subject: "petal", time: "2026-02-01T00:00:00Z" }]),
    /window 1 time must be the same for a window/,
  );
});

Deno.test("orderSignals() compares instants, not texts", () => {
  const late = { ...signalOf(1, true), time: "2026-01-01T23:00:00-05:00" };
  const early = { ...signalOf(2, true), time: "2026-01-02T00:00:00Z" };
  assert.deepEqual(orderSignals([late, early]).signals, [early, late]);
});

Deno.test("routeSignals(): each subject is an alert of its own, and a kind without a rule is none", () => {
  const signals = [
    signalOf(2, true, "petal"),
    signalOf(1, true, "sepal"),
    signalOf(1, true, "petal"),
  ];
  const { routed } = routeSignals(signals, { endpoint: "iris" });
  assert.deepEqual(
    routed.map(({ subject, signals }) => [subject, signals.map(({ window }) => window)]),
    [["petal", ["window 1", "window 2"]], ["sepal", ["window 1"]]],
  );
  const rules = DEFAULT_RULES.filter(({ kind }) => kind !== "drift");
  assert.deepEqual(routeSignals(signals, { endpoint: "iris", rules }).routed, []);
});

Deno.test("alertFingerprint() tells endpoint, rule and subject apart", () => {
  const of = (endpoint: string, rule: string, subject: string | null) =>
    alertFingerprint({ endpoint, rule, subject });
  const all = [
    of("a", "b", "c"),
    of("ab", "", "c"),
    of("a", "b", null),
    of("a", "b", "null"),
    of("b", "a", "c"),
  ];
  assert.equal(new Set(all).size, all.length);
});
