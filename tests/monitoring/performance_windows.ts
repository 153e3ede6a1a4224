/** Windows for the tests of performance, and a world in which it is known what is right. */

import assert from "node:assert/strict";
import { type Random, stream } from "lib/core/mod.ts";
import type { Reference, ScoredWindow } from "lib/monitoring/mod.ts";

/** Fails if two numbers are further apart than allowed. */
export function near(actual: number, expected: number, limit: number, note = ""): void {
  assert.ok(Math.abs(actual - expected) <= limit, `${note}: ${actual} is not ${expected}`);
}

/** A window without features, from plain lists. */
export function windowOf(
  { classes, predicted, probabilities, actual = predicted.map(() => -1) }: {
    classes: readonly string[];
    predicted: readonly number[];
    probabilities: readonly number[];
    actual?: readonly number[];
  },
): ScoredWindow {
  return {
    name: "window 1",
    from: "2026-01-01T00:00:00Z",
    to: "2026-01-02T00:00:00Z",
    features: [],
    classes,
    x: new Float64Array(),
    predicted: Uint8Array.from(predicted),
    probabilities: Float64Array.from(probabilities),
    actual: Int16Array.from(actual),
    requests: { status: new Uint16Array(), ms: new Float64Array() },
    refused: [],
  };
}

/** How rows come: where they lie, and where their classes part. */
export interface World {
  /** Centre of the input. */
  readonly centre: number;
  /** Deviation of the input. */
  readonly spread: number;
  /** Where class b becomes more likely than class a; the model believes in 0. */
  readonly border: number;
}

/** The world in which the model was trained. */
export const BEFORE: World = { centre: 0, spread: 2, border: 0 };

const FEATURES = [{ name: "length", unit: "cm", min: -20, max: 20 }], CLASSES = ["a", "b"];

/** Rows of a world, scored by a model that is twice as sure as it may be. */
function rowsOf({ centre, spread, border }: World, n: number, random: Random) {
  const x = Float64Array.from({ length: n }, () => centre + spread * random.normal());
  const votes = Float64Array.from(x, (x) => 1 / (1 + Math.exp(-2 * x)));
  return {
    features: FEATURES,
    classes: CLASSES,
    x,
    predicted: Uint8Array.from(votes, (share) => share > 0.5 ? 1 : 0),
    probabilities: Float64Array.from([...votes].flatMap((share) => [1 - share, share])),
    actual: Uint8Array.from(x, (x) => random.next() < 1 / (1 + Math.exp(border - x)) ? 1 : 0),
  };
}

/** A reference from that world. */
export function referenceFrom(world: World, n: number, seed: number): Reference {
  return rowsOf(world, n, stream(seed, "reference"));
}

/** A window of a world, with all its labels. */
export function windowFrom(world: World, n: number, seed: number): ScoredWindow {
  const { actual, ...rows } = rowsOf(world, n, stream(seed, "window"));
  return {
    ...windowOf({ classes: CLASSES, predicted: [], probabilities: [] }),
    ...rows,
    actual: Int16Array.from(actual),
  };
}
