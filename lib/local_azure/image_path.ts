/** Paths: of the image, which exists as a folder; and of blobs, which may try to leave theirs. */

import { join, posix } from "node:path";
import { DeploymentError } from "./runtime.ts";

/** Longest name of a file, in bytes, that file systems take. */
const MAX_NAME_BYTES = 255;

/**
 * Where a path of the image lies on this machine.
 *
 * @param root The folder that stands for the image's `/`.
 * @param workdir The image's working folder, absolute.
 * @param path A path of the image, absolute or relative to `workdir`.
 * @returns A path at or below `root`, whatever dots there are.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { imagePath } from "lib/local_azure/image_path.ts";
 *
 * assert.equal(imagePath("/d/root", "/app", "server.js"), "/d/root/app/server.js");
 * assert.equal(imagePath("/d/root", "/app", "../../../etc/passwd"), "/d/root/etc/passwd");
 * ```
 */
export function imagePath(root: string, workdir: string, path: string): string {
  return join(root, ...posix.resolve("/", workdir, path).split("/"));
}

/**
 * The part of a blob's name below a folder, checked to be a path that stays below it.
 *
 * @param name The blob's name.
 * @param folder Name of the folder; no slash at its end.
 * @returns Relative path with slashes.
 * @throws {DeploymentError} `BadArgument`, if a part of it is empty, `.`, `..`, too long, or holds a
 * backslash or a control character.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pathBelow } from "lib/local_azure/image_path.ts";
 *
 * assert.equal(pathBelow("LocalUpload/1/app/a/b.js", "LocalUpload/1/app"), "a/b.js");
 * assert.throws(() => pathBelow("app/../../etc/x", "app"), /must not leave its folder/);
 * ```
 */
export function pathBelow(name: string, folder: string): string {
  const path = folder === "" ? name : name.slice(folder.length + 1);
  for (const part of path.split("/")) {
    const isStray = part === "" || part === "." || part === ".." || part.includes("\\") ||
      [...part].some((character) => character < " ");
    if (isStray || new TextEncoder().encode(part).length > MAX_NAME_BYTES) {
      throw new DeploymentError(
        "BadArgument",
        `Blob ${JSON.stringify(name)} must not leave its folder: it cannot become a file`,
      );
    }
  }
  return path;
}
