import assert from "node:assert/strict";
import * as Plot from "@observablehq/plot";
import { drawPlot, renumberClips } from "../../lib/view/draw.ts";

Deno.test("drawPlot() gives markup without styles, labels for screen readers or currentColor", () => {
  const { markup, width, height } = drawPlot({
    width: 300,
    height: 200,
    marks: [Plot.dot([[1, 2], [3, 4]])],
  });
  assert.deepEqual([width, height], [300, 200]);
  assert.doesNotMatch(markup, /<style|aria-|currentColor|class=|var\(/);
});

Deno.test("drawPlot() rounds coordinates to two decimals and leaves text as it is", () => {
  const { markup } = drawPlot({
    x: { axis: null },
    y: { axis: null },
    marks: [
      Plot.dot([[1 / 3, 2 / 3], [1, 7]]),
      Plot.text([[1 / 3, 1]], { text: () => "p = 0.123456" }),
    ],
  });
  assert.ok(markup.includes(">p = 0.123456<"));
  assert.doesNotMatch(markup.replace(/>[^<]*</g, "><"), /\d\.\d{3}/);
});

Deno.test("drawPlot() escapes what comes from data", () => {
  const { markup } = drawPlot({
    marks: [Plot.text([[1, "<b>"]], { text: () => "<script>&" })],
    y: { domain: ["<b>"], type: "band" },
  });
  assert.ok(markup.includes("&lt;script&gt;&amp;"));
  assert.doesNotMatch(markup, /<script|<b>/);
});

Deno.test("drawPlot() tells the scales and the labels of the y axis", () => {
  const { scale, yTicks } = drawPlot({ marks: [Plot.dot([[0, 0], [1, 100]], { fill: "0" })] });
  assert.equal(scale("x")?.type, "linear");
  assert.equal(scale("fx"), undefined);
  assert.ok(yTicks.includes("100"));
});

Deno.test("renumberClips() makes the same picture the same, whatever was drawn before", () => {
  const draw = () =>
    renumberClips(drawPlot({ marks: [Plot.dot([[1, 1], [2, 2]], { clip: true })] }).markup);
  const first = draw();
  assert.ok(first.includes('id="clip-1"') && first.includes("url(#clip-1)"));
  assert.equal(draw(), first);
});
