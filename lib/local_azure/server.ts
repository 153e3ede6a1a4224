/** Local Azure as one process: one port on 127.0.0.1, and behind it whatever a request's host names. */

import { join, resolve } from "node:path";
import { BadInput, type Clock, systemClock } from "lib/core/mod.ts";
import { takeLock } from "./folder_lock.ts";
import { type Door, openDoor } from "./door.ts";
import { createFront } from "./front.ts";
import { watchIdle } from "./idle.ts";
import { type LogFile, openLog } from "./log_file.ts";
import { OWNER_FOLDER, ownerOnly } from "./owner_only.ts";
import { page } from "./page.ts";
import type { Parts } from "./parts.ts";
import { partsWith } from "./real_parts.ts";
import type { RuntimeName } from "./runtime.ts";
import { signingKey } from "./tokens.ts";
import { telemetrySections, TRACE_STYLE } from "./trace_page.ts";
import { openWorld, type World } from "./world.ts";

/** Options of {@linkcode openLocalAzure}. */
export interface LocalAzureOptions {
  /** The data folder; made where there is none. */
  readonly folder: string;
  /** The port on 127.0.0.1; 0 for any. */
  readonly port: number;
  /** Whether the next free port will do, up to 99 further. Default no. */
  readonly nextFree?: boolean;
  /** Time, before a test moves it through `/_local/clock`. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Whether groups and workspaces that are not there are made when they are mentioned. Default no. */
  readonly lenient?: boolean;
  /** Further names that Local Azure goes by, e.g. behind a port forward. Default none. */
  readonly allowHosts?: readonly string[];
  /** Time without a request after which {@linkcode RunningLocalAzure.stopped} resolves, in ms. Default never. */
  readonly idleMs?: number;
  /** How deployments run. Default: as child processes. */
  readonly runtime?: RuntimeName;
  /** How the parts are made. Default: the real ones. */
  readonly parts?: Parts;
}

/** A Local Azure that runs. */
export interface RunningLocalAzure {
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** Resolves when somebody asked it to stop, or nobody asked it for anything for long. */
  readonly stopped: Promise<void>;
  /** Ends it: deployments first, then the port, then what is on disk. */
  close(): Promise<void>;
}

/** How long requests that are being answered may take when it closes, in milliseconds. */
const LAST_ANSWERS_MS = 2000;

/** How long a request to an endpoint waits for deployments that a restart brings up, in ms. */
const REVIVAL_MS = 20_000;

/** What stays when everything is emptied. */
const KEPT = new Set(["lock", "log.jsonl", "log.1.jsonl"]);

/** Lines of the log that `/_local/log` shows. */
const LOG_LINES = 200;

/**
 * Opens Local Azure.
 *
 * @param options See {@linkcode LocalAzureOptions}.
 * @returns See {@linkcode RunningLocalAzure}; it answers already.
 * @throws {BadInput} If the port is taken, or the folder cannot be written, is in use by another Local
 * Azure, or was written by a newer one; or if this machine cannot have the runtime.
 *
 * @example
 * ```ts ignore
 * const { port, close } = await openLocalAzure({ folder: ".local/local-azure", port: 0 });
 * await fetch(`http://127.0.0.1:${port}/_local/health`);
 * await close();
 * ```
 */
export async function openLocalAzure(options: LocalAzureOptions): Promise<RunningLocalAzure> {
  const { clock = systemClock, allowHosts = [], idleMs = 0, runtime = "child" } = options;
  const { parts = await partsWith(runtime) } = options;
  const folder = resolve(options.folder), startedAt = clock.now();
  makeFolder(folder);
  const unlock = takeLock(join(folder, "lock"), folder);
  let logFile: LogFile | undefined, server: Server | undefined, door: Door | undefined;
  const stop = Promise.withResolvers<void>(),
    idle = watchIdle(idleMs, stop.resolve, () => isBusy());
  let isBusy = () => false; // while there is no world

  function letGo(): void {
    idle.close();
    logFile?.close();
    unlock();
  }

  try {
    const { log } = logFile = openLog(folder, clock);
    let world: World, isOpen = false, port = 0;
    let opening = Promise.resolve(); // requests wait for it
    let resetting = Promise.resolve();

    const open = async (key?: Uint8Array) => {
      const { lenient = false } = options;
      world = await openWorld({ folder, port, clock, log, parts, lenient, key });
      isOpen = true;
      isBusy = () => world.isBusy();
    };
    const exchange = async () => {
      const key = signingKey(world.local.store); // so that tokens handed out stay good
      isOpen = false;
      isBusy = () => false;
      await world.close();
      empty(folder);
      await open(key);
      log.info("emptied");
    };
    const reset = async () => {
      await world.quiet(); // deployments write their last lines through the port
      await (opening = exchange());
    };
    const facts = () => ({ port, folder, startedAt, now: world.clock.now() });
    const front = createFront({
      log,
      allowHosts,
      folder,
      ready: () => opening,
      isUp: () => isOpen && world.isRevived,
      hosts: () => world.hosts,
      revived: () => world.revived(REVIVAL_MS),
      controls: {
        world: () => world,
        health() {
          const { port, startedAt } = facts();
          return { ok: true, pid: Deno.pid, port, folder, startedAt: startedAt.toISOString() };
        },
        page: (trace) =>
          page(world.local.store, facts(), {
            ...{ html: telemetrySections(world.local, trace), style: TRACE_STYLE },
          }),
        log: () => logFile!.last(LOG_LINES),
        reset: () => resetting = resetting.catch(() => {}).then(reset),
        stop: () => void setTimeout(stop.resolve), // the answer goes out first
        keepFor: idle.keepFor,
      },
    });
    const opened = Promise.withResolvers<void>();
    opening = opened.promise;
    const listener = listen(options);
    port = listener.addr.port;
    server = serve((request) => {
      idle.touch();
      return front.handle(request);
    });
    const { plain, failed } = front, { touch } = idle;
    door = openDoor({ listener, port: server.addr.port, plain, failed, touch });
    await open();
    opened.resolve();
    log.info("started", { port, folder, pid: Deno.pid });
    return {
      port,
      stopped: stop.promise,
      async close() {
        await resetting.catch(() => {}); // whoever asked for it has been told
        await world.quiet();
        await shutDown(door!, server!);
        isBusy = () => false;
        await world.close();
        log.info("ended", { pid: Deno.pid });
        letGo();
      },
    };
  } catch (error) {
    if (door && server) await shutDown(door, server);
    letGo();
    throw error;
  }
}

/** Removes everything but the lock and the log. */
function empty(folder: string): void {
  for (const { name } of [...Deno.readDirSync(folder)]) {
    if (!KEPT.has(name)) Deno.removeSync(join(folder, name), { recursive: true });
  }
}

type Server = Deno.HttpServer<Deno.NetAddr>;

function makeFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: OWNER_FOLDER });
    ownerOnly(folder, OWNER_FOLDER);
  } catch (cause) {
    const rule = `must be a folder that can be written (${(cause as Error).message})`;
    throw new BadInput({ field: folder, rule }, { cause });
  }
}

/** Listens at the port, or at the next free one if that will do. */
function listen({ port, nextFree = false }: LocalAzureOptions): Deno.TcpListener {
  const last = nextFree ? port + 99 : port;
  for (let at = port;; at++) {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port: at });
    } catch (cause) {
      if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
      if (at >= last) {
        const rule = nextFree ? `must be free, or one of the 99 after it` : "must be free";
        throw new BadInput({ field: "port", rule, value: port }, { cause });
      }
    }
  }
}

/** The complete server behind the door, on a port of its own that nobody is told. */
function serve(handler: (request: Request) => Promise<Response>): Server {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
}

/** Lets the last answers go out, for a while, and then ends every connection. */
async function shutDown(door: Door, server: Server): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, LAST_ANSWERS_MS);
  await Promise.race([Promise.all([door.finish(), server.shutdown()]), late.promise]);
  clearTimeout(timer);
  door.close();
}
