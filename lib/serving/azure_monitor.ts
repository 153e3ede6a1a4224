/** Application Insights through the Azure Monitor exporter. It is heavy: only a program that tells loads this file. */

import {
  AzureMonitorLogExporter,
  AzureMonitorTraceExporter,
} from "@azure/monitor-opentelemetry-exporter";
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { type ExportTelemetry, exportThrough, watchClient } from "lib/core/mod.ts";
import { localTransport } from "./local_transport.ts";
import type { TelemetryTarget } from "./telemetry_target.ts";

/**
 * The way to Application Insights.
 *
 * Nothing is written to disk, and statistics about the exporter itself are off, as Local Azure and
 * `deployVersion` set the variables for that. The exporter asks Microsoft's settings service now and then,
 * which no option turns off; where the network does not let it, it goes on without.
 *
 * @param target See {@linkcode TelemetryTarget}.
 * @returns Takes batches of spans and events.
 * @throws {Error} If the connection string is none.
 *
 * @example
 * ```ts ignore
 * const send = openMonitor({ connectionString, resource: { "service.name": "forest-scorer" } });
 * await send([span]);
 * ```
 */
export function openMonitor(
  { connectionString, resource, localUrl }: TelemetryTarget,
): ExportTelemetry {
  const inner: HttpClient = localUrl === undefined
    ? createDefaultHttpClient()
    : localTransport(localUrl);
  const client = watchClient(inner);
  const options = {
    ...{ connectionString, httpClient: client },
    disableOfflineStorage: true, // the container's disk is for what was collected
    retryOptions: { maxRetries: 0 }, // a batch that is not taken is lost, see the queue
  };
  const spans = new AzureMonitorTraceExporter(options), logs = new AzureMonitorLogExporter(options);

  return exportThrough({ spans, logs, client }, resource);
}
