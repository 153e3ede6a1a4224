/** Traces and metric alerts on the page for people. HTML and style alone: no script, nothing from elsewhere. */

import type { LocalAzure } from "./context.ts";
import { metricAlerts } from "./arm_metric_alerts.ts";
import { propertiesOf } from "./arm_context.ts";
import { escapeHtml } from "./page.ts";
import type { TelemetryItem } from "./telemetry_item.ts";
import { telemetryStore, type TraceLine } from "./telemetry_store.ts";
import { type TraceRow, traceRows } from "./trace_tree.ts";

/** Traces that are listed. */
const LISTED = 12;

/** Items of a trace that are shown. */
const SHOWN = 200;

/** Colours of programs, in the order in which they appear; of further ones, the last. */
const COLOURS = 5;

/**
 * The sections on telemetry.
 *
 * @param local Local Azure's inside.
 * @param open Id of the trace that is shown as a waterfall; null for none.
 * @returns HTML; every text from outside is escaped.
 */
export function telemetrySections(
  { store, clock }: Pick<LocalAzure, "store" | "clock">,
  open: string | null,
): string {
  const ring = telemetryStore(store, () => clock.now().getTime());
  const lines = ring.traces(LISTED);
  return `${alertSection({ store, clock })}
<section id="traces">
<h2>Traces</h2>
<p class="quiet">What callers, the router and containers have told Application Insights, the latest first.
Times are the machine's.</p>
${lines.length > 0 ? traceTable(lines) : "<p>No trace yet.</p>"}
${open === null ? "" : waterfall(open, traceRows(ring.find({ traceId: open, limit: 2000 })))}
</section>`;
}

function traceTable(lines: readonly TraceLine[]): string {
  const rows = lines.map(({ traceId, name, begin, durationMs, items, failed, roles }) =>
    `<tr><td>${clockTime(begin)}</td>
<td><a href="?trace=${encodeURIComponent(traceId)}#trace">${escapeHtml(name)}</a></td>
<td class="number">${milliseconds(durationMs)}</td><td class="number">${items}</td>
<td>${failed > 0 ? `<b class="failed">${failed} failed</b>` : "none"}</td>
<td>${roles.map(escapeHtml).join(", ")}</td></tr>`
  );
  const heads = ["Began", "First", "Took", "Items", "Failed", "Programs"];
  return `<div class="wide"><table><thead><tr>${
    heads.map((head, i) =>
      `<th scope="col"${i === 2 || i === 3 ? ' class="number"' : ""}>${head}</th>`
    )
      .join("")
  }</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

function waterfall(traceId: string, rows: readonly TraceRow[]): string {
  const heading = `<h3 id="trace">Trace <code>${escapeHtml(traceId)}</code></h3>`;
  if (rows.length === 0) return `${heading}\n<p>Nothing is known of it, or not any more.</p>`;
  const begin = Math.min(...rows.map(({ item }) => item.time));
  const end = Math.max(...rows.map(({ item }) => item.time + (item.durationMs ?? 0)), begin + 1);
  const roles = [...new Set(rows.map(({ item }) => item.role))];
  const colourOf = ({ role }: TelemetryItem) => Math.min(roles.indexOf(role), COLOURS - 1);
  const lines = rows.slice(0, SHOWN).map((row) =>
    line(row, { begin, length: end - begin, colour: colourOf(row.item) })
  );
  const left = rows.length - lines.length;
  return `${heading}
<p class="quiet">${rows.length} items in ${
    milliseconds(end - begin)
  }, each below what it was done for.</p>
<div class="wide"><table class="waterfall">
<thead><tr><th scope="col">What</th><th scope="col">Program</th><th scope="col">Result</th>
<th scope="col" class="number">Began</th><th scope="col" class="number">Took</th>
<th scope="col" class="axis"><span>0</span><span>${
    milliseconds(end - begin)
  }</span></th></tr></thead>
<tbody>
${lines.join("\n")}
</tbody></table></div>${left > 0 ? `\n<p>${left} more are not shown.</p>` : ""}`;
}

function line(
  { item, depth }: TraceRow,
  { begin, length, colour }: {
    readonly begin: number;
    readonly length: number;
    readonly colour: number;
  },
): string {
  const { kind, name, role, resultCode, success, time, durationMs, properties } = item;
  const from = percent((time - begin) / length), width = percent((durationMs ?? 0) / length);
  const more = Object.entries(properties).map(([key, value]) =>
    `<span class="tag">${escapeHtml(key)} <b>${escapeHtml(value.slice(0, 200))}</b></span>`
  ).join(" ");
  const result = success === false
    ? `<b class="failed">failed ${escapeHtml(resultCode)}</b>`
    : kind === "event"
    ? "event"
    : escapeHtml(/^0?$/.test(resultCode) ? "done" : resultCode); // 0 where nothing has a code
  const mark = durationMs === null
    ? `<i class="point" style="left:${from}"></i>`
    : `<i class="bar c${colour}${
      success === false ? " bad" : ""
    }" style="left:${from};width:${width}"></i>`;
  const label = more === ""
    ? escapeHtml(shortened(name))
    : `<details><summary>${escapeHtml(shortened(name))}</summary>${more}</details>`;
  return `<tr><td style="padding-left:${depth * 1.1}rem">${label}</td>
<td class="program"><i class="key c${colour}"></i> ${escapeHtml(role)}</td><td>${result}</td>
<td class="number">${milliseconds(time - begin)}</td>
<td class="number">${durationMs === null ? "" : milliseconds(durationMs)}</td>
<td class="lane">${mark}</td></tr>`;
}

function alertSection(ground: Pick<LocalAzure, "store" | "clock">): string {
  const alerts = metricAlerts(ground);
  if (alerts.length === 0) return "";
  const rows = alerts.map(({ stored, state }) => {
    const { description, severity } = propertiesOf(stored.body), last = state.changes.at(-1);
    const shown = state.isFiring ? `<b class="failed">firing</b>` : "quiet";
    return `<tr><td>${escapeHtml(String(stored.body.name))}</td><td>${shown}</td>
<td>${escapeHtml(String(severity))}</td><td>${escapeHtml(String(description))}</td>
<td>${
      last
        ? `${last.state} ${clockTime(last.at)}: ${escapeHtml(last.reason)}`
        : "never fired"
    }</td></tr>`;
  });
  const heads = ["Rule", "State", "Severity", "About", "Last change"];
  return `<section id="alerts">
<h2>Metric alerts</h2>
<div class="wide"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}
</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>
</section>`;
}

/** A long path without its numbers and ids; they stand in what is unfolded. */
function shortened(name: string): string {
  if (name.length <= 48) return name;
  return name.replace(/(\/(\d+(?=\/|$)|[^/]{31,}))+/g, "/…");
}

/** `2026-01-31 10:00:00.123 UTC`. */
function clockTime(at: number): string {
  return `${new Date(at).toISOString().replace("T", " ").slice(0, 23)} UTC`;
}

function milliseconds(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(value >= 10 ? 1 : 2))} ms`;
}

function percent(share: number): string {
  return `${Number((100 * Math.min(1, Math.max(0, share))).toFixed(3))}%`;
}

/** Style of these sections: colours of Okabe and Ito, which the colour-blind can tell apart. */
export const TRACE_STYLE = `
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.failed { color: light-dark(#b00020, #ff8a80); }
.waterfall td { vertical-align: middle; } .waterfall td:first-child { white-space: normal;
  min-width: 12rem; } .waterfall td:last-child { white-space: normal; }
.waterfall summary { cursor: pointer; } .waterfall details[open] summary { margin-bottom: .3rem; }
.program { white-space: nowrap; } .axis { min-width: 18rem; width: 40%; } .axis span:last-child { float: right; }
.lane { position: relative; background: linear-gradient(90deg, var(--line) 1px, transparent 1px)
  0 0 / 25% 100%; padding: 0; }
.bar, .point { position: absolute; top: 50%; transform: translateY(-50%); }
.bar { height: .9rem; min-width: 3px; border-radius: .15rem; }
.point { width: .6rem; height: .6rem; margin-left: -.3rem; rotate: 45deg; transform-origin: center;
  transform: none; top: calc(50% - .3rem); border: 2px solid light-dark(#1b1f24, #e6e8eb);
  box-sizing: border-box; }
.bad { outline: 2px solid light-dark(#b00020, #ff8a80); outline-offset: 1px; }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: .15rem; }
.c0 { background: #0072b2; } .c1 { background: #e69f00; } .c2 { background: #009e73; }
.c3 { background: #cc79a7; } .c4 { background: #808890; }
`;
