import assert from "node:assert/strict";
import { density } from "../../lib/view/density.ts";

Deno.test("density() has an area of one over a range that holds everything", () => {
  const curve = density([1, 2, 3, 5, 8], { low: -20, high: 30, places: 2001 });
  const area = curve.reduce((sum, { density }) => sum + density * 50 / 2000, 0);
  assert.ok(Math.abs(area - 1) < 1e-6, `${area}`);
});

Deno.test("density() of one value is the kernel itself, centred there", () => {
  const curve = density([5], { low: 0, high: 10, places: 101 });
  const width = 10 / 60;
  assert.equal(curve[50].at, 5);
  assert.ok(Math.abs(curve[50].density - 1 / (width * Math.sqrt(2 * Math.PI))) < 1e-12);
});

// worked by hand: 0.9 min(sd, IQR / 1.34) n^-0.2, with sd = 2.7749 and IQR = 3
Deno.test("density() takes Silverman's width", () => {
  const values = [1, 2, 3, 5, 8], width = 0.9 * Math.min(2.7748873851, 3 / 1.34) * 5 ** -0.2;
  const at2 = values.reduce((sum, v) => sum + Math.exp(-0.5 * ((2 - v) / width) ** 2), 0) /
    (5 * width * Math.sqrt(2 * Math.PI));
  const [, point] = density(values, { low: 0, high: 4, places: 3 });
  assert.ok(Math.abs(point.density - at2) < 1e-9);
});

Deno.test("density() of equal values is finite, and of none an error", () => {
  const curve = density([4, 4, 4], { low: 4, high: 4, places: 3 });
  assert.ok(curve.every(({ density }) => Number.isFinite(density)));
  assert.throws(() => density([], { low: 0, high: 1 }), /no values/);
});
