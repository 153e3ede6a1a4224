/** The program: environment → model, collector and server; ends at SIGTERM without losing anything. */

import { createLogger, type Logger } from "lib/core/mod.ts";
import type { OpenSink } from "./append_sink.ts";
import { type Collector, createCollector } from "./collector.ts";
import { createUnready } from "./health.ts";
import { countInFlight } from "./in_flight.ts";
import { loadModel } from "./model_folder.ts";
import { createScorer } from "./scorer.ts";
import { readSettings, type Settings } from "./settings.ts";
import { openSpool } from "./spool.ts";

/** Exit code for settings that break a rule. */
const BAD_SETTINGS = 2;

/**
 * Runs the service until SIGTERM or SIGINT: then it is not ready any more, answers what is under way,
 * writes what was collected, and ends with 0. Without a model that is the one asked for it lives, is
 * never ready and says why.
 *
 * @param openSink The way to Blob; called only where something is collected.
 *
 * @example
 * ```ts ignore
 * await serve(async (target) => (await import("./azure_blob.ts")).openAppendSink(target));
 * ```
 */
export async function serve(openSink: OpenSink): Promise<void> {
  const asked = Promise.withResolvers<void>();
  // first of all: whoever has read that it serves may end it
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, asked.resolve);
  }
  const log = createLogger({ write: (line) => console.log(line) });
  const settings = settingsOrExit(log);
  const { modelDir, modelDigest, modelVersion, host, port, shutdownMs, drillDelayMs } = settings;
  const loaded = loadModel(modelDir, modelDigest === undefined ? {} : { digest: modelDigest });
  let isEnding = false, collector: Collector | undefined;
  let handle: (request: Request) => Promise<Response>;
  if (loaded.ok) {
    const { model } = loaded;
    collector = await startCollector(settings, { openSink, log });
    const ready = () => !isEnding, delayMs = drillDelayMs;
    if (delayMs > 0) log.warn("incident drill: every answer is delayed", { delayMs });
    const how = { modelVersion, log, ready, delayMs };
    handle = createScorer({ model, ...how, ...(collector && { collector }) });
  } else {
    log.error("never ready", { reason: loaded.reason });
    handle = createUnready(loaded.reason);
  }
  const digest = loaded.ok ? loaded.model.digest : null;
  const onListen = ({ port }: { port: number }) =>
    log.info("serving", { port, modelVersion, digest, collects: collector !== undefined });
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
  log.info("ended", { ...collector?.state });
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

/** Waits for work, but no longer than the signal lets it. */
async function within(signal: AbortSignal, work: Promise<unknown> | undefined): Promise<void> {
  const over = new Promise((resolve) => signal.addEventListener("abort", resolve));
  await Promise.race([work, over]);
}
