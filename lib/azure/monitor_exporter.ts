/** Telemetry of tasks: the workspace's Application Insights, through the Azure Monitor exporter. */

import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { type Attributes, type ExportTelemetry, exportThrough, watchClient } from "lib/core/mod.ts";
import type { Azure } from "./open_azure.ts";
import type { ReadEnv } from "./target.ts";
import { localTransport } from "./transport.ts";

/** Version of Application Insights' control plane. */
const COMPONENTS = "2020-02-02";

/**
 * The connection string of the workspace's Application Insights.
 *
 * @param azure The workspace.
 * @param env Reads the environment: `APPLICATIONINSIGHTS_CONNECTION_STRING` goes first. Default: this
 * process's.
 * @returns E.g. `InstrumentationKey=…;IngestionEndpoint=…`; undefined if the workspace has none.
 * @throws {Error} If it cannot be asked.
 *
 * @example
 * ```ts ignore
 * const connectionString = await findConnectionString(await openAzure());
 * ```
 */
export async function findConnectionString(
  { ml, target, armFetch }: Pick<Azure, "ml" | "target" | "armFetch">,
  env: ReadEnv = (name) => Deno.env.get(name),
): Promise<string | undefined> {
  const given = env("APPLICATIONINSIGHTS_CONNECTION_STRING")?.trim();
  if (given) return given;
  const workspace = await ml.workspaces.get(target.resourceGroup, target.workspace);
  const { applicationInsights: id } = workspace;
  if (!id) return undefined;
  const url = `https://management.azure.com${id}?api-version=${COMPONENTS}`;
  const response = await armFetch(url), text = await response.text();
  if (!response.ok) {
    throw new Error(`Cannot read Application Insights: ${response.status} ${text.slice(0, 200)}`);
  }
  return JSON.parse(text).properties?.ConnectionString;
}

/**
 * The way to Application Insights. The exporter's own statistics and its question for settings are off:
 * what is told goes to the workspace's own component and nowhere else.
 *
 * @param options The connection string; who tells, in OpenTelemetry's words; Local Azure, e.g.
 * `http://127.0.0.1:7070`, undefined for the cloud.
 * @returns Takes batches of spans and events; rejects where one was not taken.
 *
 * @example
 * ```ts ignore
 * const send = await openMonitor({ connectionString, resource: { "service.name": "lifecycle" } });
 * ```
 */
export async function openMonitor(
  { connectionString, resource, base }: {
    readonly connectionString: string;
    readonly resource: Attributes;
    readonly base?: string;
  },
): Promise<ExportTelemetry> {
  Deno.env.set("APPLICATION_INSIGHTS_NO_STATSBEAT", "1"); // read when the exporter is made
  const { AzureMonitorLogExporter, AzureMonitorTraceExporter } = await import(
    "@azure/monitor-opentelemetry-exporter"
  );
  const inner: HttpClient = base === undefined ? createDefaultHttpClient() : localTransport(base);
  const client = watchClient(inner);
  const options = {
    ...{ connectionString, httpClient: client, disableOfflineStorage: true },
    retryOptions: { maxRetries: 0 },
  };
  const spans = new AzureMonitorTraceExporter(options), logs = new AzureMonitorLogExporter(options);
  await stopSettings();

  return exportThrough({ spans, logs, client }, resource);
}

/**
 * Has the exporter ask Microsoft's settings service nothing. No option does that, and the module that
 * does is not among those that the package shows; so it is taken by its file, as the version is pinned.
 * Where the file is another, it asks, which does no harm.
 */
async function stopSettings(): Promise<void> {
  try {
    const index = import.meta.resolve("@azure/monitor-opentelemetry-exporter");
    const file = new URL("./_configuration/configurationManager.js", index);
    const { ConfigurationManager } = await import(file.href);
    ConfigurationManager.getInstance().shutdown();
  } catch {
    // another version's files
  }
}
