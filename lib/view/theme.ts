/**
 * The one house theme: every colour, symbol and font size of every picture, table and page.
 *
 * A picture is drawn once, in the colours of {@linkcode LIGHT}. Each of them has its partner in
 * {@linkcode DARK} at the same place, so turning a picture dark is a look-up from one colour to
 * another, done by the browser (see {@linkcode darkStyle}) or on the text (see {@linkcode inTheme}).
 * The class colours are the same in both themes.
 */

/** Which of the two sets of colours. */
export type ThemeName = "light" | "dark";

/** Colours as `#rrggbb` in lower case. */
export interface Theme {
  /** The ground that everything is drawn on. */
  readonly paper: string;
  /** Text and axes. */
  readonly ink: string;
  /** Text of second rank: subtitles, units, notes. */
  readonly muted: string;
  /** Frames, grid lines, the part of a bar that is not filled. */
  readonly faint: string;
  /**
   * Nine steps from few to many, in one hue, from near the paper to far from it. Steps, because nine
   * can be told apart across a room, and because each has its partner in the other theme. (9)
   */
  readonly ramp: readonly string[];
}

/** Colours on white paper. */
export const LIGHT: Theme = {
  paper: "#ffffff",
  ink: "#1b1e23",
  muted: "#555d69",
  faint: "#d3d8df",
  ramp: [
    ...["#eff7fe", "#d5eafe", "#bbdbfa", "#9fcaf4", "#7fb6ea"],
    ...["#5c9fde", "#2275b8", "#005c9b", "#004372"],
  ],
};

/** Colours on near-black paper. */
export const DARK: Theme = {
  paper: "#121519",
  ink: "#e8eaed",
  muted: "#a9b1bc",
  faint: "#3a414b",
  ramp: [
    ...["#161e26", "#182a3c", "#193752", "#184469", "#165182"],
    ...["#186099", "#4893d5", "#7ab4eb", "#add3f7"],
  ],
};

/**
 * Colours of up to ten classes, the most different first. Each keeps a contrast of at least 3 : 1
 * against both papers. Among the first four, also as seen with protanopia or deuteranopia, no two
 * are nearer than 16 units of CIEDE2000; among all ten no two are nearer than 10. (10)
 *
 * @see Okabe and Ito (2008), Color Universal Design: the first two are theirs. The other eight were
 * found by simulated annealing over the colours that keep the contrast, because most of theirs are
 * too light for white paper.
 */
export const CLASS_COLOURS: readonly string[] = [
  ...["#0072b2", "#d55e00", "#964b69", "#2ba56f", "#9491a2"],
  ...["#9082ff", "#7f6846", "#c8089b", "#cc0520", "#768880"],
];

/** A symbol of Plot: a name, or an object that draws itself with a given area (square pixels). */
export type ClassSymbol = string | {
  /** Draws the symbol around the origin. */
  draw(context: CanvasPath, areaPx2: number): void;
};

/** What a symbol is drawn on: the part of the canvas interface that straight lines need. */
export interface CanvasPath {
  /** Begins a line at this place. */
  moveTo(x: number, y: number): void;
  /** Goes on to this place. */
  lineTo(x: number, y: number): void;
  /** Goes back to where the line began. */
  closePath(): void;
}

/**
 * Shapes of up to ten classes, so that no class is told by its colour alone: a picture printed in
 * grey says the same. Two are our own, since Plot has eight that can be filled. (10)
 */
export const CLASS_SYMBOLS: readonly ClassSymbol[] = [
  ...["circle", "triangle", "square", "diamond", "star", "cross", "wye", "hexagon"],
  polygon([[-1, -0.8], [1, -0.8], [0, 0.9]]), // a triangle on its tip
  polygon([[-0.9, -0.9], [0.9, -0.9], [-0.9, 0.9], [0.9, 0.9]]), // an hourglass
];

/** Font families, the first of them the one that PNGs are drawn with on every machine. */
export const FONT_FAMILY = "DejaVu Sans, Verdana, sans-serif";

/**
 * Font sizes in px of a picture about 760 px wide. Read from the back of a room the smallest of them
 * is about 1/50 of the picture's width, which is what slides are advised to keep.
 */
export const FONT_PX: { readonly title: number; readonly base: number; readonly small: number } = {
  title: 20,
  base: 15,
  small: 13,
};

/**
 * The colour of class `index`; colours come round again after ten.
 *
 * @param index From 0 to k - 1.
 * @returns `#rrggbb`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classColour } from "lib/view/mod.ts";
 *
 * assert.equal(classColour(0), "#0072b2");
 * assert.equal(classColour(10), classColour(0));
 * ```
 */
export function classColour(index: number): string {
  return CLASS_COLOURS[index % CLASS_COLOURS.length];
}

/**
 * The step of the ramp that stands for a share.
 *
 * @param share From 0 to 1; beyond is taken as the end.
 * @returns A place in `ramp`, from 0 to 8.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rampStep } from "lib/view/mod.ts";
 *
 * assert.deepEqual([0, 0.5, 1].map(rampStep), [0, 4, 8]);
 * ```
 */
export function rampStep(share: number): number {
  const steps = LIGHT.ramp.length;
  return Math.min(steps - 1, Math.max(0, Math.floor(share * steps)));
}

/**
 * Whether text on a step of the ramp is ink or paper: the one with the higher contrast, at least
 * 4.5 : 1 in both themes.
 *
 * @param step From 0 to 8.
 * @returns A colour of {@linkcode LIGHT}.
 */
export function textOnRamp(step: number): string {
  return step < 6 ? LIGHT.ink : LIGHT.paper;
}

/**
 * A picture's text in the colours of a theme.
 *
 * @param svg Drawn in the colours of {@linkcode LIGHT}, set as attributes, without `darkStyle`.
 * @param theme The theme wanted.
 * @returns The same picture.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inTheme } from "lib/view/mod.ts";
 *
 * assert.equal(inTheme('<rect fill="#ffffff"/>', "dark"), '<rect fill="#121519"/>');
 * ```
 */
export function inTheme(svg: string, theme: ThemeName): string {
  if (theme === "light") return svg;
  const dark = new Map(partners());
  return svg.replace(
    /\b(fill|stroke|stop-color)="(#[0-9a-f]{6})"/g,
    (whole, name, colour) => dark.has(colour) ? `${name}="${dark.get(colour)}"` : whole,
  );
}

/**
 * A style element that turns an SVG dark where the viewer's system is dark. It works inside `<img>`,
 * where a page's own styles cannot reach.
 *
 * @param svg The picture: only the colours that stand in it get a rule.
 * @returns `<style>…</style>`.
 */
export function darkStyle(svg: string): string {
  const rules = partners().flatMap(([light, dark]) =>
    ["fill", "stroke", "stop-color"]
      .filter((name) => svg.includes(`${name}="${light}"`))
      .map((name) => `[${name}="${light}"]{${name}:${dark}}`)
  );
  return `<style>@media (prefers-color-scheme:dark){${rules.join("")}}</style>`;
}

/** Each colour of the light theme with its partner in the dark one. */
function partners(): [string, string][] {
  return [
    [LIGHT.paper, DARK.paper],
    [LIGHT.ink, DARK.ink],
    [LIGHT.muted, DARK.muted],
    [LIGHT.faint, DARK.faint],
    ...LIGHT.ramp.map((colour, i): [string, string] => [colour, DARK.ramp[i]]),
  ];
}

/** A filled symbol with these corners, in units in which the square of the same area is 2 × 2. */
function polygon(corners: [x: number, y: number][]): ClassSymbol {
  return {
    draw(context, areaPx2) {
      const unit = Math.sqrt(areaPx2) / 2 * 1.2; // open shapes look smaller than their area
      corners.forEach(([x, y], i) =>
        i === 0 ? context.moveTo(x * unit, y * unit) : context.lineTo(x * unit, y * unit)
      );
      context.closePath();
    },
  };
}
