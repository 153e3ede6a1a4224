/**
 * What containers had in `/tmp` when Local Azure ended, given to the ones that take their place: rows
 * that a collector has not written to Blob yet lie there. On Azure a container's disk goes with it; here
 * it is Local Azure that went, which is nothing that happens to a deployment.
 */

import { join } from "node:path";

/** Name of the folder, inside a generation's, with what was in its `/tmp`. */
const LEFT = "left-tmp";

/**
 * Puts a generation's `/tmp` aside before its image is removed.
 *
 * @param generation The generation's folder; its image is `root` in it.
 */
export async function keepTemporary(generation: string): Promise<void> {
  await move(join(generation, "root/tmp"), join(generation, LEFT));
}

/**
 * Moves what a deployment's generations have left into the `/tmp` of the one that comes up.
 *
 * @param deployment The deployment's folder, with its generations in it.
 * @param root The new image's root; its program has not been started yet.
 */
export async function adoptTemporary(deployment: string, root: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(deployment)) {
    if (isDirectory) await move(join(deployment, name, LEFT), join(root, "tmp"));
  }
}

/** Moves a file or a folder; what two folders of one name hold is put together. */
async function move(from: string, to: string): Promise<void> {
  const [source, target] = await Promise.all([from, to].map(kindAt));
  if (source === undefined) return;
  if (source !== "folder" || target !== "folder") return await Deno.rename(from, to);
  for await (const { name } of Deno.readDir(from)) await move(join(from, name), join(to, name));
  await Deno.remove(from);
}

async function kindAt(path: string): Promise<"folder" | "other" | undefined> {
  try {
    return (await Deno.lstat(path)).isDirectory ? "folder" : "other"; // links are not followed
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
