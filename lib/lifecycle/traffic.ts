/** Moving traffic in steps, and counting who answers at each. */

import type { Samples } from "lib/core/mod.ts";
import type { Approval } from "./approval.ts";
import { moveTraffic } from "./production.ts";
import { countAnswers } from "./score.ts";
import { otherSlot, type Slot } from "./slots.ts";
import type { Workspace } from "./workspace.ts";

/** Answers of one deployment at one step. */
export interface TrafficCount {
  /** Number and order of the step, e.g. `2: green 10 %`. */
  readonly step: string;
  /** Who answered. */
  readonly deployment: Slot;
  /** How many of the requests. */
  readonly answers: number;
}

/**
 * Sets each share in turn and counts the answers of that many requests. A share of 0 or 100 changes
 * what is in production, and the registry's history says so.
 *
 * @param workspace Where the endpoint is.
 * @param plan The endpoint, its URL and key, rows to ask with, the slot that the traffic goes to
 * (default green), its shares in percent, the number of requests at each step, and the approval of the last.
 * @returns Two counts a step: of the slot that the traffic comes from, and of the one it goes to.
 * @throws {OperationError} If the service refuses a share.
 * @throws {ScoringError} If a request is refused.
 *
 * @example
 * ```ts ignore
 * const counts = await shiftTraffic(workspace, { endpoint, url, key, samples, shares: [0, 10], requests: 60 });
 * ```
 */
export async function shiftTraffic(
  workspace: Workspace,
  { endpoint, url, key, samples, to = "green", shares, requests, approval }: {
    endpoint: string;
    url: string;
    key: string;
    samples: Samples;
    to?: Slot;
    shares: readonly number[];
    requests: number;
    approval?: Approval;
  },
): Promise<TrafficCount[]> {
  const counts: TrafficCount[] = [], from = otherSlot(to);
  for (const [i, percent] of shares.entries()) {
    // a share of 0 is left out: the service keeps none
    const traffic = { [from]: 100 - percent, [to]: percent };
    const live = Object.fromEntries(Object.entries(traffic).filter(([, share]) => share > 0));
    const reason = `traffic moved to ${Object.keys(live).join(" and ")}`;
    await moveTraffic(workspace, { endpoint, traffic: live, by: "shift", reason, approval });
    const answers = await countAnswers(workspace, { url, key, samples, requests });
    for (const deployment of [from, to]) {
      const step = `${i + 1}: ${to} ${percent} %`;
      counts.push({ step, deployment, answers: answers[deployment] ?? 0 });
    }
  }
  return counts;
}
