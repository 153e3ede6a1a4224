/** What the steps found, as tables for people. */

import type { Samples } from "lib/core/mod.ts";
import type { ContractReport, Dataset } from "lib/data/mod.ts";
import type { Metrics, ShareMetric, SliceMetrics } from "lib/model/mod.ts";
import type { BehaviourCheck } from "lib/training/mod.ts";
import { type Table, table } from "lib/view/mod.ts";
import type { Prepared } from "./train.ts";

const INTERVAL = "95 % interval";

/**
 * A few rows of each class, with the line of the CSV that they come from.
 *
 * @param dataset The clean rows.
 * @param options `each`: rows a class. Default 2.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadDataset } from "lib/data/mod.ts";
 * import { fromCheckout, rowsTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(rowsTable(await loadDataset(fromCheckout("data/iris.dataset.json"))).text, /petal length \(cm\)/);
 * ```
 */
export function rowsTable(
  { samples, lines, descriptor }: Dataset,
  { each = 2 }: { each?: number } = {},
): Table {
  const { features, classes, x, y } = samples, d = features.length;
  const places = classes.flatMap((_, label) =>
    [...y.keys()].filter((i) => y[i] === label).slice(0, each)
  );
  const rows = places.map((i): Record<string, number | string> => ({
    "CSV line": lines[i], // not "line": a feature may be called so
    ...Object.fromEntries(features.map(({ name }, f) => [name, x[i * d + f]])),
    [descriptor.target]: classes[y[i]],
  }));
  return table(rows, {
    columns: [
      { key: "CSV line", digits: 0 },
      ...features.map(({ name, unit }, f) => ({ key: name, unit, digits: digitsOf(samples, f) })),
      { key: descriptor.target },
    ],
    caption: `${descriptor.title}: ${each} rows of each class, ${y.length} rows in all`,
  });
}

/** Fewest decimal places that show every value of a column, at most 4. */
function digitsOf({ features, x, y }: Samples, column: number): number {
  const d = features.length;
  for (let digits = 0; digits < 4; digits++) {
    const exact = y.every((_, i) => {
      const scaled = x[i * d + column] * 10 ** digits;
      return Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.max(1, Math.abs(scaled));
    });
    if (exact) return digits;
  }
  return 4;
}

/**
 * What the contract found.
 *
 * @param report The finding.
 * @param options `most`: violations shown. Default 10; the caption always tells how many there are.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contractTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(contractTable({ passed: true, rows: 150, violations: [] }).html, /150 rows checked, 0 violations/);
 * ```
 */
export function contractTable(
  { rows, violations }: ContractReport,
  { most = 10 }: { most?: number } = {},
): Table {
  const shown = violations.slice(0, most).map(({ row, column, rule, expected, value }) => ({
    line: row ?? "all",
    column,
    rule,
    expected,
    found: value === null ? "nothing" : String(value),
  }));
  const rest = violations.length > most ? `, the first ${most} are shown` : "";
  const count = violations.length === 1 ? "1 violation" : `${violations.length} violations`;
  return table(shown, {
    columns: [
      { key: "line", label: "CSV line", align: "right" },
      { key: "column" },
      { key: "rule" },
      { key: "expected" },
      { key: "found" },
    ],
    caption: `Data contract: ${rows} rows checked, ${count}${rest}`,
  });
}

/**
 * What cleaning did.
 *
 * @param dataset The clean rows and the raw ones they came from.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadDataset } from "lib/data/mod.ts";
 * import { cleaningTable, fromCheckout } from "lib/lifecycle/mod.ts";
 *
 * const iris = await loadDataset(fromCheckout("data/iris.dataset.json"));
 * assert.match(cleaningTable(iris).html, /150 rows in, 149 out/);
 * ```
 */
export function cleaningTable({ raw, samples, actions }: Dataset): Table {
  const rows = actions.map(({ step, what, lines }) => ({
    step,
    what,
    lines: lines.length === 0
      ? "all"
      : lines.slice(0, 8).join(", ") + (lines.length > 8 ? " …" : ""),
  }));
  return table(rows, {
    columns: [{ key: "step" }, { key: "what" }, { key: "lines", label: "CSV lines" }],
    caption: `Cleaning: ${raw.lines.length} rows in, ${samples.y.length} out`,
  });
}

/**
 * Rows of each class in each part of the split.
 *
 * @param prepared The split rows.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { prepare, splitTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(splitTable(await prepare("data/iris.dataset.json", { seed: 7 })).text, /setosa/);
 * ```
 */
export function splitTable({ train, validation, holdout }: Prepared): Table {
  const count = ({ y }: Samples, label: number) => y.filter((own) => own === label).length;
  const row = (name: string, number: (samples: Samples) => number) => ({
    class: name,
    train: number(train),
    validation: number(validation),
    holdout: number(holdout),
  });
  const rows = [
    ...train.classes.map((name, label) => row(name, (samples) => count(samples, label))),
    row("all", ({ y }) => y.length),
  ];
  const parts = ["train", "validation", "holdout"] as const;
  return table(rows, {
    columns: [{ key: "class" }, ...parts.map((key) => ({ key, unit: "rows", digits: 0 }))],
    caption: "Every class has the same share in every part",
  });
}

/**
 * Models side by side on the same rows.
 *
 * @param entries A name and the metrics of each.
 * @param options `caption`: which rows these are.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { accuracyTable, measureBaselines, prepare } from "lib/lifecycle/mod.ts";
 *
 * const rows = await prepare("data/iris.dataset.json", { seed: 7 });
 * const caption = "Baselines on the validation rows";
 * assert.match(accuracyTable(measureBaselines(rows, rows.validation), { caption }).text, /majority class/);
 * ```
 */
export function accuracyTable(
  entries: readonly { readonly name: string; readonly metrics: Metrics }[],
  { caption }: { caption: string },
): Table {
  const rows = entries.map(({ name, metrics }) => ({
    model: name,
    ...shareCells(metrics.accuracy),
    logLoss: metrics.logLoss,
    brier: metrics.brier,
    ece: 100 * metrics.calibration.ece,
  }));
  return table(rows, {
    columns: [
      { key: "model" },
      ...SHARE_COLUMNS,
      { key: "logLoss", label: "log loss", unit: "nats", digits: 3 },
      { key: "brier", label: "Brier score", digits: 3 },
      { key: "ece", label: "calibration error", unit: "%", digits: 1 },
    ],
    caption,
  });
}

/**
 * Precision, recall and F1 of each class.
 *
 * @param metrics What was measured.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { measure } from "lib/model/mod.ts";
 * import { perClassTable } from "lib/lifecycle/mod.ts";
 *
 * const outcome = { actual: Uint8Array.of(0, 1), labels: Uint8Array.of(0, 1), probabilities: Float64Array.of(1, 0, 0, 1) };
 * assert.match(perClassTable(measure(outcome, ["a", "b"])).text, /100/);
 * ```
 */
export function perClassTable({ perClass }: Pick<Metrics, "perClass">): Table {
  const percent = (share: number | null) => share === null ? null : 100 * share;
  const rows = perClass.map((found) => ({
    class: found.class,
    rows: found.rows,
    precision: percent(found.precision),
    recall: percent(found.recall),
    f1: percent(found.f1),
  }));
  return table(rows, {
    columns: [
      { key: "class" },
      { key: "rows", digits: 0 },
      { key: "precision", unit: "%", digits: 1 },
      { key: "recall", unit: "%", digits: 1 },
      { key: "f1", label: "F1", unit: "%", digits: 1 },
    ],
    caption: "Each class for itself",
  });
}

/**
 * Accuracy by slices, the weakest first.
 *
 * @param slices What was measured.
 * @param options `most`: slices shown. Default 6.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sliceTable } from "lib/lifecycle/mod.ts";
 *
 * const accuracy = { value: 0.5, low: 0.09, high: 0.91, correct: 1, rows: 2 };
 * assert.match(sliceTable([{ name: "short", accuracy }]).text, /short/);
 * ```
 */
export function sliceTable(
  slices: readonly SliceMetrics[],
  { most = 6 }: { most?: number } = {},
): Table {
  const rows = slices
    .flatMap(({ name, accuracy }) => accuracy ? [{ name, accuracy }] : [])
    .sort((a, b) => a.accuracy.value - b.accuracy.value)
    .slice(0, most)
    .map(({ name, accuracy }) => ({ slice: name, ...shareCells(accuracy) }));
  return table(rows, {
    columns: [{ key: "slice" }, ...SHARE_COLUMNS],
    caption: `The ${rows.length} weakest of ${slices.length} slices`,
  });
}

/**
 * What the behavioural tests found.
 *
 * @param checks The findings.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { behaviourTable } from "lib/lifecycle/mod.ts";
 *
 * const check = { kind: "minimum", expectation: "…", cases: 3, value: 1, limit: 1, passed: true } as const;
 * assert.match(behaviourTable([check]).text, /passed/);
 * ```
 */
export function behaviourTable(checks: readonly BehaviourCheck[]): Table {
  const rows = checks.map(({ kind, expectation, cases, value, limit, passed }) => ({
    kind,
    expectation,
    cases,
    behaved: 100 * value,
    needed: 100 * limit,
    result: passed ? "passed" : "failed",
  }));
  return table(rows, {
    columns: [
      { key: "kind" },
      { key: "expectation" },
      { key: "cases", digits: 0 },
      { key: "behaved", unit: "%", digits: 1 },
      { key: "needed", unit: "%", digits: 0 },
      { key: "result" },
    ],
    caption: "Behavioural tests",
  });
}

const SHARE_COLUMNS = [
  { key: "right", label: "right of rows", align: "right" },
  { key: "accuracy", unit: "%", digits: 1 },
  { key: "interval", label: INTERVAL, unit: "%", align: "right" },
] as const;

function shareCells({ value, low, high, correct, rows }: ShareMetric) {
  return {
    right: `${correct} of ${rows}`,
    accuracy: 100 * value,
    interval: `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`,
  };
}
