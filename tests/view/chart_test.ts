import assert from "node:assert/strict";
import * as Plot from "@observablehq/plot";
import { chart, CLASS_COLOURS, LIGHT } from "lib/view/mod.ts";
import { assertSnapshot } from "./snapshot.ts";

const ROWS = Array.from({ length: 12 }, (_, i) => ({
  day: i,
  error: 0.04 + 0.005 * i,
  kind: ["old", "new", "other"][i % 3],
}));

function errors(marks: unknown[], more = {}) {
  return chart({ title: "The error grows", alt: "Error by day", marks, ...more });
}

Deno.test("chart() of classes: colour, shape and legend", () => {
  const { svg, width } = errors([
    Plot.dot(ROWS, { x: "day", y: "error", fill: "kind", symbol: "kind", r: 5 }),
  ], { subtitle: "One mark a day", y: { label: "error (%)", percent: true, grid: true } });
  assert.equal(width, 760);
  for (const colour of CLASS_COLOURS.slice(0, 3)) assert.ok(svg.includes(`fill="${colour}"`));
  for (const text of ["The error grows", "One mark a day", "old", "new", "other", "error (%)"]) {
    assert.ok(svg.includes(text), text);
  }
  assertSnapshot("chart_classes", svg);
});

Deno.test("chart() of numbers: the ramp in steps, with its label", () => {
  const { svg } = errors([Plot.dot(ROWS, { x: "day", y: "error", fill: "error" })], {
    color: { label: "error (share)" },
  });
  assert.ok(svg.includes("error (share)"));
  assert.ok(svg.includes(`fill="${LIGHT.ramp[3]}"`) && svg.includes(`fill="${LIGHT.ramp[8]}"`));
  assertSnapshot("chart_numbers", svg);
});

Deno.test("chart() with a scheme of one's own: a smooth legend", () => {
  const { svg } = errors([Plot.dot(ROWS, { x: "day", y: "error", fill: "error" })], {
    color: { scheme: "viridis" },
  });
  assert.match(svg, /<linearGradient id="ramp">/);
});

Deno.test("chart() without a legend: by choice, or because nothing needs one", () => {
  const coloured = Plot.dot(ROWS, { x: "day", y: "error", fill: "kind" });
  const none = errors([Plot.lineY(ROWS, { x: "day", y: "error" })]);
  const off = errors([coloured], { legend: false }), on = errors([coloured]);
  assert.ok(!off.svg.includes(">old<") && on.svg.includes(">old<"));
  assert.equal(off.height, none.height);
  assert.ok(on.height > off.height);
});

Deno.test("chart() makes room for long labels of the y axis", () => {
  const rows = [{ x: 1, y: 12_000_000 }, { x: 2, y: 34_000_000 }];
  const { svg } = errors([Plot.dot(rows, { x: "x", y: "y" })], { y: { tickFormat: ",.0f" } });
  const left = Math.min(
    ...Array.from(
      svg.matchAll(/translate\((\d+(?:\.\d+)?),[^)]*\)"[^>]*y="0.32em"/g),
      (m) => +m[1],
    ),
  );
  assert.ok(left > 95, `labels of 10 digits end at ${left} px`);
});

Deno.test("chart() of bars has lines across, but none through the bars", () => {
  const bars = Plot.barY(["a", "b"], { x: Plot.identity, y: [30, 113] });
  const lines = (svg: string) => svg.split("<line").length - 1;
  const across = errors([bars], { x: { grid: true } }), plain = errors([bars]);
  assert.equal(lines(across.svg), lines(plain.svg) + 2);
  assert.ok(plain.svg.includes(">120<"), "the axis ends at a round number above the bars");
});

Deno.test("chart() is an SVG document of its own, light and dark", () => {
  const { svg, alt } = errors([Plot.dot(ROWS, { x: "day", y: "error" })]);
  assert.match(
    svg,
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="760" height="\d+" viewBox=/,
  );
  assert.ok(svg.includes(`role="img" aria-label="${alt}"`));
  assert.ok(svg.includes("@media (prefers-color-scheme:dark)"));
  assert.doesNotMatch(svg, /currentColor/);
});

Deno.test("chart() escapes title, subtitle and alt", () => {
  const { svg } = chart({
    title: "a < b",
    subtitle: 'x "&" y',
    alt: '"><script>',
    marks: [Plot.dot([[1, 1]])],
  });
  assert.ok(svg.includes("a &lt; b") && svg.includes("&amp;") && !svg.includes("<script>"));
});

Deno.test("chart() wants a title and an alt", () => {
  const marks = [Plot.dot([[1, 1]])];
  assert.throws(() => chart({ title: " ", alt: "x", marks }), /title must not be empty/);
  assert.throws(() => chart({ title: "x", alt: "", marks }), /alt must not be empty/);
});
