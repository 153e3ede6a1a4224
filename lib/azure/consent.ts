/** Before money is spent: what it costs by the hour, and whether the person has agreed. */

import { BadInput } from "lib/core/mod.ts";
import { type Price, priceSentence } from "./prices.ts";
import type { Target } from "./target.ts";

/** What is about to be paid for. */
export interface Spending {
  /** What is made, e.g. `deployment blue of iris-demo`. */
  readonly what: string;
  /** E.g. `Standard_DS2_v2`. */
  readonly instanceType: string;
  /** E.g. `eastus`. */
  readonly region: string;
  /** Number of machines. */
  readonly instances: number;
  /** The price of one of them; undefined where it is not known. */
  readonly price?: Price;
}

/**
 * Whether something that costs money may be made.
 *
 * @param target Where, and whether the person has said yes (`MLOPS_YES=1`, `--yes`).
 * @param spending See {@linkcode Spending}.
 * @returns What to tell the person; undefined locally, where nothing costs anything.
 * @throws {BadInput} If it is the cloud and nobody has said yes; with the price.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkConsent } from "lib/azure/mod.ts";
 *
 * const spending = { what: "blue", instanceType: "Standard_DS2_v2", region: "nowhere", instances: 1 };
 * assert.equal(checkConsent({ kind: "local", yes: false }, spending), undefined);
 * assert.match(checkConsent({ kind: "cloud", yes: true }, spending)!, /^blue costs money: 1 × Standard_DS2_v2/);
 * assert.throws(() => checkConsent({ kind: "cloud", yes: false }, spending), /MLOPS_YES must be 1 \(or --yes given\)/);
 * ```
 */
export function checkConsent(
  { kind, yes }: Pick<Target, "kind" | "yes">,
  { what, ...rest }: Spending,
): string | undefined {
  if (kind === "local") return undefined;
  const cost = `${what} costs money: ${priceSentence(rest)}`;
  if (yes) return cost;
  throw new BadInput({ field: "MLOPS_YES", rule: `must be 1 (or --yes given), as ${cost}` });
}
