/** Ends and numbers of an axis. */

import { textWidth } from "./text_size.ts";

/**
 * How the ticks of an axis are written: short, so that they fit between each other.
 *
 * @param values What is drawn along the axis.
 * @returns A format of d3, or `undefined` for Plot's own.
 */
export function tickFormat(values: ArrayLike<number>): string | undefined {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) largest = Math.max(largest, Math.abs(values[i]));
  }
  if (largest >= 10_000) return "~s"; // 800k
  return largest > 0 && largest < 0.01 ? ".2~e" : undefined;
}

/** Smallest and largest of the finite values, moved apart where they are the same. */
export function extent(values: Float64Array): [low: number, high: number] {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/** The room that an axis below a panel has, in px. */
export interface TickRoom {
  /** Length of the axis. */
  readonly length: number;
  /** How far its ends are from those of the values. */
  readonly inset: number;
  /** How far a number may stand out beyond its ends. */
  readonly over: number;
  /** Font size. */
  readonly font: number;
}

/** Least room between two numbers, in px. */
const BETWEEN = 6;

/**
 * The ticks of an axis below a panel: about three, fewer where their numbers would run into each other
 * or into those of the next panel.
 *
 * @param values What is drawn along the axis.
 * @param room See {@linkcode TickRoom}.
 * @returns Options of a scale of Plot.
 *
 * @example There is no room for 0.05, 0.10, 0.15 and 0.20
 * ```ts
 * import assert from "node:assert/strict";
 * import { fittingTicks } from "./axis.ts";
 *
 * const values = Float64Array.of(0.02, 0.21), room = { length: 150, inset: 8, over: 4, font: 15 };
 * assert.deepEqual(fittingTicks(values, { ...room, length: 220 }).ticks, 3);
 * assert.deepEqual(fittingTicks(values, room).ticks, [0.1, 0.2]);
 * ```
 */
export function fittingTicks(
  values: Float64Array,
  { length, inset, over, font }: TickRoom,
): { ticks: number | number[]; tickFormat?: string | ((value: number) => string) } {
  const [low, high] = extent(values), format = tickFormat(values);
  const widest = format === "~s" ? "888k" : format ? "8.8e−8" : undefined;
  // of many small steps the first and the last that fit: two numbers give a scale, one does not
  for (const { hint, ends } of [{ hint: 3 }, { hint: 2 }, { hint: 6, ends: true }, { hint: 1 }]) {
    const step = niceStep((high - low) / hint), write = writer(step);
    const spans = multiples(step, low, high).map((value) => {
      const at = inset + (value - low) / (high - low) * (length - 2 * inset);
      const half = textWidth(widest ?? write(value), font) / 2;
      return { value, begin: at - half, end: at + half };
    });
    const fit = spans.filter(({ begin, end }) => begin >= -over && end <= length + over);
    const inside = ends && fit.length > 2 ? [fit[0], fit[fit.length - 1]] : fit;
    const apart = inside.every(({ begin }, i) => i === 0 || begin - inside[i - 1].end >= BETWEEN);
    if (!apart || inside.length === 0 || (inside.length === 1 && hint > 1)) continue;
    if (hint === 3 && inside.length === spans.length) return { ticks: 3, tickFormat: format };
    return { ticks: inside.map(({ value }) => value), tickFormat: format ?? write };
  }
  return { ticks: [], tickFormat: format };
}

/** 1, 2 or 5 times a power of ten, nearest to a step; as d3 chooses it, so that hints mean the same. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step)), error = step / power;
  const factor = error >= Math.sqrt(50)
    ? 10
    : error >= Math.sqrt(10)
    ? 5
    : error >= Math.SQRT2
    ? 2
    : 1;
  return factor * power;
}

function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  // by division where the step is below 1: 3 · 0.1 is not 0.3
  return Array.from(
    { length: last - first + 1 },
    (_, i) => step < 1 ? (first + i) / Math.round(1 / step) : (first + i) * step,
  );
}

/** Numbers with as many decimals as their step needs. */
function writer(step: number): (value: number) => string {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return (value) =>
    value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
      .replace("-", "−");
}
