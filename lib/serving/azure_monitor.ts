/** Application Insights through the Azure Monitor exporter. It is heavy: only a program that tells loads this file. */

import {
  AzureMonitorLogExporter,
  AzureMonitorTraceExporter,
} from "@azure/monitor-opentelemetry-exporter";
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { type ExportTelemetry, readableLog, readableSpan } from "lib/core/mod.ts";
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
  let status = 0; // of the last answer: without a disk to put it on, the exporter calls a lost batch a success
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const response = await inner.sendRequest(request);
      status = response.status;
      return response;
    },
  };
  const options = {
    ...{ connectionString, httpClient },
    disableOfflineStorage: true, // the container's disk is for what was collected
    retryOptions: { maxRetries: 0 }, // a batch that is not taken is lost, see the queue
  };
  const spans = new AzureMonitorTraceExporter(options), logs = new AzureMonitorLogExporter(options);

  async function send(exporter: Exporter, batch: readonly unknown[]): Promise<void> {
    if (batch.length === 0) return;
    status = 0;
    await new Promise<void>((done) => exporter.export([...batch], () => done()));
    if (status !== 200) {
      throw new Error(`Cannot export as the intake answered ${status || "nothing"}`);
    }
  }

  return async (batch) => {
    const work = batch.filter((record) => record.kind === "span");
    const events = batch.filter((record) => record.kind === "event");
    await send(spans, work.map((span) => readableSpan(span, resource)));
    await send(logs, events.map((event) => readableLog(event, resource)));
  };
}

/** An exporter of either kind, as far as it is used here. */
interface Exporter {
  // deno-lint-ignore no-explicit-any -- spans or log records, by the exporter
  export(batch: any[], done: () => void): unknown;
}
