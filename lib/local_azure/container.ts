/** A container's process: one program that ends when Local Azure does, however that ends. */

import type { ProcessRecord } from "./process_record.ts";
import type { Command } from "./runtime.ts";

/** Who is told of a container. */
export interface ContainerOptions {
  /** Takes what it writes, in pieces. */
  readonly onOutput: (bytes: Uint8Array) => void;
  /** Remembers its process. */
  readonly record: ProcessRecord;
}

/** A container that runs, or has run. */
export interface Container {
  /** Number of its process. */
  readonly pid: number;
  /** How it ended, e.g. `exit code 1` or `signal SIGKILL`, once all that it wrote was taken. */
  readonly ended: Promise<string>;
  /** Whether it has ended. */
  readonly isOver: boolean;
  /** Asks it to end (SIGTERM), and makes it (SIGKILL) after so many milliseconds. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts the program in the place of the shell (same process number), with a watcher beside it that
 * holds the other end of our pipe. The pipe ends when we do, whatever ends us, and the watcher then
 * ends the program; a line on the pipe sends the watcher away.
 */
const WATCHED = `
exec 3<&0 </dev/null
( trap '' HUP INT TERM; exec >/dev/null 2>&1; read -r _ <&3 || kill -9 $$ ) &
exec 3<&-
exec "$@"`;

/** How long output is waited for after the process has ended, in milliseconds. */
const LAST_OUTPUT_MS = 500;

/**
 * Starts a container.
 *
 * @param command See {@linkcode Command}.
 * @param options See {@linkcode ContainerOptions}.
 * @returns See {@linkcode Container}. Where there is no `/bin/sh` (Windows) the program runs unwatched.
 */
export function startContainer(
  { words, env, cwd }: Command,
  { onOutput, record }: ContainerOptions,
): Container {
  const isWatched = Deno.build.os !== "windows", [program, ...args] = words;
  const child = new Deno.Command(isWatched ? "/bin/sh" : program, {
    args: isWatched ? ["-c", WATCHED, "sh", ...words] : args,
    cwd,
    env: { ...env },
    clearEnv: true,
    stdin: isWatched ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  record.add(child.pid);
  const watcher = isWatched ? child.stdin.getWriter() : undefined;
  const heard = Promise.all([hear(child.stdout, onOutput), hear(child.stderr, onOutput)]);
  let isOver = false;

  async function end(): Promise<string> {
    const { code, signal } = await child.status;
    isOver = true;
    record.remove(child.pid);
    await watcher?.write(new TextEncoder().encode("over\n")).catch(() => {});
    await watcher?.close().catch(() => {});
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((done) => timer = setTimeout(done, LAST_OUTPUT_MS));
    await Promise.race([heard, late]);
    clearTimeout(timer);
    return signal ? `signal ${signal}` : `exit code ${code}`;
  }

  const ended = end();

  function signal(name: Deno.Signal): void {
    try {
      if (!isOver) child.kill(name);
    } catch {
      // it has ended in this moment
    }
  }

  return {
    pid: child.pid,
    ended,
    get isOver() {
      return isOver;
    },
    async stop(graceMs) {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function hear(
  stream: ReadableStream<Uint8Array>,
  onOutput: (bytes: Uint8Array) => void,
): Promise<void> {
  for await (const bytes of stream) onOutput(bytes);
}
