/** The page for people: what runs here, and what has been made. No script, nothing from elsewhere. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { AML, propertiesOf } from "./arm_context.ts";
import type { Store, Stored } from "./store.ts";

/** What the page says about the process. */
export interface PageFacts {
  readonly port: number;
  readonly folder: string;
  readonly startedAt: Date;
  /** What the clock says, which a test may have moved. */
  readonly now: Date;
}

/** What comes below the workspaces. */
export interface MoreSections {
  readonly html: string;
  readonly style: string;
}

/** Versions of a model that are shown, the newest first. */
const VERSIONS = 10;

/**
 * The page.
 *
 * @param store What has been made.
 * @param facts See {@linkcode PageFacts}.
 * @param more Sections below the workspaces, and their style. Default none.
 * @returns HTML; every text from outside is escaped.
 */
export function page(
  store: Store,
  facts: PageFacts,
  more: MoreSections = { html: "", style: "" },
): string {
  const { port, folder, startedAt, now } = facts;
  const workspaces = store.list({ type: `${AML}/workspaces` });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local Azure on port ${port}</title>
<style>${STYLE}${more.style}</style>
<main>
<h1>Local Azure</h1>
<p>An emulator of Azure ML on this machine. Nothing here is in the cloud, and nothing costs money.</p>
<dl>
${fact("Address", `http://127.0.0.1:${port}`)}
${fact("Running since", time(startedAt.toISOString()))}
${fact("Its clock says", time(now.toISOString()))}
${fact("Data folder", folder)}
</dl>
<nav aria-label="Links">
<a href="/api/2.0/mlflow/experiments/search?max_results=100">MLflow API</a>
<a href="/_local/health">Health</a>
<a href="/_local/log">Log</a>
<a href="#traces">Traces</a>
</nav>
${workspaces.map((workspace) => workspaceSection(store, workspace)).join("\n")}
${more.html}
</main>
</html>
`;
}

function fact(name: string, value: string): string {
  return `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`;
}

function workspaceSection(store: Store, { id, body }: Stored): string {
  const models = store.list({ type: `${AML}/workspaces/models`, parent: id });
  const endpoints = store.list({ type: `${AML}/workspaces/onlineEndpoints`, parent: id });
  const [data, environments] = ["data", "environments"].map((plural) =>
    store.list({ type: `${AML}/workspaces/${plural}/versions`, below: id }).length
  );
  const place = `${id.split("/")[4]} · ${text(body.location)} · ${
    text(propertiesOf(body).provisioningState)
  }`;
  return `<section>
<h2>Workspace ${text(body.name)}</h2>
<p class="quiet">${
    escapeHtml(place)
  } · data versions: ${data} · environment versions: ${environments}</p>
<h3>Models</h3>
${models.length > 0 ? modelTable(store, models) : "<p>None yet.</p>"}
<h3>Online endpoints</h3>
${endpoints.length > 0 ? endpointTable(store, endpoints) : "<p>None yet.</p>"}
</section>`;
}

function modelTable(store: Store, models: readonly Stored[]): string {
  const rows = models.flatMap((model) =>
    store.list({ type: `${AML}/workspaces/models/versions`, parent: model.id })
      .toReversed().slice(0, VERSIONS)
      .map(({ body }) => {
        const { tags, properties } = propertiesOf(body) as Record<string, JsonRecord>;
        const { createdAt } = (body.systemData ?? {}) as JsonRecord;
        return [
          text(model.body.name),
          text(body.name),
          pairs({ ...properties, ...tags }),
          time(text(createdAt)),
        ];
      })
  );
  return table(["Name", "Version", "Tags", "Made"], rows);
}

function endpointTable(store: Store, endpoints: readonly Stored[]): string {
  const rows = endpoints.flatMap(({ id, body }) => {
    const { traffic, mirrorTraffic, provisioningState, scoringUri } = propertiesOf(body);
    const first = [text(body.name), text(provisioningState), text(scoringUri)];
    const deployments = store.list({
      type: `${AML}/workspaces/onlineEndpoints/deployments`,
      parent: id,
    });
    const share = (map: Json | undefined, name: string) =>
      (map as JsonRecord | undefined)?.[name] ?? 0;
    const lines = deployments.map((deployment) => {
      const name = String(deployment.body.name), mirrored = Number(share(mirrorTraffic, name));
      const { provisioningState: state, model } = propertiesOf(deployment.body);
      const what = String(model ?? "").split("/").slice(-3).join(" ").replace(" versions ", ":");
      const traffics = `${share(traffic, name)} %${mirrored > 0 ? `, mirror ${mirrored} %` : ""}`;
      return [escapeHtml(name), text(state), traffics, escapeHtml(what)];
    });
    return (lines.length > 0 ? lines : [["none", "", "", ""]])
      .map((line, i) => [...i === 0 ? first : ["", "", ""], ...line]);
  });
  const heads = ["Name", "State", "Scoring URL", "Deployment", "State", "Traffic", "Model"];
  return table(heads, rows);
}

/** Cells are HTML already. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((name) => `<th scope="col">${name}</th>`).join("");
  const lines = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>
${lines.join("\n")}
</tbody></table></div>`;
}

function pairs(map: JsonRecord): string {
  return Object.entries(map)
    .map(([key, value]) =>
      `<span class="tag">${escapeHtml(key)} <b>${short(String(value))}</b></span>`
    )
    .join(" ");
}

/** A digest by its first digits, the whole of it where the pointer rests. */
function short(value: string): string {
  if (!/^[\da-f]{32,}$/i.test(value)) return escapeHtml(value);
  return `<abbr title="${value}">${value.slice(0, 12)}…</abbr>`;
}

/** `2026-01-31 10:00:00 UTC` for an instant in ISO 8601. */
function time(instant: string): string {
  return instant.replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

function text(value: Json | undefined): string {
  return escapeHtml(value === undefined || value === null ? "" : String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text as it stands in HTML, in an attribute too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --quiet: light-dark(#555, #aaa); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: light-dark(#fff, #16181c);
  color: light-dark(#1b1f24, #e6e8eb); }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .75rem; }
dt, .quiet { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
nav { display: flex; gap: 1rem; } a { color: light-dark(#0b57c2, #8ab4f8); }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
td:last-child, td:first-child { white-space: nowrap; } abbr { text-decoration: none; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0;
  border-bottom: 1px solid var(--line); }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: .3rem; padding: 0 .4rem;
  font-size: .85em; overflow-wrap: anywhere; }
`;
