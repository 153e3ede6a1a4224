import assert from "node:assert/strict";
import {
  type GateDecision,
  type GateRule,
  overrule,
  parseStatement,
  policyOf,
} from "lib/gate/mod.ts";

const at = "2026-01-01T00:00:00.000Z", by = "Ada", reason = "the old one is broken altogether";

function refusal(...rules: GateRule[]): GateDecision {
  const results = rules.map((rule) => ({ rule, passed: false, sentence: `${rule} says no.` }));
  return { decision: "refuse", sentence: "", rules: results } as unknown as GateDecision;
}

Deno.test("overrule() promotes, keeps what every rule said, and who answers for it", () => {
  const before = refusal("cost", "latency"), after = overrule(before, { by, reason, at });
  assert.equal(after.decision, "promote");
  assert.deepEqual(after.rules, before.rules);
  assert.deepEqual(after.override, { by, reason, at, rules: ["cost", "latency"] });
  assert.equal(
    after.sentence,
    "Refused by cost, latency; overruled by Ada: the old one is broken altogether.",
  );
  assert.equal(before.decision, "refuse", "the refusal itself stays as it was");
});

Deno.test("overrule() wants a name and a reason", () => {
  for (const name of ["", "  ", "---", "42"]) {
    assert.throws(() => overrule(refusal("cost"), { by: name, reason, at }), /name of a person/);
  }
  for (const why of ["", "ok", "   short   "]) {
    assert.throws(() => overrule(refusal("cost"), { by, reason: why, at }), {
      name: "BadInput",
      message: /override reason must have at least 10 characters/,
    });
  }
});

Deno.test("overrule() leaves alone what speaks of facts, and what was not refused", () => {
  for (const fact of ["contract", "bytes", "leak"] as const) {
    assert.throws(
      () => overrule(refusal("cost", fact), { by, reason, at }),
      new RegExp(`override must not be of ${fact}`),
    );
  }
  const promoted = { ...refusal(), decision: "promote" } as GateDecision;
  assert.throws(() => overrule(promoted, { by, reason, at }), /override must be of a refusal/);
});

Deno.test('parseStatement() reads "name: reason", and no less', () => {
  assert.deepEqual(parseStatement(" Ada Lovelace : ticket 12: the sensor is new "), {
    by: "Ada Lovelace",
    reason: "ticket 12: the sensor is new",
  });
  for (const text of ["", "yes", ": a long enough reason", "Ada:", "Ada: ok"]) {
    assert.throws(() => parseStatement(text, "--approve"), { name: "BadInput", message: /^--app/ });
  }
});

Deno.test("policyOf() takes what a file names over the defaults, and nothing else", () => {
  assert.equal(policyOf({ group: "site" }).group, "site");
  const broken: [given: unknown, message: RegExp][] = [
    [[], /^policy must be an object/],
    [null, /^policy must be an object/],
    [{ groups: "site" }, /^policy groups must be one of margin/],
    [{ group: " " }, /^policy group must be the name of a column, or null/],
    [{ minGroupRows: 0.5 }, /^policy minGroupRows must be a whole number/],
    [{ costs: [[0, 1]] }, /^policy costs must be null, or/],
    [{ costs: [[1, 1], [1, 0]] }, /^policy costs must be/],
    [{ costs: [[0, 0], [0, 0]] }, /^policy costs must be/],
    [{ costs: [[0, -1], [1, 0]] }, /^policy costs must be/],
    [{ maxCalibrationError: 1 }, /^policy maxCalibrationError must be between/],
    [{ maxDataAgeDays: Infinity }, /^policy maxDataAgeDays must be a number above 0/],
    [{ needDataAge: 1 }, /^policy needDataAge must be true or false/],
    [{ approval: "yes" }, /^policy approval must be none or production/],
  ];
  for (const [given, message] of broken) {
    assert.throws(() => policyOf(given), { name: "BadInput", message });
  }
});
