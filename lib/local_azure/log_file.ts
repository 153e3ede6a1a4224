/** The log of Local Azure: JSON lines in a file that does not grow for ever. */

import { join } from "node:path";
import { BadInput, type Clock, createLogger, type Logger } from "lib/core/mod.ts";
import { OWNER_FILE, ownerOnly } from "./owner_only.ts";

/** A longer file is put aside, in bytes. */
const LONG = 10_000_000;

/** Longest end of a file that is looked at for its last lines, in bytes. */
const LAST_BYTES = 256 * 1024;

/** A log file. */
export interface LogFile {
  readonly log: Logger;
  /** The last lines. */
  last(lines: number): string;
  /** Lets go of the file. */
  close(): void;
}

/**
 * Opens `log.jsonl` in a folder; a long one becomes `log.1.jsonl`, and the one before that is gone.
 *
 * @param folder The data folder.
 * @param clock Time.
 * @param long Size beyond which a file is put aside, in bytes. Default ten million.
 * @throws {BadInput} If it cannot be written.
 */
export function openLog(folder: string, clock: Clock, long: number = LONG): LogFile {
  const path = join(folder, "log.jsonl"), encoder = new TextEncoder();
  let size = sizeOf(path), file: Deno.FsFile;

  function open(): Deno.FsFile {
    if (size > long) {
      Deno.renameSync(path, join(folder, "log.1.jsonl"));
      size = 0;
    }
    const opened = Deno.openSync(path, { create: true, append: true, mode: OWNER_FILE });
    ownerOnly(path, OWNER_FILE);
    return opened;
  }

  function write(line: string): void {
    if (size > long) {
      file.close();
      file = open();
    }
    const bytes = encoder.encode(`${line}\n`);
    size += bytes.length;
    file.writeSync(bytes);
  }

  try {
    file = open();
  } catch (cause) {
    const rule = `must be a file that can be written (${(cause as Error).message})`;
    throw new BadInput({ field: path, rule }, { cause });
  }
  return {
    log: createLogger({ write, clock }),
    last: (lines) => endOf(path).trimEnd().split("\n").slice(-lines).join("\n"),
    close: () => file.close(),
  };
}

/** The end of a file, from the first line that is whole there. */
function endOf(path: string): string {
  using file = Deno.openSync(path);
  const start = Math.max(file.statSync().size - LAST_BYTES, 0);
  file.seekSync(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(LAST_BYTES);
  let length = 0;
  for (let count; (count = file.readSync(bytes.subarray(length)));) length += count;
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
