/** Files of a job: code and inputs on their way in, outputs on their way out. */

import { dirname, join } from "node:path";
import type { BlobFiles } from "./blob_files.ts";
import { pathBelow } from "./image_path.ts";
import { JobError } from "./job_error.ts";
import type { BlobPlace } from "./storage_account.ts";

/** Writes a blob from inside. */
export type WriteBlob = (container: string, name: string, bytes: Uint8Array) => Promise<void>;

/**
 * Brings a file, or a folder of files, from Blob.
 *
 * @param blobs Where from.
 * @param what How the job knows it, e.g. `inputs.data`.
 * @param place The file or folder.
 * @param folder Where to; it is made.
 * @returns The path of the file; or the folder, if it is one.
 * @throws {JobError} `UserError`, if there is nothing.
 */
export async function bring(
  blobs: BlobFiles,
  what: string,
  { container, path }: BlobPlace,
  folder: string,
): Promise<string> {
  const names = (await blobs.list(container, path))
    .filter((name) => path === "" || name === path || name.startsWith(`${path}/`));
  if (names.length === 0) {
    throw new JobError(
      "UserError",
      `${what} must have files: there are none at ${container}/${path}`,
    );
  }
  const isFile = names.length === 1 && names[0] === path;
  await Deno.mkdir(folder, { recursive: true });
  for (const name of names) {
    const below = name === path ? pathBelow(path.split("/").at(-1)!, "") : pathBelow(name, path);
    const bytes = await blobs.read(container, name);
    if (!bytes) throw new JobError("UserError", `${what} must stay while the job begins: ${name}`);
    const target = join(folder, ...below.split("/"));
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeFile(target, bytes);
  }
  return isFile ? join(folder, path.split("/").at(-1)!) : folder;
}

/**
 * Puts all files below a folder into Blob. Links are passed over: they might lead out of it.
 *
 * @param write Writes a blob.
 * @param folder The folder; there may be none.
 * @param place Where to.
 * @returns Number of files.
 */
export async function send(write: WriteBlob, folder: string, place: BlobPlace): Promise<number> {
  let count = 0;
  for (const path of await filesBelow(folder)) {
    const name = place.path === "" ? path : `${place.path}/${path}`;
    await write(place.container, name, await Deno.readFile(join(folder, ...path.split("/"))));
    count++;
  }
  return count;
}

/** Relative paths of the files below a folder, with slashes, ascending; none if it is not there. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
      if (isFile) found.push(name);
      if (!isDirectory) continue;
      found.push(...(await filesBelow(join(folder, name))).map((below) => `${name}/${below}`));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}
