/** What all scripts share: flags, exit codes, and one clear line for what went wrong. */

import { parseArgs } from "node:util";
import { BadInput } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which not every task has a right to
import { flushTelemetry } from "lib/lifecycle/telemetry.ts";

/** Exit codes, the same for every task. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** It was tried and failed. */
  failed: 1,
  /** Wrong usage or bad input: nothing was tried. */
  badInput: 2,
  /** It was done, and found something that stops the line (a refused gate, drift). */
  finding: 3,
} as const;

/**
 * The exit code for an error that ended a run.
 *
 * @param name The error's name: a class does not survive the way from a kernel.
 * @returns 2 for bad input, 3 for a refusal of the gate, else 1.
 */
export function exitOf(name: string): number {
  if (name === "BadInput") return EXIT.badInput;
  return name === "GateRefused" ? EXIT.finding : EXIT.failed;
}

/** The folder that the person stood in; `deno task` itself runs in the checkout's root. */
export function callerFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/** The flags of one task. Values of string flags that may come several times are lists. */
export interface Flags {
  /** Flags without a value that were given. */
  readonly on: ReadonlySet<string>;
  /** Flags with a value, in the order given. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Everything else. */
  readonly words: readonly string[];
}

/**
 * Reads the command line.
 *
 * @param known Names of the flags without and with a value; `help` and `debug` are always there.
 * @param args Default: this process's.
 * @returns The flags.
 * @throws {BadInput} If a flag is unknown or lacks its value.
 */
export function readFlags(
  known: { readonly on?: readonly string[]; readonly values?: readonly string[] },
  args: readonly string[] = Deno.args,
): Flags {
  const on = ["help", "debug", ...known.on ?? []], values = known.values ?? [];
  const options = Object.fromEntries([
    ...on.map((name) => [name, { type: "boolean" }] as const),
    ...values.map((name) => [name, { type: "string", multiple: true }] as const),
  ]);
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    const given = Object.entries(parsed.values);
    return {
      on: new Set(given.filter(([, value]) => value === true).map(([name]) => name)),
      values: Object.fromEntries(given.filter(([, value]) => Array.isArray(value))) as Record<
        string,
        string[]
      >,
      words: parsed.positionals,
    };
  } catch (cause) {
    const flag = /'(-[^ ']*)/.exec((cause as Error).message)?.[1] ?? "flags";
    const all = [...on, ...values.map((name) => `${name} VALUE`)].map((name) => `--${name}`);
    const unknown = (cause as { code?: string }).code === "ERR_PARSE_ARGS_UNKNOWN_OPTION";
    const rule = unknown ? `must be one of ${all.join(", ")}` : "must be used as --help says";
    throw new BadInput({ field: flag, rule }, { cause });
  }
}

/**
 * Runs a script's body and ends the process with its exit code.
 *
 * Bad input gives one line and exit 2, a refusal of the gate one line and exit 3, every other error one
 * line and exit 1; `--debug` adds the stack.
 *
 * @param verb The task's name, which begins the line.
 * @param body Returns an exit code.
 */
export async function main(verb: string, body: () => Promise<number>): Promise<never> {
  try {
    const code = await body();
    await flushTelemetry();
    Deno.exit(code);
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    console.error(`${verb}: ${Deno.args.includes("--debug") ? stack : message}`);
    await flushTelemetry();
    Deno.exit(exitOf(name));
  }
}
