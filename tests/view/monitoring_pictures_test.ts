/** What the pictures of monitoring say, and that they hold one window, many, and long names. */

import assert from "node:assert/strict";
import {
  driftHeatmap,
  latencyPicture,
  performancePicture,
  type Picture,
  timelinePicture,
  type WindowPerformance,
} from "lib/view/mod.ts";
import { DRIFT, INCIDENT, LATENCY, PERFORMANCE, windowNames } from "./monitoring_fixtures.ts";

const RED = "#cc0520";

/** Text of a picture without its tags. */
const textOf = ({ svg }: Picture) => svg.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

/** One window: an estimate, labels with their upper end, and a limit. */
function performance(
  { estimated, realised }: { estimated?: number; realised?: number },
): WindowPerformance {
  const ends = (value: number) => ({ value, low: value - 0.05, high: Math.min(1, value + 0.05) });
  return {
    name: "window 1",
    estimated: estimated === undefined ? null : ends(estimated),
    realised: realised === undefined ? null : ends(realised),
    limits: { low: 0.9, high: 1 },
  };
}

Deno.test("performancePicture() says whether the estimate sees what the labels say", () => {
  const titles = [
    { estimated: 0.95, realised: 0.95 },
    { estimated: 0.95, realised: 0.88 },
    { estimated: 0.95, realised: 0.7 },
    { estimated: 0.8, realised: 0.7 },
    { estimated: 0.8 },
    { realised: 0.7 },
    {},
  ].map((window) => performancePicture([performance(window)]).title);
  assert.deepEqual(titles, [
    "Accuracy stays within what an unchanged model shows",
    "Accuracy stays within what an unchanged model shows", // the interval reaches the limit
    "Window 1: labels fall below the limit, and the estimate does not see it",
    "Window 1: estimate and labels fall below the limit",
    "Window 1: the estimate falls below the limit before labels can say so",
    "Window 1: labels fall below the limit, and the estimate is missing",
    "Accuracy stays within what an unchanged model shows",
  ]);
  assert.equal(performancePicture(PERFORMANCE, { title: "Mine" }).title, "Mine");
});

Deno.test("performancePicture() of concept drift: green estimates, red labels of another shape", () => {
  const { svg, alt } = performancePicture(PERFORMANCE);
  const calm = performancePicture(PERFORMANCE.slice(0, 2));
  const count = ({ svg }: { svg: string }) => svg.split(RED).length - 1;
  assert.equal(count({ svg }) - count(calm), 2, "one bar and one triangle more than in the legend");
  assert.match(alt, /window 3: estimated 94 %, realised 68 % \(below the limit\)/);
  assert.match(alt, /window 4: estimated 94 %, realised unknown/);
});

Deno.test("driftHeatmap() names what drifts first, and marks decisions, not distances", () => {
  const picture = driftHeatmap(DRIFT);
  assert.equal(picture.title, "Petal length drifts first, in window 2");
  assert.match(picture.alt, /petal length: drifts in window 2, window 3, distance at most 0.62/);
  const undecided = {
    ...DRIFT,
    features: DRIFT.features.map(({ name, cells }) => ({
      name,
      cells: cells.map((cell) => ({ ...cell, drift: false })),
    })),
  };
  assert.equal(driftHeatmap(undecided).title, "No feature drifts in any window");
  const marks = (svg: string) => svg.split("<path").length;
  assert.equal(marks(picture.svg) - marks(driftHeatmap(undecided).svg), 2, "two diamonds");
});

Deno.test("driftHeatmap(): the scale says its largest distance, which can be set", () => {
  assert.match(
    textOf(driftHeatmap(DRIFT, { label: "Wasserstein (sd)" })),
    /Wasserstein \(sd\) 0 0.31 0.62/,
  );
  assert.match(textOf(driftHeatmap(DRIFT, { max: 1 })), / 0 0.5 1 /);
  const calm = {
    windows: ["w"],
    features: [{ name: "f", cells: [{ distance: 0.01, drift: false }] }],
  };
  assert.match(textOf(driftHeatmap(calm)), / 0 0.15 0.3 /, "noise is not stretched to full colour");
});

Deno.test("driftHeatmap() wants a cell for each window", () => {
  assert.throws(() => driftHeatmap({ windows: [], features: [] }), /0 windows, 0 features/);
  assert.throws(
    () => driftHeatmap({ windows: ["w"], features: [{ name: "f", cells: [] }] }),
    /f must have a cell for each of 1 windows: 0/,
  );
  assert.throws(() => driftHeatmap(DRIFT, { max: 0 }), /max must be a number above 0: 0/);
});

Deno.test("latencyPicture() compares the 95th percentile with its objective", () => {
  const title = (objectiveMs?: number) => latencyPicture(LATENCY, { objectiveMs }).title;
  assert.equal(title(100), "Window 4: p95 goes beyond its objective of 100 ms");
  assert.equal(
    title(20),
    "Window 1: p95 goes beyond its objective of 20 ms, the first of 3 windows",
  );
  assert.equal(title(200), "95 of 100 answers come within 120 ms, as promised (200 ms)");
  assert.equal(title(), "95 of 100 answers come within 120 ms in every window");
  const none = latencyPicture([{ name: "window 1", latency: null }]);
  assert.equal(none.title, "No request was answered");
  assert.throws(() => latencyPicture([]), /there are no windows/);
  assert.throws(() => latencyPicture(LATENCY, { objectiveMs: 0 }), /above 0: 0/);
});

Deno.test("latencyPicture() is logarithmic where times lie far apart, and says so", () => {
  const far = [...LATENCY, { name: "x", latency: { p50Ms: 15, p95Ms: 900, p99Ms: 3000 } }];
  assert.match(textOf(latencyPicture(far)), /\(ms, logarithmic\)/);
  assert.doesNotMatch(textOf(latencyPicture(LATENCY)), /logarithmic/);
  const still = { name: "x", latency: { p50Ms: 0, p95Ms: 0, p99Ms: 0 } };
  assert.doesNotMatch(latencyPicture([still]).svg, /NaN|Infinity/);
});

Deno.test("timelinePicture() labels durations, whatever the order and the zero of the times", () => {
  const picture = timelinePicture(INCIDENT);
  assert.equal(
    picture.title,
    "Time to detect 32 s, time to mitigate 9.0 s, time to recover 1 min 15 s",
  );
  const moved = INCIDENT.events.map(({ name, seconds }) => ({ name, seconds: seconds! - 1000 }));
  assert.equal(timelinePicture({ ...INCIDENT, events: moved.toReversed() }).svg, picture.svg);
  assert.match(textOf(picture), /seconds since fault injected/);
});

Deno.test("timelinePicture() says what has not happened yet, and draws no duration to it", () => {
  const events = INCIDENT.events.map((event, i) => i < 3 ? event : { ...event, seconds: null });
  const picture = timelinePicture({ ...INCIDENT, events });
  assert.equal(picture.title, "Time to detect 32 s");
  assert.match(textOf(picture), /Not yet: mitigation, recovered\./);
  const one = timelinePicture({ events: [{ name: "alert", seconds: 5 }], durations: [] });
  assert.equal(one.title, "Alert is the last that happened");
  assert.doesNotMatch(one.svg, /NaN/);
});

Deno.test("timelinePicture() wants events that have happened, and durations between them", () => {
  const alert = { name: "alert", seconds: 1 };
  assert.throws(() => timelinePicture({ events: [], durations: [] }), /none has/);
  assert.throws(
    () => timelinePicture({ events: [{ ...alert, seconds: NaN }], durations: [] }),
    /finite time: NaN/,
  );
  assert.throws(
    () => timelinePicture({ events: [alert, alert], durations: [] }),
    /own name: alert/,
  );
  assert.throws(
    () => timelinePicture({ events: [alert], durations: [{ name: "x", from: "alert", to: "y" }] }),
    /between events: y/,
  );
});

Deno.test("pictures of windows: one window, thirty, and long names have room", () => {
  const long = Array.from({ length: 9 }, (_, i) => `blue deployment, 2026-01-0${i + 1}T08:00:00Z`);
  for (
    const names of [
      windowNames(1),
      windowNames(30),
      windowNames(30).map((n) => `${n}, blue`),
      long,
    ]
  ) {
    const features = Array.from({ length: 40 }, (_, f) => ({
      name: `mean_of_the_pressure_in_the_last_seven_days_${f}`,
      cells: names.map((_, w) => ({ distance: (f + w) / 90, drift: (f + w) % 7 === 0 })),
    }));
    const pictures = [
      performancePicture(names.map((name) => ({ ...PERFORMANCE[0], name }))),
      latencyPicture(names.map((name) => ({ ...LATENCY[0], name }))),
      driftHeatmap({ windows: names, features }),
    ];
    for (const { svg, width } of pictures) {
      assert.doesNotMatch(svg, /NaN|Infinity/);
      const slanted = svg.matchAll(/translate\(([\d.]+),\d+\) rotate\(-42\)"[^>]*>([^<]*)</g);
      for (const [, x, text] of slanted) {
        assert.ok(
          Number(x) - text.length * 8.5 * 0.75 > -16 && Number(x) <= width,
          `${text} at ${x}`,
        );
      }
    }
  }
});

Deno.test("pictures of windows: names that begin alike are told apart where they must be cut", () => {
  const names = Array.from(
    { length: 12 },
    (_, i) => `blue deployment of the iris endpoint, 2026-01-${String(i + 10)}`,
  );
  const text = textOf(latencyPicture(names.map((name) => ({ ...LATENCY[0], name }))));
  assert.ok(text.includes("…10") && text.includes("…21"), text);
});

Deno.test("what was decided of accuracy goes before the limits of the picture", () => {
  const [window] = PERFORMANCE, sound = { estimated: false, realised: false };
  const title = (fell: { estimated: boolean | null; realised: boolean | null }) =>
    performancePicture([{ ...window, fell }]).title;
  assert.equal(title(sound), "Accuracy stays within what an unchanged model shows");
  assert.match(title({ ...sound, realised: true }), /labels fall .* the estimate does not see it$/);
  assert.match(title({ estimated: null, realised: true }), /the estimate cannot be judged$/);
  assert.match(title({ estimated: true, realised: true }), /estimate and labels fall/);
});
