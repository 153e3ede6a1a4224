/**
 * How a checkout's Local Azure is found: `.local/local-azure.json`, written by the server once it
 * answers, and a lock that says that there is one, however it ends.
 */

import { join } from "node:path";
import { BadInput } from "lib/core/mod.ts";

/** Longest wait for somebody who only looks, in milliseconds. */
const LOOK_MS = 200;

/** Longest wait for a server that is starting or ending, in milliseconds. */
const OTHER_MS = 20_000;

/** What the state file says. */
export interface ServerState {
  /** The server's process. */
  readonly pid: number;
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A checkout that this process may serve. */
export interface Claim {
  /** Port of a server that was killed here: its clients look for the next one there. */
  readonly lastPort: number | undefined;
  /** Writes the state file. */
  announce(state: ServerState): void;
  /** Removes the state file: whoever looks for a server no longer finds this one. */
  withdraw(): void;
  /** Lets the next server come; to be called at the very end. */
  release(): void;
}

/**
 * Claims a checkout, so that there is never a second server over a running one.
 *
 * @param checkout The checkout's folder.
 * @returns See {@linkcode Claim}.
 * @throws {BadInput} If `.local` cannot be written.
 * @throws {Error} If a Local Azure runs for this checkout already.
 */
export async function claimCheckout(checkout: string): Promise<Claim> {
  const folder = join(checkout, ".local"), path = join(folder, "local-azure.json");
  let file: Deno.FsFile;
  try {
    Deno.mkdirSync(folder, { recursive: true });
    file = Deno.openSync(join(folder, "local-azure.lock"), {
      create: true,
      read: true,
      write: true,
    });
  } catch (cause) {
    const rule = `must be a folder that can be written (${(cause as Error).message})`;
    throw new BadInput({ field: folder, rule }, { cause });
  }
  if (!await locked(file, path)) {
    file.close();
    throw new Error(`Cannot start Local Azure as one runs here already${where(path)}`);
  }
  return {
    lastPort: portOf(stateAt(path)),
    announce(state) {
      const draft = `${path}.${Deno.pid}.tmp`; // readers see all of it or nothing
      Deno.writeTextFileSync(draft, JSON.stringify(state) + "\n");
      Deno.renameSync(draft, path);
    },
    withdraw: () => removeFile(path),
    release() {
      removeFile(path);
      file.close();
    },
  };
}

/**
 * Takes the lock. Whoever looks whether there is a server holds it for a moment; a server that is
 * starting or ending, which has no state file, is waited for.
 */
async function locked(file: Deno.FsFile, path: string): Promise<boolean> {
  const began = performance.now();
  for (;;) {
    if (await file.tryLock(true)) return true;
    const waited = performance.now() - began;
    if (waited > (exists(path) ? LOOK_MS : OTHER_MS)) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The port that a state names, if a server may take it. */
function portOf(state: ServerState | undefined): number | undefined {
  return state && state.port >= 1024 && state.port <= 65_535 ? state.port : undefined;
}

function where(path: string): string {
  const state = stateAt(path);
  if (!state) return " and is just starting or ending";
  const { pid, port } = state;
  return `: http://127.0.0.1:${port}, process ${pid}; deno task local-azure:stop ends it`;
}

/** What a state file says, if it is one. */
function stateAt(path: string): ServerState | undefined {
  try {
    const state = JSON.parse(Deno.readTextFileSync(path)) as ServerState | null;
    return Number.isInteger(state?.pid) && Number.isInteger(state?.port) ? state! : undefined;
  } catch {
    return undefined;
  }
}
