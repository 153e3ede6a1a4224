import assert from "node:assert/strict";
import {
  CLASS_COLOURS,
  CLASS_SYMBOLS,
  classColour,
  DARK,
  darkStyle,
  inTheme,
  LIGHT,
  rampStep,
  textOnRamp,
} from "lib/view/mod.ts";
import { contrast, distance, luminance, type Vision } from "./colour_math.ts";

const THEMES = { light: LIGHT, dark: DARK };

/** The smallest distance between any two of the first `count` class colours. */
function nearest(count: number, vision: Vision): number {
  const colours = CLASS_COLOURS.slice(0, count);
  return Math.min(
    ...colours.flatMap((a, i) => colours.slice(i + 1).map((b) => distance(a, b, vision))),
  );
}

Deno.test("theme: text is readable, 4.5 : 1 or more, on its paper", () => {
  for (const [name, { paper, ink, muted }] of Object.entries(THEMES)) {
    assert.ok(contrast(ink, paper) >= 7, `${name} ink ${contrast(ink, paper)}`);
    assert.ok(contrast(muted, paper) >= 4.5, `${name} muted ${contrast(muted, paper)}`);
  }
});

Deno.test("theme: class colours keep 3 : 1 against both papers", () => {
  for (const colour of CLASS_COLOURS) {
    for (const [name, { paper }] of Object.entries(THEMES)) {
      assert.ok(contrast(colour, paper) >= 3, `${colour} on ${name}: ${contrast(colour, paper)}`);
    }
  }
});

Deno.test("theme: class colours stay apart for people who see fewer colours", () => {
  for (const vision of ["normal", "protanopia", "deuteranopia"] as const) {
    assert.ok(nearest(4, vision) >= 16, `4 colours, ${vision}: ${nearest(4, vision)}`);
    assert.ok(nearest(10, vision) >= 10, `10 colours, ${vision}: ${nearest(10, vision)}`);
  }
  assert.ok(nearest(4, "tritanopia") >= 13);
});

Deno.test("theme: ten classes have ten colours and ten shapes", () => {
  assert.equal(new Set(CLASS_COLOURS).size, 10);
  assert.equal(new Set(CLASS_SYMBOLS).size, 10);
  assert.equal(classColour(12), classColour(2));
});

Deno.test("theme: the ramp goes one way, away from the paper, also in grey", () => {
  const light = LIGHT.ramp.map(luminance), dark = DARK.ramp.map(luminance);
  assert.equal(light.length, dark.length);
  assert.deepEqual(light, light.toSorted((a, b) => b - a));
  assert.deepEqual(dark, dark.toSorted((a, b) => a - b));
});

Deno.test("theme: text on every step of the ramp is readable in both themes", () => {
  LIGHT.ramp.forEach((ground, step) => {
    const text = textOnRamp(step);
    assert.ok(contrast(text, ground) >= 4.5, `light step ${step}`);
    const [, dark] = /fill="(#\w+)"/.exec(inTheme(`<a fill="${text}"/>`, "dark"))!;
    assert.ok(contrast(dark, DARK.ramp[step]) >= 4.5, `dark step ${step}`);
  });
});

Deno.test("rampStep() stays inside the ramp", () => {
  assert.deepEqual([-1, 0, 0.11, 0.12, 1, 2].map(rampStep), [0, 0, 0, 1, 8, 8]);
});

Deno.test("inTheme() leaves light as it is and turns only colours of the theme", () => {
  const svg = `<a fill="${LIGHT.ink}" stroke="#0072b2" class="${LIGHT.ink}"/>`;
  assert.equal(inTheme(svg, "light"), svg);
  assert.equal(
    inTheme(svg, "dark"),
    `<a fill="${DARK.ink}" stroke="#0072b2" class="${LIGHT.ink}"/>`,
  );
});

Deno.test("darkStyle() says the same as inTheme(), for the colours that occur", () => {
  const style = darkStyle(`<a fill="${LIGHT.paper}" stroke="${LIGHT.ramp[3]}"/>`);
  assert.equal(
    style,
    "<style>@media (prefers-color-scheme:dark){" +
      `[fill="${LIGHT.paper}"]{fill:${DARK.paper}}[stroke="${LIGHT.ramp[3]}"]{stroke:${
        DARK.ramp[3]
      }}` +
      "}</style>",
  );
});

Deno.test("theme: no light colour is the dark partner of another, or turning would not be unique", () => {
  const all = [LIGHT.paper, LIGHT.ink, LIGHT.muted, LIGHT.faint, ...LIGHT.ramp];
  assert.equal(new Set(all).size, all.length);
  assert.ok(CLASS_COLOURS.every((colour) => !all.includes(colour)));
});
