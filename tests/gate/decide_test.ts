import assert from "node:assert/strict";
import { decide, DEFAULT_POLICY, type GateInput, type GatePolicy } from "lib/gate/mod.ts";
import { measure } from "lib/model/mod.ts";

const classes = ["a", "b", "c"];
const signature = {
  inputs: [{ name: "x", unit: "cm", min: 0, max: 9 }, { name: "y", unit: "cm", min: 0, max: 9 }],
  classes,
};
const actual = Uint8Array.from({ length: 60 }, (_, i) => i % 3);

/** Labels with these rows wrong. */
const wrongAt = (...rows: number[]) =>
  actual.map((label, i) => rows.includes(i) ? (label + 1) % 3 : label);

/** The commonest class (20 rows right), and a split that cannot tell the last two apart (40). */
const baselines = {
  majority: new Uint8Array(60),
  oneSplit: actual.map((label) => Math.min(label, 1)),
};

/** A gate input in which everything is in order, with changes. */
function input(labels: Uint8Array, changes: Partial<GateInput> = {}): GateInput {
  const probabilities = new Float64Array(180);
  labels.forEach((label, i) => probabilities[i * 3 + label] = 1);
  return {
    challenger: { digest: "challenger", signature, labels },
    champion: { digest: "champion", signature, labels: wrongAt(0, 1) },
    holdout: { sha256: "h", actual },
    metrics: measure({ actual, labels, probabilities }, classes),
    baselines,
    contractPassed: true,
    learnt: { rows: 90, broken: 0 },
    foundDigest: "challenger",
    keys: { learnt: ["other"], judged: [...actual.keys()].map(String) },
    thresholds: { all: 12, stray: 0 },
    bytes: 1000,
    rowMs: 1,
    ...changes,
  };
}

const refusedBy = (given: GateInput) =>
  decide(given).rules.filter(({ passed }) => !passed).map(({ rule }) => rule);

Deno.test("decide() promotes a good challenger, with every rule's number and sentence", () => {
  const decision = decide(input(wrongAt(3)));
  assert.equal(decision.decision, "promote");
  assert.equal(decision.rules.length, 16);
  assert.ok(decision.rules.every(({ sentence }) => /^[A-Z0-9].*\.$/.test(sentence)));
  assert.deepEqual(decision.holdout, { sha256: "h", rows: 60 });
  assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision);
});

Deno.test("decide() lets the champion's twin pass as not inferior", () => {
  const decision = decide(input(wrongAt(0, 1)));
  assert.equal(decision.decision, "promote");
  assert.match(
    decision.rules.find(({ rule }) => rule === "non-inferiority")!.sentence,
    /changes by \+0.0 points/,
  );
});

Deno.test("decide() refuses by default: each missing input by its own rule", () => {
  const good = wrongAt(3);
  assert.deepEqual(refusedBy(input(good, { contractPassed: undefined })), ["contract"]);
  assert.deepEqual(refusedBy(input(good, { contractPassed: false })), ["contract"]);
  assert.deepEqual(refusedBy(input(good, { baselines: undefined })), ["baseline"]);
  assert.deepEqual(refusedBy(input(good, { bytes: undefined })), ["size"]);
  assert.deepEqual(refusedBy(input(good, { rowMs: NaN })), ["latency"]);
});

Deno.test("decide() refuses what is too large, too slow, no better than trivial, or unlike", () => {
  const good = wrongAt(3);
  assert.deepEqual(refusedBy(input(good, { bytes: DEFAULT_POLICY.maxBytes + 1 })), ["size"]);
  assert.deepEqual(refusedBy(input(good, { rowMs: DEFAULT_POLICY.maxRowMs + 1 })), ["latency"]);
  const asGood = { ...baselines, oneSplit: wrongAt(4) };
  assert.deepEqual(refusedBy(input(good, { baselines: asGood })), ["baseline"]);
  const other = { ...signature, inputs: signature.inputs.toReversed() };
  const challenger = { digest: "challenger", signature: other, labels: good };
  assert.deepEqual(refusedBy(input(good, { challenger })), ["signature"]);
});

Deno.test("decide() refuses a weak class that the average hides", () => {
  const rows = [...actual.keys()].filter((i) => actual[i] === 2).slice(0, 7); // 13 of 20 right
  const given = input(wrongAt(...rows), { champion: undefined });
  assert.deepEqual(refusedBy(given), ["classes"]);
});

Deno.test("decide() refuses a class that the holdout does not have", () => {
  const few = Uint8Array.from({ length: 60 }, (_, i) => i % 2);
  const probabilities = new Float64Array(180);
  few.forEach((label, i) => probabilities[i * 3 + label] = 1);
  const given = input(few, {
    holdout: { sha256: "h", actual: few },
    metrics: measure({ actual: few, labels: few, probabilities }, classes),
    champion: undefined,
  });
  assert.deepEqual(refusedBy(given), ["classes"]);
});

Deno.test("decide() refuses a challenger that loses rows to the champion", () => {
  const lost = [3, 4, 5, 6, 7, 8, 9, 10];
  const given = input(wrongAt(...lost), {
    champion: { digest: "champion", signature, labels: actual },
  });
  assert.deepEqual(refusedBy(given), ["non-inferiority", "mcnemar"]);
});

Deno.test("decide() has nothing to compare before the first champion, and says so", () => {
  const decision = decide(input(wrongAt(3), { champion: undefined }));
  assert.equal(decision.decision, "promote");
  assert.equal(decision.champion, null);
  assert.match(decision.rules.find(({ rule }) => rule === "mcnemar")!.sentence, /no champion/);
});

Deno.test("decide() wants a proof that a challenger is better than the commonest class", () => {
  // the two differ in the rows given: won 6, lost 1 is p 0.125; won 7, lost 0 is p 0.016
  const best = { majority: wrongAt(0, 1, 2, 3, 4, 5), oneSplit: new Uint8Array(60) };
  const unproven = input(wrongAt(9), { baselines: best, champion: undefined });
  assert.deepEqual(refusedBy(unproven), ["baseline"]);
  const found = decide(unproven).rules.find(({ rule }) => rule === "baseline")!;
  assert.deepEqual([found.value!.toFixed(6), found.limit], ["0.125000", 0.05]);
  assert.match(found.sentence, /^Against the commonest class 6 rows won, 1 lost \(p 0.125\): not/);
  const majority = wrongAt(0, 1, 2, 3, 4, 5, 6);
  assert.deepEqual(
    refusedBy(input(actual, { baselines: { ...best, majority }, champion: undefined })),
    [],
  );
});

Deno.test("decide() refuses a challenger that is proven worse than the commonest class", () => {
  const worse = { majority: actual, oneSplit: new Uint8Array(60) };
  const given = input(wrongAt(0, 1, 2, 3, 4, 5, 6), { baselines: worse, champion: undefined });
  assert.deepEqual(refusedBy(given), ["baseline"]);
});

Deno.test("decide() warns where more rows right than one split are no proof, and promotes", () => {
  const close = { ...baselines, oneSplit: wrongAt(4, 5) };
  const decision = decide(input(wrongAt(3), { baselines: close }));
  assert.equal(decision.decision, "promote");
  assert.deepEqual(decision.warnings, [
    "Not proven better than one split: 2 rows won, 1 lost (p 1.000). " +
    "One question of one column may do as well.",
  ]);
  assert.deepEqual(decide(input(wrongAt(3))).warnings, [], "19 won, none lost is a proof");
  const missed = { ...baselines, oneSplit: wrongAt(4) };
  assert.deepEqual(decide(input(wrongAt(3), { baselines: missed })).warnings, [], "refused");
});

Deno.test("decide() wants one label of each baseline for every row", () => {
  for (const name of ["majority", "oneSplit"] as const) {
    const cut = { ...baselines, [name]: baselines[name].slice(1) };
    assert.throws(() => decide(input(wrongAt(3), { baselines: cut })), {
      name: "RangeError",
      message: /must be one label of each for every row: 60 rows, 59/,
    });
  }
});

Deno.test("decide() takes no size or time that cannot be one", () => {
  const good = wrongAt(3);
  for (const bytes of [0, -1, NaN, Infinity]) {
    assert.deepEqual(refusedBy(input(good, { bytes })), ["size"], String(bytes));
  }
  for (const rowMs of [-1, Infinity]) {
    assert.deepEqual(refusedBy(input(good, { rowMs })), ["latency"], String(rowMs));
  }
});

Deno.test("decide() does not take the metrics of another model", () => {
  const poor = wrongAt(...Array(30).keys()), { metrics } = input(wrongAt(3));
  assert.throws(() => decide(input(poor, { metrics })), /metrics must be those of the challenger/);
  // as many right, but others
  const elsewhere = input(wrongAt(4)).metrics;
  assert.throws(() => decide(input(wrongAt(3), { metrics: elsewhere })), /metrics must be those/);
  assert.throws(() => decide(input(wrongAt(3).slice(1), { metrics })), RangeError);
});

Deno.test("decide() does not take a policy that could not refuse", () => {
  const broken: Partial<GatePolicy>[] = [
    { margin: NaN },
    { margin: 1 },
    { margin: -0.1 },
    { alpha: NaN },
    { alpha: 0 },
    { classFloor: 0 },
    { maxBytes: Infinity },
    { maxRowMs: NaN },
    { maxRowMs: undefined },
  ];
  for (const limit of broken) {
    const [name] = Object.keys(limit), policy = { ...DEFAULT_POLICY, ...limit } as GatePolicy;
    assert.throws(() => decide(input(wrongAt(3)), policy), {
      name: "BadInput",
      message: new RegExp(`^policy ${name} must be`),
    });
  }
});

Deno.test("decide() refuses a loss inside the margin whose interval goes beyond it", () => {
  const given = input(wrongAt(3, 4, 5), {
    champion: { digest: "champion", signature, labels: actual },
  });
  const found = decide(given).rules.find(({ rule }) => rule === "non-inferiority")!;
  assert.match(found.sentence, /changes by −5.0 points, at the worst by −1\d.\d points/);
  assert.deepEqual(refusedBy(given), ["non-inferiority"]);
});
