/** The choices of an A/B test in a notebook, held against their rules. */

import { BadInput, checkWhole } from "lib/core/mod.ts";
import type { SceneName } from "lib/data/mod.ts";

/** What a person chooses. */
export interface ExperimentChoices {
  /** The world of the test: the one that B has learnt, or the one as it was. */
  readonly scene: string;
  /** Windows, a look after each. */
  readonly windows: number;
  /** Rows of a window, both arms together. */
  readonly rows: number;
  /** Percent of the units that B gets. */
  readonly shareB: number;
}

/** The worlds that an A/B test may be played in. */
const SCENES: readonly SceneName[] = ["concept-drift", "none"];

/**
 * Checks them.
 *
 * @param choices See {@linkcode ExperimentChoices}.
 * @returns The same, and whether the world has changed.
 * @throws {BadInput} If one breaks its rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkExperiment } from "lib/lifecycle/mod.ts";
 *
 * const choices = { scene: "none", windows: 16, rows: 40, shareB: 50 };
 * assert.equal(checkExperiment(choices).isChanged, false);
 * assert.throws(() => checkExperiment({ ...choices, shareB: 0 }), /shareB must be .* from 10 to 90: got 0/);
 * ```
 */
export function checkExperiment(
  choices: ExperimentChoices,
): ExperimentChoices & { readonly isChanged: boolean } {
  const { scene, windows, rows, shareB } = choices;
  if (!SCENES.some((name) => name === scene)) {
    const rule = `must be one of ${SCENES.join(", ")}`;
    throw new BadInput({ field: "scene", rule, value: scene });
  }
  checkWhole("windows", windows, { min: 8, max: 60 });
  checkWhole("rows", rows, { min: 20, max: 1_000 });
  checkWhole("shareB", shareB, { min: 10, max: 90 });
  return { ...choices, isChanged: scene !== "none" };
}
