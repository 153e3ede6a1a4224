/** One process for one folder: a lock that the system lifts however its holder ends. */

import { BadInput } from "lib/core/mod.ts";
import { OWNER_FILE } from "./owner_only.ts";

/**
 * Takes a lock.
 *
 * @param path The file that stands for it; made where there is none, and never removed.
 * @param field What it stands for, for the error.
 * @returns Lifts it.
 * @throws {BadInput} If another process has it, or the file cannot be written.
 */
export function takeLock(path: string, field: string): () => void {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, {
      ...{ create: true, read: true, write: true, mode: OWNER_FILE },
    });
  } catch (cause) {
    const rule = `must be a folder that can be written (${(cause as Error).message})`;
    throw new BadInput({ field, rule }, { cause });
  }
  if (file.tryLockSync(true)) return () => file.close();
  file.close();
  throw new BadInput({ field, rule: "must not be in use by another Local Azure" });
}
