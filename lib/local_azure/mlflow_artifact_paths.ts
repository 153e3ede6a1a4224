/** Paths of artifacts: relative, below the folder they are meant for, and nothing else. */

import { join } from "node:path";
import type { Mlflow, Scope } from "./mlflow_context.ts";
import { invalid } from "./mlflow_error.ts";

/** Longest name of a file or folder, in bytes of UTF-8. */
const LONGEST_NAME = 255;

/** Longest path, in bytes of UTF-8: there is room for the folder before it in what systems take. */
const LONGEST_PATH = 2048;

/**
 * Checks a path.
 *
 * @param path Decoded, with slashes between its parts.
 * @returns The path without empty parts.
 * @throws {MlflowError} 400 if it begins with a slash or a drive, has a part `.` or `..` (also after
 * one more decoding), a backslash or a NUL, or a name that no disk takes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkArtifactPath } from "lib/local_azure/mlflow_artifact_paths.ts";
 *
 * assert.equal(checkArtifactPath("model/MLmodel"), "model/MLmodel");
 * assert.throws(() => checkArtifactPath("model/../../x"), /Invalid path/);
 * ```
 */
export function checkArtifactPath(path: string): string {
  for (const spelling of [path, decoded(path)]) {
    if (
      /^\/|^[a-z]:/i.test(spelling) || /[\\\0]/.test(spelling) ||
      spelling.split("/").some((part) => part === "." || part === "..")
    ) {
      throw invalid("Invalid path");
    }
  }
  const parts = path.split("/").filter((part) => part !== "");
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  if (bytes(path) > LONGEST_PATH || parts.some((part) => bytes(part) > LONGEST_NAME)) {
    throw invalid("Invalid path");
  }
  return parts.join("/");
}

/** The path once more decoded, or as it is where it is not encoded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The folder of a workspace's artifacts: `FOLDER/mlflow-artifacts/SUBSCRIPTION.GROUP.WORKSPACE`. */
export function artifactFolder({ folder }: Mlflow, { key }: Scope): string {
  const [, , subscription, , group, , , , workspace] = key.split("/");
  return join(folder, [subscription, group, workspace].join("."));
}

/**
 * The path that an artifact URI names.
 *
 * @returns The path, or nothing if it is no `mlflow-artifacts:` URI.
 * @throws {MlflowError} 400 if the path may not be.
 */
export function pathInUri(uri: string): string | undefined {
  const path = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(uri)?.[1];
  return path === undefined ? undefined : checkArtifactPath(path);
}
