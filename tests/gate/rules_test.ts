/** Each rule that the decision has, in a case where it alone refuses; and what no rule may do. */

import assert from "node:assert/strict";
import { stream } from "lib/core/mod.ts";
import {
  chanceCalibrationError,
  decide,
  decisionDigest,
  DEFAULT_POLICY,
  type GateInput,
  type GatePolicy,
  type GateRule,
  smallestHoldout,
} from "lib/gate/mod.ts";
import { accuracyDifference } from "lib/gate/mod.ts";
import { measure } from "lib/model/mod.ts";

const classes = ["a", "b", "c"], n = 60;
const signature = { inputs: [{ name: "x", unit: "cm", min: 0, max: 9 }], classes };
const actual = Uint8Array.from({ length: n }, (_, i) => i % 3);
const wrongAt = (...rows: number[]) =>
  actual.map((label, i) => rows.includes(i) ? (label + 1) % 3 : label);

/** A good challenger: one row wrong, sure of 95 %; with changes. */
function input(changes: Partial<GateInput> = {}, labels = wrongAt(3), sure = 0.95): GateInput {
  const probabilities = Float64Array.from(
    { length: 3 * n },
    (_, at) => labels[Math.floor(at / 3)] === at % 3 ? sure : (1 - sure) / 2,
  );
  return {
    challenger: { digest: "challenger", signature, labels },
    champion: { digest: "champion", signature, labels: wrongAt(0, 1) },
    holdout: { sha256: "h", actual },
    metrics: measure({ actual, labels, probabilities }, classes),
    baselines: {
      majority: new Uint8Array(n),
      oneSplit: actual.map((label) => Math.min(label, 1)),
    },
    foundDigest: "challenger",
    contractPassed: true,
    learnt: { rows: 90, broken: 0 },
    keys: { learnt: ["other"], judged: [...actual.keys()].map(String) },
    thresholds: { all: 12, stray: 0 },
    ...{ bytes: 1000, rowMs: 1, ...changes },
  };
}

function saidBy(rule: GateRule, given: GateInput, policy: Partial<GatePolicy> = {}) {
  const decision = decide(given, { ...DEFAULT_POLICY, ...policy });
  const refused = decision.rules.filter(({ passed }) => !passed).map(({ rule }) => rule);
  const { sentence, ...result } = decision.rules.find((found) => found.rule === rule)!;
  return { refused, sentence, result, decision };
}

Deno.test("decide() has a unit with every number, and a sentence with number and limit", () => {
  const { rules, decision } = decide(input());
  assert.equal(decision, "promote");
  for (const { rule, value, limit, unit, sentence } of rules) {
    if (value !== null || limit !== null) assert.ok(unit !== "", `${rule} has no unit`);
    if (value !== null && limit !== null) assert.match(sentence, /\d/, rule);
  }
});

Deno.test("contract: refuses rows with a hole that it learnt from, and rows that nobody has checked", () => {
  const { refused, sentence } = saidBy("contract", input({ learnt: { rows: 90, broken: 7 } }));
  assert.deepEqual(refused, ["contract"]);
  assert.equal(
    sentence,
    "Of 90 rows that it learnt from 7 miss a value or have one out of range; allowed: 0 rows.",
  );
  assert.deepEqual(saidBy("contract", input({ learnt: undefined })).refused, ["contract"]);
});

Deno.test("bytes: refuses other bytes than were registered, and bytes that nobody has looked at", () => {
  const { refused, sentence } = saidBy("bytes", input({ foundDigest: "0123456789abcdef" }));
  assert.deepEqual(refused, ["bytes"]);
  assert.equal(sentence, "Its bytes have the digest 0123456789ab; registered: challenger.");
  assert.deepEqual(saidBy("bytes", input({ foundDigest: undefined })).refused, ["bytes"]);
});

Deno.test("freshness: refuses old rows and rows of the future; needs an age only where the policy says so", () => {
  const age = (dataAgeDays: number | undefined, policy = {}) =>
    saidBy("freshness", input({ dataAgeDays }), policy).refused;
  assert.deepEqual([age(365), age(0), age(undefined)], [[], [], []]);
  for (const days of [365.1, -1, NaN]) assert.deepEqual(age(days), ["freshness"], String(days));
  assert.deepEqual(age(undefined, { needDataAge: true }), ["freshness"]);
  const { sentence } = saidBy("freshness", input({ dataAgeDays: 400.7 }));
  assert.equal(sentence, "The rows are 400 days old; allowed: 0 to 365 days.");
});

Deno.test("leak: refuses a single row that it has learnt, and silence about its rows", () => {
  const judged = [...actual.keys()].map(String);
  const { refused, sentence, result } = saidBy(
    "leak",
    input({ keys: { learnt: ["x", "7"], judged } }),
  );
  assert.deepEqual([refused, result.value], [["leak"], 1]);
  assert.equal(sentence, "It has learnt from 1 of the 60 rows that judge it; allowed: 0 rows.");
  assert.deepEqual(saidBy("leak", input({ keys: undefined })).refused, ["leak"]);
  assert.throws(
    () => decide(input({ keys: { learnt: [], judged: judged.slice(1) } })),
    /must be a key for each of 60 rows: 59/,
  );
});

Deno.test("thresholds: refuses a single question about a value that cannot be", () => {
  const { refused, sentence } = saidBy("thresholds", input({ thresholds: { all: 40, stray: 1 } }));
  assert.deepEqual(refused, ["thresholds"]);
  assert.match(sentence, /^Of 40 questions that its trees ask 1 \(2\.5 %\) lie beyond the range/);
  assert.deepEqual(saidBy("thresholds", input({ thresholds: undefined })).refused, ["thresholds"]);
});

Deno.test("evidence: refuses a holdout on which even a perfect twin could not pass", () => {
  const few = smallestHoldout(0.05), margin = 0.05;
  assert.equal(few, 73);
  const said = saidBy("evidence", input({}, actual), { margin });
  assert.ok(said.refused.includes("evidence"));
  assert.match(said.sentence, /For a margin of 5\.0 % 73 rows are needed\.$/);
  const perfect = (rows: number) =>
    accuracyDifference({ bothRight: rows, onlyChampion: 0, onlyChallenger: 0, bothWrong: 0 }).low;
  for (const margin of [0.01, 0.02, 0.05, 0.1, 0.3]) {
    const rows = smallestHoldout(margin);
    assert.ok(perfect(rows) > -margin && perfect(rows - 1) <= -margin, `${margin}: ${rows}`);
  }
});

Deno.test("evidence: says whether it was a holdout or folds, and the smallest loss noticed", () => {
  const holdout = saidBy("evidence", input());
  assert.match(
    holdout.sentence,
    /^Judged on 60 holdout rows: the smallest loss noticed in 80 of 100 cases is 12\.9 %\./,
  );
  const folds = saidBy("evidence", input({ holdout: { sha256: "f", actual, folds: 5 } }));
  assert.match(folds.sentence, /^Judged on 60 rows in 5 folds, each by forests grown without it:/);
  assert.deepEqual(folds.decision.holdout, { sha256: "f", rows: 60, folds: 5 });
});

Deno.test("groups: refuses a weak group that the average hides, and warns of one too small to judge", () => {
  const of = Array.from(
    { length: n },
    (_, i) => i < 10 ? "north" : i < 55 ? "south" : "east",
  );
  const labels = wrongAt(0, 1, 2, 3), groups = { column: "site", of };
  const said = saidBy("groups", input({ groups, champion: undefined }, labels));
  assert.deepEqual(said.refused, ["groups"]);
  assert.equal(
    said.sentence,
    "The weakest of 2 groups, site north, has 6 of 10 rows right, 60.0 %; needed: 70.0 %.",
  );
  assert.deepEqual(said.decision.warnings, [
    "site east was not judged: 5 of 5 rows right, judged from 10 rows on.",
  ]);
  assert.deepEqual(saidBy("groups", input({ groups }), { group: "site" }).refused, []);
});

Deno.test("groups: refuses where the policy asks for a column that the rows do not have", () => {
  const { refused, sentence } = saidBy("groups", input(), { group: "site" });
  assert.deepEqual(refused, ["groups"]);
  assert.equal(
    sentence,
    "The policy asks for groups by site; the rows have no such column, they declare none.",
  );
  const groups = { column: "farm", of: [...actual].map(String) };
  assert.deepEqual(saidBy("groups", input({ groups }), { group: "site" }).refused, ["groups"]);
  const cut = { column: "site", of: ["a"] };
  assert.throws(() => decide(input({ groups: cut })), /must be one for each of 60 rows: 1/);
});

Deno.test("calibration: refuses who is far surer than right, and metrics that are no number", () => {
  const labels = wrongAt(0, 3, 6, 9, 12, 15), champion = undefined;
  const sure = saidBy("calibration", input({ champion }, labels, 1), { maxCalibrationError: 0.05 });
  assert.deepEqual(sure.refused, ["calibration"]);
  assert.equal(sure.result.value?.toFixed(3), "0.100");
  const { metrics } = input();
  for (const ece of [NaN, Infinity]) {
    const broken = { ...metrics, calibration: { ...metrics.calibration, ece } };
    assert.deepEqual(saidBy("calibration", input({ metrics: broken })).refused, ["calibration"]);
  }
});

Deno.test("calibration: accepts what chance alone shows, however strict the policy", () => {
  const said = saidBy("calibration", input(), { maxCalibrationError: 0.001 });
  assert.deepEqual(said.refused, []);
  assert.ok(said.result.value! > 0.001 && said.result.limit! > said.result.value!);
});

Deno.test("chanceCalibrationError() is kept by the perfectly calibrated in 92 to 98 of 100 cases", () => {
  const random = stream(7, "calibration");
  const worlds: [rows: number, confidences: number[]][] = [
    ...[[60, [0.95]], [60, [0.45, 0.75, 0.97]], [30, [0.85, 0.99]]],
    ...[[500, [0.55, 0.65, 0.75, 0.85, 0.95]], [1000, [0.999]]],
  ] as [number, number[]][];
  for (const [rows, confidences] of worlds) {
    const count = Math.round(rows / confidences.length), total = count * confidences.length;
    const bins = confidences.map((meanConfidence) => ({
      ...{ meanConfidence, count, accuracy: 0, low: 0, high: 1 },
    }));
    const limit = chanceCalibrationError({ bins }), draws = 2000;
    let kept = 0;
    for (let draw = 0; draw < draws; draw++) {
      let error = 0;
      for (const { meanConfidence, count } of bins) {
        let right = 0;
        for (let i = 0; i < count; i++) right += Number(random.next() < meanConfidence);
        error += Math.abs(right - meanConfidence * count) / total;
      }
      kept += Number(error <= limit);
    }
    assert.ok(kept / draws > 0.91 && kept / draws < 0.985, `${confidences}: ${kept / draws}`);
  }
});

Deno.test("cost: refuses mistakes that cost too much, though few", () => {
  const costs = [[0, 1, 1], [1, 0, 1], [50, 50, 0]]; // to miss a c is dear
  const one = wrongAt(5); // a c
  const said = saidBy("cost", input({}, one), { costs });
  assert.deepEqual([said.refused, said.result.value?.toFixed(3)], [["cost"], "0.833"]);
  assert.match(said.sentence, /^A row costs 0\.833 on average; allowed: 0\.5\./);
  assert.deepEqual(saidBy("cost", input({}, wrongAt(3)), { costs }).refused, []);
});

Deno.test("cost: refuses who is proven dearer than the champion, with no more mistakes", () => {
  const costs = [[0, 1, 1], [1, 0, 1], [8, 8, 0]];
  const champion = { digest: "champion", signature, labels: wrongAt(0, 3, 6, 9, 12, 15, 18, 21) };
  const said = saidBy("cost", input({ champion }, wrongAt(2, 5, 8, 11, 14, 17, 20, 23)), {
    ...{ costs, maxCost: 2 },
  });
  assert.ok(said.result.value! < 2 && said.refused.includes("cost"));
  assert.match(
    said.sentence,
    /Against the champion \+0\.933 \(95 % interval .*\): proven dearer\.$/,
  );
});

Deno.test("cost: costs of other classes are bad input", () => {
  assert.throws(() => decide(input(), { ...DEFAULT_POLICY, costs: [[0, 1], [1, 0]] }), {
    name: "BadInput",
    message: "policy costs must have a row for each of 3 classes: got 2",
  });
});

Deno.test("the champion's twin passes as non-inferior, and as nothing but that", () => {
  const labels = wrongAt(0, 1);
  const twin = { digest: "champion", signature, labels };
  const { decision } = saidBy(
    "mcnemar",
    input({ challenger: twin, champion: twin, foundDigest: "champion" }, labels),
  );
  assert.deepEqual([decision.decision, decision.standing], ["promote", "non-inferior"]);
  assert.match(decision.sentence, /: not inferior to the champion, and not proven better\.$/);
});

Deno.test("decisionDigest() does not change with what a clock has measured, and with all else", () => {
  const name = (changes: Partial<GateInput>) => decisionDigest(decide(input(changes)));
  assert.equal(name({ rowMs: 1, dataAgeDays: 3 }), name({ rowMs: 19.3, dataAgeDays: 300 }));
  assert.notEqual(name({ rowMs: 1 }), name({ rowMs: 1, bytes: 1001 }));
  assert.notEqual(name({ rowMs: 1 }), name({ rowMs: 21 }), "a refusal is no measured time");
});
