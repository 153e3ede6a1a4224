import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Alert,
  type AlertEvent,
  type AlertNotification,
  type AlertRule,
  DEFAULT_RULES,
  isOpen,
  KEPT_TRANSITIONS,
  KEPT_WINDOWS,
  quietAlert,
  reduceAlert,
} from "lib/monitoring/mod.ts";
import { dayOf, signalOf } from "./signals.ts";

const drift = DEFAULT_RULES.find(({ kind }) => kind === "drift")!;
const quiet = (rule: AlertRule = drift) => quietAlert({ endpoint: "iris", rule, subject: null });

/** Events one after another. */
function live(events: readonly AlertEvent[], start: Alert = quiet()) {
  let alert = start;
  const said: AlertNotification[] = [];
  for (const event of events) {
    const step = reduceAlert(alert, event);
    alert = step.alert;
    said.push(...step.notifications);
  }
  return { alert, said, kinds: said.map(({ transition }) => transition.kind) };
}

const see = (n: number, violated: boolean): AlertEvent => ({
  ...{ kind: "window", signal: signalOf(n, violated), at: dayOf(n), actor: "monitor" },
});

/** `x` violates, `.` is clean; one window each. */
const scene = (text: string, from = 1) => [...text].map((c, i) => see(from + i, c === "x"));

Deno.test("reduceAlert(): N of M, worked by hand", () => {
  const cases: [scene: string, told: string[], state: string][] = [
    ["x", [], "quiet"],
    ["xx", ["fired"], "firing"],
    ["x...x", ["fired"], "firing"],
    ["x....x", [], "quiet"], // six apart
    ["xx..", ["fired"], "firing"],
    ["xx...", ["fired", "resolved"], "resolved"],
    ["xx..x...", ["fired", "resolved"], "resolved"],
    ["xx...x", ["fired", "resolved"], "resolved"], // the first occurrence's windows count no more
    ["xx...xx", ["fired", "resolved", "fired"], "firing"],
    [".....", [], "quiet"],
  ];
  for (const [text, told, state] of cases) {
    const { alert, kinds } = live(scene(text));
    assert.deepEqual([kinds, alert.state], [told, state], text);
  }
});

Deno.test("reduceAlert(): the latest window has to violate itself", () => {
  // window 3 comes first, clean; the two before it arrive late
  const { alert } = live([see(3, false), see(1, true), see(2, true)]);
  assert.equal(alert.state, "quiet");
});

Deno.test("reduceAlert(): an open alert counts and says nothing more", () => {
  const { alert, kinds } = live(scene("xx.xx"));
  assert.deepEqual([kinds, alert.count], [["fired"], 4]);
  assert.deepEqual([alert.firstSeen, alert.lastSeen], [dayOf(1), dayOf(5)]);
});

Deno.test("reduceAlert(): a re-fire is a new occurrence with a count of its own", () => {
  const { alert } = live(scene("xxx...xx"));
  assert.deepEqual([alert.occurrence, alert.count, alert.firstSeen], [2, 2, dayOf(7)]);
});

Deno.test("reduceAlert(): a window measured again takes the place of the old one", () => {
  const { alert } = live([...scene("xx"), see(2, false), ...scene("..", 3)]);
  assert.deepEqual([alert.state, alert.count, alert.windows.length], ["resolved", 1, 4]);
});

Deno.test("reduceAlert(): acknowledged once, resolved by hand, and only while it is open", () => {
  const say = (kind: "acknowledge" | "resolve", n: number): AlertEvent => ({
    ...{ kind, at: dayOf(n), actor: "ada", reason: "I look" },
  });
  const { alert, said, kinds } = live([
    ...scene("xx"),
    say("acknowledge", 2),
    say("acknowledge", 3),
    see(3, true),
    say("resolve", 4),
  ]);
  assert.deepEqual([kinds, alert.state], [["fired", "acknowledged", "resolved"], "resolved"]);
  assert.deepEqual([said[1].transition.actor, said[1].transition.reason], ["ada", "I look"]);
  assert.throws(
    () => reduceAlert(alert, say("resolve", 5)),
    /alert drift must be open to resolve it: got "resolved"/,
  );
  assert.throws(
    () => reduceAlert(quiet(), say("acknowledge", 1)),
    /must be open to acknowledge it: got "quiet"/,
  );
});

Deno.test("reduceAlert(): in silence the alert lives on, and what still fires is told afterwards", () => {
  const silence: AlertEvent = {
    ...{ kind: "silence", until: dayOf(5), at: dayOf(0), actor: "ada", reason: "planned work" },
  };
  const during = live([silence, silence, ...scene("xx")]);
  assert.deepEqual([during.kinds, during.alert.state], [["silenced"], "firing"]);
  const after = live([see(5, true)], during.alert);
  assert.deepEqual(after.kinds, ["silence-ended"]);
  assert.match(after.said[0].transition.reason, /is over; the alert is firing/);
  assert.throws(
    () => reduceAlert(quiet(), { ...silence, until: dayOf(0) }),
    /silence until must be after/,
  );
});

Deno.test("reduceAlert() remembers within limits, and passes over what is older than its memory", () => {
  const { alert } = live(scene("xx...".repeat(60)));
  assert.equal(alert.windows.length, KEPT_WINDOWS);
  assert.ok(alert.transitions.length <= KEPT_TRANSITIONS);
  assert.equal(alert.occurrence, 60);
  assert.equal(live([see(1, true)], alert).alert, alert);
});

/** Any life: windows in any order and twice, people in between, time going on. */
const lives = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("window" as const),
        late: fc.nat({ max: 3 }),
        violated: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom("acknowledge" as const, "resolve" as const) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("silence" as const),
        days: fc.integer({ min: 1, max: 5 }),
      }),
    },
  ),
  { minLength: 10, maxLength: 60 },
);

type Step = typeof lives extends fc.Arbitrary<(infer T)[]> ? T : never;

function eventOf(step: Step, i: number): AlertEvent {
  const at = dayOf(30 + i), said = { at, actor: "ada", reason: "because" };
  if (step.kind === "window") {
    return {
      kind: "window",
      signal: signalOf(10 + i - step.late, step.violated),
      at,
      actor: "monitor",
    };
  }
  return step.kind === "silence"
    ? { kind: "silence", until: dayOf(30 + i + step.days), ...said }
    : { kind: step.kind, ...said };
}

/** As {@linkcode live}, but people leave alone what is not open. */
function liveAny(steps: readonly Step[]) {
  let alert = quiet();
  const said: AlertNotification[] = [];
  for (const [i, step] of steps.entries()) {
    const needsOpen = step.kind === "acknowledge" || step.kind === "resolve";
    if (needsOpen && !isOpen(alert)) continue;
    const next = reduceAlert(alert, eventOf(step, i));
    alert = next.alert;
    said.push(...next.notifications);
  }
  return { alert, said };
}

Deno.test("property: never two open occurrences of one fingerprint", () => {
  let refired = 0;
  fc.assert(
    fc.property(lives, (steps) => {
      const { alert } = liveAny(steps);
      const ends = alert.transitions.filter(({ kind }) => kind === "fired" || kind === "resolved");
      // fired, resolved, fired, resolved … each pair with its own number
      ends.forEach(({ kind, occurrence }, i) => {
        assert.equal(kind, i % 2 === 0 ? "fired" : "resolved");
        assert.equal(occurrence, 1 + (i >> 1));
      });
      assert.equal(isOpen(alert), ends.length % 2 === 1);
      if (alert.occurrence > 1) refired++;
    }),
    { seed: 2, numRuns: 500 },
  );
  assert.ok(refired > 50, `only ${refired} lives fired twice`);
});

Deno.test("property: what is told is what changed outside of silence, in order, each once", () => {
  let held = 0;
  fc.assert(
    fc.property(lives, (steps) => {
      const { alert, said } = liveAny(steps);
      const told = alert.transitions.filter(({ notify }) => notify);
      assert.deepEqual(said.map(({ transition }) => transition), told);
      assert.equal(new Set(said.map(({ id }) => id)).size, said.length);
      assert.deepEqual(
        alert.transitions.map(({ number }) => number),
        alert.transitions.map((_, i) => i + 1),
      );
      let silent = false;
      for (const { kind, notify } of alert.transitions) {
        if (kind === "silenced") silent = true;
        else if (kind === "silence-ended") silent = false;
        else {
          assert.equal(notify, !silent, kind);
          if (silent) held++;
        }
      }
    }),
    { seed: 3, numRuns: 500 },
  );
  assert.ok(held > 20, `only ${held} changes fell into a silence`);
});

Deno.test("property: replaying the same windows, in any order, changes nothing and tells nothing", () => {
  const windows = fc.array(fc.boolean(), { minLength: 1, maxLength: KEPT_WINDOWS });
  fc.assert(
    fc.property(windows, fc.infiniteStream(fc.nat()), (violated, picks) => {
      const events = violated.map((one, i) => see(i + 1, one));
      const once = live(events).alert;
      const replay = events.map(() => events[picks.next().value! % events.length]);
      const again = live([...events, ...replay], once);
      assert.deepEqual(again.said, []);
      assert.equal(again.alert, once);
    }),
    { seed: 4, numRuns: 200 },
  );
});

Deno.test("property: the argument stays as it is, and the same events give the same alert", () => {
  fc.assert(
    fc.property(lives, (steps) => {
      const frozen = JSON.stringify(steps);
      assert.deepEqual(liveAny(steps), liveAny(JSON.parse(frozen)));
    }),
    { seed: 5, numRuns: 100 },
  );
  const start = Object.freeze(quiet());
  live(scene("xx"), start);
  assert.equal(start.state, "quiet");
});
