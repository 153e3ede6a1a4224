/** A task that runs notebooks: train, gate, deploy, monitor. */

import { join } from "node:path";
import { BadInput, type JsonRecord } from "lib/core/mod.ts";
import { parseStatement } from "lib/gate/mod.ts";
import { CHECKOUT } from "lib/lifecycle/mod.ts";
import { EXIT, exitOf, readFlags } from "./cli.ts";
import { onInterrupt } from "./interruption.ts";
import { reasonLine, runNotebooks } from "./notebook_runs.ts";

/** What makes one such task differ from another. */
export interface NotebookTask {
  /** The task's name. */
  readonly verb: string;
  /** What it does, for `--help`. */
  readonly summary: string;
  /** Names of its notebooks, without folder and ending. */
  readonly notebooks: readonly string[];
  /** Why what was published stops the line (exit 3); undefined if it does not. Default: it never does. */
  readonly stops?: (record: JsonRecord, on: ReadonlySet<string>) => string | undefined;
  /** Switches of this task alone, and what they do. Default none. */
  readonly switches?: Readonly<Record<string, string>>;
  /** Flags that take "name: reason", and what they do; kernels read them as `MLOPS_NAME`. Default none. */
  readonly statements?: Readonly<Record<string, string>>;
  /** What is left half-made when the task is interrupted; undefined if it cannot tell. Default: not asked. */
  readonly left?: () => Promise<string | undefined>;
  /**
   * Takes what only one task may have at a time, for a descriptor as typed: gives what returns it, or why
   * this task steps aside (exit 3). Default: nothing is taken.
   */
  readonly alone?: (dataset: string | undefined) => Promise<string | (() => Promise<void>)>;
}

/**
 * Runs the task with this process's flags: `--set NAME=VALUE`, `--dataset FILE`, `--json`,
 * `--yes`, `--help`.
 *
 * With `--json`, standard output is the published record and nothing else; progress goes to standard
 * error.
 *
 * @param task See {@linkcode NotebookTask}.
 * @returns The exit code.
 * @throws {BadInput} If flags or input are wrong.
 */
export async function runNotebookTask(task: NotebookTask): Promise<number> {
  const { verb, summary, notebooks, stops, left, alone, switches = {}, statements = {} } = task;
  const { on, values, words } = readFlags({
    on: ["json", "yes", ...Object.keys(switches)],
    values: ["set", "dataset", ...Object.keys(statements)],
  });
  if (on.has("help")) {
    const own = Object.entries({
      ...switches,
      ...Object.fromEntries(
        Object.entries(statements).map(([name, what]) => [`${name} TEXT`, what]),
      ),
    });
    const names = own.map(([name]) => ` [--${name}]`).join("");
    const lines = own.map(([name, what]) => `  ${`--${name}`.padEnd(18)} ${what}\n`);
    console.log(
      `deno task ${verb} [--set NAME=VALUE]… [--dataset FILE] [--json] [--yes]${names} [--debug]

${summary}
${lines.join("")}\
  --set NAME=VALUE   a parameter of the notebook
  --dataset FILE     a dataset descriptor (JSON); default data/iris.dataset.json
  --json             print the record and nothing else
  --yes              agree to what costs money (in the cloud; the same as MLOPS_YES=1)
  --debug            print stacks
Exit: 0 done, 1 failed, 2 wrong usage or bad input, 3 a finding that stops the line, 130 interrupted`,
    );
    return EXIT.done;
  }
  if (words.length > 0) {
    throw new BadInput({ field: verb, rule: "must be given flags only", value: words[0] });
  }
  for (const name of Object.keys(statements)) {
    const given = values[name]?.at(-1);
    if (given === undefined) continue;
    parseStatement(given, `--${name}`); // refused before anything runs
    Deno.env.set(`MLOPS_${name.toUpperCase()}`, given);
  }
  if (on.has("yes")) Deno.env.set("MLOPS_YES", "1"); // kernels inherit it
  const json = on.has("json");
  const paths = notebooks.map((name) => join(CHECKOUT, "notebooks", `${name}.ipynb`));
  const dataset = values.dataset?.at(-1), held = await alone?.(dataset);
  if (typeof held === "string") {
    console.error(`${verb}: ${held}`);
    return EXIT.finding;
  }
  let place = "before the first cell";
  const uninterrupted = onInterrupt({
    ...{ verb, where: () => place },
    left: left && (async () => (await held?.(), await left())),
  });
  const { record, failed } = await runNotebooks(paths, {
    set: values.set,
    dataset,
    say: json ? console.error : console.log,
    onCell: (cell) => place = cell,
  }).finally(async () => (await uninterrupted(), await held?.()));
  if (failed?.error) {
    console.error(`${verb}: ${reasonLine(failed)}`);
    if (on.has("debug")) console.error(failed.error.traceback.join("\n"));
    const code = exitOf(failed.error.name);
    // what was published before the line stopped is what the finding rests on
    if (json && code === EXIT.finding) console.log(JSON.stringify(record, null, 2));
    return code;
  }
  if (json) console.log(JSON.stringify(record, null, 2));
  const finding = stops?.(record, on);
  if (finding === undefined) return EXIT.done;
  console.error(`${verb}: ${finding}`);
  return EXIT.finding;
}
