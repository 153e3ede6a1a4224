/** Evidence that grows, or does not: E over rows, on a logarithmic scale. */

import defer * as Plot from "@observablehq/plot";
import { chart } from "./chart.ts";
import type { Picture } from "./picture.ts";
import { CLASS_SYMBOLS, classColour, FONT_PX, LIGHT } from "./theme.ts";
import { formatCount } from "./words.ts";

/** Evidence at one look. */
export interface EvidencePoint {
  /** Rows so far. */
  readonly rows: number;
  /** Natural logarithm of the evidence E. */
  readonly logE: number;
}

/** The looks of one experiment. */
export interface EvidencePath {
  /** Its name, short. */
  readonly name: string;
  /** Its looks, the first first. */
  readonly looks: readonly EvidencePoint[];
}

/** Options of {@linkcode eprocessPicture}. */
export interface EprocessPictureOptions {
  /** Share of false alarms promised; the line lies at 1/alpha. Default 0.05. */
  readonly alpha?: number;
  /** What to see. Default: which paths reach the line, and after how many rows. */
  readonly title?: string;
}

/** Evidence is drawn from here to there, as powers of ten: what is beyond says nothing more. */
const LOWEST = -2, HIGHEST = 6;

/**
 * A line with a mark for each look, for up to ten paths, and the line that evidence has to reach.
 *
 * @param paths One entry for each path.
 * @param options See {@linkcode EprocessPictureOptions}.
 * @returns The picture, 760 px wide; evidence is cut off at 0.01 and at a million.
 * @throws {RangeError} If there is no path, one has no look, there are more than ten, or alpha is none.
 * @see Ramdas, Grünwald, Vovk and Shafer (2023), Game-theoretic statistics and safe anytime-valid
 * inference, Statistical Science 38.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { eprocessPicture } from "lib/view/mod.ts";
 *
 * const looks = [{ rows: 100, logE: 1 }, { rows: 200, logE: 3.4 }];
 * assert.equal(eprocessPicture([{ name: "green", looks }]).title, "Green reaches the line after 200 rows");
 * ```
 */
export function eprocessPicture(
  paths: readonly EvidencePath[],
  { alpha = 0.05, title }: EprocessPictureOptions = {},
): Picture {
  const good = paths.length >= 1 && paths.length <= 10 &&
    paths.every(({ looks }) => looks.length > 0);
  if (!good || !(alpha > 0 && alpha < 1)) {
    throw new RangeError(
      `Cannot draw evidence as there must be 1 to 10 paths with looks, and alpha above 0 and below 1: ${paths.length}, ${alpha}`,
    );
  }
  const points = paths.flatMap(({ name, looks }) =>
    looks.map(({ rows, logE }) => ({
      name,
      rows,
      power: Math.min(HIGHEST, Math.max(LOWEST, logE / Math.LN10)),
    }))
  );
  const goal = -Math.log10(alpha), names = paths.map(({ name }) => name);
  const powers = points.map(({ power }) => power);
  const low = Math.min(-1, Math.floor(Math.min(...powers)));
  const high = Math.max(2, Math.ceil(Math.max(...powers)));
  const longest = Math.max(...points.map(({ rows }) => rows));
  return chart({
    title: title ?? finding(paths, -Math.log(alpha)),
    subtitle:
      "Evidence against “no difference”, read at every look. Without a difference it ever " +
      `reaches the line in at most ${percent(alpha)} of the experiments.`,
    alt: `Evidence over rows, line at ${formatCount(Math.round(1 / alpha))}. ${
      paths.map(({ name, looks }) => `${name}: ${shown(looks[looks.length - 1].logE)} at the end`)
        .join(", ")
    }`,
    legend: paths.length > 1,
    x: { label: "rows with a label", domain: [0, longest], nice: true },
    y: {
      label: "evidence E",
      domain: [low, high],
      nice: false,
      ticks: Array.from({ length: high - low + 1 }, (_, i) => low + i),
      tickFormat: (power: number) => power < 0 ? String(10 ** power) : formatCount(10 ** power),
    },
    color: { domain: names },
    symbol: { domain: names },
    marks: [
      Plot.ruleY([0], { stroke: LIGHT.faint, strokeWidth: 2 }),
      Plot.ruleY([goal], { stroke: LIGHT.ink, strokeWidth: 2, strokeDasharray: "7,6" }),
      Plot.text([`1/α = ${formatCount(Math.round(1 / alpha))}: enough`], {
        y: [goal],
        frameAnchor: "left",
        textAnchor: "start",
        dx: 8,
        dy: -11,
        fontSize: FONT_PX.small,
        fontWeight: "bold",
        stroke: LIGHT.paper,
        strokeWidth: 4,
        fill: LIGHT.ink,
      }),
      Plot.line(points, {
        x: "rows",
        y: "power",
        z: "name",
        stroke: "name",
        strokeWidth: 2.5,
      }),
      ...paths.map(({ name }, i) =>
        Plot.dot(few(points.filter((point) => point.name === name)), {
          x: "rows",
          y: "power",
          fill: classColour(i),
          symbol: CLASS_SYMBOLS[i] as Plot.SymbolType,
          r: 5,
        })
      ),
      // the channel that the legend reads its shapes from
      Plot.dot(names.map((name) => ({ name })), { symbol: "name", fill: "name", r: 0 }),
    ],
  });
}

/** Marks at every look would hide the line: about a dozen of them, the last one always. */
function few<T>(points: readonly T[]): T[] {
  const step = Math.ceil(points.length / 12);
  return points.filter((_, i) => (points.length - 1 - i) % step === 0);
}

/** The sentence that says who reaches the line. */
function finding(paths: readonly EvidencePath[], goal: number): string {
  const reached = paths.flatMap(({ name, looks }) => {
    const first = looks.find(({ logE }) => logE >= goal);
    return first ? [{ name, rows: formatCount(first.rows) }] : [];
  });
  const most = formatCount(
    Math.max(...paths.flatMap(({ looks }) => looks.map(({ rows }) => rows))),
  );
  const text = reached.length === 0
    ? `no evidence reaches the line in ${most} rows`
    : reached.length > 2
    ? `${reached.length} of ${paths.length} reach the line`
    : reached.map(({ name, rows }, i) =>
      i === 0 ? `${name} reaches the line after ${rows} rows` : `, ${name} after ${rows}`
    ).join("") + (paths.length > reached.length ? "; nothing else does" : "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function shown(logE: number): string {
  const power = logE / Math.LN10;
  if (power >= HIGHEST) return "over 1,000,000";
  if (power <= LOWEST) return "under 0.01";
  return power < 1 ? (10 ** power).toFixed(2) : formatCount(Math.round(10 ** power));
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
