/** Sticky assignment: who was once in an arm stays there, on every machine and after every restart. */

import { BadInput, sha256 } from "lib/core/mod.ts";

/** An arm and its share. */
export interface ArmShare {
  /** Its name. */
  readonly arm: string;
  /** Share of the units, from 0 to 1. */
  readonly share: number;
}

/** Options of {@linkcode assign}. */
export interface AssignOptions {
  /** Name of the experiment: another salt gives another, independent assignment. */
  readonly salt: string;
  /** The arms in their order, 1 in sum; what serves now is first. */
  readonly arms: readonly ArmShare[];
}

/**
 * The place of a unit on a line from 0 to 1, by chance but always the same.
 *
 * @param unit What must not change arms: a user, a device, a machine; a request only if none repeats.
 * @param salt Name of the experiment.
 * @returns Uniform in [0, 1), 52 bits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unitPlace } from "lib/experiment/mod.ts";
 *
 * assert.equal(unitPlace("user 7", "a"), unitPlace("user 7", "a"));
 * assert.notEqual(unitPlace("user 7", "a"), unitPlace("user 7", "b"));
 * ```
 */
export function unitPlace(unit: string, salt: string): number {
  // the length first, so that no pair of salt and unit reads as another pair
  const digest = sha256(`${salt.length}:${salt}:${unit}`);
  return Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
}

/**
 * The arm of a unit.
 *
 * The arms lie side by side on a line from 0 to 1, and a unit is where its hash falls. As long as only
 * the last arm grows, units come into it and none leaves it: with two arms, who is in B at 10 % is in B
 * at 50 %. Hash users, not requests, if users come back; otherwise their rows are not independent and
 * no test keeps its promise.
 *
 * @param unit See {@linkcode unitPlace}.
 * @param options See {@linkcode AssignOptions}.
 * @returns The arm's name.
 * @throws {BadInput} If shares are none or not 1 in sum, or two arms have one name.
 * @see Kohavi, Tang and Xu (2020), Trustworthy Online Controlled Experiments, chapter 14.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { assign } from "lib/experiment/mod.ts";
 *
 * const at = (b: number) => assign("user 61", { salt: "iris 1 against 2", arms: [{ arm: "a", share: 1 - b }, { arm: "b", share: b }] });
 * assert.equal(at(0), "a");
 * assert.equal(at(1), "b");
 * ```
 */
export function assign(unit: string, { salt, arms }: AssignOptions): string {
  checkArms(arms);
  const place = unitPlace(unit, salt);
  let end = 1;
  // from the right: the last arm ends at exactly 1, and rounding of sums falls to the first
  for (let i = arms.length - 1; i > 0; i--) {
    end -= arms[i].share;
    if (arms[i].share > 0 && place >= end) return arms[i].arm;
  }
  return arms[0].arm;
}

function checkArms(arms: readonly ArmShare[]): void {
  const sum = arms.reduce((all, { share }) => all + share, 0);
  const sound = arms.every(({ share }) => share >= 0 && share <= 1) && Math.abs(sum - 1) <= 1e-9;
  if (!sound) {
    const value = arms.map(({ share }) => share);
    throw new BadInput({ field: "shares", rule: "must be from 0 to 1, and 1 in sum", value });
  }
  if (new Set(arms.map(({ arm }) => arm)).size !== arms.length) {
    const value = arms.map(({ arm }) => arm);
    throw new BadInput({ field: "arms", rule: "must have names that differ", value });
  }
}
