import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { cutText, textWidth, wrapText } from "../../lib/view/text_size.ts";
import "dejavu-fonts-ttf/ttf/DejaVuSans.ttf" with { type: "bytes" };
import "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf" with { type: "bytes" };

const FONT_FILES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]
  .map((file) => fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${file}`)));

/** Width of the ink of a text, by the renderer that draws the PNGs. */
function inkWidth(text: string, weight: "regular" | "bold"): number {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="60"><text x="20" y="40" ` +
    `font-family="DejaVu Sans" font-size="20" font-weight="${weight}">${text}</text></svg>`;
  const font = { loadSystemFonts: false, fontFiles: FONT_FILES };
  return new Resvg(svg, { font }).getBBox()!.width;
}

Deno.test("textWidth() agrees with the renderer, regular and bold", () => {
  for (const text of ["petal length (cm)", "0123456789 %", "WIDE and ill", "~{|}jgy_^@"]) {
    for (const weight of ["regular", "bold"] as const) {
      const [ours, theirs] = [textWidth(text, 20, weight), inkWidth(text, weight)];
      // an advance has some room at both sides of the ink
      assert.ok(ours >= theirs - 0.5 && ours - theirs < 4, `${text} ${weight}: ${ours}, ${theirs}`);
    }
  }
});

Deno.test("textWidth() grows with the size and counts a letter beyond ASCII once", () => {
  assert.equal(textWidth("abc", 30), 2 * textWidth("abc", 15));
  assert.equal(textWidth("😀", 10), textWidth("é", 10));
  assert.equal(textWidth("", 15), 0);
});

Deno.test("wrapText() keeps every word, in order, within the room", () => {
  const text = "a subtitle that is long enough to need three lines of a narrow picture";
  const room = { widthPx: 180, sizePx: 15 }, lines = wrapText(text, room);
  assert.equal(lines.join(" "), text);
  assert.ok(lines.length > 1 && lines.every((line) => textWidth(line, 15) <= 180));
});

Deno.test("wrapText() gives a word that is too long a line, and an empty text one line", () => {
  assert.deepEqual(wrapText("a incomprehensibilities b", { widthPx: 40, sizePx: 15 }), [
    ...["a", "incomprehensibilities", "b"],
  ]);
  assert.deepEqual(wrapText("  ", { widthPx: 40, sizePx: 15 }), [""]);
});

Deno.test("wrapText() never parts a number from its per cent", () => {
  for (let widthPx = 60; widthPx < 400; widthPx += 7) {
    const lines = wrapText("it says 97 % on average and is right in 95 % of cases", {
      widthPx,
      sizePx: 20,
    });
    assert.ok(lines.every((line) => !line.startsWith("%")), `${widthPx}: ${lines.join(" | ")}`);
  }
});

Deno.test("wrapText() never parts a time from its unit", () => {
  for (let widthPx = 60; widthPx < 400; widthPx += 7) {
    const text = "time to detect 9.0 s, time to recover 1 min 15 s";
    const lines = wrapText(text, { widthPx, sizePx: 20 });
    assert.ok(lines.every((line) => !/^(s|min)\b/.test(line)), `${widthPx}: ${lines.join(" | ")}`);
  }
});

Deno.test("cutText() keeps what fits, else beginning and end, and never more than the room", () => {
  assert.equal(cutText("short", { widthPx: 100, sizePx: 15 }), "short");
  for (let widthPx = 30; widthPx < 300; widthPx += 10) {
    const cut = cutText("mean of something long (hPa)", { widthPx, sizePx: 15 });
    assert.ok(textWidth(cut, 15) <= widthPx || cut === "…", cut);
  }
});
