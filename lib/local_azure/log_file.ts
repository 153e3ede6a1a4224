/** The log of Local Azure: JSON lines in a file that does not grow for ever. */

import { join } from "node:path";
import { BadInput, type Clock, createLogger, type Logger } from "lib/core/mod.ts";

/** A longer file is put aside when Local Azure starts, in bytes. */
const LONG = 10_000_000;

/** A log file. */
export interface LogFile {
  readonly log: Logger;
  /** Lets go of the file. */
  close(): void;
}

/**
 * Opens `log.jsonl` in a folder; a long one becomes `log.1.jsonl` first.
 *
 * @param folder The data folder.
 * @param clock Time.
 * @throws {BadInput} If it cannot be written.
 */
export function openLog(folder: string, clock: Clock): LogFile {
  const path = join(folder, "log.jsonl");
  try {
    if (sizeOf(path) > LONG) Deno.renameSync(path, join(folder, "log.1.jsonl"));
    const file = Deno.openSync(path, { create: true, append: true });
    const encoder = new TextEncoder();
    const write = (line: string) => void file.writeSync(encoder.encode(`${line}\n`));
    return { log: createLogger({ write, clock }), close: () => file.close() };
  } catch (cause) {
    const rule = `must be a file that can be written (${(cause as Error).message})`;
    throw new BadInput({ field: path, rule }, { cause });
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
