import assert from "node:assert/strict";
import { take } from "../../lib/core/mod.ts";
import { checkForestOptions, FOREST_DEFAULTS } from "../../lib/training/mod.ts";
import { IRIS } from "./iris.ts";

Deno.test("checkForestOptions() fills in the defaults", () => {
  assert.deepEqual(checkForestOptions({}), FOREST_DEFAULTS);
  assert.deepEqual(checkForestOptions({ trees: undefined, maxDepth: null }, IRIS), {
    trees: 100,
    maxDepth: null,
    minRows: 3,
    featureShare: 1,
  });
});

Deno.test("checkForestOptions() takes each limit itself", () => {
  const least = { trees: 1, maxDepth: 1, minRows: 1, featureShare: Number.MIN_VALUE };
  const most = { trees: 2000, maxDepth: 1000, minRows: 1000, featureShare: 1 };
  assert.deepEqual(checkForestOptions(least), least);
  assert.deepEqual(checkForestOptions(most), most);
});

Deno.test("checkForestOptions() drops what is no option of a forest", () => {
  const given = { trees: 5, seed: 7, colour: "red" };
  assert.deepEqual(checkForestOptions(given), { ...FOREST_DEFAULTS, trees: 5 });
});

Deno.test("checkForestOptions() refuses each option by its rule, in words", () => {
  const whole = (name: string, highest: number, text: string) =>
    `${name} must be a whole number from 1 to ${highest}: got ${text}`;
  const share = "featureShare must be above 0 and at most 1: got";
  const refused: [given: Record<string, unknown>, message: string][] = [
    [{ trees: 0 }, whole("trees", 2000, "0")],
    [{ trees: 2001 }, whole("trees", 2000, "2001")],
    [{ trees: 1.5 }, whole("trees", 2000, "1.5")],
    [{ trees: "50" }, whole("trees", 2000, '"50"')],
    [{ trees: NaN }, whole("trees", 2000, "NaN")],
    [{ minRows: 0 }, whole("minRows", 1000, "0")],
    [{ minRows: 1001 }, whole("minRows", 1000, "1001")],
    [{ maxDepth: 0 }, whole("maxDepth", 1000, "0")],
    [{ maxDepth: Infinity }, whole("maxDepth", 1000, "Infinity")],
    [{ featureShare: 0 }, `${share} 0`],
    [{ featureShare: 1.01 }, `${share} 1.01`],
    [{ featureShare: NaN }, `${share} NaN`],
    [{ featureShare: "0.5" }, `${share} "0.5"`],
    [{ featureShare: true }, `${share} true`],
  ];
  for (const [given, message] of refused) {
    assert.throws(() => checkForestOptions(given), { name: "BadInput", message });
  }
});

Deno.test("checkForestOptions() refuses rows of fewer than two classes, where it is given rows", () => {
  for (const [places, count] of [[[], 0], [[0, 1], 1]] as const) {
    assert.throws(() => checkForestOptions({}, take(IRIS, places)), {
      name: "BadInput",
      message: `training rows must have at least two classes to tell apart: got ${count}`,
    });
  }
  assert.equal(checkForestOptions({}, take(IRIS, [0, 60])).trees, 100);
});
