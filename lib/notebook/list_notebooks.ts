/** Which notebooks there are. */

import { join } from "node:path";
import { BadInput } from "lib/core/mod.ts";

/**
 * The notebooks of a folder, in the order of their numbers.
 *
 * @param folder Where they lie; folders in it are not looked into.
 * @returns Their paths.
 * @throws {BadInput} If there is no such folder.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { listNotebooks } from "lib/notebook/mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * for (const name of ["10_b.ipynb", "02_a.ipynb", ".02_a.ipynb", "notes.md"]) {
 *   await Deno.writeTextFile(`${folder}/${name}`, "");
 * }
 * assert.deepEqual(await listNotebooks(folder), [`${folder}/02_a.ipynb`, `${folder}/10_b.ipynb`]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function listNotebooks(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".ipynb") && !name.startsWith(".")) names.push(name);
    }
  } catch (cause) {
    throw new BadInput({ field: "folder", rule: "must be an existing folder", value: folder }, {
      cause,
    });
  }
  return names.sort().map((name) => join(folder, name));
}
