/** Reads a container's command: `deno run`, its flags, and the program. */

import type { Dockerfile } from "./dockerfile.ts";
import { buildFailure } from "./dockerfile_failure.ts";

/** Kinds of permission that a program can ask for. */
export const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

/** One of {@linkcode PERMISSIONS}. */
export type Permission = typeof PERMISSIONS[number];

/** A program and what it asks for. */
export interface DenoProgram {
  /** What each permission was asked for: everything, or the values named; absent if it was not. */
  readonly asked: Readonly<Partial<Record<Permission, "all" | readonly string[]>>>;
  /** Further flags without paths, as written. */
  readonly flags: readonly string[];
  /** Further flags that name a file of the image. */
  readonly files: readonly { readonly flag: string; readonly path: string }[];
  /** The program's file as written: absolute, or relative to the working folder. */
  readonly script: string;
  /** What the program is given. */
  readonly args: readonly string[];
}

const SHORT: Readonly<Record<string, Permission>> = {
  R: "read",
  W: "write",
  N: "net",
  E: "env",
  S: "sys",
  I: "import",
};

/** Flags that change nothing outside the program. */
const HARMLESS =
  /^(?:-q|--quiet|--no-prompt|--check(?:=all)?|--no-check(?:=remote)?|--cached-only|--no-remote|--no-npm|--no-lock|--no-config|--no-code-cache|--node-modules-dir=none|--unstable(?:-[\w-]+)?|--v8-flags=\S+|--seed=\d+|--ext=\w+|--location=\S+|--log-level=\w+|--deny-(?:env|sys|run|ffi|import)(?:=\S+)?)$/;

/** Flags that name a file, which may stand in the next word. */
const FILE = /^(-c|--config|--import-map|--lock)(?:=(.+))?$/;

/**
 * Reads the command of a Dockerfile.
 *
 * @param command See {@linkcode Dockerfile}. `deno` may be left out, as the official image allows.
 * @returns See {@linkcode DenoProgram}.
 * @throws {DeploymentError} `ImageBuildFailure`, with the line, if it is anything but `deno run` of a
 * file with flags that are known to be harmless.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDenoCommand } from "lib/local_azure/deno_command.ts";
 *
 * const words = ["deno", "run", "--allow-net", "--allow-read=/app,/m", "server.js", "--fast"];
 * const { asked, script, args } = readDenoCommand({ line: 9, words });
 * assert.deepEqual(asked, { net: "all", read: ["/app", "/m"] });
 * assert.deepEqual([script, args], ["server.js", ["--fast"]]);
 * assert.throws(() => readDenoCommand({ line: 9, words: ["python"] }), /line 9: CMD must be a Deno program/);
 * ```
 */
export function readDenoCommand({ line, words }: Dockerfile["command"]): DenoProgram {
  const fail = (why: string) => buildFailure(line, "CMD", why);
  const isDeno = /^(?:\/(?:usr\/)?(?:local\/)?bin\/)?deno$/.test(words[0]);
  const rest = isDeno ? words.slice(1) : [...words];
  if (rest[0] !== "run") {
    throw fail(
      `must be a Deno program, ["deno", "run", …], as nothing else can be run without an image: ` +
        `it is ${JSON.stringify(words.slice(0, 3))}`,
    );
  }
  const asked: Partial<Record<Permission, "all" | string[]>> = {}, flags: string[] = [];
  const files: { flag: string; path: string }[] = [];
  let at = 1;
  for (; at < rest.length && rest[at].startsWith("-"); at++) {
    const word = rest[at], file = FILE.exec(word), permission = permissionOf(word);
    if (word === "-A" || word === "--allow-all") {
      for (const one of PERMISSIONS) asked[one] = "all";
    } else if (permission) {
      const { name, values } = permission, before = asked[name];
      asked[name] = before === "all" || !values ? "all" : [...before ?? [], ...values];
    } else if (file) {
      const path = file[2] ?? rest[++at];
      if (path === undefined) throw fail(`needs a file after ${word}`);
      files.push({ flag: file[1], path });
    } else if (HARMLESS.test(word)) flags.push(word);
    else throw fail(`has a flag that Local Azure does not follow: ${word}`);
  }
  const [script, ...args] = rest.slice(at);
  if (script === undefined) throw fail("names no program");
  if (/^[a-z][\w+.-]*:/i.test(script)) {
    throw fail(`must run a file of the build context: ${script}`);
  }
  return { asked, flags, files, script, args };
}

function permissionOf(word: string): { name: Permission; values?: string[] } | undefined {
  const long = /^--allow-(\w+)(?:=(.*))?$/.exec(word), short = /^-([A-Z])(?:=(.*))?$/.exec(word);
  const name = PERMISSIONS.find((one) => one === (long?.[1] ?? SHORT[short?.[1] ?? ""]));
  const values = (long ?? short)?.[2];
  return name && { name, values: values?.split(",").filter((value) => value !== "") };
}
