/**
 * What is done first once somebody has been called: the answer to accuracy and data is `respond`'s, and
 * to latency and errors a rule of one line: what began with a release goes back with it.
 */

import { BadInput } from "lib/core/mod.ts";
import type { AlertKind } from "./alert_rules.ts";
import type { ResponseDecision } from "./respond.ts";
import type { RespondWindow } from "./respond_input.ts";

/** What is done first. `wait` is an answer, too: nothing that is known says what would help. */
export type MitigationAction = "roll-back" | "fix-data" | "wait";

/** What the choice rests on. */
export interface MitigationInput {
  /** Kinds of the alerts that are open. */
  readonly alerts: readonly AlertKind[];
  /** What `respond` says of the same windows. */
  readonly decision: Pick<ResponseDecision, "branch" | "because">;
  /** The windows by time, the latest last. */
  readonly windows: readonly Pick<RespondWindow, "window" | "deployed">[];
}

/** The choice. Plain data. */
export interface Mitigation {
  /** What is done. */
  readonly action: MitigationAction;
  /** The kind of alert whose runbook applies. */
  readonly kind: AlertKind;
  /** Why, the deciding sentence first. */
  readonly because: readonly string[];
}

/** A release is suspected in its own window and in the two after it: a slow service needs two to call. */
const SUSPECT_WINDOWS = 3;

/**
 * Chooses what is done first. The first rule that fits is taken:
 *
 * 1. `fix-data` or `roll-back`, if `respond` says so.
 * 2. `roll-back`, if latency or errors call and a release came within the last 3 windows. Going back is
 *    cheap, and whether it was the release shows at once.
 * 3. `wait`: more windows, or a person.
 *
 * @param input See {@linkcode MitigationInput}.
 * @returns See {@linkcode Mitigation}.
 * @throws {BadInput} If no alert is open, or there is no window.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mitigate } from "lib/monitoring/mod.ts";
 *
 * const { action, because } = mitigate({
 *   alerts: ["latency"],
 *   decision: { branch: "ignore", because: ["No finding in window 7."] },
 *   windows: [{ window: "window 6", deployed: "4" }, { window: "window 7", deployed: null }],
 * });
 * assert.equal(action, "roll-back");
 * assert.equal(because[0], "latency calls, and version 4 was put into service in window 6.");
 * ```
 */
export function mitigate({ alerts, decision, windows }: MitigationInput): Mitigation {
  if (alerts.length === 0) throw new BadInput({ field: "alerts", rule: "must be one or more" });
  if (windows.length === 0) throw new BadInput({ field: "windows", rule: "must be one or more" });
  const { branch, because } = decision;
  if (branch === "fix-data") return { action: branch, kind: "data-quality", because };
  if (branch === "roll-back") return { action: branch, kind: "performance", because };
  const kind = alerts.find((one) => one === "errors") ?? alerts.find((one) => one === "latency");
  if (!kind) return { action: "wait", kind: alerts[0], because };
  const release = windows.slice(-SUSPECT_WINDOWS).findLast(({ deployed }) => deployed !== null);
  if (release) {
    const first = `${kind} calls, and version ${release.deployed} was put into service in ` +
      `${release.window}.`;
    return { action: "roll-back", kind, because: [first, ...because] };
  }
  const looked = windows.slice(-SUSPECT_WINDOWS).map(({ window }) => window).join(", ");
  const first =
    `${kind} calls, and no version was put into service in ${looked}: a person has to look.`;
  return { action: "wait", kind, because: [first, ...because] };
}
