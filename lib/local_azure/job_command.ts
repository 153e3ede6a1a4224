/** The command of a job: what is put into it, and its words where no shell reads them. */

import { expandWord, splitWords } from "./dockerfile_words.ts";
import { JobError } from "./job_error.ts";

/** What a command may name. */
export interface CommandValues {
  /** Path or value of each input. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Path of each output. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Puts inputs and outputs into a command: `${{inputs.NAME}}` and `${{outputs.NAME}}`.
 *
 * @param command As the job has it.
 * @param values See {@linkcode CommandValues}.
 * @throws {JobError} `UserError`, if it names anything else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fillCommand } from "lib/local_azure/job_command.ts";
 *
 * const values = { inputs: { data: "/in/iris.csv" }, outputs: { model: "/out" } };
 * const text = "deno run t.ts ${{inputs.data}} --to=${{ outputs.model }}";
 * assert.equal(fillCommand(text, values), "deno run t.ts /in/iris.csv --to=/out");
 * assert.throws(() => fillCommand("${{inputs.x}}", values), /names inputs.x, which the job has not/);
 * ```
 */
export function fillCommand(command: string, values: CommandValues): string {
  return command.replace(/\$\{\{\s*([^}]*?)\s*\}\}/g, (_all, name: string) => {
    const [, kind, key] = /^(inputs|outputs)\.([\w-]+)$/.exec(name) ?? [];
    const known = kind === "inputs" ? values.inputs : kind === "outputs" ? values.outputs : {};
    if (key !== undefined && Object.hasOwn(known, key)) return known[key];
    throw new JobError("UserError", `The command names ${name}, which the job has not`);
  });
}

/**
 * The words of a command that needs no shell.
 *
 * @param command With everything put in.
 * @throws {JobError} `UserError`, if a shell would do more with it than split it and take its quotes
 * off.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { plainWords } from "lib/local_azure/job_command.ts";
 *
 * assert.deepEqual(plainWords(`deno run \\\n t.ts "two words" 'a*'`), ["deno", "run", "t.ts", "two words", "a*"]);
 * assert.throws(() => plainWords("deno run a.ts && deno run b.ts"), /needs a shell/);
 * assert.throws(() => plainWords("deno run a.ts $HOME"), /needs a shell/);
 * ```
 */
export function plainWords(command: string): string[] {
  const needsShell = (what: string) =>
    new JobError("UserError", `The command needs a shell, which is not here, for ${what}`);
  const bare = command.replace(/\\\r?\n/g, " ").trim();
  const unquoted = bare.replace(/\\.|'[^']*'|"(?:[^"\\]|\\.)*"/g, "");
  const special = /[&|;<>()`*?[\]{}~#!\n]/.exec(unquoted)?.[0];
  if (special !== undefined) throw needsShell(JSON.stringify(special));
  const lookup = (name: string): string => {
    throw needsShell(`$${name}`);
  };
  try {
    return splitWords(bare).map((word) => expandWord(word, { lookup }));
  } catch (error) {
    if (error instanceof JobError) throw error;
    throw new JobError("UserError", `The command cannot be read: ${(error as Error).message}`);
  }
}
