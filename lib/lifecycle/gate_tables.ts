/** The gate's findings as tables. */

import type { GateDecision, RefusalRate } from "lib/gate/mod.ts";
import { type Table, table } from "lib/view/mod.ts";
import { type PlantedVerdict, refusedBy } from "./gate_planted.ts";

/**
 * A decision as a table.
 *
 * @param decision What the gate said.
 * @returns The table, a row for each rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gateModel, gateTable, modelOf, prepare } from "lib/lifecycle/mod.ts";
 * import { majorityBaseline } from "lib/training/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const challenger = modelOf(majorityBaseline(prepared.train).json, { name: "iris", samples: prepared.train });
 * assert.match(gateTable(gateModel(prepared, { challenger })).text, /baseline +refused/);
 * ```
 */
export function gateTable({ rules, warnings, sentence, holdout }: GateDecision): Table {
  const rows = rules.map(({ rule, passed, sentence }) => ({
    rule,
    result: passed ? "passed" : "refused",
    why: sentence,
  }));
  const asked = holdout.folds === undefined
    ? `Asked on ${holdout.rows} holdout rows.`
    : `Asked on ${holdout.rows} rows in ${holdout.folds} folds: the holdout is too small.`;
  return table(rows, { caption: [sentence, ...warnings, asked].join(" ") });
}

/**
 * The planted candidates as a table.
 *
 * @param verdicts What the gate said of each.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { plantedTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(plantedTable([]).text, /0 planted candidates/);
 * ```
 */
export function plantedTable(verdicts: readonly PlantedVerdict[]): Table {
  const rows = verdicts.map(({ fault, rule, decision, caught }) => ({
    fault,
    expected: rule,
    decision: decision.decision,
    refusedBy: refusedBy(decision).join(", "),
    caught: caught ? "yes" : "no",
  }));
  return table(rows, {
    columns: [
      { key: "fault" },
      { key: "expected", label: "rule that must refuse" },
      { key: "decision" },
      { key: "refusedBy", label: "refused by" },
      { key: "caught" },
    ],
    caption: `${verdicts.length} planted candidates`,
  });
}

/**
 * A power table: how often the comparison refuses, by rows of the holdout and true loss.
 *
 * @param rates What `powerTable` of the gate gave.
 * @returns The table, a row for each number of rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { powerTable } from "lib/gate/mod.ts";
 * import { gatePowerTable } from "lib/lifecycle/mod.ts";
 *
 * const rates = powerTable({ rows: [60], losses: [0, 0.3], seed: 7, draws: 100 });
 * assert.match(gatePowerTable(rates).text, /30 points/);
 * ```
 */
export function gatePowerTable(rates: readonly RefusalRate[]): Table {
  const losses = [...new Set(rates.map(({ loss }) => loss))];
  const rows = [...new Set(rates.map(({ rows }) => rows))].map((rows) => {
    const shown = losses.map((loss) => {
      const rate = rates.find((one) => one.rows === rows && one.loss === loss);
      return [lossKey(loss), rate ? `${(100 * rate.refused.value).toFixed(1)} %` : ""];
    });
    return { rows: String(rows), ...Object.fromEntries(shown) };
  });
  const label = (loss: number) =>
    loss === 0 ? "as good" : `loses ${Number((100 * loss).toFixed(1))} points`;
  return table(rows, {
    columns: [
      { key: "rows", label: "holdout rows" },
      ...losses.map((loss) => ({ key: lossKey(loss), label: label(loss) })),
    ],
    caption: captionOf(rates),
  });
}

function captionOf([first]: readonly RefusalRate[]): string {
  if (!first) return "No holdout was drawn.";
  const { draws, accuracy, swaps } = first,
    percent = (share: number) => Number((100 * share).toFixed(1));
  return `Share of ${
    draws.toLocaleString("en")
  } simulated holdouts on which the comparison refuses: the ` +
    `champion is right in ${percent(accuracy)} % of rows, and the two differ in ${
      percent(2 * swaps)
    } % ` +
    "besides. Under “as good” it refuses wrongly.";
}

function lossKey(loss: number): string {
  return `loss ${loss}`;
}
