/** The program: environment → model, collector and server; ends at SIGTERM without losing anything. */

import {
  createLogger,
  createTelemetryQueue,
  type Logger,
  type TelemetryQueue,
} from "lib/core/mod.ts";
import type { OpenSink } from "./append_sink.ts";
import { type Collector, createCollector } from "./collector.ts";
import { createUnready } from "./health.ts";
import { countInFlight } from "./in_flight.ts";
import { loadModel } from "./model_folder.ts";
import { createRequestTrace, type RequestTrace } from "./request_trace.ts";
import { createScorer } from "./scorer.ts";
import { readSettings, type Settings } from "./settings.ts";
import { openSpool } from "./spool.ts";
import type { OpenMonitor } from "./telemetry_target.ts";
import { systemTimers } from "./timers.ts";

/** Exit code for settings that break a rule. */
const BAD_SETTINGS = 2;

/** What the program needs the Azure SDKs for; each is called only where its settings are given. */
export interface Sdks {
  /** The way to Blob. */
  readonly openSink: OpenSink;
  /** The way to Application Insights. */
  readonly openMonitor: OpenMonitor;
}

/**
 * Runs the service until SIGTERM or SIGINT: then it is not ready any more, answers what is under way,
 * writes what was collected, and ends with 0. Without a model that is the one asked for it lives, is
 * never ready and says why.
 *
 * @param sdks See {@linkcode Sdks}.
 *
 * @example
 * ```ts ignore
 * await serve({
 *   openSink: async (target) => (await import("./azure_blob.ts")).openAppendSink(target),
 *   openMonitor: async (target) => (await import("./azure_monitor.ts")).openMonitor(target),
 * });
 * ```
 */
export async function serve({ openSink, openMonitor }: Sdks): Promise<void> {
  const asked = Promise.withResolvers<void>();
  // first of all: whoever has read that it serves may end it
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, asked.resolve);
  }
  const log = createLogger({ write: (line) => console.log(line) });
  const settings = settingsOrExit(log);
  const { modelDir, modelDigest, modelVersion, host, port, shutdownMs, drillDelayMs } = settings;
  const loaded = loadModel(modelDir, modelDigest === undefined ? {} : { digest: modelDigest });
  let isEnding = false, collector: Collector | undefined, telling: Telling | undefined;
  let handle: (request: Request) => Promise<Response>;
  if (loaded.ok) {
    const { model } = loaded;
    telling = await startTelling(settings, { openMonitor, log, digest: model.digest });
    const { trace } = telling ?? {};
    const openWatched: OpenSink = async (target) => {
      const sink = await openSink(target);
      return trace ? trace.watched(sink) : sink;
    };
    collector = await startCollector(settings, { openSink: openWatched, log });
    const ready = () => !isEnding, delayMs = drillDelayMs;
    if (delayMs > 0) log.warn("incident drill: every answer is delayed", { delayMs });
    const how = { modelVersion, log, ready, delayMs };
    handle = createScorer({
      ...{ model, ...how },
      ...(collector && { collector }),
      ...(trace && { trace }),
    });
  } else {
    log.error("never ready", { reason: loaded.reason });
    handle = createUnready(loaded.reason);
  }
  const digest = loaded.ok ? loaded.model.digest : null;
  const onListen = ({ port }: { port: number }) =>
    log.info("serving", {
      ...{ port, modelVersion, digest },
      ...{ collects: collector !== undefined, tells: telling !== undefined },
    });
  const requests = countInFlight(handle);
  const server = Deno.serve({ hostname: host, port, onListen }, requests.handle);

  await asked.promise;
  isEnding = true;
  log.info("ending");
  const deadline = AbortSignal.timeout(shutdownMs);
  // half of the time for answers, so that some is left for what was collected
  const answered = requests.idle().then(() => server.shutdown());
  await within(AbortSignal.timeout(shutdownMs / 2), answered);
  await within(deadline, collector?.close(deadline));
  await within(deadline, telling?.queue.flush()); // last, since closing the collector tells something too
  log.info("ended", { ...collector?.state, ...(telling && { telemetry: telling.queue.counts }) });
  Deno.exit(0);
}

function settingsOrExit(log: Logger): Settings {
  try {
    return readSettings((name) => Deno.env.get(name));
  } catch (error) {
    log.error("bad settings", { error });
    Deno.exit(BAD_SETTINGS);
  }
}

async function startCollector(
  { collect, endpoint, deployment, source, modelVersion, localUrl }: Settings,
  { openSink, log }: { openSink: OpenSink; log: Logger },
): Promise<Collector | undefined> {
  if (!collect) return undefined;
  const { accountUrl, container, sampling, flushMs, flushBytes } = collect;
  const instance = crypto.randomUUID();
  let opening: ReturnType<OpenSink> | undefined;
  const open = () =>
    opening ??= openSink({ accountUrl, container, ...(localUrl !== undefined && { localUrl }) })
      .catch((error) => {
        opening = undefined;
        throw error;
      });
  try {
    const { spool: folder, spoolBytes: maxBytes } = collect;
    const spool = openSpool({ folder, instance, maxBytes });
    const origin = { endpoint, deployment, instance, source, modelVersion };
    const how = { sampling, flushMs, flushBytes, log };
    const collector = createCollector({ spool, openSink: open, origin, ...how });
    // before the first request: loading the SDK holds everything up for a moment
    await open().catch((error) => log.warn("the way to Blob is not open", { error }));
    void collector.flush(); // what an earlier process has left
    return collector;
  } catch (error) {
    log.error("nothing is collected", { error }); // answers matter more
    return undefined;
  }
}

/** Spans on their way. */
interface Telling {
  readonly trace: RequestTrace;
  readonly queue: TelemetryQueue;
}

async function startTelling(
  { telemetry, endpoint, deployment, modelVersion, collect, localUrl }: Settings,
  { openMonitor, log, digest }: { openMonitor: OpenMonitor; log: Logger; digest: string },
): Promise<Telling | undefined> {
  if (!telemetry) return undefined;
  const { connectionString, ratio } = telemetry, instance = crypto.randomUUID();
  const attributes = {
    endpoint,
    deployment,
    "model.version": modelVersion,
    "model.digest": digest,
  };
  const resource = {
    "service.name": `${endpoint}/${deployment}`,
    "service.version": modelVersion,
    "service.instance.id": instance,
  };
  try {
    // before the first request: loading the exporter holds everything up for a moment
    const send = await openMonitor({
      ...{ connectionString, resource },
      ...(localUrl !== undefined && { localUrl }),
    });
    const open = () => Promise.resolve(send);
    const queue = createTelemetryQueue({ open, after: systemTimers.after, log });
    const blobHost = collect ? new URL(collect.accountUrl).host : "";
    return { queue, trace: createRequestTrace({ queue, ratio, attributes, blobHost }) };
  } catch (error) {
    log.error("nothing is told", { error }); // answers matter more
    return undefined;
  }
}

/** Waits for work, but no longer than the signal lets it. */
async function within(signal: AbortSignal, work: Promise<unknown> | undefined): Promise<void> {
  const over = new Promise((resolve) => signal.addEventListener("abort", resolve));
  await Promise.race([work, over]);
}
