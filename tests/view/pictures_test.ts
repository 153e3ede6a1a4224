import assert from "node:assert/strict";
import {
  architecturePicture,
  calibrationPicture,
  classDistributions,
  confusionPicture,
  driftHeatmap,
  importancePicture,
  latencyPicture,
  pairsPlot,
  performancePicture,
  type Picture,
  stepsPicture,
  timelinePicture,
} from "lib/view/mod.ts";
import { CALIBRATION, CONFUSION, fewIris, IMPORTANCES, iris, manySamples } from "./fixtures.ts";
import { DRIFT, INCIDENT, LATENCY, PERFORMANCE } from "./monitoring_fixtures.ts";
import { textWidth } from "../../lib/view/text_size.ts";
import { assertSnapshot } from "./snapshot.ts";

const STEPS = {
  title: "One loop",
  subtitle: "Blue: here",
  steps: [
    { name: "Start", detail: "the map, the machine", state: "done" },
    { name: "Foundation", detail: "rows, contract, split", state: "now" },
    ...["Gate", "Deploy", "Monitor"].map((name) => ({ name, state: "later" as const })),
  ],
} as const;

const ARCHITECTURE = {
  title: "One endpoint",
  subtitle: "Blue: new here",
  parts: [
    { id: "caller", name: "Caller", detail: "rows in", column: 0, row: 0, state: "done" },
    { id: "router", name: "Router", detail: "shares", column: 1, row: 0, state: "now" },
    { id: "blue", name: "Blue", column: 2, row: 0, state: "now" },
    { id: "green", name: "Green", column: 2, row: 1, state: "now" },
    { id: "test", name: "A/B test", column: 1, row: 1, state: "later" },
  ],
  arrows: [
    { from: "caller", to: "router", state: "done" },
    { from: "router", to: "blue", state: "now" },
    { from: "router", to: "green", state: "now" },
    { from: "test", to: "router", state: "later" },
  ],
} as const;

/** Every picture of the room, from small data, so that its every mark is stored. */
const PICTURES: Record<string, () => Picture> = {
  pairs_plot: () => pairsPlot(fewIris()),
  class_distributions: () => classDistributions(fewIris()),
  confusion_picture: () => confusionPicture(CONFUSION),
  calibration_picture: () => calibrationPicture(CALIBRATION),
  importance_picture: () => importancePicture(IMPORTANCES),
  steps_picture: () => stepsPicture(STEPS),
  performance_picture: () => performancePicture(PERFORMANCE),
  drift_heatmap: () => driftHeatmap(DRIFT),
  latency_picture: () => latencyPicture(LATENCY, { objectiveMs: 100 }),
  timeline_picture: () => timelinePicture(INCIDENT),
  architecture_picture: () => architecturePicture(ARCHITECTURE),
};

for (const [name, draw] of Object.entries(PICTURES)) {
  Deno.test(`${name}: as stored, and the same the second time`, () => {
    const { svg, width, height } = draw();
    assert.equal(draw().svg, svg);
    assert.ok(width >= 760 && height > 150, `${width} × ${height}`);
    assertSnapshot(name, svg);
  });

  Deno.test(`${name}: no text begins left of the picture or ends right of it`, () => {
    const { svg, width } = draw();
    // text that is placed by x alone; the rest stands inside panels
    for (
      const [, x, anchor, text] of svg.matchAll(
        /<text x="([\d.-]+)" y="[\d.-]+"(?: dy="[^"]*")?(?: text-anchor="(\w+)")?[^>]*>([^<]*)</g,
      )
    ) {
      const at = Number(x), about = text.length * 7;
      assert.ok(at >= 0 && at <= width, `${text} at ${at}`);
      if (anchor === "start") assert.ok(at + about < width + 30, `${text} from ${at}`);
    }
  });
}

Deno.test("pairsPlot() says which feature is best and puts a unit to each axis", () => {
  const { svg, title, alt } = pairsPlot(iris());
  assert.equal(title, "Petal length tells the classes apart best");
  assert.ok(svg.includes("petal width (cm)") && svg.includes("setosa (50)"));
  assert.ok(alt.includes("150 rows of the classes setosa, versicolor, virginica"));
  assert.equal(pairsPlot(iris(), { title: "Mine" }).title, "Mine");
});

Deno.test("pairsPlot() of more than it has room for says so, and stays below 700 kB", () => {
  const { svg, width } = pairsPlot(manySamples({ n: 3000, d: 8, k: 10 }));
  assert.ok(svg.includes("drawn are 240 of 3,000"));
  assert.match(svg.replace(/<[^>]*>/g, " "), /Shown are the 6 features .*left out: f 6, f 7/);
  assert.ok(svg.length < 700_000, `${svg.length} bytes`);
  assert.ok(width > 1000);
});

/** Left and right edge of the numbers below the panels, in px. */
function numbersBelow(svg: string): { begin: number; end: number; text: string }[] {
  const found: { begin: number; end: number; text: string }[] = [];
  let panel = 0;
  for (
    const [, x, y, , at, text] of svg.matchAll(
      /<g transform="translate\(([\d.]+),([\d.]+)\)">|(<text transform="translate\(([\d.]+),[\d.]+\)" y="0.71em">([^<]*))/g,
    )
  ) {
    if (text === undefined) {
      if (Number(y) > 100) panel = Number(x); // what is moved by less is the axis in its panel
      continue;
    }
    const half = textWidth(text, 15) / 2, middle = panel + Number(at);
    found.push({ begin: middle - half, end: middle + half, text });
  }
  return found;
}

Deno.test("pairsPlot(): numbers below the panels never run into each other, whatever the range", () => {
  const ranges = [[0, 0.19], [2700, 6300], [50, 251], [0.56, 1.45], [-0.003, 0.004], [
    8000,
    99_000,
  ]];
  for (const [low, high] of [...ranges, [1e-7, 4e-7], [1e6, 9e6]]) {
    const samples = manySamples({ n: 60, d: 6, k: 2 }),
      x = samples.x.map((_, i) => low + (high - low) * (Math.floor(i / 6) % 60) / 59);
    const numbers = numbersBelow(pairsPlot({ ...samples, x }).svg);
    assert.ok(numbers.length >= 12, `${low} to ${high}: ${numbers.map(({ text }) => text)}`);
    numbers.slice(1).forEach(({ begin, text }, i) =>
      assert.ok(begin >= numbers[i].end, `${low} to ${high}: ${numbers[i].text} meets ${text}`)
    );
  }
});

Deno.test("pairsPlot() writes a long name in two lines before it cuts one", () => {
  const samples = manySamples({ n: 60, d: 6, k: 2 });
  const features = samples.features.map((feature, f) => ({
    ...feature,
    name: f === 2 ? "worst_concave_points_of_all" : f === 3 ? "x".repeat(40) : feature.name,
  }));
  const { svg } = pairsPlot({ ...samples, features });
  assert.ok(svg.includes(">worst concave<") && svg.includes(">points of all<"), "two lines");
  assert.match(svg, />x+…x+</);
});

Deno.test("pairsPlot() draws what is missing as nothing", () => {
  const samples = fewIris();
  samples.x.fill(NaN, 0, 8);
  assert.doesNotMatch(pairsPlot(samples).svg, /NaN/);
});

Deno.test("pairsPlot() wants two features and a row", () => {
  const none = { ...fewIris(), x: Float64Array.of(), y: Uint8Array.of() };
  assert.throws(() => pairsPlot(none), /must be rows and two features: 0 rows, 4 features/);
});

Deno.test("classDistributions() names the class that stands apart, and every class in every row", () => {
  const { svg, title } = classDistributions(iris());
  assert.equal(title, "Petal length alone sets setosa apart from all others");
  assert.equal(svg.split(">versicolor<").length - 1, 2, "once for each row of panels");
});

Deno.test("classDistributions() without a class apart names the best feature, or none", () => {
  const samples = manySamples({ n: 400, d: 9, k: 2 });
  assert.equal(classDistributions(samples).title, "F 0 tells the classes apart best");
  const mixed = { ...samples, y: samples.y.map((_, i) => (i >> 1) % 2) };
  assert.match(classDistributions(mixed).title, /No feature alone/);
});

Deno.test("classDistributions() draws a class of one row, and a feature that never changes", () => {
  const samples = fewIris(), y = samples.y.map((_, i) => i === 0 ? 0 : 1);
  for (let i = 0; i < y.length; i++) samples.x[4 * i] = 3;
  const { svg } = classDistributions({ ...samples, y });
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

Deno.test("classDistributions() wants a row", () => {
  const none = { ...fewIris(), x: Float64Array.of(), y: Uint8Array.of() };
  assert.throws(() => classDistributions(none), /must be rows and a feature: 0 rows/);
});

Deno.test("confusionPicture() says what is right and what is confused most", () => {
  const { title, alt } = confusionPicture(CONFUSION);
  assert.equal(title, "143 of 150 are right; most often virginica is taken for versicolor (4)");
  assert.ok(alt.includes("4 virginica taken for versicolor"));
  const all = confusionPicture({ classes: ["a", "b"], counts: [[3, 0], [0, 2]] });
  assert.equal(all.title, "All 5 are right");
  assert.equal(
    confusionPicture({ classes: ["a"], counts: [[0]] }).title,
    "There are no predictions",
  );
});

Deno.test("confusionPicture() shows each count with its share of the row", () => {
  const text = confusionPicture(CONFUSION).svg.replace(/<[^>]*>/g, "|");
  for (const part of ["|47|", "|94 %|", "|3|", "|6 %|", "|of 50|"]) {
    assert.ok(text.includes(part), part);
  }
});

Deno.test("confusionPicture() slants names that are wider than a cell, and makes room for ten", () => {
  const classes = Array.from({ length: 10 }, (_, i) => `a rather long name ${i}`);
  const counts = classes.map((_, i) => classes.map((_, j) => i === j ? 12345 : i));
  const { svg, width } = confusionPicture({ classes, counts });
  assert.ok(svg.includes("rotate(-42)") && svg.includes("12,345"));
  assert.ok(width > 760);
});

Deno.test("confusionPicture() wants as many rows and columns as classes", () => {
  assert.throws(
    () => confusionPicture({ classes: ["a", "b"], counts: [[1, 2]] }),
    /must be 2 rows of 2: 1 rows of 2/,
  );
});

Deno.test("calibrationPicture() compares what it says with what is", () => {
  const bin = { meanConfidence: 0.9, accuracy: 0.9, count: 10 };
  const titles = [0.7, 0.9, 0.97].map((accuracy) =>
    calibrationPicture({ bins: [{ ...bin, accuracy }], ece: 0 }).title
  );
  assert.deepEqual(titles, [
    "Too sure of itself: it says 90 % on average and is right in 70 %",
    "About as sure as it may be: it says 90 % on average and is right in 90 %",
    "Better than it says: it says 90 % on average and is right in 97 %",
  ]);
});

Deno.test("calibrationPicture() leaves out empty bins and says the error in points", () => {
  const text = calibrationPicture(CALIBRATION).svg.replace(/<[^>]*>/g, " ");
  assert.match(text, /Expected calibration error 2\.4 points over 125 predictions/);
  assert.match(text, /Bars: 95 % intervals/);
  const bare = calibrationPicture({
    bins: [{ meanConfidence: 0.9, accuracy: 1, count: 1 }],
    ece: 0,
  });
  assert.doesNotMatch(bare.svg, /intervals/);
  assert.throws(() => calibrationPicture({ bins: [], ece: 0 }), /must have predictions: 0 bins/);
});

Deno.test("importancePicture() sorts, and claims nothing that its interval does not carry", () => {
  const { svg, title } = importancePicture(IMPORTANCES);
  assert.equal(title, "Petal width matters most: without it 28 points of accuracy are lost");
  assert.ok(svg.indexOf("petal width") < svg.indexOf("sepal length"));
  assert.ok(svg.includes("+28.4") && svg.includes("−0.2"));
  assert.equal(
    importancePicture([IMPORTANCES[0]]).title,
    "No feature matters measurably by itself",
  );
  assert.throws(() => importancePicture([]), /there are no features/);
});

Deno.test("importancePicture() of many shows sixteen and says how many are left out", () => {
  const many = Array.from({ length: 20 }, (_, i) => ({
    name: `f${i}`,
    mean: i / 100,
    low: i / 100 - 0.001,
    high: i / 100 + 0.001,
  }));
  const text = importancePicture(many).svg.replace(/<[^>]*>/g, " ").replace(/ +/g, " ");
  assert.ok(text.includes("4 features that matter less are left out"));
  assert.ok(text.includes(" f19 ") && !text.includes(" f3 "));
});

Deno.test("stepsPicture() marks where we are by more than colour", () => {
  const { svg, alt } = stepsPicture(STEPS);
  assert.equal(svg.split("stroke-dasharray").length - 1, 3, "steps to come are dashed");
  assert.ok(alt.includes("Foundation (now)"));
  assert.throws(() => stepsPicture({ title: "x", steps: [] }), /there are none/);
});

Deno.test("architecturePicture() marks what is to come by more than colour, boxes and arrows", () => {
  const { svg, alt } = architecturePicture(ARCHITECTURE);
  assert.equal(svg.split("stroke-dasharray").length - 1, 2);
  assert.ok(alt.includes("A/B test (later)") && alt.includes("Router to Green (now)"), alt);
  const bare = architecturePicture({ ...ARCHITECTURE, arrows: [] });
  assert.match(bare.alt, /No arrows\.$/);
});

Deno.test("architecturePicture() refuses what it could not draw", () => {
  const [caller, , blue] = ARCHITECTURE.parts;
  const draw = (more: object) => () => architecturePicture({ ...ARCHITECTURE, ...more });
  assert.throws(draw({ parts: [] }), /there are no parts/);
  assert.throws(draw({ parts: [{ ...caller, column: 4 }] }), /from 0 to 3: caller is in 4/);
  assert.throws(draw({ parts: [{ ...caller, row: -1 }] }), /from 0: caller is in -1/);
  assert.throws(
    draw({ parts: [caller, { ...blue, column: 0 }] }),
    /share a place: caller and blue/,
  );
  assert.throws(draw({ arrows: [{ from: "caller", to: "x", state: "now" }] }), /x is no part/);
  assert.throws(
    draw({ arrows: [{ from: "caller", to: "blue", state: "now" }] }),
    /caller and blue are not beside each other/,
  );
});
