import assert from "node:assert/strict";
import { ciede2000, contrast, distance } from "./colour_math.ts";

Deno.test("contrast() is 21 for black on white and 1 for a colour on itself", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#777777"), 1);
  assert.equal(contrast("#767676", "#ffffff").toFixed(2), "4.54"); // the known grey that just passes
});

// pairs 1, 17, 18 and 21 of the table that comes with Sharma, Wu and Dalal (2005)
Deno.test("ciede2000() agrees with the published pairs", () => {
  const pairs: [number[], number[], number][] = [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[50, 2.5, 0], [61, -5, 29], 22.8977],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  ];
  for (const [a, b, expected] of pairs) {
    assert.equal(ciede2000(a, b).toFixed(4), expected.toFixed(4));
  }
});

Deno.test("distance() shrinks between red and green without the cones that tell them apart", () => {
  assert.ok(distance("#c00000", "#6b6b00") > 2 * distance("#c00000", "#6b6b00", "protanopia"));
});
