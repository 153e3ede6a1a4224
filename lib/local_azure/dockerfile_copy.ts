/** The instruction COPY: which files of the context go where. */

import { posix } from "node:path";
import { buildFailure, needsImage } from "./dockerfile_failure.ts";
import type { DockerfileLine } from "./dockerfile_lines.ts";
import { jsonWords, splitWords } from "./dockerfile_words.ts";

/** Files of the context that go into the image. */
export interface Copy {
  /** Line of the instruction, from 1. */
  readonly line: number;
  /** Paths in the context, with `*`, `?` and `[…]` as patterns; no slash at either end. */
  readonly sources: readonly string[];
  /** Absolute path in the image; a slash at its end says that it is a folder. */
  readonly target: string;
}

/** What {@linkcode copyOf} needs to know. */
export interface CopyContext {
  /** The image's working folder at this line. */
  readonly workdir: string;
  /** The file's escape character. */
  readonly escape: string;
  /** Puts variables into a word. */
  readonly expand: (word: string) => string;
}

/** Flags that change nothing where no image is built. */
const IGNORED: ReadonlySet<string> = new Set(["chown", "chmod", "link"]);

/**
 * Reads a COPY.
 *
 * @param one The instruction.
 * @param context See {@linkcode CopyContext}.
 * @returns See {@linkcode Copy}.
 * @throws {DeploymentError} `ImageBuildFailure`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { copyOf } from "lib/local_azure/dockerfile_copy.ts";
 *
 * const one = { line: 3, instruction: "COPY", rest: "--chown=deno a.js ./lib/ /app/" };
 * const copy = copyOf(one, { workdir: "/", escape: "\\", expand: (word) => word });
 * assert.deepEqual(copy, { line: 3, sources: ["a.js", "lib"], target: "/app/" });
 * ```
 */
export function copyOf(one: DockerfileLine, { workdir, escape, expand }: CopyContext): Copy {
  const { line } = one;
  let rest = one.rest;
  for (let flag; (flag = /^--([\w-]+)(?:=(\S*))?\s*/.exec(rest));) {
    if (!IGNORED.has(flag[1])) {
      throw buildFailure(line, "COPY", `with --${flag[1]} ${needsImage()}`);
    }
    rest = rest.slice(flag[0].length);
  }
  if (/<<-?["']?\w/.test(rest)) {
    throw buildFailure(line, "COPY", `with a here-document ${needsImage()}`);
  }
  const words = (jsonWords(rest) ?? splitWords(rest, escape)).map(expand);
  const sources = words.slice(0, -1), last = words.at(-1);
  if (last === undefined || sources.length === 0) {
    throw buildFailure(line, "COPY", "needs at least one source and a target");
  }
  const isFolder = /(?:^|\/)\.?$/.test(last) || last === "..";
  const target = posix.join("/", posix.resolve("/", workdir, last), isFolder ? "/" : "");
  if (sources.length > 1 && !isFolder) {
    throw buildFailure(line, "COPY", `of several sources needs a target that ends in /: ${last}`);
  }
  return { line, sources: sources.map((source) => insideContext(line, source)), target };
}

function insideContext(line: number, source: string): string {
  const path = posix.normalize(source).replace(/^\/+|\/+$/g, "");
  if (path === ".." || path.startsWith("../")) {
    throw buildFailure(line, "COPY", `must stay inside the build context: ${source}`);
  }
  return path === "" ? "." : path;
}
