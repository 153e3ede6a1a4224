/** The gate's policy as a file, and a refusal that a person has overruled on the command line. */

import { BadInput, type Clock, systemClock } from "lib/core/mod.ts";
import type { ReadEnv } from "lib/azure/mod.ts";
import {
  DEFAULT_POLICY,
  type GateDecision,
  type GatePolicy,
  overrule,
  parseStatement,
  policyOf,
} from "lib/gate/mod.ts";
import { fromCheckout } from "./paths.ts";

/**
 * Reads a policy.
 *
 * @param path A JSON file with the fields that differ from the default, seen from the checkout; empty for
 * the default.
 * @returns The policy, checked.
 * @throws {BadInput} If the file is missing or no JSON, or a field is unknown or breaks its rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readPolicy } from "lib/lifecycle/mod.ts";
 *
 * assert.equal((await readPolicy("")).margin, 0.1);
 * await assert.rejects(readPolicy("no/such.json"), /policy no\/such.json must be a JSON file/);
 * ```
 */
export async function readPolicy(path: string): Promise<GatePolicy> {
  if (path === "") return DEFAULT_POLICY;
  let given: unknown;
  try {
    given = JSON.parse(await Deno.readTextFile(fromCheckout(path)));
  } catch (cause) {
    throw new BadInput({ field: `policy ${path}`, rule: "must be a JSON file" }, { cause });
  }
  return policyOf(given);
}

/**
 * The decision, or, where the gate refuses and somebody overrules it (`--override "name: reason"`), the
 * one that is kept instead.
 *
 * @param decision What the gate said.
 * @param sources `env`: reads `MLOPS_OVERRIDE`; `clock`. Default: this process's.
 * @returns The decision; with its `override`, where it was overruled.
 * @throws {BadInput} If it has no name or reason, or the refusal is one that nobody can overrule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { GateDecision } from "lib/gate/mod.ts";
 * import { overruled } from "lib/lifecycle/mod.ts";
 *
 * const decision = { decision: "refuse", rules: [{ rule: "cost", passed: false }] } as unknown as GateDecision;
 * assert.equal(overruled(decision, { env: () => undefined }), decision);
 * const { override } = overruled(decision, { env: () => "Ada: dear, but the old one is broken" });
 * assert.equal(override?.by, "Ada");
 * ```
 */
export function overruled(
  decision: GateDecision,
  { env = (name) => Deno.env.get(name), clock = systemClock }: {
    readonly env?: ReadEnv;
    readonly clock?: Clock;
  } = {},
): GateDecision {
  const typed = env("MLOPS_OVERRIDE");
  if (!typed || decision.decision === "promote") return decision;
  const at = clock.now().toISOString();
  return overrule(decision, { ...parseStatement(typed, "--override"), at });
}
