/** Data quality: every rule broken and kept, and windows with little or nothing in them. */

import assert from "node:assert/strict";
import { BadInput, canonicalJson, stream } from "lib/core/mod.ts";
import {
  dataQuality,
  DEFAULT_QUALITY,
  type QualityRule,
  type RefusedInput,
} from "lib/monitoring/mod.ts";
import { irisRows, profileOf, type Rows, summaryOf } from "./rows.ts";

const random = stream(7, "quality test");
const PROFILE = profileOf(irisRows({ n: 89, random }));
const COLUMN = 2; // petal_length, 0 to 10 cm or so

function judge(rows: Rows, refused: readonly RefusedInput[] = []) {
  return dataQuality(summaryOf(rows, PROFILE, { refused }), PROFILE);
}

/** Rows with one column replaced. */
function changed(n: number, change: (value: number, row: number) => number): Rows {
  const rows = irisRows({ n, random });
  const x = rows.x.map((value, i) => i % 4 === COLUMN ? change(value, Math.floor(i / 4)) : value);
  return { ...rows, x };
}

function broken(rows: Rows): string[] {
  return judge(rows).findings.filter(({ violated }) => violated)
    .map(({ feature, rule }) => `${feature} ${rule}`);
}

function finding(rows: Rows, rule: QualityRule) {
  return judge(rows).findings.find((it) => it.feature === "petal_length" && it.rule === rule)!;
}

Deno.test("no drift-free window of 20 iris rows in 500 breaks a rule", () => {
  for (let i = 0; i < 500; i++) assert.deepEqual(broken(irisRows({ n: 20, random, noise: 0 })), []);
});

Deno.test("every rule says something of every input, also where all is well", () => {
  const { findings, sentence, violated } = judge(irisRows({ n: 50, random }));
  assert.equal(findings.length, 4 * 4);
  assert.deepEqual([violated, sentence], [0, "Data quality of window 1, 50 rows: no rule broken."]);
});

Deno.test("missing values above the limit are a finding, at the limit they are none", () => {
  const gaps = (count: number) => changed(40, (value, row) => row < count ? NaN : value);
  assert.deepEqual(broken(gaps(2)), []);
  const { value, limit, violated, sentence } = finding(gaps(3), "missing");
  assert.deepEqual([value, limit, violated], [3 / 40, 0.05, true]);
  assert.equal(sentence, "petal_length: 3 values of 40 missing, above the limit of 5 %.");
});

Deno.test("values outside the range that makes sense are counted among those that are there", () => {
  const rows = changed(40, (value, row) => row < 2 ? -1 : row < 20 ? NaN : value);
  const { value, violated, sentence } = finding(rows, "range");
  assert.deepEqual([value, violated], [2 / 22, true]);
  assert.match(sentence, /^petal_length: 2 values of 22 outside .* cm, above the limit of 5 %\.$/);
});

Deno.test("a stuck sensor is a finding, from ten values on", () => {
  assert.deepEqual(broken(changed(10, () => 4.2)), ["petal_length stuck"]);
  assert.equal(
    finding(changed(10, () => 4.2), "stuck").sentence,
    "petal_length: stuck, all 10 values are 4.2 cm.",
  );
  assert.deepEqual(broken(changed(9, () => 4.2)), []);
  assert.equal(finding(changed(9, () => 4.2), "stuck").value, null);
});

Deno.test("a change of unit is suspected for each known factor, and named", () => {
  for (const factor of [10, 100, 1000, 2.54, 25.4, 1 / 10, 1 / 100, 1 / 2.54]) {
    const { limit, violated, sentence } = finding(changed(60, (value) => value * factor), "unit");
    assert.deepEqual([limit, violated], [factor, true], `${factor}: ${sentence}`);
  }
  const { sentence } = finding(changed(60, (value) => value / 10), "unit");
  assert.equal(
    sentence,
    "petal_length: suspected change of unit, the values are about 1/10 of those of the reference (mm and cm).",
  );
});

Deno.test("another mix of classes is no change of unit", () => {
  for (const label of [0, 1, 2]) {
    const rows = irisRows({ n: 300, random }),
      one = [...rows.predicted].flatMap((y, i) => y === label ? [i] : []);
    const x = Float64Array.from(one.flatMap((i) => [...rows.x.subarray(4 * i, 4 * i + 4)]));
    const only = { ...rows, x, predicted: new Uint8Array(one.length).fill(label) };
    assert.ok(only.predicted.length > 50);
    assert.deepEqual(broken(only).filter((text) => text.endsWith("unit")), []);
  }
});

Deno.test("refused rows are a finding by input and rule", () => {
  const refused = [
    { input: "petal_width", rule: "must be a number", rows: 10 },
    { input: null, rule: "must have 4 values", rows: 1 },
  ];
  const report = judge(irisRows({ n: 30, random }), refused), last = report.findings.slice(-2);
  assert.deepEqual(
    last.map(({ feature, rule, value, violated }) => [feature, rule, value, violated]),
    [
      ["petal_width", "refused", 0.25, true],
      [null, "refused", 1 / 31, false],
    ],
  );
  assert.equal(
    last[0].sentence,
    "petal_width: 10 rows of 40 refused (must be a number), above the limit of 5 %.",
  );
  assert.equal(
    report.sentence,
    "Data quality of window 1, 30 rows: 1 rule broken (petal_width refused).",
  );
});

Deno.test("an empty window, one row, and all missing are judged without complaint", () => {
  const empty = judge(irisRows({ n: 0, random }), [{
    input: "petal_width",
    rule: "must be at most 9",
    rows: 7,
  }]);
  assert.deepEqual(
    empty.findings.filter(({ violated }) => violated).map(({ rule, value }) => [rule, value]),
    [["refused", 1]],
  );
  assert.ok(empty.findings.slice(0, 16).every(({ value }) => value === null));
  assert.deepEqual(broken(irisRows({ n: 1, random })), []);
  const rows = irisRows({ n: 30, random });
  const none = judge({ ...rows, x: rows.x.map(() => NaN) });
  assert.deepEqual(
    none.findings.filter(({ violated }) => violated).map(({ rule }) => rule),
    Array(4).fill("missing"),
  );
  for (const report of [empty, none]) canonicalJson(report);
});

Deno.test("a limit that is none is refused", () => {
  const window = summaryOf(irisRows({ n: 5, random }), PROFILE);
  for (const bad of [{ missing: -0.1 }, { refused: NaN }, { rows: 1 }, { unitTolerance: 2 }]) {
    assert.throws(() => dataQuality(window, PROFILE, { ...DEFAULT_QUALITY, ...bad }), BadInput);
  }
});
