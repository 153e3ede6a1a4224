/** The two slots of an endpoint: a new version goes into the one that nobody depends on. No I/O. */

import type { Endpoint } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";

/** Name of a deployment behind an endpoint. */
export type Slot = "blue" | "green";

/**
 * The other slot.
 *
 * @param slot One slot.
 * @returns The one beside it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { otherSlot } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(otherSlot("blue"), "green");
 * ```
 */
export function otherSlot(slot: string): Slot {
  return slot === "blue" ? "green" : "blue";
}

/**
 * The slot that a new version may be deployed to: no caller's request reaches it, so it can be tried
 * before it serves.
 *
 * @param endpoint The endpoint's name and traffic, in percent by deployment.
 * @returns Blue, unless it has traffic.
 * @throws {BadInput} If both have traffic: a rollout is under way, and has to end first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { freeSlot } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(freeSlot({ name: "iris-demo", traffic: {} }), "blue");
 * assert.equal(freeSlot({ name: "iris-demo", traffic: { blue: 100 } }), "green");
 * ```
 */
export function freeSlot({ name, traffic }: Pick<Endpoint, "name" | "traffic">): Slot {
  const free = (["blue", "green"] as const).find((slot) => !traffic[slot]);
  if (free) return free;
  const rule = "must have a slot without traffic: end the rollout, or roll back, first";
  throw new BadInput({ field: `endpoint ${name}`, rule, value: traffic });
}
