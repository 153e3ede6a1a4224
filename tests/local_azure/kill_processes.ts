/** Which processes a Local Azure on a folder has, whether or not it still lives. */

import { DatabaseSync } from "node:sqlite";

/** Processes whose command line names the folder, but for the ones that are known. */
export function processesOf(folder: string, known: readonly number[] = []): number[] {
  const { stdout } = new Deno.Command("pgrep", { args: ["-f", folder] }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean).map(Number)
    .filter((pid) => !known.includes(pid));
}

/** Waits until nothing of a dead Local Azure is left; the milliseconds, or who stays. */
export async function untilGone(
  folder: string,
  known: readonly number[],
  milliseconds: number,
): Promise<{ ms: number; left: number[] }> {
  const began = performance.now();
  for (;;) {
    const left = processesOf(folder, known), ms = performance.now() - began;
    if (left.length === 0 || ms > milliseconds) return { ms, left };
    await new Promise((done) => setTimeout(done, 10));
  }
}

/** Of the children that the store has on record, those that still run as the same process. */
export function recordedAlive(folder: string): number[] {
  const db = new DatabaseSync(`${folder}/store.sqlite`);
  try {
    const rows = db.prepare("SELECT pid, start FROM child_processes").all();
    return (rows as { pid: number; start: string }[])
      .filter(({ pid, start }) => startOf(pid) === start.split(" ").at(-1)).map(({ pid }) => pid);
  } catch (error) {
    if (/no such table/.test((error as Error).message)) return []; // it had not come so far
    throw error;
  } finally {
    db.close();
  }
}

/** Field 22 of `/proc/PID/stat`: when the process was started. */
function startOf(pid: number): string | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
