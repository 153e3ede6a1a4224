/** Long-running operations: progress while they run, a readable error when they fail. */

/** The part of the SDKs' pollers that is used. */
export interface Poller<Result> {
  /** Asks once how far the operation is. */
  poll(options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  /** Whether it has ended. */
  isDone(): boolean;
  /** Its result, once it has ended. */
  getResult(): Result | undefined;
}

/** Why an operation failed. */
export class OperationError extends Error {
  /** Always `OperationError`. */
  override readonly name = "OperationError";
  /** The service's code, e.g. `ImageBuildFailure`. */
  readonly code: string;
  /** The service's sentence. */
  readonly reason: string;
  /** The container's last log lines, where there are any. */
  readonly log: readonly string[];

  /** The message carries action, code, reason and the last log line. */
  constructor(
    { action, code, reason, log = [] }: {
      action: string;
      code: string;
      reason: string;
      log?: readonly string[];
    },
    options?: ErrorOptions,
  ) {
    const last = log.at(-1);
    super(
      `Cannot ${action}: ${code}: ${reason}${last ? ` (last log line: ${last})` : ""}`,
      options,
    );
    this.code = code;
    this.reason = reason;
    this.log = log;
  }
}

/** Options of {@linkcode settle}. */
export interface OperationOptions {
  /** What is done, as in "create endpoint iris". */
  readonly action: string;
  /** Told after each poll how many seconds have gone. */
  readonly onWait?: (seconds: number) => void;
  /** Stops waiting; the operation itself goes on at the service. */
  readonly signal?: AbortSignal;
  /** Waiting time between polls, in milliseconds. */
  readonly intervalMs: number;
  /** Fetches the container's last log lines for the error, where there is a container. */
  readonly log?: () => Promise<readonly string[]>;
}

/**
 * Waits for an operation.
 *
 * @param begin Starts it.
 * @param options See {@linkcode OperationOptions}.
 * @returns Its result.
 * @throws {OperationError} If the service refuses it or it fails.
 * @throws The signal's reason, if it aborts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { settle } from "lib/azure/mod.ts";
 *
 * let polls = 0;
 * const poller = { poll: () => Promise.resolve(polls++), isDone: () => polls > 1, getResult: () => "made" };
 * assert.equal(await settle(() => Promise.resolve(poller), { action: "make", intervalMs: 1 }), "made");
 * ```
 */
export async function settle<Result>(
  begin: () => Promise<Poller<Result>>,
  options: OperationOptions,
): Promise<Result> {
  const { action, onWait, signal, intervalMs, log } = options;
  const started = performance.now();
  try {
    signal?.throwIfAborted();
    const poller = await begin();
    while (!poller.isDone()) {
      signal?.throwIfAborted();
      await poller.poll({ abortSignal: signal });
      onWait?.((performance.now() - started) / 1000);
      if (!poller.isDone()) await pause(intervalMs, signal);
    }
    return poller.getResult() as Result;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const lines = await log?.().catch(() => []) ?? [];
    throw operationError(action, error as Error, lines);
  }
}

/**
 * An SDK's error as an {@linkcode OperationError}.
 *
 * A refused request has a code; a failed operation comes as a plain error whose message is
 * "The long-running operation has failed. CODE. reason".
 */
export function operationError(
  action: string,
  error: Error & { code?: string },
  log: readonly string[] = [],
): OperationError {
  if (error instanceof OperationError) return error;
  const failed = /^The long-running operation has failed\.\s*(\w+)\.\s*([^]*)$/.exec(error.message);
  const [code, reason] = failed
    ? [failed[1], failed[2]]
    : [error.code ?? error.name, detailOf(error) ?? error.message];
  return new OperationError({ action, code, reason: reason.trim(), log }, { cause: error });
}

/** Azure ML wraps the reason of a refusal: a detail whose message is JSON with a list of errors. */
function detailOf(error: Error): string | undefined {
  // deno-lint-ignore no-explicit-any -- the SDK's error body has no type
  const details = (error as any).details?.error?.details;
  const text: unknown = Array.isArray(details) ? details[0]?.message : undefined;
  if (typeof text !== "string") return undefined;
  try {
    const lists = Object.values(JSON.parse(text).errors ?? {}).flat();
    return lists.length > 0 ? lists.join(" ") : text;
  } catch {
    return text;
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(signal.reason); // its event is over
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
