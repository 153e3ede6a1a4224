/** The verb dashboard: one page that says how the endpoint in use stands. */

import { join } from "node:path";
import { reportPage } from "lib/view/mod.ts";
import { instant } from "./dashboard_age.ts";
import { type DashboardChoice, type DashboardData, readDashboard } from "./dashboard_data.ts";
import { dashboardSections } from "./dashboard_sections.ts";
import { dashboardTiles } from "./dashboard_tiles.ts";
import { replaceFile } from "./files.ts";
import { OUT } from "./paths.ts";
import type { Workspace } from "./workspace.ts";

/** Where the static page is written. */
export const DASHBOARD_FILE: string = join(OUT, "dashboard/index.html");

/** Options of {@linkcode dashboardPage}. */
export interface DashboardPageOptions {
  /** Seconds after which a browser loads the page again. Default: never. */
  readonly refreshSeconds?: number;
}

/**
 * Makes the page.
 *
 * @param data What {@linkcode readDashboard} gives.
 * @param options See {@linkcode DashboardPageOptions}.
 * @returns An HTML document that loads nothing else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dashboardPage } from "lib/lifecycle/mod.ts";
 *
 * const html = dashboardPage({
 *   at: "2026-03-04T05:06:07Z", place: "local: mlw-local", endpointName: null, model: null, endpoint: null,
 *   deployments: [], versions: [], aliases: {}, production: [], gate: [], alerts: null,
 *   monitoring: null, scenes: null, experiment: null, rollout: null, incident: null,
 *   notices: ["There is no endpoint yet."],
 * });
 * assert.match(html, /There is no endpoint yet\./);
 * ```
 */
export function dashboardPage(
  data: DashboardData,
  { refreshSeconds }: DashboardPageOptions = {},
): string {
  const { endpointName, model, at, place, notices } = data;
  return reportPage({
    title: endpointName === null ? "Dashboard" : `${endpointName} in use`,
    meta: [
      ...(model === null ? [] : [`model ${model}`]),
      place,
      `as of ${instant(at)}`,
      ...(refreshSeconds === undefined ? [] : [`read anew every ${refreshSeconds} s`]),
    ].join(" · "),
    ...{ notices, refreshSeconds, tiles: dashboardTiles(data), sections: dashboardSections(data) },
  });
}

/**
 * The page of a dashboard that could not be read at all.
 *
 * @param error What happened, in one line.
 * @param at When, ISO 8601.
 * @param options See {@linkcode DashboardPageOptions}.
 * @returns An HTML document.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dashboardErrorPage } from "lib/lifecycle/mod.ts";
 *
 * assert.match(dashboardErrorPage("Nobody answers.", "2026-03-04T05:06:07Z"), /Nobody answers\./);
 * ```
 */
export function dashboardErrorPage(
  error: string,
  at: string,
  { refreshSeconds }: DashboardPageOptions = {},
): string {
  const meta = `tried ${instant(at)}`;
  return reportPage({ title: "Dashboard", meta, notices: [error], sections: [], refreshSeconds });
}

/**
 * Reads the dashboard and writes its static page, whole or not at all.
 *
 * @param workspace Where to read.
 * @param choice The endpoint and the model, see {@linkcode DashboardChoice}; `file`: where to write.
 * Default {@linkcode DASHBOARD_FILE}.
 * @returns The file, and what was read.
 * @throws {BadInput} If a name can be none.
 *
 * @example
 * ```ts ignore
 * const { file } = await writeDashboard(workspace, { endpoint: "iris-live" });
 * ```
 */
export async function writeDashboard(
  workspace: Pick<Workspace, "azure" | "registry">,
  { file = DASHBOARD_FILE, ...choice }: DashboardChoice & { readonly file?: string } = {},
): Promise<{ readonly file: string; readonly data: DashboardData }> {
  const data = await readDashboard(workspace, choice);
  await replaceFile(file, dashboardPage(data));
  return { file, data };
}
