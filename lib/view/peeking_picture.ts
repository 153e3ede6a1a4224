/** What looking again and again does to a test that was made for one look. */

import defer * as Plot from "@observablehq/plot";
import { chart } from "./chart.ts";
import type { Picture } from "./picture.ts";
import { CLASS_SYMBOLS, classColour, FONT_PX, LIGHT } from "./theme.ts";
import { formatCount, formatPercent } from "./words.ts";

/** False winners after so many looks. */
export interface PeekingPoint {
  /** Looks so far. */
  readonly look: number;
  /** Share of equal arms among which the z-test has named a winner by now. */
  readonly zTest: number;
  /** The same for the e-process. */
  readonly eProcess: number;
}

/** What is drawn. */
export interface PeekingPictureInput {
  /** Shares by number of looks, the first first. */
  readonly looks: readonly PeekingPoint[];
  /** Share that both promise. */
  readonly alpha: number;
  /** Simulated experiments. */
  readonly runs: number;
}

/** Options of {@linkcode peekingPicture}. */
export interface PeekingPictureOptions {
  /** What to see. Default: the shares at the last look. */
  readonly title?: string;
}

/** The two tests, as they are written at their lines. */
const TESTS = [["zTest", "z-test at each look"], ["eProcess", "e-process"]] as const;

/**
 * Two rising lines over the number of looks, and the line of what was promised.
 *
 * @param found See {@linkcode PeekingPictureInput}.
 * @param options See {@linkcode PeekingPictureOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there is no look.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { peekingPicture } from "lib/view/mod.ts";
 *
 * const looks = [{ look: 1, zTest: 0.05, eProcess: 0 }, { look: 30, zTest: 0.28, eProcess: 0.01 }];
 * assert.equal(
 *   peekingPicture({ looks, alpha: 0.05, runs: 2000 }).title,
 *   "Looking 30 times, the z-test names a winner among equals in 28 %, the e-process in 1 %",
 * );
 * ```
 */
export function peekingPicture(
  { looks, alpha, runs }: PeekingPictureInput,
  { title }: PeekingPictureOptions = {},
): Picture {
  const last = looks.at(-1);
  if (!last) throw new RangeError("Cannot draw peeking as there are no looks");
  const { look, zTest, eProcess } = last;
  const highest = Math.max(alpha * 2, ...looks.flatMap((at) => [at.zTest, at.eProcess]));
  const step = Math.ceil(looks.length / 15);
  const marked = looks.filter((_, i) => (looks.length - 1 - i) % step === 0);
  const found = `the z-test names a winner among equals in ${formatPercent(zTest)}, ` +
    `the e-process in ${formatPercent(eProcess)}`;
  return chart({
    title: title ?? `Looking ${look} times, ${found}`,
    subtitle: `Share of ${formatCount(runs)} experiments with two equal arms. Dashed: the ` +
      `${formatPercent(alpha)} that both tests promise.`,
    alt: `False winners by number of looks. After ${look} looks ${found}; promised are ${
      formatPercent(alpha)
    }`,
    legend: false,
    marginRight: 24,
    x: { label: "looks", domain: [0, look], ticks: 8 },
    y: { label: "false winners (%)", percent: true, domain: [0, highest * 105], nice: true },
    marks: [
      Plot.ruleY([alpha], { stroke: LIGHT.ink, strokeWidth: 2, strokeDasharray: "7,6" }),
      Plot.text([`promised: ${formatPercent(alpha)}`], {
        y: [alpha],
        frameAnchor: "right",
        textAnchor: "end",
        dx: -8,
        dy: -11,
        fontSize: FONT_PX.small,
        fontWeight: "bold",
        stroke: LIGHT.paper,
        strokeWidth: 4,
        fill: LIGHT.ink,
      }),
      ...TESTS.flatMap(([key, name], i) => [
        Plot.line(looks, { x: "look", y: key, stroke: classColour(1 - i), strokeWidth: 3 }),
        Plot.dot(marked, {
          x: "look",
          y: key,
          fill: classColour(1 - i),
          symbol: CLASS_SYMBOLS[1 - i] as Plot.SymbolType,
          r: 5,
        }),
        Plot.text([last], {
          x: "look",
          y: key,
          text: () => name,
          textAnchor: "end",
          dx: -6,
          dy: i === 0 ? -16 : -14,
          fontWeight: "bold",
          stroke: LIGHT.paper,
          strokeWidth: 4,
          fill: LIGHT.ink,
        }),
      ]),
    ],
  });
}
