/** Records of the tasks as Markdown for a workflow's summary. Pure: a record in, text out. */

import { BadInput, type JsonRecord } from "lib/core/mod.ts";
import type { MonitoringSummary } from "lib/lifecycle/monitoring_record.ts";
import { code, mdTable, sparkline } from "./markdown.ts";
import { xyChart } from "./mermaid.ts";

/** Told apart by the colour-blind, in light and dark. */
const BLUE = "#0072b2", ORANGE = "#d55e00";

/** GitHub drops a step's summary that is larger, without a word. In bytes. */
export const SUMMARY_LIMIT = 1024 * 1024;

/** What may be said beside the record. */
export interface SummaryContext {
  /** Id of the gate's decision. */
  readonly decision?: string;
}

/** Makes one kind of summary. */
type Summary = (record: JsonRecord, context: SummaryContext) => string;

/** The kinds that there are: each task's own. */
export const SUMMARIES: Readonly<Record<string, Summary>> = { gate, deploy, rollback, monitor };

/**
 * A record as Markdown.
 *
 * @param kind Which task's record it is: a key of {@linkcode SUMMARIES}.
 * @param record What the task printed.
 * @param context See {@linkcode SummaryContext}.
 * @returns The text, smaller than {@linkcode SUMMARY_LIMIT}; the end of a longer one is left out, and
 * it says so.
 * @throws {BadInput} If the kind is unknown or the record lacks something.
 */
export function summarise(
  kind: string,
  record: JsonRecord,
  context: SummaryContext = {},
): string {
  if (!Object.hasOwn(SUMMARIES, kind)) {
    const rule = `must be one of ${Object.keys(SUMMARIES).join(", ")}`;
    throw new BadInput({ field: "summary", rule, value: kind });
  }
  return fit(SUMMARIES[kind](record, context));
}

interface Gate {
  readonly decision: string;
  readonly sentence: string;
  readonly challenger: string;
  readonly champion: string | null;
  readonly holdout: { readonly rows: number; readonly folds?: number };
  readonly detectable: { readonly rows: number | null };
  readonly rules: readonly {
    readonly rule: string;
    readonly passed: boolean;
    readonly value: number | null;
    readonly limit: number | null;
    readonly sentence: string;
  }[];
}

function gate(record: JsonRecord): string {
  const found = need<Gate>(record, "gate");
  const name = `${record.modelName}:${record.modelVersion}`;
  const rules = found.rules.map(({ rule, passed, value, limit, sentence }) => [
    ...[rule, passed ? "✅ passed" : "❌ refused", value, limit, sentence],
  ]);
  const planted = record.planted as unknown as
    | readonly { fault: string; rule: string; caught: boolean }[]
    | undefined;
  return [
    `## Gate: ${found.decision === "promote" ? "✅ promote" : "❌ refuse"} ${code(name)}\n\n`,
    `${found.sentence} Asked on ${found.holdout.rows} ${
      found.holdout.folds === undefined ? "holdout rows" : `rows in ${found.holdout.folds} folds`
    }`,
    found.champion
      ? `, against champion ${code(found.champion.slice(0, 12))}`
      : "; no champion yet",
    found.detectable.rows === null ? "" : `. Noticed from ${found.detectable.rows} lost rows on`,
    `. Model ${code(found.challenger.slice(0, 12))}, decision ${
      code(String(record.decisionId))
    }.\n`,
    mdTable(["rule", "result", "value", "limit", "why"], rules),
    planted
      ? `<details><summary>${planted.filter(({ caught }) => caught).length} of ${planted.length} ` +
        `planted bad candidates were refused</summary>\n${
          mdTable(
            ["fault", "rule that must refuse", "caught"],
            planted.map(({ fault, rule, caught }) => [fault, rule, caught ? "yes" : "no"]),
          )
        }</details>\n`
      : "",
  ].join("");
}

interface Count {
  readonly step: string;
  readonly deployment: string;
  readonly answers: number;
}

function deploy(record: JsonRecord, { decision }: SummaryContext): string {
  const canary = (record.canary ?? []) as unknown as readonly Count[];
  const counts = [
    ...canary.map((count) => ({ ...count, step: `canary ${count.step}` })),
    ...need<readonly Count[]>(record, "traffic"),
  ];
  const served = need<string>(record, "servedDigest");
  const registered = need<string>(record, "registeredDigest");
  const versions = need<Record<string, string>>(record, "deployments");
  const names = [...new Set(counts.map(({ deployment }) => deployment))];
  const steps = [...new Set(counts.map(({ step }) => step))];
  const answers = (step: string, name: string) =>
    counts.find((count) => count.step === step && count.deployment === name)?.answers ?? 0;
  const most = Math.max(1, ...counts.map((count) => count.answers));
  const lines = names.map((name) => [
    ...[name, versions[name]],
    sparkline(steps.map((step) => answers(step, name)), [0, most]),
  ]);
  return [
    `## Deployed to ${code(String(record.endpoint))}\n\n`,
    `Serves ${code(served.slice(0, 12))}, registered was ${code(registered.slice(0, 12))}`,
    served === registered ? "" : ": **not the same**",
    `; ${record.skewedRows} holdout rows answered differently`,
    decision ? `. Gate's decision ${code(decision)}` : "",
    ".\n",
    mdTable(["deployment", "version", "answers over the steps"], lines),
    mdTable(
      ["step", ...names],
      steps.map((step) => [step, ...names.map((name) => answers(step, name))]),
    ),
    `How many requests of each step ${code(names.at(-1)!)} answered.\n`,
    xyChart({
      title: `Answers of ${names.at(-1)}`,
      names: steps.map((step) => step.replace(/^(canary )?\d+: /, "")),
      y: { label: "answers", from: 0, to: most },
      series: [{
        kind: "bar",
        colour: BLUE,
        values: steps.map((step) => answers(step, names.at(-1)!)),
      }],
    }),
  ].join("");
}

interface Rollback {
  readonly endpoint: string;
  readonly from: string | null;
  readonly to: string;
  readonly deployment: string;
  readonly reason: string;
  readonly seconds: number;
  readonly trafficSeconds: number;
  readonly before: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly verified: boolean;
}

function rollback(record: JsonRecord): string {
  need(record, "deployment");
  const done = record as unknown as Rollback, { before, answers } = done;
  const names = [...new Set([...Object.keys(before), ...Object.keys(answers)])].sort();
  return [
    `## ${done.verified ? "✅ Rolled back" : "❌ Traffic moved, and it does not serve"}: `,
    `${code(done.endpoint)}\n\nVersion ${code(done.from ?? "none")} → ${code(done.to)} on `,
    `${code(done.deployment)}. Why: ${code(done.reason)}. Traffic moved after `,
    `${done.trafficSeconds.toFixed(2)} s, proven after ${done.seconds.toFixed(2)} s; `,
    `${done.unanswered} requests got no answer.\n`,
    mdTable(
      ["deployment", "traffic before, %", "answers after"],
      names.map((name) => [name, before[name] ?? 0, answers[name] ?? 0]),
    ),
  ].join("");
}

function monitor(record: JsonRecord): string {
  const drift = need<{ readonly state: string }>(record, "drift");
  const response = need<{ readonly branch: string; readonly because: readonly string[] }>(
    record,
    "response",
  );
  const alerts = (record.alerts ?? []) as readonly string[];
  const quiet = response.branch === "ignore" && drift.state === "none";
  const state = drift.state === "none" ? "no drift" : drift.state;
  const course = record.course as unknown as MonitoringSummary["course"] | undefined;
  return [
    `## Monitoring: ${quiet ? "✅" : "❌"} ${state}, answer ${response.branch}\n\n`,
    `Alerts: ${alerts.length > 0 ? code(alerts.join(", ")) : "none"}.\n\n`,
    ...response.because.map((reason) => `- ${code(reason)}\n`),
    course && course.inputs.length > 0 ? courseText(course) : "",
  ].join("");
}

function courseText({ windows, inputs, byLabels, byVotes }: MonitoringSummary["course"]): string {
  const finite = (values: readonly (number | null)[]) => values.map((value) => value ?? NaN);
  const most = Math.max(...inputs.flatMap(({ distances }) => finite(distances)).filter(isFinite));
  const rows = inputs.map(({ input, distances, drifted }) => [
    ...[input, sparkline(finite(distances), [0, most])],
    ...[Math.max(...finite(distances).filter(isFinite)), drifted],
  ]);
  const head = ["input", `${windows[0]} to ${windows.at(-1)}`, "largest distance", "with drift"];
  const known = windows.flatMap((name, i) => {
    const labels = byLabels[i], votes = byVotes[i];
    return labels === null || votes === null ? [] : [{ name, labels, votes }];
  });
  if (known.length < 2) return mdTable(head, rows);
  return mdTable(head, rows) +
    "Accuracy in %: blue by labels, orange by what the votes promise.\n" +
    xyChart({
      title: "Accuracy window by window",
      names: known.map(({ name }) => name.replace(/^window /, "")),
      y: { label: "right, %", from: 0, to: 100 },
      series: [
        { kind: "line", colour: BLUE, values: known.map(({ labels }) => 100 * labels) },
        { kind: "line", colour: ORANGE, values: known.map(({ votes }) => 100 * votes) },
      ],
    });
}

function need<T>(record: JsonRecord, key: string): T {
  const value = record[key];
  if (value === undefined || value === null) {
    throw new BadInput({ field: "record", rule: `must have ${key}`, value });
  }
  return value as T;
}

function fit(text: string): string {
  const bytes = new TextEncoder().encode(text), note = "\n\n… the rest is in the artifact.\n";
  if (bytes.length < SUMMARY_LIMIT) return text;
  const kept = new TextDecoder().decode(bytes.subarray(0, SUMMARY_LIMIT - 4 * note.length));
  return kept.slice(0, kept.lastIndexOf("\n")) + note;
}
