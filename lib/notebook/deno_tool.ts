/** Deno's own tools as child processes: the formatter as parser, the type checker, the linter. */

import { dirname, join, resolve } from "node:path";

/** What a tool said. */
export interface ToolResult {
  /** Whether it found nothing to say. */
  readonly success: boolean;
  /** Standard output. */
  readonly stdout: string;
  /** Standard error. */
  readonly stderr: string;
}

/**
 * Runs one of Deno's subcommands.
 *
 * @param args E.g. `["check", "a.ts"]`.
 * @param options `cwd`: the folder to run in. `stdin`: what it reads; default nothing.
 * @returns What it said, without colours.
 */
export async function runDeno(
  args: readonly string[],
  options: { cwd?: string; stdin?: string } = {},
): Promise<ToolResult> {
  const { cwd, stdin } = options;
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0" },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) await new Blob([stdin]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/**
 * The configuration that holds for a folder.
 *
 * @param folder Any folder.
 * @returns Path of the nearest `deno.json` or `deno.jsonc` from there upwards; nothing if none.
 */
export async function nearestConfig(folder: string): Promise<string | undefined> {
  for (let at = resolve(folder);; at = dirname(at)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const file = join(at, name);
      if (await Deno.stat(file).then((info) => info.isFile, () => false)) return file;
    }
    if (dirname(at) === at) return undefined;
  }
}
