/** One `deno jupyter` kernel: started, asked, interrupted, and ended whatever happens. */

import { randomUUID } from "node:crypto";
import { Channels, type RequestChannel } from "./channels.ts";
import {
  freePorts,
  type Ports,
  removeConnectionFile,
  writeConnectionFile,
} from "./connection_file.ts";
import { type KernelLog, readKernelLog } from "./kernel_log.ts";
import { endWithProcess } from "./live_kernels.ts";
import type { Content, Message } from "./wire.ts";

/** Options of {@linkcode Kernel.start}. */
export interface KernelOptions {
  /** The folder that the code runs in; `deno.json` is looked for from here upwards. */
  readonly cwd: string;
  /** Environment variables on top of this process's own. `NO_COLOR=1` is set unless given here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes each line that the kernel itself reports, e.g. of a package being downloaded. */
  readonly onLog?: (line: string) => void;
  /** Ends the kernel when it aborts. */
  readonly signal?: AbortSignal;
}

/** Longest time that a kernel may take to start, in milliseconds. It takes 0.2 s when all is well. */
const START_LIMIT_MS = 30_000;

/** How long a kernel may take to end by itself, in milliseconds. */
const STOP_LIMIT_MS = 3_000;

/**
 * A running kernel. A class because it holds a process and three connections.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Kernel } from "lib/notebook/mod.ts";
 *
 * const kernel = await Kernel.start({ cwd: Deno.cwd() });
 * try {
 *   assert.equal((await kernel.execute("6 * 7")).status, "ok");
 * } finally {
 *   await kernel.stop();
 * }
 * ```
 */
export class Kernel {
  /** Takes what the kernel tells everybody: outputs, errors, its state. Replies do not come here. */
  onMessage: (message: Message) => void = () => {};
  /** Rejects once the kernel is of no more use: it ended, or its stream broke. */
  readonly failed: Promise<never>;

  readonly #process: Deno.ChildProcess;
  readonly #key: string;
  readonly #connectionFile: string;
  readonly #log: KernelLog;
  readonly #forget: () => void;
  #fail: (reason: unknown) => void = () => {};
  #channels?: Channels;
  readonly #ended = new AbortController();
  #stopping = false;

  private constructor(
    process: Deno.ChildProcess,
    key: string,
    connectionFile: string,
    options: KernelOptions,
  ) {
    this.#process = process;
    this.#key = key;
    this.#connectionFile = connectionFile;
    this.failed = new Promise<never>((_, reject) => this.#fail = reject);
    this.failed.catch(() => {}); // whoever asks is told; nobody has to ask
    this.#log = readKernelLog(process.stderr, options.onLog);
    process.status.then(async ({ code, signal }) => {
      if (this.#stopping) return;
      await Promise.race([this.#log.ended, sleep(100)]); // a cell's child may hold the log open
      const how = signal ? `killed by ${signal}` : `exit code ${code}`;
      const last = this.#log.last();
      this.#fail(new Error(`the kernel ended (${how})${last ? `: ${last}` : ""}`));
    });
    options.signal?.addEventListener("abort", () => {
      this.#fail(options.signal?.reason);
      this.#kill();
    }, { signal: this.#ended.signal });
    this.#forget = endWithProcess(() => this.#kill());
  }

  /**
   * Starts a kernel. Tries twice, since another program may take a port between its choice and its
   * use.
   *
   * @param options See {@linkcode KernelOptions}.
   * @returns A kernel that answers.
   * @throws {Error} If it does not start; nothing of it is left then.
   */
  static async start(options: KernelOptions): Promise<Kernel> {
    options.signal?.throwIfAborted();
    try {
      return await Kernel.#launch(options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      return await Kernel.#launch(options);
    }
  }

  static async #launch(options: KernelOptions): Promise<Kernel> {
    const ports = freePorts(), key = randomUUID();
    const file = await writeConnectionFile(ports, key);
    try {
      const process = new Deno.Command(Deno.execPath(), {
        args: ["jupyter", "--kernel", "--conn", file],
        cwd: options.cwd,
        env: { NO_COLOR: "1", ...options.env },
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const kernel = new Kernel(process, key, file, options);
      try {
        await kernel.#connect(ports);
        return kernel;
      } catch (error) {
        await kernel.stop({ kill: true });
        throw error;
      }
    } finally {
      removeConnectionFile(file); // it holds the key, and has been read
    }
  }

  /** The kernel's process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Runs code, as a front end does.
   *
   * @param code One cell.
   * @param options `silent`: counts nothing.
   * @returns The reply: `status`, and where it is `error` the error's `ename`, `evalue`, `traceback`.
   * It comes *before* the last outputs.
   * @throws What {@linkcode Kernel.failed} rejects with.
   */
  execute(code: string, options: { silent?: boolean } = {}): Promise<Content> {
    const { silent = false } = options;
    return this.request("execute_request", {
      code,
      silent,
      store_history: !silent,
      user_expressions: {},
      allow_stdin: false,
    });
  }

  /**
   * Asks the kernel anything.
   *
   * @param type A message type of Jupyter, e.g. `kernel_info_request`.
   * @param content What is asked.
   * @param channel `control` is answered while a cell runs.
   * @returns The content of the reply.
   * @throws What {@linkcode Kernel.failed} rejects with.
   */
  async request(
    type: string,
    content: Content,
    channel: RequestChannel = "shell",
  ): Promise<Content> {
    if (!this.#channels) throw new Error("the kernel is not connected");
    return await Promise.race([this.#channels.request(type, content, channel), this.failed]);
  }

  /**
   * Stops a cell that computes; the kernel and its variables live on. A cell that awaits is not
   * stopped, and the kernel is of no more use then (Deno 2.9).
   */
  async interrupt(): Promise<void> {
    await this.request("interrupt_request", {}, "control");
  }

  /**
   * Ends the kernel and waits until its process is gone. May be called twice.
   *
   * @param options `kill`: without asking first, for a kernel that hangs.
   */
  async stop(options: { kill?: boolean } = {}): Promise<void> {
    this.#stopping = true;
    if (options.kill || !this.#channels) this.#kill();
    else this.request("shutdown_request", { restart: false }, "control").catch(() => {});
    const late = setTimeout(() => this.#kill(), STOP_LIMIT_MS);
    await this.#process.status;
    clearTimeout(late);
    this.#forget();
    this.#ended.abort();
    this.#fail(new Error("the kernel was stopped"));
    this.#channels?.close();
    await this.#log.close();
  }

  #kill(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // gone already
    }
    removeConnectionFile(this.#connectionFile);
  }

  async #connect(ports: Ports): Promise<void> {
    const giveUp = new AbortController();
    this.failed.catch((reason) => giveUp.abort(reason));
    const late = setTimeout(
      () => this.#fail(new Error(`the kernel did not start within ${START_LIMIT_MS / 1000} s`)),
      START_LIMIT_MS,
    );
    const listener = {
      onMessage: (message: Message) => this.onMessage(message),
      onBroken: (error: unknown) => this.#break(error),
    };
    try {
      this.#channels = await Channels.connect(ports, this.#key, listener, giveUp.signal);
    } finally {
      clearTimeout(late);
    }
  }

  async #break(error: unknown): Promise<void> {
    if (this.#stopping) return;
    await sleep(500); // where the process has ended, its exit code is the better message
    const why = error instanceof Error ? error.message : String(error);
    this.#fail(new Error(`the kernel's output stream broke, as by too much output: ${why}`));
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
