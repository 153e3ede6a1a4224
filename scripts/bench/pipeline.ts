/** `deno task bench pipeline`: the whole demo beside the same life of a model in the tools that Python has. */

import { join, resolve } from "node:path";
import { quantile } from "lib/core/mod.ts";
import { type PythonEnv, pythonEnv } from "../python_env.ts";
import { inTurn, jsonOutput, output, peer, type Program, timeProcess } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";

const CHECKOUT = resolve(import.meta.dirname!, "../..");
const WORK = join(CHECKOUT, ".local/bench/pipeline");

const REPEATS = 3;

/** What the chain of `peers/pipeline` does, and what it does not. */
const THEIRS =
  "train and track, gate and register, package and score from files, drift as two HTML " +
  "reports; no endpoint, no HTTP, no rollout, no A/B test, no incident";

/** What each chapter of ours adds that takes time. */
const OURS: Readonly<Record<string, string>> = {
  "01": "contract, split, training twice, behaviour, pictures",
  "02": "three tracked trainings, registry, gate, four planted candidates",
  "03":
    "endpoint, two deployments over HTTP, smoke tests, traffic in steps, rollback, inference log",
  "04": "monitoring",
  "05": "A/B test",
  "06": "incident",
};

/**
 * Times `deno task demo` and the chain of four notebooks through papermill, both as whole processes,
 * after one run of each: caches, Local Azure, database and registry are there.
 *
 * @param say Takes a line of progress.
 * @returns One row; its note says what each side includes.
 */
export async function benchPipeline(say: (line: string) => void): Promise<BenchRow[]> {
  const env = await pythonEnv("bench-pipeline"); // minutes, once: not of the time that the runs have
  const since = performance.now(), python = env.bin("python"), chain = chainOf(env);
  const demo: Program = { command: [Deno.execPath(), "task", "--quiet", "demo"] };
  say("pipeline: one run of each to warm up, then three in turn");
  await Deno.remove(WORK, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await output(demo);
  const versions = await jsonOutput<Record<string, string>>(chain);
  const [ours, theirs] = await inTurn(
    [demo, chain].map((program) => () => timeProcess(program, python)),
    { repeats: REPEATS, since },
  );
  const median = (figures: readonly number[]) => quantile(figures, 0.5);
  const cpu = (times: typeof ours) => median(times.map((time) => time.cpuSeconds)).toFixed(1);
  const noise = median([...ours, ...theirs].map((time) => time.noise)).toFixed(2);
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  return [row({
    bench: "pipeline",
    what: "a model's whole life in notebooks, whole process, warm, median wall time",
    ...{ unit: "s", better: "less", summary: median },
    ours: { name: "deno task demo", all: ours.map((time) => time.wallSeconds) },
    peer: { name: named, all: theirs.map((time) => time.wallSeconds) },
    note: `ours: ${await chapters()}. Theirs: ${THEIRS}. ` +
      `Processor time ${cpu(ours)} s (Local Azure's own not counted) against ${cpu(theirs)} s, ` +
      `noise ${noise}`,
  })];
}

/** The chain, with no telemetry and nothing in the home folder. */
function chainOf({ bin }: PythonEnv): Program {
  const csv = join(CHECKOUT, "data/iris.csv");
  const folder = (name: string) => join(WORK, name);
  return {
    command: [bin("python"), peer("pipeline/run.py"), csv, folder("out")],
    env: {
      JUPYTER_DATA_DIR: folder("data"),
      JUPYTER_CONFIG_DIR: folder("config"),
      JUPYTER_RUNTIME_DIR: folder("run"),
      IPYTHONDIR: folder("ipython"),
      ...{ DO_NOT_TRACK: "1", MLFLOW_DISABLE_TELEMETRY: "true", GIT_PYTHON_REFRESH: "quiet" },
      ...{ PYTHONWARNINGS: "ignore", ALEMBIC_LOG: "error" },
    },
  };
}

/** The chapters that the last demo ran, as its summary tells, and what is in them. */
async function chapters(): Promise<string> {
  const { seconds } = JSON.parse(await Deno.readTextFile(join(CHECKOUT, "out/summary.json")));
  return Object.entries(seconds as Record<string, number>).map(([name, took]) => {
    const number = name.slice(0, 2), what = OURS[number] ? ` (${OURS[number]})` : "";
    return `${number} in ${took.toFixed(1)} s${what}`;
  }).join(", ");
}
