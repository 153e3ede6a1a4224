/** Faults for drills: what goes wrong, where, and what mends it. */

import type { SceneName } from "lib/data/mod.ts";
import { checkSeed, stream } from "lib/core/mod.ts";

/** A fault. */
export interface Fault {
  /** Which. */
  readonly name: FaultName;
  /** A new release of the service is at fault, or the callers' data are. */
  readonly where: "release" | "data";
  /** The scene that callers play from the fault on. */
  readonly scene: SceneName;
  /** What happens, in one sentence. */
  readonly sentence: string;
}

/** Names of the faults. */
export type FaultName = "slow-release" | "bad-model" | "unit-change" | "broken-sensor";

/** All faults that a drill may choose from. */
export const FAULTS: readonly Fault[] = [
  {
    ...{ name: "slow-release", where: "release", scene: "none" },
    sentence: "A new release answers half a second later.",
  },
  {
    ...{ name: "bad-model", where: "release", scene: "none" },
    sentence: "A new release, waved past the gate, serves a model that has learnt shuffled labels.",
  },
  {
    ...{ name: "unit-change", where: "data", scene: "unit-change" },
    sentence: "A caller's new release sends one feature in another unit.",
  },
  {
    ...{ name: "broken-sensor", where: "data", scene: "broken-sensor" },
    sentence: "A sensor stands still, and some of its values are missing.",
  },
];

/**
 * The fault of a drill, so that nobody knows it beforehand and everybody can play it again.
 *
 * @param seed Of the drill.
 * @returns One of {@linkcode FAULTS}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chooseFault, FAULTS } from "lib/lifecycle/mod.ts";
 *
 * const chosen = Array.from({ length: 40 }, (_, seed) => chooseFault(seed).name);
 * assert.equal(new Set(chosen).size, FAULTS.length);
 * ```
 */
export function chooseFault(seed: number): Fault {
  return FAULTS[stream(checkSeed(seed), "fault").integer(FAULTS.length)];
}
