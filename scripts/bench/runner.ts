/** `deno task bench runner`: our headless runner against nbconvert, in time and in lost outputs. */

import { join, resolve } from "node:path";
import { quantile } from "lib/core/mod.ts";
import { writeKernelspec } from "../kernelspec.ts";
import { type PythonEnv, pythonEnv } from "../python_env.ts";
import { inTurn, jsonOutput, ours, output, peer, type Program, timeProcess } from "./measure.ts";
import { type BenchRow, row, type Side } from "./row.ts";
import { trivialNotebook } from "./trivial_notebook.ts";

const WORK = resolve(import.meta.dirname!, "../../.local/bench/runner");

const TIMED = { cells: 10, runs: 20 }, LOSSES = { cells: 100, runs: 5 };

/** One way to execute a notebook. */
interface Runner {
  readonly name: string;
  /** Executes the notebook of so many cells and writes the executed copy to that folder. */
  readonly program: (cells: number, folder: string) => Program;
}

/**
 * Times a trivial notebook of 10 cells, and counts what is missing of 1,000 outputs (5 runs of 100
 * cells, two outputs a cell): our runner and nbconvert with the Deno kernel, and for scale nbconvert
 * with its own Python kernel.
 *
 * @param say Takes a line of progress.
 * @returns Time and losses against each peer.
 */
export async function benchRunner(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), env = await pythonEnv("bench-runner");
  await prepare();
  const runners = await runnersOf(env), python = env.bin("python");
  say(`runner: ${TIMED.runs} runs each of ${TIMED.cells} cells`);
  const times = await inTurn(
    runners.map(({ program }) => () => timeProcess(program(TIMED.cells, "timed"), python)),
    { repeats: TIMED.runs, since },
  );
  say(`runner: ${LOSSES.runs} runs each of ${LOSSES.cells} cells`);
  let run = 0;
  const losses = await inTurn(
    runners.map(({ program }, i) => async () => {
      const folder = `losses-${i}-${run++}`;
      await output(program(LOSSES.cells, folder));
      const names = [...Deno.readDirSync(join(WORK, folder))].map(({ name }) => name);
      const executed = join(WORK, folder, names[0]);
      const { outputs, outputs_lost } = await jsonOutput<{ outputs: number; outputs_lost: number }>(
        { command: [python, peer("lost_outputs.py"), executed] },
      );
      return { outputs, lost: outputs_lost };
    }),
    { repeats: LOSSES.runs, since },
  );
  const noise = quantile(times.flat().map((time) => time.noise), 0.5).toFixed(2);
  const cpu = (i: number) => quantile(times[i].map((time) => time.cpuSeconds), 0.5).toFixed(2);
  const side = (i: number, all: number[]): Side => ({ name: runners[i].name, all });
  const seconds = (i: number) => side(i, times[i].map((time) => time.wallSeconds));
  const lost = (i: number) => side(i, losses[i].map((loss) => loss.lost));
  const outputs = losses[0].reduce((sum, loss) => sum + loss.outputs, 0);
  return [1, 2].flatMap((i) => [
    row({
      bench: "runner",
      what: `${TIMED.cells} trivial cells executed and written, whole process, median wall time`,
      ...{ unit: "s", better: "less", summary: (figures) => quantile(figures, 0.5) },
      ...{ ours: seconds(0), peer: seconds(i) },
      note: `processor time ${cpu(0)} s against ${cpu(i)} s, noise ${noise}`,
    }),
    row({
      bench: "runner",
      what: `outputs lost, ${losses[0].length} runs of ${LOSSES.cells} cells, two outputs a cell`,
      unit: `of ${outputs.toLocaleString("en")} outputs`,
      better: "less",
      summary: (figures) => figures.reduce((sum, figure) => sum + figure, 0),
      ...{ ours: lost(0), peer: lost(i) },
    }),
  ]);
}

/** An empty folder with the notebooks and, for Jupyter, the Deno kernel; nothing in the home folder. */
async function prepare(): Promise<void> {
  await Deno.remove(WORK, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await writeKernelspec(join(WORK, "jupyter"));
  for (const kernel of ["deno", "python"] as const) {
    for (const { cells } of [TIMED, LOSSES]) {
      const notebook = JSON.stringify(trivialNotebook({ cells, kernel }), null, 1);
      await Deno.writeTextFile(join(WORK, `${kernel}-${cells}.ipynb`), notebook);
    }
  }
}

async function runnersOf({ bin }: PythonEnv): Promise<Runner[]> {
  const env = {
    JUPYTER_PATH: join(WORK, "jupyter"),
    JUPYTER_DATA_DIR: join(WORK, "data"),
    JUPYTER_CONFIG_DIR: join(WORK, "config"),
    JUPYTER_RUNTIME_DIR: join(WORK, "run"),
    IPYTHONDIR: join(WORK, "ipython"),
  };
  const convert = [bin("jupyter-nbconvert"), "--log-level=ERROR", "--to=notebook", "--execute"];
  const version = (await output({ command: [convert[0], "--version"] })).trim();
  const nbconvert = (kernel: "deno" | "python", name: string): Runner => ({
    name: `nbconvert ${version}, ${name} kernel`,
    program: (cells, folder) => ({
      command: [
        ...convert,
        `--output-dir=${join(WORK, folder)}`,
        join(WORK, `${kernel}-${cells}.ipynb`),
      ],
      env,
    }),
  });
  return [
    {
      name: `lib/notebook, Deno ${Deno.version.deno} kernel`,
      program: (cells, folder) =>
        ours("run_notebook.ts", join(WORK, `deno-${cells}.ipynb`), join(WORK, folder)),
    },
    nbconvert("deno", "Deno"),
    nbconvert("python", "Python"),
  ];
}
