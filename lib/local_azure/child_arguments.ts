/**
 * The arguments that a deployment's program is really started with: what its command asks for, cut down
 * to what a container would give it on this machine.
 */

import type { DenoProgram, Permission } from "./deno_command.ts";
import { imagePath } from "./image_path.ts";

/** What {@linkcode childArguments} needs to know. */
export interface ChildPlace {
  /** The folder that stands for the image's `/`. */
  readonly root: string;
  /** The image's working folder. */
  readonly workdir: string;
  /** The port that the child may listen on. */
  readonly port: number;
  /** Local Azure's port. */
  readonly localPort: number;
  /** Paths of the image that may be written beside `/tmp`. Default none. */
  readonly writable?: readonly string[];
  /** Whether the image has a configuration file that Deno would find by itself. */
  readonly hasConfig: boolean;
}

/** Arguments for `deno`, and what was asked for and not given. */
export interface ChildArguments {
  /** For `deno`. */
  readonly args: readonly string[];
  /** E.g. `run`, `write outside /tmp`. */
  readonly refused: readonly string[];
}

/**
 * Cuts a program's permissions down. Given is, of what was asked: reading the image's files; writing
 * `/tmp`; listening on its port and reaching Local Azure; the variables, of which the process has only
 * named ones anyway; facts about the system. Never given: starting programs, native libraries, code
 * from elsewhere.
 *
 * @param program See {@linkcode DenoProgram}.
 * @param place See {@linkcode ChildPlace}.
 * @returns See {@linkcode ChildArguments}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { childArguments } from "lib/local_azure/child_arguments.ts";
 * import { readDenoCommand } from "lib/local_azure/deno_command.ts";
 *
 * const program = readDenoCommand({ line: 1, words: ["deno", "run", "-A", "server.js"] });
 * const place = { root: "/d/root", workdir: "/app", port: 4000, localPort: 7070, hasConfig: false };
 * const { args, refused } = childArguments(program, place);
 * assert.ok(args.includes("--allow-write=/d/root/tmp"));
 * assert.ok(!args.some((arg) => /allow-(all|run|ffi)/.test(arg)));
 * assert.deepEqual(refused, ["run", "ffi", "import"]);
 * assert.equal(args.at(-1), "/d/root/app/server.js");
 * ```
 */
export function childArguments(program: DenoProgram, place: ChildPlace): ChildArguments {
  const { asked, flags, files, script } = program;
  const { root, workdir, port, localPort, hasConfig, writable = [] } = place;
  const at = (path: string) => imagePath(root, workdir, path);
  const free = ["/tmp", ...writable].map((path) => imagePath(root, "/", path));
  const refused: string[] = [], args = ["run", "--no-prompt"];

  const { read, write, env, sys, net } = asked;
  if (read) args.push(`--allow-read=${listed(read === "all" ? [root] : read.map(at))}`);
  if (write) {
    const paths = write === "all" ? free : write.map(at);
    const isFree = (path: string) => free.some((one) => path === one || path.startsWith(`${one}/`));
    const inside = paths.filter(isFree);
    if (inside.length < paths.length) {
      refused.push(`write outside ${["/tmp", ...writable].join(", ")}`);
    }
    if (inside.length > 0) args.push(`--allow-write=${listed(inside)}`);
  }
  if (net) {
    const own = ["127.0.0.1", "0.0.0.0", "localhost"].map((host) => `${host}:${port}`);
    args.push(`--allow-net=${[...own, `127.0.0.1:${localPort}`, `localhost:${localPort}`]}`);
  }
  // The environment is cleared first, so that even all of it is named variables only.
  if (env) args.push(env === "all" ? "--allow-env" : `--allow-env=${env}`);
  if (sys) args.push(sys === "all" ? "--allow-sys" : `--allow-sys=${sys}`);
  for (const name of ["run", "ffi", "import"] satisfies Permission[]) {
    if (asked[name]) refused.push(name);
    args.push(`--deny-${name}`);
  }

  args.push("--cached-only"); // what was uploaded is all there is
  const names = files.map(({ flag }) => flag);
  const isConfigured = hasConfig || names.some((flag) => flag === "-c" || flag === "--config");
  if (!isConfigured && !flags.includes("--no-config")) args.push("--no-config");
  if (!names.includes("--lock") && !flags.includes("--no-lock")) args.push("--no-lock");
  for (const { flag, path } of files) args.push(`${flag}=${at(path)}`);
  args.push(...flags.filter((flag) => !args.includes(flag)));
  return { args: [...args, at(script), ...program.args], refused };
}

/** Paths as the value of a flag; a comma in one is written twice. */
function listed(paths: readonly string[]): string {
  return paths.map((path) => path.replaceAll(",", ",,")).join(",");
}
