import assert from "node:assert/strict";
import { type Random, stream } from "lib/core/mod.ts";
import {
  advance,
  countLatency,
  DEFAULT_ROLLOUT_POLICY,
  type RolloutPolicy,
  type RolloutVerdict,
  type StepEvidence,
} from "lib/experiment/mod.ts";

/** A step that shows a sound green. */
const SOUND: StepEvidence = {
  quality: { kind: "paired", rows: 400, onlyAWrong: 2, onlyBWrong: 2 },
  requests: { shareGreen: 0.5, blue: { rows: 400, errors: 1 }, green: { rows: 400, errors: 1 } },
  latency: { rows: 400, greenP95Ms: 22, blueP95Ms: 20, overObjective: 0, overBlue: 4 },
};

const { requests, latency } = SOUND;
const pairs = (rows: number, onlyAWrong: number, onlyBWrong: number) =>
  ({ kind: "paired", rows, onlyAWrong, onlyBWrong }) as const;

const CASES: [string, Partial<StepEvidence>, RolloutVerdict["decision"], RegExp][] = [
  [
    "a sound green",
    {},
    "advance",
    /^Advance: green loses at most [\d.]+ points of accuracy on 400 rows; green fails 0\.3 %/,
  ],
  ["no labels yet", { quality: null }, "hold", /^Hold: no row with a label has come yet\.$/],
  [
    "few labels",
    { quality: pairs(20, 0, 0) },
    "hold",
    /^Hold: about \d+ more rows with a label would show that green loses less than 5\.0 points\.$/,
  ],
  [
    "a loss that is not proved",
    { quality: pairs(60, 0, 5) },
    "hold",
    /no number of rows would show/,
  ],
  [
    "a worse model",
    { quality: pairs(200, 3, 30) },
    "roll-back",
    /^Roll back: green is worse: alone wrong in 30 rows, blue alone in 3, of 200 rows/,
  ],
  [
    "a worse model by split traffic",
    {
      quality: {
        kind: "split",
        shareB: 0.1,
        a: { rows: 900, errors: 45 },
        b: { rows: 100, errors: 40 },
      },
    },
    "roll-back",
    /wrong in 40 rows, blue in 45/,
  ],
  [
    "failures",
    { requests: { ...requests, green: { rows: 400, errors: 40 } } },
    "roll-back",
    /^Roll back: green fails 10\.0 % of 400 requests, blue 0\.3 %\.$/,
  ],
  [
    "failures of both",
    {
      requests: { ...requests, blue: { rows: 400, errors: 42 }, green: { rows: 400, errors: 40 } },
    },
    "hold",
    /that may be chance, or blue's too/,
  ],
  [
    "few requests",
    { requests: { ...requests, green: { rows: 30, errors: 0 } } },
    "hold",
    /^Hold: 70 more requests of green are needed\.$/,
  ],
  [
    "slower than promised",
    {
      latency: { rows: 400, greenP95Ms: 900, blueP95Ms: 480, overObjective: 90, overBlue: 10 },
    },
    "roll-back",
    /95 % of green's answers come within 900 ms, blue 480 ms; 500 ms are promised/,
  ],
  [
    "slower than blue",
    {
      latency: { rows: 400, greenP95Ms: 80, blueP95Ms: 20, overObjective: 0, overBlue: 200 },
    },
    "roll-back",
    /2 times blue's are allowed/,
  ],
  [
    "both slow",
    {
      latency: { rows: 400, greenP95Ms: 700, blueP95Ms: 650, overObjective: 90, overBlue: 5 },
    },
    "hold",
    /over 500 ms/,
  ],
  [
    "no timing",
    {
      latency: { rows: 0, greenP95Ms: null, blueP95Ms: null, overObjective: 0, overBlue: null },
    },
    "hold",
    /100 more timed requests/,
  ],
  [
    "everything to green",
    {
      quality: null,
      requests: { shareGreen: 1, blue: { rows: 0, errors: 0 }, green: { rows: 400, errors: 2 } },
      latency: { ...latency, blueP95Ms: null, overBlue: null },
    },
    "advance",
    /blue answers nothing any more/,
  ],
  [
    "everything to green, which fails",
    {
      quality: null,
      requests: { shareGreen: 1, blue: { rows: 0, errors: 0 }, green: { rows: 400, errors: 40 } },
    },
    "roll-back",
    /^Roll back: green fails 10\.0 % of 400 requests\.$/,
  ],
  [
    "two at once",
    {
      quality: pairs(200, 3, 30),
      requests: { ...requests, green: { rows: 400, errors: 40 } },
    },
    "roll-back",
    /green is worse.*; green fails/,
  ],
];

for (const [name, change, decision, sentence] of CASES) {
  Deno.test(`advance(): ${name}: ${decision}`, () => {
    const found = advance({ ...SOUND, ...change });
    assert.equal(found.decision, decision, found.sentence);
    assert.match(found.sentence, sentence);
    assert.deepEqual(found.reasons.map(({ criterion }) => criterion), [
      "quality",
      "errors",
      "latency",
    ]);
  });
}

Deno.test("advance() names a limit or count that is none", () => {
  const of = (change: Partial<RolloutPolicy>) =>
    advance(SOUND, { ...DEFAULT_ROLLOUT_POLICY, ...change });
  assert.throws(() => of({ alpha: 0 }), /alpha must be above 0/);
  assert.throws(() => of({ minRequests: 0 }), /minRequests must be a whole number/);
  assert.throws(() => of({ latency: { p95Ms: 0, factor: 1 } }), /latency.p95Ms must be above 0/);
  const more = { ...SOUND, latency: { ...latency, overObjective: 401 } };
  assert.throws(() => advance(more), /latency must be counts up to 400/);
});

/** A green whose truth is known. */
interface Green {
  readonly onlyBlueWrong: number;
  readonly onlyGreenWrong: number;
  readonly failing: number;
  readonly slowdown: number;
}

const TWIN: Green = { onlyBlueWrong: 0.01, onlyGreenWrong: 0.01, failing: 0.002, slowdown: 1 };

/** A whole rollout: three steps with blue, one without, up to 20 looks of 100 requests each. */
function roll(random: Random, green: Green): "through" | "held" | "rolled back" {
  for (const shareGreen of [0.5, 0.1, 0.5, 1]) {
    let rows = 0, onlyAWrong = 0, onlyBWrong = 0, decision = "hold";
    const blue = { rows: 0, errors: 0 }, own = { rows: 0, errors: 0 };
    const blueMs: number[] = [], greenMs: number[] = [];
    for (let look = 0; look < 20 && decision === "hold"; look++) {
      for (let i = 0; i < 100; i++) {
        const isGreen = random.next() < shareGreen, arm = isGreen ? own : blue;
        arm.rows++;
        if (random.next() < (isGreen ? green.failing : 0.002)) arm.errors++;
        const ms = 20 * Math.exp(0.3 * random.normal());
        if (isGreen) greenMs.push(ms * green.slowdown);
        else blueMs.push(ms);
        rows++;
        const draw = random.next();
        if (draw < green.onlyBlueWrong) onlyAWrong++;
        else if (draw < green.onlyBlueWrong + green.onlyGreenWrong) onlyBWrong++;
      }
      const latency = countLatency({ blueMs, greenMs }, DEFAULT_ROLLOUT_POLICY.latency);
      const quality = shareGreen === 1 ? null : pairs(rows, onlyAWrong, onlyBWrong);
      ({ decision } = advance({ quality, requests: { shareGreen, blue, green: own }, latency }));
    }
    if (decision === "roll-back") return "rolled back";
    if (decision === "hold") return "held";
  }
  return "through";
}

function shares(green: Green, runs: number, name: string) {
  const random = stream(7, name), counts = { through: 0, held: 0, "rolled back": 0 };
  for (let run = 0; run < runs; run++) counts[roll(random, green)] += 1 / runs;
  return counts;
}

Deno.test("a twin is rolled back in at most 5 of 100 rollouts, and mostly gets through", () => {
  const found = shares(TWIN, 200, "twin");
  assert.ok(found["rolled back"] <= 0.05, JSON.stringify(found));
  assert.ok(found.through > 0.9, JSON.stringify(found));
});

Deno.test("a bad green gets through in at most 5 of 100 rollouts, and is rolled back nearly always", () => {
  const bad: [string, Partial<Green>][] = [
    ["worse by ten points", { onlyGreenWrong: 0.11 }],
    ["failing", { failing: 0.08 }],
    ["slow", { slowdown: 3 }],
  ];
  for (const [name, change] of bad) {
    const found = shares({ ...TWIN, ...change }, 60, name);
    assert.ok(
      found.through <= 0.05 && found["rolled back"] > 0.9,
      `${name} ${JSON.stringify(found)}`,
    );
  }
});

Deno.test("a green that loses just the margin gets through in at most 5 of 100 rollouts", () => {
  const found = shares({ ...TWIN, onlyGreenWrong: 0.06 }, 100, "margin");
  assert.ok(found.through <= 0.05, JSON.stringify(found));
});
