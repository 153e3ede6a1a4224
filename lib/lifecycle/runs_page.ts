/** The page of runs: a list with filter and order, and runs side by side. */

import type { RunRecord } from "lib/tracking/mod.ts";
import { escapeMarkup, htmlDocument, runMetricPicture, svgHtml, table } from "lib/view/mod.ts";
import { differingKeys, NEWEST_FIRST, type RunsData } from "./runs_data.ts";

/** Options of {@linkcode runsPage}. */
export interface RunsPageOptions {
  /** Whether there is a server behind the page that filters and compares. Default no. */
  readonly isServed?: boolean;
}

/** A tag in which runs that are compared often differ, and what it says. */
const TAGS: Readonly<Record<string, string>> = {
  datasetDigest: "dataset",
  modelDigest: "model",
  commit: "commit",
};

/**
 * Makes the page. Without a server it shows the list and the comparison; with one it has a form for
 * experiment, filter, order, columns and selection besides. It runs no script and loads nothing.
 *
 * @param data What {@linkcode readRuns} gives.
 * @param options See {@linkcode RunsPageOptions}.
 * @returns An HTML document, light and dark.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { runsPage } from "lib/lifecycle/mod.ts";
 *
 * const html = runsPage({
 *   at: "2026-03-04T05:06:07Z", place: "local: mlw-local", experiments: {}, choice: {}, runs: [],
 *   columns: [], compared: [], metrics: [], notices: [],
 * });
 * assert.match(html, /No run fits/);
 * ```
 */
export function runsPage(data: RunsData, { isServed = false }: RunsPageOptions = {}): string {
  const { at, place, notices, runs } = data;
  const told = notices.map((line) => `<p class="notice">${escapeMarkup(line)}</p>`).join("\n");
  const list = runs.length === 0 ? `<p>No run fits.</p>` : listHtml(data, isServed);
  const body = isServed ? `<form method="get" action="/">${fieldsHtml(data)}${list}</form>` : list;
  return htmlDocument({
    title: "Runs",
    body: `<style>${STYLE}</style><div class="frame runs"><main><h1>Runs</h1>
<p class="meta">${escapeMarkup(`${place} · as of ${at.slice(0, 19).replace("T", " ")} UTC`)}</p>
${told}
${isServed ? comparisonHtml(data) + body : body + comparisonHtml(data)}
</main></div>`,
  });
}

/**
 * The page of runs that could not be read.
 *
 * @param error What happened, in one line.
 * @returns An HTML document.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { runsErrorPage } from "lib/lifecycle/mod.ts";
 *
 * assert.match(runsErrorPage("Nobody answers."), /Nobody answers\./);
 * ```
 */
export function runsErrorPage(error: string): string {
  const notice = `<p class="notice">${escapeMarkup(error)}</p>`;
  return htmlDocument({
    title: "Runs",
    body: `<div class="frame"><main><h1>Runs</h1>${notice}</main></div>`,
  });
}

const STYLE = `.runs main{max-width:none}
.runs form,.fields{display:grid;gap:.8rem}
.fields{grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));align-items:end;margin:1.2rem 0 .4rem}
.fields label{display:grid;gap:.2rem;font-size:.875rem;color:var(--muted)}
.fields .wide{grid-column:span 2}
.fields input,.fields select,.fields button{font:inherit;font-size:1rem;color:var(--ink);background:var(--panel);border:1px solid var(--muted);border-radius:6px;padding:.4rem .6rem;min-width:0;width:100%}
.fields button{cursor:pointer;font-weight:600}
.runs :is(input,select,button):focus-visible,.scroll:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.runs input[type=checkbox]{width:1.15rem;height:1.15rem;accent-color:var(--link)}
.list td,.list th{white-space:nowrap}
.list caption{text-align:left;color:var(--muted);padding:.3rem 0}
.list .number{text-align:right}
.list tr.on td,.list tr.on th{background:var(--panel)}
.compared{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem;margin:1rem 0}
@media (max-width:45rem){.fields .wide{grid-column:auto}}
@media print{.fields{display:none}}`;

/** Experiment, filter, order, columns, and the button. */
function fieldsHtml({ experiments, choice, runs }: RunsData): string {
  const names = Object.values(experiments).sort(), { experiment, order = NEWEST_FIRST } = choice;
  const keys = (kind: "metrics" | "params") =>
    [...new Set(runs.flatMap((run) => Object.keys(run[kind])))].sort().map((key) =>
      `${kind}.${key}`
    );
  const orders = [
    "start_time",
    "end_time",
    "run_name",
    "status",
    ...keys("metrics"),
    ...keys("params"),
  ]
    .flatMap((by) => [`${by} DESC`, `${by} ASC`]);
  if (!orders.includes(order)) orders.unshift(order);
  return `<div class="fields">
<label>Experiment<select name="experiment">${option("", "all", experiment ?? "")}${
    names.map((name) => option(name, name, experiment ?? "")).join("")
  }</select></label>
<label>Order<select name="order">${
    orders.map((by) => option(by, by, order)).join("")
  }</select></label>
<label class="wide">Filter<input name="filter" value="${
    escapeMarkup(choice.filter ?? "")
  }" placeholder="metrics.oobAccuracy &gt; 0.9 and params.trees = &#39;50&#39;" spellcheck="false" autocomplete="off"></label>
<label class="wide">Columns<input name="columns" value="${
    escapeMarkup(choice.columns ?? "")
  }" placeholder="metrics.oobAccuracy, params.trees, tags.commit" spellcheck="false" autocomplete="off"></label>
<button class="wide">Show, and compare what is ticked</button>
</div>`;
}

function option(value: string, label: string, chosen: string): string {
  return `<option value="${escapeMarkup(value)}"${value === chosen ? " selected" : ""}>${
    escapeMarkup(label)
  }</option>`;
}

/** The list, with boxes to tick where a server compares. */
function listHtml(data: RunsData, isServed: boolean): string {
  const { runs, columns, experiments, compared } = data;
  const ticked = new Set(compared.map(({ runId }) => runId));
  const isNumber = (column: string) => column.startsWith("metrics.");
  const head = ["run", "experiment", "status", "started (UTC)", "took (s)", ...columns];
  const rows = runs.map((run) => {
    const { runId, name, experimentId, status, startedAt, endedAt } = run, on = ticked.has(runId);
    const box = `<td><input type="checkbox" name="run" value="${escapeMarkup(runId)}" aria-label="${
      escapeMarkup(`compare ${name}`)
    }"${on ? " checked" : ""}></td>`;
    const seconds = endedAt === null
      ? "–"
      : String((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000);
    const cells = [
      experiments[experimentId] ?? experimentId,
      status,
      startedAt.slice(0, 19).replace("T", " "),
    ].map((text) => `<td>${escapeMarkup(text)}</td>`);
    const values = columns.map((column) =>
      `<td${isNumber(column) ? ` class="number"` : ""}>${escapeMarkup(valueOf(run, column))}</td>`
    );
    return `<tr${on ? ` class="on"` : ""}>${isServed ? box : ""}<th scope="row">${
      escapeMarkup(name)
    }</th>${cells.join("")}<td class="number">${seconds}</td>${values.join("")}</tr>`;
  });
  const titles = head.map((text) =>
    `<th scope="col"${isNumber(text) || text === "took (s)" ? ` class="number"` : ""}>${
      escapeMarkup(text)
    }</th>`
  );
  return `<div class="scroll" tabindex="0"><table class="list"><caption>${runs.length} ${
    runs.length === 1 ? "run" : "runs"
  }</caption><thead><tr>${isServed ? `<th scope="col">compare</th>` : ""}${
    titles.join("")
  }</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

/** The value under a column such as `metrics.loss`. */
function valueOf(run: RunRecord, column: string): string {
  const dot = column.indexOf("."), key = column.slice(dot + 1);
  const values = run[column.slice(0, dot) as "metrics" | "params" | "tags"];
  if (!Object.hasOwn(values, key)) return "–";
  const value = values[key];
  if (typeof value === "number") return String(Number(value.toPrecision(5)));
  return value === null ? "NaN" : value.length > 40 ? `${value.slice(0, 39)}…` : value;
}

/** Runs side by side: what differs in their settings, and a picture for each metric. */
function comparisonHtml({ compared, metrics }: RunsData): string {
  if (compared.length === 0) return "";
  const labels = labelsOf(compared);
  const params = compared.map(({ params }) => params), differing = differingKeys(params);
  const all = new Set(params.flatMap((one) => Object.keys(one))).size;
  const tags = Object.keys(TAGS).filter((key) =>
    differingKeys(compared.map(({ tags }) => tags)).includes(key)
  );
  const rows = [
    ...differing.map((key) => rowOf(key, params.map((one) => one[key]))),
    ...tags.map((key) => rowOf(TAGS[key], compared.map((run) => run.tags[key]?.slice(0, 12)))),
  ];
  const same = all - differing.length;
  const rest = `${same} ${same === 1 ? "parameter is" : "parameters are"} the same in all.`;
  const columns = [
    { key: "what", label: "differs" },
    ...labels.map((label, i) => ({ key: `run ${i}`, label })),
  ];
  const settings = compared.length < 2
    ? `<p>Tick two runs or more to see in what they differ.</p>`
    : rows.length === 0
    ? `<p>They have the same parameters.</p>`
    : `<div class="scroll" tabindex="0">${
      table(rows, { columns, limit: 500 }).html
    }</div><p>${rest}</p>`;
  const pictures = metrics.flatMap(({ metric, histories }) => {
    const runs = histories.map((points, i) => ({ name: labels[i], points }));
    if (!runs.some(({ points }) => points.some(({ value }) => value !== null))) return [];
    const { svg, alt } = runMetricPicture(runs, { metric });
    return [svgHtml(svg, alt)];
  });
  return `<section class="report"><h2>${compared.length} ${
    compared.length === 1 ? "run" : "runs compared"
  }</h2>
${settings}
<div class="compared">${pictures.join("\n")}</div></section>`;
}

function rowOf(what: string, values: readonly (string | undefined)[]): Record<string, string> {
  return Object.fromEntries([
    ["what", what],
    ...values.map((value, i) => [`run ${i}`, value ?? "–"]),
  ]);
}

/** Names, with the begin of their ids where two runs have the same. */
function labelsOf(runs: readonly RunRecord[]): string[] {
  return runs.map(({ name, runId }) =>
    runs.filter((other) => other.name === name).length > 1 ? `${name} (${runId.slice(0, 6)})` : name
  );
}
