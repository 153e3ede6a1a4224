/**
 * May a window of labelled rows be learnt from? Its rows are held against trusted ones before they enter
 * a training set. Letters: n rows of the window, t trusted rows, d features, k classes.
 *
 * What this can tell: that labels contradict what was known. What it cannot: why. Flipped labels and a
 * world that has truly changed (concept drift) look the same from the rows alone. Only a second source
 * tells them apart: an audit, rows drawn at random from the window and labelled again by somebody
 * trusted. Without one, a window that contradicts is refused and the answer names the audit's size.
 * Poison that agrees with neighbours and model (few rows, aimed at one point) is not seen here; the gate
 * on the frozen holdout stands behind.
 */

import { classCounts, type Samples, sha256 } from "lib/core/mod.ts";
import { errorBound, type ErrorCount, excessP } from "./excess.ts";
import { majority, spreads } from "./neighbours.ts";
import { checkTrainingInput } from "./training_check.ts";
import {
  type TrainingCheck,
  type TrainingFinding,
  type TrainingWindowInput,
  type TrainingWindowOptions,
  type TrainingWindowVerdict,
} from "./training_window.ts";

/**
 * Asks whether a window may be learnt from.
 *
 * - `range`: every value is a number within its feature's range.
 * - `holdout`: no row has the values of a holdout row, whatever its label. With coarse values (iris: one
 *   decimal) a row can equal another by chance; it must be left out all the same. `rows` names it.
 * - `classes`: every class is there.
 * - `neighbours`: labels against the majority of the nearest trusted rows, held against how often the
 *   trusted rows contradict their own neighbours ({@linkcode excessP}).
 * - `model`: labels against the serving model, held against its realised errors ({@linkcode excessP}).
 * - `audit`: where there is one, it has the last word on the labels. If it shows more than
 *   `maxLabelError` wrong labels, the window is refused; if it excludes that, contradiction is concept
 *   drift and the window passes, though the two checks above say no. In between it decides nothing.
 *
 * Clean windows are refused by the two label tests at most `alpha` of the time, as each has half of it.
 * This holds while the rows come from where the trusted ones came from; in a region that nobody has seen,
 * neighbours are a poor guess, and the audit decides.
 *
 * @param input See {@linkcode TrainingWindowInput}.
 * @param options See {@linkcode TrainingWindowOptions}.
 * @returns The verdict, a finding and never an exception.
 * @throws {BadInput} If there are no rows, the three have not the same features and classes, there is not
 * one prediction a row, or an option is out of its range.
 *
 * @example Labels turned round
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkTrainingWindow } from "lib/monitoring/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const rows = (n: number, shift: number, flip = 0) => ({
 *   features, classes: ["a", "b"],
 *   x: Float64Array.from({ length: n }, (_, i) => (i % 2) * 5 + i / n + shift),
 *   y: Uint8Array.from({ length: n }, (_, i) => (i % 2) ^ flip),
 * });
 * const window = rows(40, 0.01, 1);
 * const verdict = checkTrainingWindow({
 *   window, trusted: rows(60, 0), holdout: rows(20, 0.003),
 *   predicted: rows(40, 0.01).y, realised: { errors: 1, rows: 60 },
 * });
 * assert.deepEqual([verdict.decision, verdict.labels], ["refuse", "audit-needed"]);
 * ```
 */
export function checkTrainingWindow(
  input: TrainingWindowInput,
  { alpha = 0.01, neighbours = 5, maxLabelError = 0.1 }: TrainingWindowOptions = {},
): TrainingWindowVerdict {
  checkTrainingInput(input, { alpha, neighbours, maxLabelError });
  const { window, audit } = input;
  const rows = [range(window), leak(input), classes(window)];
  const labels = [
    contradiction("neighbours", neighbourErrors(input, neighbours), alpha / 2),
    contradiction("model", modelErrors(input), alpha / 2),
  ];
  const contradicts = labels.some(({ passed }) => !passed);
  const needed = auditRows(maxLabelError);
  const audited = audit && auditFinding(audit, { limit: maxLabelError, contradicts });
  const kind = audit && isWrong(audit, maxLabelError)
    ? "wrong"
    : !contradicts
    ? "agree"
    : audited?.passed
    ? "concept-drift"
    : "audit-needed";
  const findings = [...rows, ...labels, ...(audited ? [audited] : [])];
  const broken = rows.filter(({ passed }) => !passed).map(({ check }) => check);
  const isRefused = broken.length > 0 || kind === "wrong" || kind === "audit-needed";
  const said = {
    "agree": "The labels agree with what was known.",
    "concept-drift":
      "The labels contradict what was known, and the audit finds them right: the world has changed.",
    "wrong": "The audit finds the labels wrong.",
    "audit-needed":
      "Whether labels are wrong or the world has changed cannot be told from these rows: " +
      `label at least ${needed} rows of the window again, drawn at random.`,
  }[kind];
  return {
    decision: isRefused ? "refuse" : "accept",
    labels: kind,
    sentence: broken.length > 0 ? `Refused by ${broken.join(", ")}. ${said}` : said,
    findings,
  };
}

/**
 * How many rows an audit needs to exclude an error rate, if it finds no error.
 *
 * @param maxLabelError Error rate to be excluded, as a share.
 * @param level Confidence. Default 0.95.
 * @returns Rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { auditRows } from "lib/monitoring/mod.ts";
 *
 * assert.equal(auditRows(0.1), 29);
 * ```
 */
export function auditRows(maxLabelError: number, level = 0.95): number {
  return Math.ceil(Math.log(1 - level) / Math.log1p(-maxLabelError));
}

function range({ features, x, y }: Samples): TrainingFinding {
  const d = features.length;
  const isInside = (i: number) =>
    features.every(({ min, max }, f) => x[i * d + f] >= min && x[i * d + f] <= max); // NaN is not
  const rows = [...y.keys()].filter((i) => !isInside(i));
  const sentence = rows.length === 0
    ? "Every value is within its range."
    : `${countRows(rows.length)} of ${y.length} with a value that is missing or out of range.`;
  return finding("range", { value: rows.length, limit: 0, rows, sentence });
}

function leak({ window, holdout }: TrainingWindowInput): TrainingFinding {
  const known = new Set(valueKeys(holdout));
  const rows = valueKeys(window).flatMap((key, i) => known.has(key) ? [i] : []);
  const sentence = rows.length === 0
    ? `No row equals one of the ${holdout.y.length} holdout rows.`
    : `${
      countRows(rows.length)
    } of ${window.y.length} with the values of a holdout row: leave them out.`;
  return finding("holdout", { value: rows.length, limit: 0, rows, sentence });
}

/** Digest of each row's values; the label is left out, or a wrong one would hide a leak. */
function valueKeys({ features, x, y }: Samples): string[] {
  const d = features.length;
  return Array.from(y, (_, i) => sha256(x.subarray(i * d, i * d + d).join()));
}

function classes(window: Samples): TrainingFinding {
  const missing = window.classes.filter((_, c) => classCounts(window)[c] === 0);
  const sentence = missing.length === 0
    ? `All ${window.classes.length} classes are there.`
    : `No row of ${missing.join(", ")}.`;
  return finding("classes", { value: missing.length, limit: 0, rows: [], sentence });
}

interface Compared {
  readonly suspect: ErrorCount;
  readonly trusted: ErrorCount;
  readonly rows: readonly number[];
  readonly against: string;
}

function contradiction(
  check: "neighbours" | "model",
  { suspect, trusted, rows, against }: Compared,
  limit: number,
): TrainingFinding {
  const value = excessP(suspect, trusted);
  const sentence = `${suspect.errors} of ${suspect.rows} labels contradict ${against}, where ` +
    `${trusted.errors} of ${trusted.rows} is what was known: p = ${
      value.toPrecision(2)
    }, limit ${limit}.`;
  return { check, passed: value >= limit, value, limit, rows, sentence };
}

function modelErrors({ window, predicted, realised }: TrainingWindowInput): Compared {
  const rows = [...window.y.keys()].filter((i) => window.y[i] !== predicted[i]);
  const suspect = { errors: rows.length, rows: window.y.length };
  return { suspect, trusted: realised, rows, against: "the serving model" };
}

function neighbourErrors({ window, trusted }: TrainingWindowInput, k: number): Compared {
  const scale = spreads(trusted);
  const contradicts = (samples: Samples, i: number, self: number) =>
    majority(trusted, { samples, i, self, k, scale }) !== samples.y[i];
  const rows = [...window.y.keys()].filter((i) => contradicts(window, i, -1));
  const own = [...trusted.y.keys()].filter((i) => contradicts(trusted, i, i));
  return {
    suspect: { errors: rows.length, rows: window.y.length },
    trusted: { errors: own.length, rows: trusted.y.length },
    rows,
    against: "their neighbours",
  };
}

/** An audit that is too small to say anything refuses only what contradicts anyway. */
function auditFinding(
  audit: ErrorCount,
  { limit, contradicts }: { limit: number; contradicts: boolean },
): TrainingFinding {
  const value = errorBound(audit);
  const passed = contradicts ? value <= limit : !isWrong(audit, limit);
  const sentence = `The audit found ${audit.errors} wrong labels in ${audit.rows} rows: at most ` +
    `${percent(value)} are wrong (95 % confidence), the limit is ${percent(limit)}.`;
  return { check: "audit", passed, value, limit, rows: [], sentence };
}

/** Whether more labels than the limit are wrong, with 95 % confidence: lower bound of the error rate. */
function isWrong({ errors, rows }: ErrorCount, limit: number): boolean {
  return 1 - errorBound({ errors: rows - errors, rows }) > limit;
}

function finding(
  check: TrainingCheck,
  { value, limit, rows, sentence }: Omit<TrainingFinding, "check" | "passed"> & {
    value: number;
    limit: number;
  },
): TrainingFinding {
  return { check, passed: value <= limit, value, limit, rows, sentence };
}

function countRows(n: number): string {
  return n === 1 ? "1 row" : `${n} rows`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
