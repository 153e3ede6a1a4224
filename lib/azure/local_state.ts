/** Where a checkout's Local Azure is, and whether it still is: the state file, its lock, its health. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout that this file lies in. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Time between two looks while something starts or ends, in milliseconds. */
export const LOOK_MS = 20;

/** Longest wait for an answer of a process that runs, in milliseconds. */
export const ANSWER_MS = 5000;

/** A Local Azure that answers. */
export interface LocalAzureProcess {
  /** Its process. */
  readonly pid: number;
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** When it was started, in ISO 8601. */
  readonly startedAt: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Where it keeps its data: tells it from another that has its port later. */
  readonly folder: string;
}

/** Which Local Azure is meant. */
export interface CheckoutOptions {
  /** The checkout whose `.local` is looked at. Default: the one that this file lies in. */
  readonly checkout?: string;
}

/**
 * Finds the checkout's Local Azure.
 *
 * @param options See {@linkcode CheckoutOptions}.
 * @returns It, if it answers and is the process that the state file names; else nothing.
 *
 * @example
 * ```ts ignore
 * const { url } = await findLocalAzure() ?? await ensureLocalAzure();
 * ```
 */
export async function findLocalAzure(
  { checkout = ROOT }: CheckoutOptions = {},
): Promise<LocalAzureProcess | undefined> {
  const state = await readState(checkout);
  if (!state) return undefined;
  const url = `http://127.0.0.1:${state.port}`;
  try {
    const health = await ask(`${url}/_local/health`);
    return health.pid === state.pid ? { ...state, url, folder: String(health.folder) } : undefined;
  } catch {
    return undefined; // nobody there, or somebody else
  }
}

/** Whether a server holds the checkout, answering or not. */
export async function isHeld(checkout: string): Promise<boolean> {
  try {
    using file = await Deno.open(join(checkout, ".local/local-azure.lock"), { write: true });
    return !await file.tryLock(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What the state file says, whether or not it is still so. */
export async function readState(
  checkout: string,
): Promise<Omit<LocalAzureProcess, "url" | "folder"> | undefined> {
  try {
    const text = await Deno.readTextFile(join(checkout, ".local/local-azure.json"));
    const { pid, port, startedAt } = JSON.parse(text);
    return Number.isInteger(pid) && Number.isInteger(port) ? { pid, port, startedAt } : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Asks a control route.
 *
 * @param url Its URL.
 * @param body What to POST; a GET without it.
 * @param milliseconds Longest wait for the answer.
 * @throws {Error} If nobody answers, or not with success.
 */
export async function ask(
  url: string,
  body?: object,
  milliseconds = ANSWER_MS,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: body ? "POST" : "GET",
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(milliseconds),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(`Cannot ask ${url} as it must answer with success: ${response.status}`);
  }
  return answer;
}

/** Waits so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
