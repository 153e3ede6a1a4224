/** Writing that leaves the old or the new, and never half of either. */

import { dirname, join } from "node:path";

/**
 * Writes a file under a temporary name and renames it into place.
 *
 * @param path The file; missing folders are made.
 * @param content Bytes or text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fromCheckout, replaceFile } from "lib/lifecycle/mod.ts";
 *
 * const path = fromCheckout("out/example/note.txt");
 * await replaceFile(path, "whole");
 * assert.equal(await Deno.readTextFile(path), "whole");
 * ```
 */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    if (typeof content === "string") await Deno.writeTextFile(temporary, content);
    else await Deno.writeFile(temporary, content);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/**
 * Writes a folder's files beside it and swaps the folders, so that no reader meets a mixture.
 *
 * @param path The folder; what was in it is gone afterwards.
 * @param files Name → content.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fromCheckout, replaceFolder } from "lib/lifecycle/mod.ts";
 *
 * const path = fromCheckout("out/example/folder");
 * await replaceFolder(path, { "a.txt": "1", "b.txt": "2" });
 * await replaceFolder(path, { "c.txt": "3" });
 * assert.deepEqual([...Deno.readDirSync(path)].map(({ name }) => name), ["c.txt"]);
 * ```
 */
export async function replaceFolder(
  path: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  const mark = crypto.randomUUID().slice(0, 8);
  const next = `${path}.${mark}.tmp`, old = `${path}.${mark}.old`;
  try {
    await Deno.mkdir(next, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await replaceFile(join(next, name), content);
    }
    const had = await Deno.rename(path, old).then(() => true, (error) => {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    });
    try {
      await Deno.rename(next, path);
    } catch (error) {
      if (had) await Deno.rename(old, path); // the old must not be lost for want of the new
      throw error;
    }
    if (had) await Deno.remove(old, { recursive: true });
  } catch (error) {
    await Deno.remove(next, { recursive: true }).catch(() => {});
    throw error;
  }
}

/** A value as a JSON file for people: indented, with an end of line. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}
