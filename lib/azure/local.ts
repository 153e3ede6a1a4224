/**
 * Local Azure as a background process: found, started, emptied and stopped from outside. Whoever uses
 * it does so over HTTP; nothing here imports the emulator.
 *
 * One process per checkout. `.local/local-azure.json` says where it is; whether there is one says a
 * lock that the system lifts when its holder ends.
 */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import {
  ANSWER_MS,
  ask,
  type CheckoutOptions,
  findLocalAzure,
  isHeld,
  type LocalAzureProcess,
  LOOK_MS,
  pause,
  readState,
  ROOT,
} from "./local_state.ts";
import { LOCAL_WORKSPACE, localEnvironment } from "./target.ts";

export { type CheckoutOptions, findLocalAzure, type LocalAzureProcess } from "./local_state.ts";

/** Options of {@linkcode ensureLocalAzure}. */
export interface EnsureOptions extends CheckoutOptions {
  /** Minutes without a request after which a process that is started here ends itself, if no process that asked for it lives. Default 120. */
  readonly idleMinutes?: number;
  /** Longest wait for it to answer, in milliseconds. Default 120 000: the first start downloads. */
  readonly timeoutMs?: number;
}

/** Starts before it is given up: one that somebody kills while it comes up is started again. */
const MOST_STARTS = 4;

/** Longest wait for an orderly end, in milliseconds; then it is killed. */
const END_MS = 15_000;

/**
 * Makes sure that the checkout's Local Azure runs. Any number of processes may ask at once; one
 * process results. It outlives the one that started it, and ends itself when nobody needs it any more.
 *
 * @param options See {@linkcode EnsureOptions}.
 * @returns It, answering.
 * @throws {Error} If it does not come up; with the last lines that it wrote.
 *
 * @example
 * ```ts ignore
 * const { port } = await ensureLocalAzure();
 * ```
 */
export async function ensureLocalAzure(options: EnsureOptions = {}): Promise<LocalAzureProcess> {
  const { checkout = ROOT } = options;
  for (let tries = MOST_STARTS;; tries--) {
    const found = await findLocalAzure({ checkout }) ?? await startOnce(checkout, options);
    try {
      await ask(`${found.url}/_local/keep`, { pid: Deno.pid });
      return found;
    } catch (error) {
      if (tries === 1) throw error; // it was just ending, or was killed; the next one is not
    }
  }
}

async function startOnce(checkout: string, options: EnsureOptions): Promise<LocalAzureProcess> {
  await Deno.mkdir(join(checkout, ".local"), { recursive: true });
  using lock = await Deno.open(join(checkout, ".local/local-azure.starting.lock"), {
    ...{ create: true, read: true, write: true },
  });
  await lock.lock(true); // others wait here, and find it afterwards
  for (let starts = 1; starts < MOST_STARTS; starts++) {
    const found = await findLocalAzure({ checkout }) ?? await start(checkout, options);
    if (found) return found;
  }
  throw failure("each one that was started was killed at once", "");
}

/** Starts one and waits until it answers; nothing if it is killed before that. */
async function start(
  checkout: string,
  { idleMinutes = 120, timeoutMs = 120_000 }: EnsureOptions,
): Promise<LocalAzureProcess | undefined> {
  const path = join(checkout, ".local/local-azure.log");
  const child = detached(checkout, idleMinutes, path);
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    const found = await findLocalAzure({ checkout });
    if (found) return found;
    const code = child.code();
    if (code === "killed") return undefined;
    if (code !== undefined) throw failure(`it ended with exit code ${code}`, await tail(path));
    await pause(LOOK_MS);
  }
  child.kill();
  throw failure(`it did not answer within ${timeoutMs / 1000} s`, await tail(path));
}

function failure(why: string, lines: string): Error {
  return new Error(`Cannot start Local Azure as ${why}${lines ? `; it wrote: ${lines}` : ""}`);
}

/** Starts the server apart from this process, writing into a file. */
function detached(
  checkout: string,
  idleMinutes: number,
  log: string,
): { code(): number | "killed" | undefined; kill(): void } {
  const output = openSync(log, "w", 0o600);
  const child = spawn(Deno.execPath(), [
    "run",
    ...["--quiet", "--frozen", "--no-prompt", "--config", join(ROOT, "deno.json")],
    ...["--allow-net=127.0.0.1", "--allow-env", "--allow-sys", "--allow-read", "--allow-run"],
    `--allow-write=${join(checkout, ".local")}`,
    join(ROOT, "scripts/local_azure.ts"),
    ...["--checkout", checkout, "--idle-minutes", String(idleMinutes)],
  ], { cwd: ROOT, detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  let code: number | "killed" | undefined;
  child.on("error", (error) => {
    code = -1;
    Deno.writeTextFileSync(log, error.message);
  });
  child.on("exit", (exit) => code = exit ?? "killed");
  if (child.pid !== undefined) child.unref();
  return { code: () => code, kill: () => void child.kill("SIGKILL") };
}

async function tail(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.trim().split("\n").slice(-5).join("\n");
}

/**
 * Empties the checkout's Local Azure: the running one, or else its data folder in `.local`.
 *
 * @param options See {@linkcode CheckoutOptions}.
 * @throws {Error} If one holds the checkout but does not answer.
 */
export async function resetLocalAzure({ checkout = ROOT }: CheckoutOptions = {}): Promise<void> {
  const found = await findLocalAzure({ checkout });
  if (found) return void await ask(`${found.url}/_local/reset`, {}, 60_000);
  if (await isHeld(checkout)) {
    throw new Error(
      "Cannot empty Local Azure as it does not answer: deno task local-azure:stop ends it",
    );
  }
  try {
    await Deno.remove(join(checkout, ".local/local-azure"), { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Stops the checkout's Local Azure: it is asked to end, and killed if it does not.
 *
 * @param options See {@linkcode CheckoutOptions}.
 * @returns Whether there was one.
 * @throws {Error} If it is there but cannot be ended.
 */
export async function stopLocalAzure({ checkout = ROOT }: CheckoutOptions = {}): Promise<boolean> {
  if (!await isHeld(checkout)) return false; // whatever the state file says, its process is gone
  const state = await readState(checkout), found = await findLocalAzure({ checkout });
  if (found) await ask(`${found.url}/_local/stop`, {});
  else if (state) Deno.kill(state.pid, "SIGTERM");
  if (await freed(checkout, END_MS)) return true;
  if (state) Deno.kill(state.pid, "SIGKILL");
  if (await freed(checkout, ANSWER_MS)) return true;
  throw new Error(`Cannot stop Local Azure as process ${state?.pid ?? "?"} does not end`);
}

async function freed(checkout: string, milliseconds: number): Promise<boolean> {
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    if (!await isHeld(checkout)) return true;
    await pause(LOOK_MS);
  }
  return false;
}

/**
 * The variables that another client of Local Azure needs in its environment, e.g. Microsoft's Python
 * SDK.
 *
 * @param port Its port.
 * @returns Variables and their values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clientEnvironment } from "lib/azure/local.ts";
 *
 * assert.equal(clientEnvironment(7070).MLFLOW_TRACKING_URI, "http://127.0.0.1:7070");
 * ```
 */
export function clientEnvironment(port: number): Record<string, string> {
  const { subscriptionId, resourceGroup, workspace } = LOCAL_WORKSPACE;
  return {
    ...localEnvironment(port),
    AZURE_SUBSCRIPTION_ID: subscriptionId,
    AZURE_RESOURCE_GROUP: resourceGroup,
    AZURE_ML_WORKSPACE: workspace,
    MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}`,
  };
}
