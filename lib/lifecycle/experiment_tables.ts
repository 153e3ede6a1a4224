/** What an experiment and a rollout found, as tables for people. */

import type { ExperimentDecision, PowerRow } from "lib/experiment/mod.ts";
import { formatCount, type Table, table } from "lib/view/mod.ts";
import type { RolloutRecord } from "./rollout_record.ts";

/**
 * How many rows each difference takes.
 *
 * @param rows What `powerRows` found.
 * @returns The table, a row for each difference.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { powerRows } from "lib/experiment/mod.ts";
 * import { powerTable } from "lib/lifecycle/mod.ts";
 *
 * const rows = powerRows({ baseline: 0.95, differences: [-0.1], runs: 100, seed: 7 });
 * assert.match(powerTable(rows).text, /−10\.0 +141/);
 * ```
 */
export function powerTable(rows: readonly PowerRow[]): Table {
  const cells = rows.map(({ difference, fixed, sequential, paired }) => ({
    difference: points(difference),
    fixed,
    median: sequential.median === null ? null : Math.round(sequential.median),
    mean: Math.round(sequential.mean),
    found: 100 * sequential.found,
    pairs: paired.fixed,
    pairsMedian: paired.sequential.median === null ? null : Math.round(paired.sequential.median),
    discordant: paired.discordant,
  }));
  return table(cells, {
    columns: [
      { key: "difference", unit: "points", align: "right" },
      { key: "fixed", label: "one look", unit: "rows per arm", digits: 0 },
      { key: "median", label: "watched: median", digits: 0 },
      { key: "mean", label: "mean", digits: 0 },
      { key: "found", unit: "%", digits: 0 },
      { key: "pairs", label: "both answer, one look", unit: "pairs", digits: 0 },
      { key: "discordant", label: "of these they differ in", digits: 0 },
      { key: "pairsMedian", label: "watched: median pairs", digits: 0 },
    ],
    caption: "Rows with a label until a difference is found",
  });
}

/**
 * A rollout as a table.
 *
 * @param record The rollout.
 * @returns The table, a row for each step that was begun.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { newRollout, rolloutTable } from "lib/lifecycle/mod.ts";
 *
 * const record = newRollout({ endpoint: "iris", id: "7", blue: "blue", green: "green" });
 * assert.match(rolloutTable(record).html, /Rollout 7 of green at iris: running\. Not begun\./);
 * ```
 */
export function rolloutTable(record: RolloutRecord): Table {
  const { endpoint, id, green, state, reason, history } = record;
  const rows = history.map((step) => {
    const last = step.looks.at(-1), decision = last?.verdict.decision;
    return {
      step: step.name,
      since: step.takenAt ?? "not taken",
      looks: step.looks.length,
      requests: last?.evidence.requests.green.rows ?? null,
      result: step.outcome === "advance" && !step.decided ? "taken" : step.outcome ?? "under way",
      why: last && decision ? last.verdict.sentence : "",
    };
  });
  return table(rows, {
    columns: [
      { key: "step" },
      { key: "since", label: "traffic set at" },
      { key: "looks", digits: 0 },
      { key: "requests", label: "requests of green", digits: 0 },
      { key: "result" },
      { key: "why" },
    ],
    caption: `Rollout ${id} of ${green} at ${endpoint}: ${state}. ${reason}`,
  });
}

/**
 * An A/B test as a table.
 *
 * @param decision What was decided.
 * @param options `most`: looks shown, the last ones. Default 12; the caption tells how many there are.
 * @returns The table, a row for each look.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decideExperiment } from "lib/experiment/mod.ts";
 * import { experimentTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(experimentTable(decideExperiment({ looks: [] })).html, /does not count, because there was no A\/A test/);
 * ```
 */
export function experimentTable(
  { sentence, looks, plan }: ExperimentDecision,
  { most = 12 }: { most?: number } = {},
): Table {
  const rows = looks.slice(-most).map((look) => ({
    look: look.look,
    until: look.to,
    rows: look.rows,
    difference: points(look.difference),
    range: `${points(look.low)} to ${points(look.high)}`,
    evidence: amount(look.logE),
    p: look.p,
    split: look.srmP <= plan.srmAlpha ? "off" : "as configured",
  }));
  const rest = looks.length > most ? ` The last ${most} of ${looks.length} looks.` : "";
  return table(rows, {
    columns: [
      { key: "look", digits: 0 },
      { key: "until" },
      { key: "rows", digits: 0 },
      { key: "difference", unit: "points", align: "right" },
      { key: "range", label: "confidence sequence", unit: "points", align: "right" },
      { key: "evidence", label: "evidence E", align: "right" },
      { key: "p", label: "always-valid p", digits: 3 },
      { key: "split", label: "traffic" },
    ],
    caption: `${sentence} Enough is E = ${formatCount(Math.round(1 / plan.alpha))}.${rest}`,
  });
}

function points(share: number): string {
  const text = (100 * Math.abs(share)).toFixed(1);
  return text === "0.0" ? text : `${share > 0 ? "+" : "−"}${text}`;
}

/** E for people: what is beyond a million or below a hundredth says nothing more. */
function amount(logE: number): string {
  if (logE > Math.log(1e6)) return "> 1,000,000";
  if (logE < Math.log(0.01)) return "< 0.01";
  const e = Math.exp(logE);
  return e < 10 ? e.toFixed(2) : formatCount(Math.round(e));
}
