import assert from "node:assert/strict";
import { type Random, type Samples, stream, take } from "lib/core/mod.ts";
import {
  auditRows,
  checkTrainingWindow,
  type TrainingCheck,
  type TrainingWindowInput,
} from "lib/monitoring/mod.ts";

const features = ["length", "width"].map((name) => ({ name, unit: "cm", min: -20, max: 20 }));

/** Three clouds that overlap somewhat, as setosa, versicolor and virginica do. */
const CENTRES = [[0, 0], [4, 0], [5.5, 2]];

function draw(random: Random, n: number): Samples {
  const y = Uint8Array.from({ length: n }, (_, i) => i % 3);
  const all = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    for (const f of [0, 1]) all[2 * i + f] = CENTRES[y[i]][f] + random.normal();
  }
  return { features, classes: ["a", "b", "c"], x: all, y };
}

/** The best that a model can do here: the nearest centre. */
function best({ x, y }: Samples): Uint8Array {
  return Uint8Array.from(y, (_, i) => {
    const gaps = CENTRES.map(([a, b]) => (x[2 * i] - a) ** 2 + (x[2 * i + 1] - b) ** 2);
    return gaps.indexOf(Math.min(...gaps));
  });
}

function scene(seed: number, n = 60): TrainingWindowInput {
  const random = stream(seed, "poison test");
  const [window, trusted, holdout] = [draw(random, n), draw(random, 90), draw(random, 60)];
  const said = best(holdout);
  const errors = [...holdout.y.keys()].filter((i) => said[i] !== holdout.y[i]).length;
  return { window, trusted, holdout, predicted: best(window), realised: { errors, rows: 60 } };
}

/** Some labels replaced by others, drawn at random. */
function flip(window: Samples, share: number, seed: number): Samples {
  const random = stream(seed, "flips"), y = window.y.slice();
  const rows = random.shuffle([...y.keys()]).slice(0, Math.round(share * y.length));
  for (const i of rows) y[i] = (y[i] + 1 + random.integer(2)) % 3;
  return { ...window, y };
}

const failed = (input: TrainingWindowInput, options = {}): TrainingCheck[] =>
  checkTrainingWindow(input, options).findings.filter(({ passed }) => !passed)
    .map(({ check }) => check);

Deno.test("checkTrainingWindow(): clean windows are refused no more often than stated", () => {
  const runs = 400, alpha = 0.05;
  let refused = 0;
  for (let seed = 0; seed < runs; seed++) {
    if (checkTrainingWindow(scene(seed), { alpha }).decision === "refuse") refused++;
  }
  console.log(`clean windows refused: ${refused} of ${runs}, stated: ${alpha}`);
  // three standard errors of a rate of 5 % over 400 windows are 3.3 points
  assert.ok(refused / runs <= alpha + 0.033, `${refused} of ${runs}`);
});

Deno.test("checkTrainingWindow(): 30 % flipped labels are refused, by both label tests", () => {
  let refused = 0, both = 0;
  for (let seed = 0; seed < 100; seed++) {
    const clean = scene(seed), input = { ...clean, window: flip(clean.window, 0.3, seed) };
    const verdict = checkTrainingWindow(input);
    if (verdict.decision === "refuse") refused++;
    if (failed(input).join() === "neighbours,model") both++;
    if (verdict.decision === "refuse") assert.equal(verdict.labels, "audit-needed");
  }
  console.log(`windows with 30 % flipped labels refused: ${refused} of 100, by both: ${both}`);
  assert.ok(refused >= 95, `${refused} of 100`);
});

Deno.test("checkTrainingWindow(): few flipped labels are not always seen, which it does not claim", () => {
  let refused = 0;
  for (let seed = 0; seed < 100; seed++) {
    const clean = scene(seed);
    const input = { ...clean, window: flip(clean.window, 0.05, seed) };
    if (checkTrainingWindow(input).decision === "refuse") refused++;
  }
  assert.ok(refused < 50, `${refused} of 100`);
});

Deno.test("checkTrainingWindow(): concept drift and poison look alike until an audit", () => {
  const clean = scene(1);
  // from today on everything beyond 5 is of class b: a rule of the world, or of a liar
  const y = clean.window.y.map((label, i) =>
    clean.window.x[2 * i] > 4 ? (label === 1 ? 2 : 1) : label
  );
  const input = { ...clean, window: { ...clean.window, y } };
  const alone = checkTrainingWindow(input);
  assert.deepEqual([alone.decision, alone.labels], ["refuse", "audit-needed"]);
  assert.match(alone.sentence, /label at least 29 rows of the window again/);
  const audits: [errors: number, rows: number, decision: string, labels: string][] = [
    [0, 29, "accept", "concept-drift"],
    [0, 28, "refuse", "audit-needed"], // one row too few to exclude 10 %
    [12, 29, "refuse", "wrong"],
    [3, 29, "refuse", "audit-needed"], // neither shown nor excluded
  ];
  for (const [errors, rows, decision, labels] of audits) {
    const verdict = checkTrainingWindow({ ...input, audit: { errors, rows } });
    assert.deepEqual([verdict.decision, verdict.labels], [decision, labels], `${errors}/${rows}`);
  }
  assert.equal(auditRows(0.1), 29);
});

Deno.test("checkTrainingWindow(): an audit refuses wrong labels that agree, and a small one harms nobody", () => {
  const clean = scene(2);
  assert.equal(checkTrainingWindow({ ...clean, audit: { errors: 0, rows: 3 } }).labels, "agree");
  const verdict = checkTrainingWindow({ ...clean, audit: { errors: 9, rows: 30 } });
  assert.deepEqual([verdict.decision, verdict.labels], ["refuse", "wrong"]);
});

Deno.test("checkTrainingWindow() names the rows out of range, missing, or of the holdout", () => {
  const clean = scene(3), x = clean.window.x.slice();
  x[2 * 4] = 21;
  x[2 * 7 + 1] = NaN;
  x.set(clean.holdout.x.subarray(2 * 10, 2 * 11), 2 * 9);
  const y = clean.window.y.slice();
  y[9] = (clean.holdout.y[10] + 1) % 3; // under another label
  const { findings, decision, sentence } = checkTrainingWindow({
    ...clean,
    window: { ...clean.window, x, y },
  });
  assert.equal(decision, "refuse");
  assert.match(sentence, /^Refused by range, holdout\./);
  assert.deepEqual(findings.slice(0, 2).map(({ check, rows }) => [check, rows]), [
    ["range", [4, 7]],
    ["holdout", [9]],
  ]);
});

Deno.test("checkTrainingWindow() refuses a window that lacks a class", () => {
  const clean = scene(4);
  const rows = [...clean.window.y.keys()].filter((i) => clean.window.y[i] !== 2);
  const window = take(clean.window, rows), predicted = best(window);
  const { findings } = checkTrainingWindow({ ...clean, window, predicted });
  assert.deepEqual(findings[2], {
    ...{ check: "classes", passed: false, value: 1, limit: 0, rows: [], sentence: "No row of c." },
  });
});

Deno.test("checkTrainingWindow() throws for what is no window", () => {
  const clean = scene(5);
  const broken: [object, object, RegExp][] = [
    [{ window: take(clean.window, []) }, {}, /training window must have rows: got 0/],
    [{ predicted: new Uint8Array(3) }, {}, /predictions must be one for each of 60 rows: got 3/],
    [
      { holdout: { ...clean.holdout, classes: ["a"] } },
      {},
      /holdout must have the window's features/,
    ],
    [{}, { alpha: 0 }, /alpha must be between 0 and 1: got 0/],
    [{}, { neighbours: 90 }, /trusted rows must be more than 90 neighbours: got 90/],
    [{}, { maxLabelError: NaN }, /maxLabelError must be between 0 and 1: got NaN/],
  ];
  for (const [change, options, message] of broken) {
    assert.throws(() => checkTrainingWindow({ ...clean, ...change }, options), message);
  }
});
