/** `deno task bench workflows`: what running the workflows costs beside the notebooks in them. */

import { basename, dirname, join } from "node:path";
import { quantile } from "lib/core/mod.ts";
import { ROOT, runWorkflow } from "../../tests/workflows/act.ts";
import { actionlint, rules, zizmor } from "../../tests/workflows/linters.ts";
import { type PythonEnv, pythonEnv } from "../python_env.ts";
import { inTurn } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";

const REPEATS = 3;

/**
 * Times the set-up of the tools, the linters, and training → gate → deployment under act, whole and
 * without the time that the notebooks say they took.
 *
 * @param say Takes a line of progress.
 * @returns Four rows. There is no peer: nobody else runs these workflows without GitHub.
 * @throws {Error} If a run is not green: it would be no measure.
 */
export async function benchWorkflows(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), env = await pythonEnv("workflows");
  say("workflows: set-up, linters and a whole run of train.yml, three times in turn");
  const [setUp, lint, chain] = await inTurn<{ whole: number; beside: number }>([
    () => timed(setUpTools),
    () => timed(() => lintAll(env)),
    () => runChain(env),
  ], { repeats: REPEATS, since });
  const whole = (figures: readonly { whole: number }[]) => figures.map((one) => one.whole);
  const line = (what: string, name: string, all: readonly number[]) =>
    row({
      ...{ bench: "workflows", what: `${what}, median`, unit: "s", better: "less" },
      ...{ summary: (figures) => quantile(figures, 0.5), ours: { name, all } },
    });
  const act = "train, gate, deploy under act";
  return [
    line("act, actionlint, zizmor, shellcheck into a new environment", "pip or uv", whole(setUp)),
    line("all linters and rules over all workflows", "linters", whole(lint)),
    line("train → gate → deploy, whole", act, whole(chain)),
    line("train → gate → deploy, beside the notebooks", act, chain.map(({ beside }) => beside)),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<{ whole: number; beside: number }> {
  const begin = performance.now();
  await work();
  const whole = (performance.now() - begin) / 1000;
  return { whole, beside: whole };
}

/** Makes the environment of the tools anew, in a folder that is removed. */
async function setUpTools(): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "bench-tools-" });
  try {
    const from = join(ROOT, "scripts/python"), to = join(root, "scripts/python");
    await Deno.mkdir(to, { recursive: true });
    for (const { name, isFile } of Deno.readDirSync(from)) {
      if (isFile) await Deno.copyFile(join(from, name), join(to, name));
    }
    await pythonEnv("workflows", { root });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function lintAll(env: PythonEnv): Promise<void> {
  const found = [...await rules(ROOT), ...await actionlint(ROOT, env)];
  if (found.length > 0) throw new Error(`Cannot measure linters that find: ${found[0].message}`);
  await zizmor(ROOT, env);
}

/** The notebooks say how long they took: `… s in all → …/NAME.html`. */
async function runChain(env: PythonEnv): Promise<{ whole: number; beside: number }> {
  const act = env.bin("act"), path = [dirname(act)];
  const run = await runWorkflow(act, "train.yml", "workflow_dispatch", { path });
  const took = [...run.log.matchAll(/([\d.]+) s in all → (\S+)/g)];
  const names = new Set(took.map(([, , page]) => basename(page)));
  if (run.code !== 0 || names.size !== 3) {
    throw new Error(`Cannot measure a run of train.yml that ended with ${run.code}`);
  }
  const notebooks = took.reduce((sum, [, seconds]) => sum + Number(seconds), 0);
  return { whole: run.seconds, beside: run.seconds - notebooks };
}
