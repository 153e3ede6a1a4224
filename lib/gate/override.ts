/** A person lets pass what the gate has refused: with a name, a reason and a trace. */

import { BadInput } from "lib/core/mod.ts";
import type { GateDecision } from "./decide.ts";
import type { GateRule } from "./input.ts";

/** Who takes a decision upon themselves, and why. */
export interface Statement {
  /** The person's name. */
  readonly by: string;
  /** Why, in words. */
  readonly reason: string;
}

/** An override, as it is kept. */
export interface Override extends Statement {
  /** When, in ISO 8601. */
  readonly at: string;
  /** The rules that had refused. */
  readonly rules: readonly GateRule[];
}

/** Rules that speak of facts: where they refuse, nobody knows what was judged, so nobody can answer for it. */
const FACTS: readonly GateRule[] = ["contract", "bytes", "leak"];

/** Fewest characters of a reason: "ok" is none. */
const REASON = 10;

/**
 * Checks who says something, and why.
 *
 * @param statement Name and reason.
 * @param field How the person who gave it knows it.
 * @returns Both, without space around them.
 * @throws {BadInput} If there is no name, or a reason of fewer than 10 characters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkStatement } from "lib/gate/mod.ts";
 *
 * assert.throws(() => checkStatement({ by: "Ada", reason: "ok" }), /reason must have at least 10 characters: got "ok"/);
 * ```
 */
export function checkStatement({ by, reason }: Statement, field = "statement"): Statement {
  const clean = (value: unknown) => typeof value === "string" ? value.trim() : "";
  if (!/\p{L}/u.test(clean(by))) {
    throw new BadInput({ field: `${field} name`, rule: "must be the name of a person", value: by });
  }
  if (clean(reason).length < REASON) {
    const rule = `must have at least ${REASON} characters`;
    throw new BadInput({ field: `${field} reason`, rule, value: reason });
  }
  return { by: clean(by), reason: clean(reason) };
}

/**
 * Reads "name: reason", as it is typed on a command line.
 *
 * @param text The text.
 * @param field How the person who typed it knows it, e.g. `--approve`.
 * @returns Name and reason.
 * @throws {BadInput} If it is not of that form, see {@linkcode checkStatement}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseStatement } from "lib/gate/mod.ts";
 *
 * assert.deepEqual(parseStatement("Ada: looked at the three lost rows"), { by: "Ada", reason: "looked at the three lost rows" });
 * assert.throws(() => parseStatement("yes", "--approve"), /--approve must be "name: reason": got "yes"/);
 * ```
 */
export function parseStatement(text: string, field = "statement"): Statement {
  const colon = text.indexOf(":");
  if (colon < 0) throw new BadInput({ field, rule: 'must be "name: reason"', value: text });
  return checkStatement({ by: text.slice(0, colon), reason: text.slice(colon + 1) }, field);
}

/**
 * Overrules a refusal. Every rule keeps what it said; the decision says who let it pass and why.
 *
 * @param decision A refusal.
 * @param statement Name, reason and time (ISO 8601).
 * @returns The decision that is kept instead: promoted, with its `override`.
 * @throws {BadInput} If there is no refusal, no name, no reason; or if a rule refused that speaks of
 * facts (contract, bytes, leak): there the numbers mean nothing, and nobody can answer for them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type GateDecision, overrule } from "lib/gate/mod.ts";
 *
 * const refused = (rule: string) => ({ decision: "refuse", sentence: "", rules: [{ rule, passed: false }] }) as unknown as GateDecision;
 * const who = { by: "Ada", reason: "the old unit is gone by Friday", at: "2026-01-01T00:00:00Z" };
 * assert.equal(overrule(refused("signature"), who).sentence, "Refused by signature; overruled by Ada: the old unit is gone by Friday.");
 * assert.throws(() => overrule(refused("leak"), who), /override must not be of leak/);
 * ```
 */
export function overrule(
  decision: GateDecision,
  { at, ...statement }: Statement & { readonly at: string },
): GateDecision {
  const { by, reason } = checkStatement(statement, "override");
  const rules = decision.rules.filter(({ passed }) => !passed).map(({ rule }) => rule);
  if (decision.decision !== "refuse" || decision.override) {
    throw new BadInput({
      field: "override",
      rule: "must be of a refusal",
      value: decision.decision,
    });
  }
  const fact = rules.find((rule) => FACTS.includes(rule));
  if (fact) {
    const rule = `must not be of ${fact}: nobody can answer for numbers that mean nothing`;
    throw new BadInput({ field: "override", rule });
  }
  const ended = /[.!?]$/.test(reason) ? "" : ".";
  return {
    ...decision,
    decision: "promote",
    sentence: `Refused by ${rules.join(", ")}; overruled by ${by}: ${reason}${ended}`,
    override: { by, reason, at, rules },
  };
}
