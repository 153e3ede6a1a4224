/**
 * A Local Azure that was killed is started again by whoever needs it next, at the same port; the
 * request waits meanwhile. One that was stopped on purpose stays so.
 */

import { ensureLocalAzure, type EnsureOptions } from "./local.ts";
import { readState, ROOT } from "./local_state.ts";

/** Brings Local Azure up again: gives its URL; undefined if nobody killed it. */
export type Revive = () => Promise<string | undefined>;

/** Times that one request brings it up again before it gives up. */
const MOST_REVIVALS = 5;

/**
 * Revives the checkout's Local Azure. Any number of requests may ask at once, in any number of
 * processes: it is started once.
 *
 * @param options See {@linkcode EnsureOptions}.
 * @returns See {@linkcode Revive}. A server that ends in order removes its state file first, so one that
 * is still there, with nobody answering, is the mark of a server that was killed.
 *
 * @example
 * ```ts ignore
 * const revive = reviveLocalAzure();
 * const url = await revive();
 * ```
 */
export function reviveLocalAzure(options: EnsureOptions = {}): Revive {
  const { checkout = ROOT } = options;
  let running: Promise<string | undefined> | undefined;
  async function revive(): Promise<string | undefined> {
    if (!await readState(checkout)) return undefined;
    return (await ensureLocalAzure(options)).url;
  }
  return () => running ??= revive().finally(() => running = undefined);
}

/**
 * The header with which a client says whose Local Azure it means: the data folder, percent-encoded. One
 * that is not meant, since it has taken the port meanwhile, refuses with 421 and this header.
 */
export const FOLDER_HEADER = "x-local-azure-folder";

/**
 * Refuses an answer that comes from another Local Azure than the one that was meant.
 *
 * @param status Its status.
 * @param folder What it says in {@linkcode FOLDER_HEADER}.
 * @throws {Error} As if nobody had listened: what was asked was not done.
 */
export function checkMeant(status: number, folder: string | null | undefined): void {
  if (status !== 421 || !folder) return;
  throw new Error("ECONNREFUSED: another Local Azure has the port now");
}

/** Whether a request failed before it got anywhere: nobody listened. */
export function wasRefused(error: unknown): boolean {
  return texts(error).some((text) => /ECONNREFUSED|connection refused/i.test(text));
}

/** Whether the connection broke while the request was under way: nobody knows how far it came. */
export function wasCutOff(error: unknown): boolean {
  return texts(error).some((text) =>
    /ECONNRESET|EPIPE|socket hang up|connection reset|connection closed|broken pipe|unexpected (?:eof|end of file)/i
      .test(text)
  );
}

/** Code and message of an error and of what caused it. */
function texts(error: unknown): string[] {
  const found: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    found.push(at.message, String((at as { code?: string }).code ?? ""));
  }
  return found;
}

/** How {@linkcode sendThrough} treats what goes wrong. */
export interface SendOptions {
  /** Brings Local Azure up again. */
  readonly revive: Revive;
  /**
   * What becomes of a request that was cut off: `repeat` sends it again; any other text names it in an
   * error that says what to do. Default: its error is passed on, to a caller with rules of its own.
   */
  readonly cutOff?: string;
}

/**
 * Sends a request to Local Azure, and again where nobody listened and it could be brought up again:
 * such a request has never arrived, so that it is done once, whatever it does.
 *
 * @param send Sends it; called again for each try.
 * @param options See {@linkcode SendOptions}.
 * @returns What `send` gives.
 * @throws What `send` throws; or one line that says what to do.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sendThrough } from "lib/azure/revival.ts";
 *
 * let tries = 0;
 * const send = () =>
 *   tries++ === 0 ? Promise.reject(new Error("connect ECONNREFUSED")) : Promise.resolve("done");
 * const revive = () => Promise.resolve("http://127.0.0.1:7070");
 * assert.equal(await sendThrough(send, { revive }), "done");
 * ```
 */
export async function sendThrough<T>(
  send: () => Promise<T>,
  { revive, cutOff }: SendOptions,
): Promise<T> {
  for (let revivals = 0;; revivals++) {
    try {
      return await send();
    } catch (error) {
      const isCut = !wasRefused(error);
      if (isCut && (cutOff === undefined || !wasCutOff(error))) throw error;
      if (revivals >= MOST_REVIVALS || await revive() === undefined) throw error;
      if (!isCut || cutOff === "repeat") continue;
      const message = `Cannot tell whether ${cutOff} was done as Local Azure ended meanwhile: ` +
        "it runs again, so run this once more";
      throw new Error(message, { cause: error });
    }
  }
}
