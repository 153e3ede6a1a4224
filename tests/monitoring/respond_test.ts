import assert from "node:assert/strict";
import fc from "fast-check";
import { wilsonInterval } from "lib/core/mod.ts";
import {
  DEFAULT_RESPOND_POLICY,
  respond,
  type RespondInput,
  type RespondWindow,
  type ResponseBranch,
} from "lib/monitoring/mod.ts";
import { dayOf } from "./signals.ts";

const calm = { violated: false, sentence: "no drift" };
const drift = { violated: true, sentence: "petal_length drifts, p = 0.001" };

/** Right answers among labels. */
const right = (successes: number, trials: number) => ({
  value: successes / trials,
  ...wilsonInterval({ successes, trials }),
});

type Part = Partial<RespondWindow>;

const good: Part = {};
const lossy: Part = { realised: right(60, 90) };
const unlabelled: Part = { labels: 5, realised: right(5, 5) };

function input(parts: readonly Part[], more: Partial<RespondInput> = {}): RespondInput {
  const windows = parts.map((part, i) => ({
    ...{ window: `window ${i + 1}`, time: dayOf(i + 1), rows: 100, labels: 90, quality: [] },
    ...{ drift: calm, predictionDrift: calm, estimated: null, deployed: null },
    ...{ realised: right(86, 90), ...part },
  }));
  return { windows, expected: 0.95, labelledRows: 200, lastRetrain: null, now: dayOf(10), ...more };
}

const cases: [
  name: string,
  parts: readonly Part[],
  more: Partial<RespondInput>,
  branch: ResponseBranch,
  because: RegExp,
  next: RegExp,
][] = [
  ["nothing at all", [good, good], {}, "ignore", /No finding in window 2/, /^deno task monitor$/],
  ["drift without a loss", [good, { drift }], {}, "ignore", /Drift without a loss/, /monitor/],
  [
    "an estimate that labels disprove",
    [{ estimated: right(60, 90) }],
    {},
    "ignore",
    /Drift without a loss/,
    /monitor/,
  ],
  [
    "too few rows",
    [lossy, lossy, { ...lossy, rows: 12, labels: 12 }],
    {},
    "ignore",
    /12 rows; 30 are needed/,
    /18 more rows/,
  ],
  [
    "a loss that does not persist",
    [good, good, lossy],
    {},
    "ignore",
    /1 more window with a loss is missing/,
    /monitor/,
  ],
  [
    "a loss that is over",
    [lossy, lossy, good],
    {},
    "ignore",
    /window 1, window 2 had a loss, window 3 has none/,
    /monitor/,
  ],
  [
    "cool-down",
    [good, lossy, lossy],
    { lastRetrain: "2026-01-10T19:00:00Z" },
    "ignore",
    /5\.0 h ago and the cool-down is 24 h/,
    /in 19\.0 h/,
  ],
  [
    "a unit changed",
    [lossy, { ...lossy, quality: ["petal_length is in mm"] }],
    {},
    "fix-data",
    /1 quality finding/,
    /data-quality\.md/,
  ],
  [
    "broken data in an older window",
    [good, { ...lossy, quality: ["stuck"] }, lossy],
    {},
    "fix-data",
    /window 2 would bring broken data/,
    /mend/,
  ],
  [
    "broken data though a deployment came",
    [good, { ...lossy, deployed: "2", quality: ["stuck"] }],
    {},
    "fix-data",
    /stuck/,
    /mend/,
  ],
  [
    "a release that is longer ago than the windows that are counted",
    [good, { ...lossy, deployed: "3" }, lossy, lossy, lossy, lossy, lossy, lossy],
    {},
    "roll-back",
    /The loss begins in window 2, and version 3 was put into service in window 2/,
    /deno task rollback/,
  ],
  [
    "a loss with a deployment",
    [good, { ...lossy, deployed: "2" }],
    {},
    "roll-back",
    /begins in window 2, and version 2 .* window 2/,
    /^deno task rollback$/,
  ],
  [
    "a loss in the window after it",
    [good, { deployed: "2" }, lossy],
    {},
    "roll-back",
    /begins in window 3, and version 2 .* window 2/,
    /rollback/,
  ],
  [
    "an old loss that began with it",
    [good, { ...lossy, deployed: "2" }, unlabelled, lossy],
    {},
    "roll-back",
    /begins in window 2/,
    /rollback/,
  ],
  [
    "a loss long after a deployment",
    [{ deployed: "2" }, good, lossy, lossy],
    {},
    "retrain",
    /2 of the last 4/,
    /retrain/,
  ],
  [
    "a loss that was there before it",
    [good, lossy, { ...lossy, deployed: "2" }],
    {},
    "retrain",
    /2 of the last 3/,
    /retrain/,
  ],
  [
    "a lasting loss",
    [good, lossy, good, lossy],
    {},
    "retrain",
    /2 of the last 4 windows have a loss/,
    /^deno task retrain$/,
  ],
  [
    "cool-down just over",
    [good, lossy, lossy],
    { lastRetrain: "2026-01-10T00:00:00Z" },
    "retrain",
    /2 of the last 3/,
    /retrain/,
  ],
  [
    "a lasting loss with few labelled rows",
    [good, lossy, lossy],
    { labelledRows: 59 },
    "relabel",
    /59 labelled rows of the 60/,
    /label 1 more rows/,
  ],
  [
    "an estimate that falls, no labels",
    [good, { ...unlabelled, estimated: right(60, 90) }],
    {},
    "wait-for-labels",
    /5 of 100 rows; 30 labels and 50\.0 % of the rows/,
    /45 more labels of window 2/,
  ],
  [
    "drift, no labels",
    [good, { ...unlabelled, drift }],
    {},
    "wait-for-labels",
    /too few to say/,
    /monitor/,
  ],
  [
    "few of a window's rows have labels",
    [good, { ...lossy, labels: 40, drift }],
    {},
    "wait-for-labels",
    /40 of 100/,
    /10 more labels/,
  ],
  [
    "labels that do not come",
    [{ ...unlabelled, drift }, { ...unlabelled, drift }],
    {},
    "relabel",
    /they do not come by themselves/,
    /label 45 more rows of window 2/,
  ],
  ["no labels and no sign", [unlabelled], {}, "ignore", /No finding/, /monitor/],
];

for (const [name, parts, more, branch, because, next] of cases) {
  Deno.test(`respond(): ${name}: ${branch}`, () => {
    const decision = respond(input(parts, more));
    assert.equal(decision.branch, branch, decision.because.join("\n"));
    assert.match(decision.because.join("\n"), because);
    assert.match(decision.because.join("\n"), /\d/); // numbers
    assert.match(decision.next, next);
  });
}

Deno.test("respond(): every branch is among the cases", () => {
  const all = ["fix-data", "ignore", "relabel", "retrain", "roll-back", "wait-for-labels"];
  assert.deepEqual([...new Set(cases.map((one) => one[3]))].sort(), all);
});

Deno.test("respond() looks at the last windows by time, whatever their order", () => {
  const given = input([lossy, lossy, good, good, good, good, lossy]);
  const decision = respond({ ...given, windows: given.windows.toReversed() });
  assert.deepEqual(decision.windows, [3, 4, 5, 6, 7].map((n) => `window ${n}`));
  assert.equal(decision.branch, "ignore");
});

const seldom = fc.nat(9).map((n) => n === 7);
const part = fc.record({
  ...{ labels: fc.integer({ min: 40, max: 100 }), hits: fc.integer({ min: 20, max: 100 }) },
  ...{ broken: seldom, drifts: fc.boolean(), deployed: seldom.map((is) => is ? "2" : null) },
});

Deno.test("property: nobody trains on broken data, without enough labels, or without a loss", () => {
  let trained = 0;
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 6 }),
      fc.nat(120),
      (parts, labelledRows) => {
        const given = input(
          parts.map(({ labels, hits, broken, drifts, deployed }) => ({
            ...{ labels, realised: right(Math.min(labels, hits), labels), deployed },
            ...{ quality: broken ? ["stuck"] : [], drift: drifts ? drift : calm },
          })),
          { labelledRows },
        );
        const { branch } = respond(given), last = given.windows.slice(-5);
        if (branch !== "retrain") return;
        trained++;
        assert.ok(labelledRows >= 60);
        assert.ok(last.every(({ quality }) => quality.length === 0));
        const lost = last.filter(({ labels, realised }) => labels >= 50 && realised!.high < 0.9);
        assert.ok(lost.length >= 2 && lost.includes(last.at(-1)!));
      },
    ),
    { seed: 1, numRuns: 2000 },
  );
  assert.ok(trained > 40, `only ${trained} trainings`);
});

Deno.test("respond() refuses what is no summary, and a policy that could never act", () => {
  const inputs: [Partial<RespondInput>, RegExp][] = [
    [{ windows: [] }, /windows must not be empty: got 0/],
    [{ expected: NaN }, /expected accuracy must be from 0 to 1: got NaN/],
    [{ lastRetrain: "2027-01-01T00:00:00Z" }, /last retrain must not be after/],
    [{ labelledRows: 1.5 }, /labelled rows must be a whole number: got 1.5/],
    [input([{ labels: 101 }]), /window 1 labels must be from 0 to 100: got 101/],
    [
      input([{ realised: { value: 0.5, low: 0.6, high: 0.7 } }]),
      /window 1 realised must be shares/,
    ],
  ];
  for (const [change, message] of inputs) {
    assert.throws(() => respond({ ...input([good]), ...change }), message);
  }
  const policies: [object, RegExp][] = [
    [{ needed: 6 }, /policy needed must be from 1 to 5: got 6/],
    [{ margin: 0.95 }, /policy margin must be from 0 to below 0.95: got 0.95/],
    [{ minRows: 0 }, /policy minRows must be/],
    [{ minCoverage: 0 }, /policy minCoverage must be above 0/],
    [{ coolDownHours: Infinity }, /policy coolDownHours must be/],
  ];
  for (const [change, message] of policies) {
    assert.throws(() => respond(input([good]), { ...DEFAULT_RESPOND_POLICY, ...change }), message);
  }
});
