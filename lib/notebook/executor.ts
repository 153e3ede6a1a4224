/** Runs one cell at a time, and knows when all of its outputs have come. */

import type { Kernel } from "./kernel.ts";
import type { Content, Message } from "./wire.ts";

/** An error as a kernel reports it. */
export interface KernelError {
  /** The error's name. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** The stack, line by line. */
  readonly traceback: readonly string[];
}

/** How a cell ended. `lost`: the kernel is of no more use. */
export type Ending =
  | { readonly kind: "done"; readonly count: number | null }
  | { readonly kind: "error"; readonly count: number | null; readonly error: KernelError }
  | { readonly kind: "lost"; readonly error: KernelError };

/** What a request for one cell may say. */
export interface ExecuteOptions {
  /** Longest time that the cell may take, in seconds. */
  readonly seconds: number;
  /** What the cell is called in a message. Default `the cell`. */
  readonly what?: string;
  /** Whether it counts nothing. Default false. */
  readonly silent?: boolean;
}

/** Runs code in a kernel. */
export interface Executor {
  /** Runs one cell; resolves once it has ended and its outputs have been handed over. */
  execute(code: string, options: ExecuteOptions): Promise<Ending>;
}

/**
 * A marker that goes through the same queue as the outputs. The kernel replies, and says `idle`,
 * before a cell's outputs have left; what comes before the marker is all there is.
 */
const FENCE = "mlops_fence";
const FENCE_CODE = `Deno.jupyter.broadcast(${JSON.stringify(FENCE)}, {}); undefined`;

/**
 * When the marker is sent though no reply has come, in milliseconds: it waits in the kernel then, and
 * tells a cell that still runs from one that the kernel has forgotten. Not at once, because the
 * kernel's second reply in a row takes 40 ms (Nagle's algorithm against delayed acknowledgement).
 */
const PATIENCE_MS = 250;

const MORE_TIME = "metadata.timeout gives a cell more time";

/** A timer that is set for longer than 25 days goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Takes over a kernel's messages.
 *
 * @param kernel A kernel that nobody else talks to.
 * @param onMessage Takes the outputs of the cell that runs.
 * @returns The executor.
 */
export function createExecutor(kernel: Kernel, onMessage: (message: Message) => void): Executor {
  let onFence = () => {};
  kernel.onMessage = (message) => message.type === FENCE ? onFence() : onMessage(message);

  async function execute(code: string, options: ExecuteOptions): Promise<Ending> {
    const { seconds, silent, what = "the cell" } = options;
    const fenced = new Promise<void>((resolve) => onFence = resolve);
    const limit = alarm(seconds * 1000), patience = alarm(PATIENCE_MS);
    let reply: Content | undefined;
    try {
      const replied = kernel.execute(code, { silent }).then((content) => reply = content);
      await Promise.race([replied, patience.over, limit.over]);
      const done = Promise.all([kernel.execute(FENCE_CODE, { silent: true }), fenced]);
      if (await Promise.race([done, limit.over]) === "over") {
        return lost("TimeoutError", `${what} did not end within ${seconds} s; ${MORE_TIME}`);
      }
    } catch (error) {
      return lost(error instanceof Error ? error.name : "Error", messageOf(error));
    } finally {
      limit.off();
      patience.off();
    }
    return endingOf(reply);
  }

  return { execute };
}

function alarm(milliseconds: number): { over: Promise<"over">; off: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<"over">((resolve) => {
    timer = setTimeout(() => resolve("over"), Math.min(milliseconds, LONGEST_TIMER_MS));
  });
  return { over, off: () => clearTimeout(timer) };
}

function endingOf(reply: Content | undefined): Ending {
  // Replies come in the order of the requests, so the marker's without the cell's means that the
  // kernel has dropped the cell. Deno 2.9 does that with one kind of result.
  if (!reply) return { kind: "error", count: null, error: UNSENDABLE };
  const count = typeof reply.execution_count === "number" ? reply.execution_count : null;
  if (reply.status === "ok") return { kind: "done", count };
  const error = {
    name: String(reply.ename),
    message: String(reply.evalue),
    traceback: Array.isArray(reply.traceback) ? reply.traceback.map(String) : [],
  };
  return { kind: "error", count, error };
}

const UNSENDABLE: KernelError = {
  name: "RangeError",
  message: "the cell's result cannot be shown, and the cell would never end, as the kernel loses " +
    "whole numbers of 2^53 and more: show String(value) instead",
  traceback: [],
};

function lost(name: string, message: string): Ending {
  return { kind: "lost", error: { name, message, traceback: [] } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
