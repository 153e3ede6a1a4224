import assert from "node:assert/strict";
import { confusionPicture, DARK, JUPYTER_DISPLAY, LIGHT, pairsPlot } from "lib/view/mod.ts";
import { CONFUSION, iris } from "./fixtures.ts";
import { colourAt, decodePng } from "./png.ts";

const picture = confusionPicture(CONFUSION);

Deno.test("png() has two pixels for each px unless told otherwise", async () => {
  for (const [scale, factor] of [[undefined, 2], [1, 1], [1.5, 1.5]] as const) {
    const { width, height } = decodePng(await picture.png({ scale }));
    assert.deepEqual([width, height], [picture.width * factor, picture.height * factor]);
  }
});

Deno.test("png() is light, and dark when asked", async () => {
  const light = decodePng(await picture.png()),
    dark = decodePng(await picture.png({ theme: "dark" }));
  assert.equal(colourAt(light, 3, 3), LIGHT.paper);
  assert.equal(colourAt(dark, 3, 3), DARK.paper);
});

Deno.test("png() draws its text: there is ink where the title is", async () => {
  for (const [theme, { ink }] of Object.entries({ light: LIGHT, dark: DARK })) {
    const pixels = decodePng(await picture.png({ theme: theme as "light" | "dark" }));
    let inked = 0;
    for (let y = 20; y < 80; y++) {
      for (let x = 30; x < 800; x++) if (colourAt(pixels, x, y) === ink) inked++;
    }
    assert.ok(inked > 1000, `${theme}: ${inked} pixels of ink`);
  }
});

Deno.test("png() draws bold text with the bold font", async () => {
  // the bold face of DejaVu is wider: a title drawn with the regular one would end earlier
  const pixels = decodePng(await picture.png({ scale: 1 }));
  const inked = (x: number) =>
    Array.from({ length: 14 }, (_, i) => colourAt(pixels, x, 20 + i)).includes(LIGHT.ink);
  const end = Array.from({ length: picture.width }, (_, x) => x).findLast(inked)!;
  assert.ok(end > 360 && end < 400, `"143 of 150 are right; most often" ends at ${end} px`);
});

Deno.test("png() gives the same bytes each time", async () => {
  const bytes = await Promise.all([pairsPlot(iris()).png(), pairsPlot(iris()).png()]);
  assert.ok(bytes[0].every((byte, i) => byte === bytes[1][i]));
});

Deno.test("png() refuses a scale that is none", async () => {
  for (const scale of [0, -1, NaN, 100]) {
    await assert.rejects(picture.png({ scale }), /scale must be above 0 and up to 8/);
  }
});

Deno.test("a picture in Jupyter: SVG, a PNG in its right size, and what it shows as text", async () => {
  const bundle = await picture[JUPYTER_DISPLAY]();
  assert.deepEqual(Object.keys(bundle), ["image/svg+xml", "image/png", "text/plain"]);
  assert.equal(bundle["image/svg+xml"], picture.svg);
  const { width, height } = decodePng(Uint8Array.fromBase64(bundle["image/png"] as string));
  assert.deepEqual([width, height], [picture.width, picture.height]);
  assert.equal(bundle["text/plain"], `[picture: ${picture.alt}]`);
  assert.ok(JSON.stringify(bundle).length < 1_000_000, "a cell may show 1 MB");
});
