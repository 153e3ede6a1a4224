/** What both who tell share over an exporter of OpenTelemetry's, without importing one. */

import type { ExportTelemetry } from "./telemetry_queue.ts";
import { type Attributes, readableLog, readableSpan } from "./telemetry_record.ts";

/** An exporter of either kind, as far as it is used here. */
export interface TelemetryExporter {
  /** Sends a batch and says when it is done, not how it went. */
  // deno-lint-ignore no-explicit-any -- spans or log records, by the exporter
  export(batch: any[], done: () => void): unknown;
}

/** A client that is watched, and the status of its last answer; 0 for none. */
export interface WatchedClient<Request, Response> {
  /** Sends a request. */
  sendRequest(request: Request): Promise<Response>;
  /** The last status. Whoever wants to know of the next one sets it to 0. */
  status: number;
}

/**
 * Watches a client: without a disk to put it on, the exporter calls a lost batch a success.
 *
 * @param inner The client.
 * @returns The same, with the status of its last answer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { watchClient } from "lib/core/mod.ts";
 *
 * const client = watchClient({ sendRequest: (_: string) => Promise.resolve({ status: 206 }) });
 * await client.sendRequest("a batch");
 * assert.equal(client.status, 206);
 * ```
 */
export function watchClient<Request, Response extends { readonly status: number }>(
  inner: { sendRequest(request: Request): Promise<Response> },
): WatchedClient<Request, Response> {
  const watched = {
    status: 0,
    async sendRequest(request: Request) {
      const response = await inner.sendRequest(request);
      watched.status = response.status;
      return response;
    },
  };
  return watched;
}

/**
 * Spans and events through their two exporters.
 *
 * @param exporters Theirs, and the client that both send with.
 * @param resource Who tells, in OpenTelemetry's words.
 * @returns Takes batches; rejects where one was not taken whole.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { exportThrough } from "lib/core/mod.ts";
 *
 * const none = { export: (_: unknown[], done: () => void) => done() };
 * const send = exportThrough({ spans: none, logs: none, client: { status: 0 } }, {});
 * await send([]); // nothing to send, and nothing that could be lost
 * ```
 */
export function exportThrough(
  { spans, logs, client }: {
    readonly spans: TelemetryExporter;
    readonly logs: TelemetryExporter;
    readonly client: { status: number };
  },
  resource: Attributes,
): ExportTelemetry {
  async function send(exporter: TelemetryExporter, batch: readonly unknown[]): Promise<void> {
    if (batch.length === 0) return;
    client.status = 0;
    await new Promise<void>((done) => exporter.export([...batch], () => done()));
    if (client.status !== 200) {
      throw new Error(`Cannot export as the intake answered ${client.status || "nothing"}`);
    }
  }

  return async (batch) => {
    const work = batch.filter((record) => record.kind === "span");
    const events = batch.filter((record) => record.kind === "event");
    await send(spans, work.map((span) => readableSpan(span, resource)));
    await send(logs, events.map((event) => readableLog(event, resource)));
  };
}
