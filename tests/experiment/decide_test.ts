import assert from "node:assert/strict";
import { stream } from "lib/core/mod.ts";
import {
  type AaRecord,
  checkAa,
  checkPlan,
  countLook,
  decideExperiment,
  DEFAULT_PLAN,
  type Evidence,
  type ExperimentPlan,
  type Look,
} from "lib/experiment/mod.ts";
import { pairedExperiment, splitExperiment } from "./arms.ts";

const DAY = 86_400_000, START = Date.parse("2026-01-01T00:00:00Z");

/** Looks of one growing window, a day each. */
function looksOf(counts: readonly Evidence[]): Look<Evidence>[] {
  return counts.map((evidence, i) => ({
    from: new Date(START).toISOString(),
    to: new Date(START + (i + 1) * DAY).toISOString(),
    requests: evidence.kind === "split"
      ? { a: evidence.a.rows, b: evidence.b.rows }
      : { a: evidence.rows, b: evidence.rows },
    evidence,
  }));
}

const split = (rows: number, a: number, b: number): Evidence => ({
  kind: "split",
  shareB: 0.5,
  a: { rows, errors: a },
  b: { rows, errors: b },
});

const aa: AaRecord = checkAa(looksOf([split(500, 25, 27)]), DEFAULT_PLAN);
const decide = (counts: readonly Evidence[], plan: Partial<ExperimentPlan> = {}) =>
  decideExperiment({ aa, looks: looksOf(counts), plan: { ...DEFAULT_PLAN, ...plan } });

Deno.test("decideExperiment(): every outcome has its case", () => {
  const cases: [string, Evidence[], Partial<ExperimentPlan>, string, boolean, RegExp][] = [
    [
      "gain",
      [split(500, 70, 25)],
      {},
      "b-better",
      true,
      /^B is better: accuracy changes by \+9\.0 points, between \+\d/,
    ],
    ["loss", [split(500, 25, 70)], {}, "b-worse", true, /^B is worse: .*−9\.0 points.*Keep A\.$/],
    [
      "early",
      [split(60, 3, 20)],
      {},
      "undecided",
      false,
      /^Undecided: needs 80 more rows with a label\.$/,
    ],
    ["none", [], {}, "undecided", false, /needs 200 more rows/],
    [
      "open",
      [split(500, 25, 35)],
      {},
      "undecided",
      false,
      /^Undecided after 1000 rows: .*about \d+ more rows would decide\.$/,
    ],
    [
      "end",
      [split(500, 25, 35)],
      { maxRows: 1_000 },
      "undecided",
      true,
      /^Keep A: no decision within 1000 rows\. As it stands, about \d+ more/,
    ],
    [
      "equal",
      [split(500, 25, 25)],
      { maxRows: 1_000 },
      "undecided",
      true,
      /no number of rows would decide\.$/,
    ],
    [
      "futile",
      [split(2_000, 100, 100)],
      { worthwhile: 0.05 },
      "undecided",
      true,
      /^Keep A: a gain of 5\.0 points is ruled out after 4000 rows/,
    ],
    [
      "margin",
      [split(500, 25, 25)],
      { goal: "non-inferiority", margin: 0.05 },
      "non-inferior",
      true,
      /^B loses less than 5\.0 points/,
    ],
    [
      "both",
      [split(500, 25, 25)],
      { margin: 0.05, maxRows: 1_000 },
      "non-inferior",
      true,
      /^Keep A: no decision within 1000 rows; B loses less/,
    ],
  ];
  for (const [name, counts, plan, decision, final, sentence] of cases) {
    const found = decide(counts, plan);
    assert.equal(found.decision, decision, name);
    assert.equal(found.final, final, name);
    assert.match(found.sentence, sentence, name);
    assert.deepEqual(JSON.parse(JSON.stringify(found)), found, "a record");
  }
});

Deno.test("decideExperiment(): the first look that decides decides, whatever comes later", () => {
  const found = decide([split(200, 5, 40), split(400, 60, 60), split(600, 90, 70)]);
  assert.deepEqual([found.decision, found.numbers?.look, found.looks.length], ["b-worse", 1, 1]);
});

Deno.test("decideExperiment(): a split that is off stops all, also when B looks better", () => {
  const off: Evidence = {
    ...{ kind: "split", shareB: 0.5 },
    ...{ a: { rows: 600, errors: 90 }, b: { rows: 400, errors: 5 } },
  };
  const found = decide([off]);
  assert.equal(found.decision, "stopped: srm");
  assert.match(found.sentence, /^Stopped: B got 40\.0 % of 1000 requests instead of 50\.0 %/);
});

Deno.test("decideExperiment(): without an A/A test that found nothing, nothing counts", () => {
  const looks = looksOf([split(500, 70, 25)]);
  const none = decideExperiment({ looks });
  assert.equal(none.sentence, "The A/B test does not count, because there was no A/A test.");
  const found = decideExperiment({ looks, aa: checkAa(looks, DEFAULT_PLAN) });
  assert.deepEqual([found.decision, found.final, found.aa], ["undecided", false, "difference"]);
});

Deno.test("checkAa(): every result has its case", () => {
  const of = (...counts: Evidence[]) => checkAa(looksOf(counts), DEFAULT_PLAN).result;
  assert.equal(of(split(100, 5, 5)), "no-difference");
  assert.equal(of(split(99, 5, 5)), "undecided");
  assert.equal(of(), "undecided");
  assert.equal(of(split(500, 25, 70), split(600, 65, 72)), "difference", "found once is found");
  const off: Evidence = {
    kind: "split",
    shareB: 0.5,
    a: { rows: 300, errors: 5 },
    b: { rows: 100, errors: 5 },
  };
  assert.equal(of(off), "stopped: srm");
});

Deno.test("decideExperiment() on pairs: fewer rows, and no split to check", () => {
  const counts: Evidence = { kind: "paired", rows: 300, onlyAWrong: 1, onlyBWrong: 22 };
  const found = decide([counts]);
  assert.deepEqual([found.decision, found.numbers?.srmP], ["b-worse", 1]);
});

Deno.test("decideExperiment() wants looks of one growing window with one share", () => {
  const [one, two] = looksOf([split(200, 5, 5), split(300, 8, 8)]);
  const fails = (looks: Look<Evidence>[], message: RegExp) =>
    assert.throws(() => decideExperiment({ aa, looks }), { name: "BadInput", message });
  fails([two, one], /must end after the one before/);
  fails([one, { ...two, from: "2026-01-01T12:00:00Z" }], /must begin with the first/);
  fails([one, { ...two, evidence: split(100, 1, 1) }], /must hold the rows of the one before/);
  fails([{ ...one, requests: { a: 100, b: 200 } }], /must not have more labels than requests/);
  fails(
    [one, { ...two, evidence: { ...split(300, 8, 8), shareB: 0.4 } as Evidence }],
    /another share/,
  );
  fails([{ ...one, to: "soon" }], /to must be an ISO 8601 instant/);
});

Deno.test("checkPlan() names the limit that is none", () => {
  for (
    const bad of [
      { alpha: 0 },
      { margin: 1 },
      { maxRows: 0 },
      { minRows: 0.5 },
      { worthwhile: -1 },
      { goal: "x" },
    ]
  ) {
    assert.throws(() => checkPlan({ ...DEFAULT_PLAN, ...bad } as ExperimentPlan), {
      name: "BadInput",
      message: new RegExp(`^${Object.keys(bad)[0]} must be`),
    });
  }
});

Deno.test("countLook(): labels that are still on their way do not count, nor rows outside of the window", () => {
  const at = (hour: number) => new Date(START + hour * 3_600_000).toISOString();
  const rows = [
    { at: at(-1), arm: "a", correct: false },
    { at: at(0), arm: "a", correct: true },
    { at: at(23.9), arm: "b", correct: null },
    { at: at(12), arm: "b", correct: false },
    { at: at(24), arm: "b", correct: false },
  ] as const;
  const window = { from: at(0), to: at(24), maturityHours: 6, shareB: 0.5 };
  const { requests, evidence } = countLook(rows, { ...window, now: at(30) });
  assert.deepEqual(requests, { a: 1, b: 2 });
  assert.deepEqual([evidence.a, evidence.b], [{ rows: 1, errors: 0 }, { rows: 1, errors: 1 }]);
  assert.throws(() => countLook(rows, { ...window, now: at(29.9) }), /its labels have not matured/);
  assert.throws(() => countLook(rows, { ...window, to: at(0), now: at(30) }), /must begin before/);
});

/** Share of whole A/B tests, looked at every 50 rows, that end with each decision. */
function outcomes(
  runs: number,
  start: () => (rows: number) => Evidence,
  plan: Partial<ExperimentPlan>,
) {
  const counts: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    const grow = start(), looks = looksOf(Array.from({ length: 20 }, () => grow(100)));
    const { decision } = decideExperiment({
      aa,
      looks,
      plan: { ...DEFAULT_PLAN, maxRows: 2_000, ...plan },
    });
    counts[decision] = (counts[decision] ?? 0) + 1 / runs;
  }
  return (name: string) => counts[name] ?? 0;
}

Deno.test("whole A/B tests of equals: a winner or loser in at most 5 of 100, a stop in at most 1", () => {
  const random = stream(7, "whole tests");
  const share = outcomes(150, () => splitExperiment(random, { a: 0.95, b: 0.95 }), {});
  assert.ok(share("b-better") + share("b-worse") <= 0.05);
  assert.ok(share("stopped: srm") <= 0.02);
  assert.ok(share("undecided") > 0.5);
});

Deno.test("whole A/B tests for non-inferiority: a loss of the margin passes in at most 5 of 100, a twin nearly always", () => {
  const random = stream(7, "whole margins"),
    plan = { goal: "non-inferiority", margin: 0.05 } as const;
  const lost = outcomes(100, () => pairedExperiment(random, { onlyA: 0.01, onlyB: 0.06 }), plan);
  assert.ok(lost("non-inferior") + lost("b-better") <= 0.05);
  const twin = outcomes(50, () => pairedExperiment(random, { onlyA: 0.01, onlyB: 0.01 }), plan);
  assert.ok(twin("non-inferior") > 0.9, String(twin("non-inferior")));
});
