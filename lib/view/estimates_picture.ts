/** Several estimates of the same share beside each other. */

import { frame, innerWidth } from "./frame.ts";
import { intervalRows } from "./interval_rows.ts";
import { classLegend } from "./legend.ts";
import type { Picture } from "./picture.ts";
import { CLASS_SYMBOLS, classColour } from "./theme.ts";
import { formatPercent } from "./words.ts";

/** One estimate of an accuracy. */
export interface Estimate {
  /** Where it comes from, e.g. `out of bag`. */
  readonly name: string;
  /** The share that is right, from 0 to 1. */
  readonly value: number;
  /** Its 95 % interval; null where there is none. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Whether it is what the others are held against; its value is drawn through all of them. */
  readonly isReference?: boolean;
}

/** Options of {@linkcode estimatesPicture}. */
export interface EstimatesPictureOptions {
  /** What to see. Default: whether the estimates' intervals hold the reference. */
  readonly title?: string;
}

/** Width of the picture in px. */
const WIDTH = 760;

/**
 * A dot with its interval for each estimate, and a dashed line through the one that they are held
 * against.
 *
 * @param estimates One or more, in their order.
 * @param options See {@linkcode EstimatesPictureOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there are no estimates.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { estimatesPicture } from "lib/view/mod.ts";
 *
 * const { title } = estimatesPicture([
 *   { name: "out of bag", value: 0.94, interval: { low: 0.86, high: 0.98 } },
 *   { name: "holdout", value: 0.95, interval: { low: 0.87, high: 0.99 }, isReference: true },
 * ]);
 * assert.equal(title, "The interval of each estimate holds what the holdout showed");
 * ```
 */
export function estimatesPicture(
  estimates: readonly Estimate[],
  { title }: EstimatesPictureOptions = {},
): Picture {
  if (estimates.length === 0) {
    throw new RangeError("Cannot draw estimates as there are none");
  }
  const reference = estimates.find(({ isReference }) => isReference);
  const styles = [0, 1].map((i) => ({ colour: classColour(i), symbol: CLASS_SYMBOLS[i] }));
  return frame({
    title: title ?? finding(estimates, reference),
    subtitle: "Dots: accuracy. Bars: 95 % intervals." +
      (reference ? ` Dashed: ${reference.name}.` : ""),
    alt: `Accuracy. ${
      estimates.map(({ name, value, interval }) =>
        `${name} ${formatPercent(value)}${
          interval ? ` (${formatPercent(interval.low)} to ${formatPercent(interval.high)})` : ""
        }`
      ).join(", ")
    }`,
    width: WIDTH,
    legend: reference && classLegend([
      { label: "estimates", ...styles[0] },
      { label: reference.name, ...styles[1] },
    ], innerWidth(WIDTH)),
    body: intervalRows(
      estimates.map((estimate) => ({ ...estimate, ...styles[estimate === reference ? 1 : 0] })),
      { width: WIDTH, label: "accuracy (share that is right, %)", reference: reference?.value },
    ),
  });
}

function finding(estimates: readonly Estimate[], reference: Estimate | undefined): string {
  if (!reference) return "Each estimate of the accuracy has its interval";
  const missed = estimates.filter((estimate) =>
    estimate !== reference && estimate.interval &&
    (reference.value < estimate.interval.low || reference.value > estimate.interval.high)
  ).map(({ name }) => name);
  return missed.length === 0
    ? `The interval of each estimate holds what the ${reference.name} showed`
    : `The ${reference.name} lies outside the interval of: ${missed.join(", ")}`;
}
