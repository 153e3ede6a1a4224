/** Where a refusal leaves nothing to go on with: the line stops, and the caller exits with 3. */

import type { GateDecision } from "./decide.ts";

/**
 * A refusal that ends what was under way, in one line: who was refused, and what each rule says.
 *
 * A decision is a result and is looked at. This is for those who need a model that may serve, like a
 * deployment. A class of its own because scripts map it to exit code 3, and it keeps its name across
 * the Jupyter wire, where only name, message and stack survive.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GateRefused } from "lib/gate/mod.ts";
 *
 * const rule = { rule: "size", passed: false, value: 9, limit: 8, unit: "bytes", sentence: "The model takes 9 bytes; allowed: 8 bytes." } as const;
 * const { message } = new GateRefused("iris:2", { rules: [rule] });
 * assert.equal(message, "iris:2 is refused by the gate. size: The model takes 9 bytes; allowed: 8 bytes.");
 * ```
 */
export class GateRefused extends Error {
  /** Always `GateRefused`. */
  override readonly name = "GateRefused";

  /** Builds the message; `what` names the challenger as it is called in the sentence. */
  constructor(what: string, { rules }: Pick<GateDecision, "rules">) {
    const refused = rules.filter(({ passed }) => !passed)
      .map(({ rule, sentence }) => `${rule}: ${sentence}`);
    super([`${what} is refused by the gate.`, ...refused].join(" "));
  }
}

/**
 * A decision that must let its challenger pass, or there is nothing to go on with.
 *
 * @param decision What the gate said.
 * @param what The challenger, as it is called in the sentence, e.g. `the first model, iris:1`.
 * @returns The decision.
 * @throws {GateRefused} If the gate refuses.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mustPass } from "lib/gate/mod.ts";
 *
 * assert.throws(() => mustPass({ decision: "refuse", rules: [] }, "iris:2"), /^GateRefused: iris:2 is refused/);
 * assert.equal(mustPass({ decision: "promote", rules: [] }, "iris:2").decision, "promote");
 * ```
 */
export function mustPass<T extends Pick<GateDecision, "decision" | "rules">>(
  decision: T,
  what: string,
): T {
  if (decision.decision === "refuse") throw new GateRefused(what, decision);
  return decision;
}
