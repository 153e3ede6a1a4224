/** The place of one deployment: its generations, of which one answers while the next comes up. */

import { join } from "node:path";
import type { Clock } from "lib/core/mod.ts";
import { checkVariables } from "./child_environment.ts";
import { type ContainerLog, inStage, type LogOptions, openContainerLog } from "./container_log.ts";
import type { Image, Images } from "./images.ts";
import { type Instance, startInstance } from "./instance.ts";
import { pause } from "./probe.ts";
import type { ProcessRecord } from "./process_record.ts";
import { remove } from "./remove.ts";
import { DeploymentError, type DeploymentSpec, type RunningDeployment } from "./runtime.ts";

/** A deployment that runs. */
export interface RunningChild extends RunningDeployment {
  /** Its present process. */
  readonly pid: number;
}

/** What a slot is made of. */
export interface SlotOptions {
  /** The deployment's folder. */
  readonly folder: string;
  /** Makes what is started. */
  readonly images: Images;
  /** Remembers processes. */
  readonly record: ProcessRecord;
  /** For the log. */
  readonly clock: Clock;
}

/** The place of one deployment. What is asked of it is done in order. */
export interface DeploymentSlot {
  /** What answers now. */
  readonly running: RunningChild | undefined;
  /** Brings a generation up and lets it take over; see `Runtime.start`. */
  start(spec: DeploymentSpec, signal?: AbortSignal): Promise<RunningChild>;
  /** The log of the last generation that was begun; undefined if none was. */
  logs(options: LogOptions): string | undefined;
  /** Ends everything, keeping the logs. */
  close(): Promise<void>;
}

/** How long a generation that was replaced may go on with the requests that it has, in ms, at most. */
const LONGEST_DRAIN_MS = 5_000;

interface Generation {
  readonly folder: string;
  readonly log: ContainerLog;
  readonly image: Image;
  readonly instance: Instance;
  readonly running: RunningChild;
}

/** A slot in a folder. */
export function openSlot(options: SlotOptions): DeploymentSlot {
  const { folder, images, record, clock } = options;
  const closing = new AbortController(), leaving = new Set<Promise<void>>();
  let current: Generation | undefined, turn: Promise<void> = Promise.resolve();
  let last: { log: ContainerLog; folder: string } | undefined;

  async function inTurn<T>(body: () => Promise<T>): Promise<T> {
    const before = turn, done = Promise.withResolvers<void>();
    turn = done.promise;
    await before;
    try {
      return await body();
    } finally {
      done.resolve();
    }
  }

  async function bringUp(spec: DeploymentSpec, signal: AbortSignal): Promise<RunningChild> {
    if (last && last.folder !== current?.folder) await remove(last.folder); // it had failed
    const path = join(folder, `g${(generations(folder)[0]?.number ?? 0) + 1}`);
    await Deno.mkdir(path, { recursive: true });
    const log = openContainerLog(path, clock, true);
    last = { log, folder: path };
    try {
      const { image, instance } = await build(spec, await Deno.realPath(path), log, signal);
      const running: RunningChild = {
        spec,
        get port() {
          return instance.port;
        },
        get ready() {
          return instance.isReady;
        },
        get pid() {
          return instance.pid;
        },
      };
      const before = current;
      current = { folder: path, log, image, instance, running };
      if (before) retire(before);
      else await removeOlder(path); // an earlier run's
      return running;
    } catch (error) {
      log.close();
      if (error instanceof DeploymentError) throw error;
      const { message } = error as Error;
      throw new DeploymentError("InternalServerError", `${spec.name} was not started: ${message}`);
    }
  }

  async function removeOlder(path: string): Promise<void> {
    for (const older of generations(folder)) if (older.path !== path) await remove(older.path);
  }

  async function build(
    spec: DeploymentSpec,
    folder: string,
    log: ContainerLog,
    signal: AbortSignal,
  ): Promise<{ image: Image; instance: Instance }> {
    checkPorts(spec);
    checkVariables(spec.environmentVariables);
    log.stage("SystemSetup", "Succeeded");
    const image = await images.prepare({ spec, folder, log, signal });
    try {
      if (signal.aborted) throw canceled(spec);
      const instance = await inStage(log, "UserContainerStart", async () => {
        log.event("Created", "Created container inference-server");
        const started = await startInstance({ spec, image, log, record }, signal);
        log.event("ContainerReady", "Container is ready");
        return started;
      });
      return { image, instance };
    } catch (error) {
      await image.remove();
      throw error;
    }
  }

  /** Lets a generation finish what it has, then ends it. */
  function retire({ running, ...generation }: Generation): void {
    const drainMs = Math.min(running.spec.requestTimeoutMs, LONGEST_DRAIN_MS);
    const gone = (async () => {
      await pause(drainMs, closing.signal);
      await end(generation);
      await remove(generation.folder);
    })();
    leaving.add(gone);
    gone.finally(() => leaving.delete(gone));
  }

  async function end(generation: Omit<Generation, "running">): Promise<void> {
    const { instance, image, log } = generation;
    await instance.stop();
    await image.remove();
    log.event("Killing", "Stopping container inference-server");
    log.close();
  }

  return {
    get running() {
      return current?.running;
    },
    start(spec, signal) {
      const giveUp = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      return inTurn(() => {
        if (giveUp.aborted) throw canceled(spec);
        return bringUp(spec, giveUp);
      });
    },
    logs(options) {
      if (last) return last.log.text(options);
      const latest = generations(folder)[0];
      return latest && openContainerLog(latest.path, clock, false).text(options);
    },
    async close() {
      closing.abort();
      await inTurn(async () => {
        if (current) await end(current);
        current = undefined;
        await Promise.all(leaving);
      });
    },
  };
}

/** One program listens on one port here, whatever the image would do. */
function checkPorts({ routes }: DeploymentSpec): void {
  const ports = new Set(
    [routes.liveness, routes.readiness, routes.scoring].map(({ port }) => port),
  );
  if (ports.size === 1) return;
  throw new DeploymentError(
    "BadArgument",
    `inferenceConfig's routes must have one port, as one program listens: ${[...ports].join(", ")}`,
  );
}

function canceled({ name }: DeploymentSpec): DeploymentError {
  return new DeploymentError("OperationCanceled", `The start of ${name} was given up`);
}

/** Generations that are on disk, the latest first. */
function generations(folder: string): { number: number; path: string }[] {
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name }) => /^g\d+$/.test(name))
      .map(({ name }) => ({ number: Number(name.slice(1)), path: join(folder, name) }))
      .sort((a, b) => b.number - a.number);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
