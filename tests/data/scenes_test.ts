import assert from "node:assert/strict";
import fc from "fast-check";
import { BadInput, column, mean, type Samples, standardDeviation } from "../../lib/core/mod.ts";
import { type SceneName, type SceneOptions, SCENES, stageScene } from "../../lib/data/mod.ts";
import { loadDataset } from "../../lib/data/mod.ts";

const NAMES = Object.keys(SCENES) as SceneName[];
const { samples: IRIS } = await loadDataset("data/iris.dataset.json");
const SIZE = { windows: 4, rowsPerWindow: 400, seed: 7 };

/** Rows of any table: 2 to 10 classes, up to 40 features, units known and unknown. */
const tables: fc.Arbitrary<Samples> = fc.record({
  k: fc.integer({ min: 2, max: 10 }),
  d: fc.integer({ min: 1, max: 40 }),
  n: fc.integer({ min: 20, max: 60 }),
  unit: fc.constantFrom("cm", "kg", "", "%", "furlong"),
  values: fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
    minLength: 5,
    maxLength: 50,
  }),
}).map(({ k, d, n, unit, values }) => ({
  features: Array.from({ length: d }, (_, f) => ({ name: `f${f}`, unit, min: -1e3, max: 1e3 })),
  classes: Array.from({ length: k }, (_, c) => `class ${c}`),
  x: Float64Array.from({ length: n * d }, (_, i) => values[(i * 7) % values.length] + 0),
  y: Uint8Array.from({ length: n }, (_, i) => i % k),
}));

/** The values of one feature in all windows from one on. */
function valuesOf(scene: ReturnType<typeof stageScene>, f: number, from: number, to: number) {
  const d = scene.features.length;
  return scene.windows.slice(from - 1, to)
    .flatMap(({ x, actual }) => Array.from(actual, (_, i) => x[i * d + f]));
}

const play = (scene: SceneName, options: Partial<SceneOptions> = {}) =>
  stageScene(IRIS, { scene, ...SIZE, ...options });

Deno.test("stageScene() gives the same bytes for the same options, on any table", () => {
  fc.assert(
    fc.property(tables, fc.constantFrom(...NAMES), fc.nat(), (samples, scene, seed) => {
      const options = { scene, seed, windows: 3, rowsPerWindow: 15 };
      assert.deepEqual(stageScene(samples, options), stageScene(samples, options));
    }),
    { numRuns: 60 },
  );
});

Deno.test("stageScene() has the very rows, ids and delays of none before the start", () => {
  fc.assert(
    fc.property(
      tables,
      fc.constantFrom(...NAMES),
      fc.nat(),
      fc.integer({ min: 1, max: 4 }),
      (samples, scene, seed, startsAt) => {
        const options = { seed, windows: 3, rowsPerWindow: 15, startsAt };
        const { windows } = stageScene(samples, { ...options, scene });
        const plain = stageScene(samples, { ...options, scene: "none" }).windows;
        assert.deepEqual(windows.slice(0, startsAt - 1), plain.slice(0, startsAt - 1));
        windows.forEach(({ number, isChanged }) =>
          assert.equal(isChanged, number >= startsAt && scene !== "none")
        );
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("stageScene() changes the rows of none where it should, and nothing else", () => {
  const plain = play("none"), d = IRIS.features.length;
  for (const name of NAMES) {
    const scene = play(name, { feature: "petal_length" });
    scene.windows.slice(2).forEach((window, w) => {
      const before = plain.windows[w + 2];
      const columns = IRIS.features.map((_, f) =>
        window.actual.some((_, i) => window.x[i * d + f] !== before.x[i * d + f])
      );
      const isFeature = ["gradual-drift", "sudden-drift", "unit-change", "broken-sensor"];
      const all = name === "prior-shift";
      assert.deepEqual(columns, [all, all, all || isFeature.includes(name), all], name);
      const labels = window.actual.some((label, i) => label !== before.actual[i]);
      assert.equal(labels, all || name === "concept-drift", name);
      assert.deepEqual(window.correlationIds, before.correlationIds);
      assert.deepEqual(window.labelDelay, before.labelDelay);
    });
  }
});

Deno.test("none leaves the distributions: means, spreads, class mix and decimals stay", () => {
  const { windows } = play("none", { windows: 1, rowsPerWindow: 20_000 }),
    [{ x, actual }] = windows;
  const scene = { ...IRIS, x, y: actual };
  IRIS.features.forEach((_, f) => {
    const [given, drawn] = [column(IRIS, f), column(scene, f)], sd = standardDeviation(given);
    assert.ok(Math.abs(mean(drawn) - mean(given)) < 0.03 * sd, `mean of ${f}`);
    // noise of 0.1 sd adds 0.5 % to the spread, rounding a little
    assert.ok(Math.abs(standardDeviation(drawn) / sd - 1) < 0.03, `sd of ${f}`);
    assert.ok(drawn.every((value) => Number(value.toFixed(1)) === value), `decimals of ${f}`);
  });
  [0, 1, 2].forEach((label) => {
    const share = actual.filter((other) => other === label).length / actual.length;
    const given = IRIS.y.filter((other) => other === label).length / IRIS.y.length;
    assert.ok(Math.abs(share - given) < 0.015);
  });
});

Deno.test("drift moves the feature by the stated distance, at once or in equal steps", () => {
  const sd = standardDeviation(column(IRIS, 2)), feature = "petal_length";
  const shift = (scene: SceneName, window: number) =>
    mean(valuesOf(play(scene, { feature, windows: 8 }), 2, window, window)) -
    mean(valuesOf(play("none", { windows: 8 }), 2, window, window));
  assert.ok(Math.abs(shift("sudden-drift", 5) - 2 * sd) < 0.05);
  [5, 6, 7, 8].forEach((window, i) => {
    assert.ok(Math.abs(shift("gradual-drift", window) - (i + 1) / 4 * 2 * sd) < 0.051);
  });
  assert.match(
    play("sudden-drift", { feature }).sentence,
    /^petal_length moves by 3\.5\d cm \(2 sd\)/,
  );
});

Deno.test("broken-sensor stands still and is missing in the stated share", () => {
  const options = { rowsPerWindow: 5_000, nullShare: 0.1, feature: "sepal_width" };
  const values = valuesOf(play("broken-sensor", options), 1, 3, 4);
  const missing = values.filter(Number.isNaN).length / values.length;
  assert.ok(Math.abs(missing - 0.1) < 0.015, `${missing}`);
  assert.deepEqual([...new Set(values.filter((value) => !Number.isNaN(value)))], [3]);
});

Deno.test("prior-shift gives one class its share and keeps each class as it was", () => {
  const options = { rowsPerWindow: 5_000, className: "setosa" };
  const { windows } = play("prior-shift", options), d = IRIS.features.length;
  const share = (w: number) => windows[w].actual.filter((label) => label === 0).length / 5_000;
  assert.ok(Math.abs(share(0) - 1 / 3) < 0.03 && Math.abs(share(2) - 0.8) < 0.03);
  const petals = (w: number) =>
    mean(
      Array.from(
        windows[w].x.filter((_, i) => i % d === 2 && windows[w].actual[(i - 2) / d] === 0),
      ),
    );
  assert.ok(Math.abs(petals(0) - petals(2)) < 0.03);
});

Deno.test("concept-drift tells two classes apart by another feature, and changes nothing else", () => {
  const options = { feature: "sepal_width", apart: ["versicolor", "virginica"] } as const;
  const scene = play("concept-drift", options), plain = play("none"), d = 4;
  const limit = Number(/virginica from ([\d.]+) cm on/.exec(scene.sentence)![1]);
  scene.windows[3].actual.forEach((label, i) => {
    const before = plain.windows[3].actual[i], isAbove = scene.windows[3].x[i * d + 1] >= limit;
    assert.equal(label, before === 0 ? 0 : isAbove ? 2 : 1);
  });
  assert.deepEqual(scene.windows[3].x, plain.windows[3].x);
  const changed = scene.windows[3].actual.filter((l, i) => l !== plain.windows[3].actual[i]).length;
  assert.ok(changed > 0.15 * scene.windows[3].actual.length, `${changed} labels changed`);
});

Deno.test("labels arrive after the stated delay, and the stated share never", () => {
  const { windows: [{ labelDelay }] } = play("none", {
    ...{ rowsPerWindow: 10_000, labelDelay: 2, neverShare: 0.3 },
  });
  const never = labelDelay.filter((delay) => delay === -1).length / 10_000;
  assert.ok(Math.abs(never - 0.3) < 0.02);
  assert.deepEqual([...new Set(labelDelay)].sort(), [-1, 2]);
});

Deno.test("ids are each once, units are drawn from the stated number, clipping is kept to its features", () => {
  const scene = play("none", { units: 20, clipped: ["petal_width"], noise: 3 });
  const ids = scene.windows.flatMap(({ correlationIds }) => correlationIds);
  assert.equal(new Set(ids).size, 1_600);
  assert.equal(ids[0], "s7-w1-r1");
  assert.equal(new Set(scene.windows.flatMap(({ unitIds }) => unitIds)).size, 20);
  assert.equal(Math.min(...valuesOf(scene, 3, 1, 4)), 0.1, "0.05 is the limit, 0.1 the step");
  assert.ok(Math.min(...valuesOf(scene, 2, 1, 4)) < 0);
});

Deno.test("the most important feature is changed where importance is given, else the first", () => {
  const importance = [{ name: "petal_width", mean: 0.3 }, { name: "sepal_width", mean: 0.1 }];
  assert.equal(play("sudden-drift", { importance }).feature, "petal_width");
  assert.equal(play("concept-drift", { importance }).feature, "sepal_width", "most change sides");
  assert.equal(play("sudden-drift").feature, "sepal_length");
  assert.deepEqual(
    [play("latency-fault"), play("bad-model"), play("none")].map((it) => it.deploymentFault),
    ["latency", "model", null],
  );
});

for (
  const [what, options, message] of [
    ["windows 0", { windows: 0 }, /^windows must be a whole number from 1 to 1000: got 0$/],
    ["no rows", { rowsPerWindow: 0 }, /^rowsPerWindow must be a whole number from 1/],
    [
      "a scene nobody knows",
      { scene: "rain" as SceneName },
      /^scene must be one of none, .*"rain"$/,
    ],
    ["a feature nobody knows", { feature: "leaf" }, /^feature must be one of sepal_length/],
    ["a start too late", { startsAt: 6 }, /^startsAt must be a whole number from 1 to 5: got 6$/],
    ["a share above 1", { nullShare: 1.5 }, /^nullShare must be a number from 0 to 1: got 1.5$/],
    ["a class nobody knows", { className: "rosa" }, /^class with rows must be one of setosa/],
    [
      "one class told apart from itself",
      { apart: ["setosa", "setosa"] as const },
      /^apart must be two classes/,
    ],
    ["a prefix with spaces", { idPrefix: "a b" }, /^idPrefix must be 1 to 64 letters/],
  ] as [string, Partial<SceneOptions>, RegExp][]
) {
  Deno.test(`stageScene() refuses ${what} in one line`, () => {
    assert.throws(() => play("none", options), (error) => {
      assert.ok(error instanceof BadInput);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("stageScene() refuses one class and one row", () => {
  const one = { ...IRIS, y: new Uint8Array(IRIS.y.length) };
  const stage = (samples: Samples) => () => stageScene(samples, { scene: "none", ...SIZE });
  assert.throws(stage(one), /^BadInput: classes of a scene must be 2 or more: got "setosa"$/);
  const row = { ...IRIS, x: IRIS.x.slice(0, 4), y: IRIS.y.slice(0, 1) };
  assert.throws(stage(row), /^BadInput: rows of a scene must be 2 or more: got 1$/);
});
