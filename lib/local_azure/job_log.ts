/** What a job writes: kept in a file, and put into Blob again and again while it grows. */

import type { Logger } from "lib/core/mod.ts";

/** The log of one job. */
export interface JobLog {
  /** Takes what the program wrote. */
  readonly write: (bytes: Uint8Array) => void;
  /** Local Azure says a line. */
  say(line: string): void;
  /** The last lines. */
  last(lines: number): string[];
  /** Puts the rest into Blob. */
  close(): Promise<void>;
}

/** From one time to the next that the log is put into Blob, in milliseconds. */
const PERIOD_MS = 1_000;

/** Longest log, in bytes; what is written beyond is lost, and the log says so. */
const LONGEST = 20 * 1024 * 1024;

/**
 * Opens a log.
 *
 * @param path The file.
 * @param options `before`: what an earlier attempt has left; `put`: puts the whole log into Blob;
 * `log` is told when that fails.
 */
export function openJobLog(
  path: string,
  { before = new Uint8Array(), put, log }: {
    before?: Uint8Array;
    put: (bytes: Uint8Array) => Promise<void>;
    log: Logger;
  },
): JobLog {
  const file = Deno.openSync(path, { create: true, write: true, truncate: true });
  let size = before.length, saved = before.length, saving = Promise.resolve(), isClosed = false;
  for (let at = 0; at < size;) at += file.writeSync(before.subarray(at));
  let timer: ReturnType<typeof setTimeout> | undefined;

  function append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    size += bytes.length;
    timer ??= setTimeout(() => {
      timer = undefined;
      saving = saving.then(save);
    }, saved === 0 ? 0 : PERIOD_MS); // the first lines at once
  }

  function write(bytes: Uint8Array): void {
    if (isClosed || size >= LONGEST) return;
    append(bytes);
    if (size >= LONGEST) say("The log is full: the rest is left out");
  }

  function say(line: string): void {
    append(new TextEncoder().encode(`${line}\n`));
  }

  async function save(): Promise<void> {
    const bytes = await Deno.readFile(path);
    if (bytes.length === saved) return;
    try {
      await put(bytes);
      saved = bytes.length;
    } catch (error) {
      log.warn("a job's log could not be put into Blob", { error });
    }
  }

  return {
    write,
    say,
    last(lines) {
      const all = Deno.readTextFileSync(path).split("\n");
      if (all.at(-1) === "") all.pop();
      return all.slice(-lines);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await saving;
      await save();
      file.close();
    },
  };
}
