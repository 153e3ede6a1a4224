/** `deno task bench tracking`: our client and Local Azure against MLflow's Python client and its own server. */

import { join, resolve } from "node:path";
import { ensureLocalAzure, stopLocalAzure } from "lib/azure/mod.ts";
import type { JsonRecord } from "lib/core/mod.ts";
import { startMlflowServer } from "../mlflow_server.ts";
import { pythonEnv } from "../python_env.ts";
import { inTurn, jsonOutput, ours, peer } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";
import { benchRun, FILTER, LIMIT, METRICS, RUNS } from "./tracking_runs.ts";

const WORK = resolve(import.meta.dirname!, "../../.local/bench/tracking");

/** Turns; searches in each; runs that are made at once. */
const TURNS = 5, SEARCHES = 20, AT_ONCE = 16;

/** Experiments: one for the runs that are searched, one for the runs that are logged. */
const SEARCHED = "searched", LOGGED = "logged";

const ORDERS = ["start_time DESC", "metrics.loss ASC"];

interface Figures {
  readonly seconds: readonly number[];
  readonly found: string | number;
  readonly version?: string;
  readonly noise?: number;
}

/**
 * Logs 10,000 metrics to one run and searches among 10,000 runs: our client against Local Azure, MLflow's
 * client against the same, MLflow's client against its own server (one worker, SQLite). The servers are
 * there already and hold the same runs; every side must find the same.
 *
 * @param say Takes a line of progress.
 * @returns A row for each thing and peer.
 * @throws {Error} If two sides find different runs.
 */
export async function benchTracking(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), env = await pythonEnv("mlflow-server");
  const checkout = join(WORK, "local"), folder = join(WORK, "mlflow");
  await stopLocalAzure({ checkout }); // what a run that was cut off has left
  await Deno.remove(WORK, { recursive: true }).catch(() => {});
  await Deno.mkdir(checkout, { recursive: true });
  say("tracking: starting mlflow server and a Local Azure");
  const server = await startMlflowServer({ env, folder });
  try {
    const { url } = await ensureLocalAzure({ checkout });
    const python = env.bin("python"), script = peer("tracking.py");
    const at = { local: url, mlflow: server.base };
    const ids = {
      local: await makeExperiments(at.local),
      mlflow: await makeExperiments(at.mlflow),
    };
    say(`tracking: ${RUNS.toLocaleString("en")} runs into each`);
    await fill(at.local, ids.local[SEARCHED]);
    const database = join(folder, "mlflow.db");
    await jsonOutput({
      command: [python, script, "fill", database, ids.mlflow[SEARCHED], `${RUNS}`],
    });

    const measure = async (what: "metrics" | "search", order: string, repeat: number) => {
      const name = what === "metrics" ? LOGGED : SEARCHED;
      say(`tracking: ${what}${what === "search" ? ` by ${order}` : ""}`);
      const theirs = (where: "local" | "mlflow") => () =>
        jsonOutput<Figures>({
          command: [
            ...[python, script, what, at[where], ids[where][name], order],
            ...["--repeat", `${repeat}`],
          ],
        });
      const args = [what, at.local, name, order, `${repeat}`];
      const sides = await inTurn<Figures>([
        () => jsonOutput<Figures>(ours("tracking.ts", ...args)),
        theirs("local"),
        theirs("mlflow"),
      ], { repeats: what === "metrics" ? TURNS : 2, since });
      same(sides.map(([first]) => first.found));
      return sides;
    };
    const rows = rowsOf(
      `${METRICS.toLocaleString("en")} points of a metric to one run`,
      await measure("metrics", ORDERS[0], 1),
    );
    for (const order of ORDERS) {
      const what = `search among ${RUNS.toLocaleString("en")} runs, ${FILTER}, by ${order}, ` +
        `at most ${LIMIT}`;
      rows.push(...rowsOf(what, await measure("search", order, SEARCHES)));
    }
    return rows;
  } finally {
    await server.stop();
    await stopLocalAzure({ checkout });
  }
}

/** A row against each peer, of the medians. */
function rowsOf(what: string, [mine, sameServer, ownServer]: readonly Figures[][]): BenchRow[] {
  const all = (figures: readonly Figures[]) =>
    figures.flatMap(({ seconds }) => seconds.map((one) => 1_000 * one));
  const { version } = sameServer[0], noises = [...sameServer, ...ownServer].map((it) => it.noise!);
  const common = {
    ...{ bench: "tracking", what: `${what}, median`, unit: "ms", better: "less" as const },
    ...{ summary: median, ours: { name: "lib/tracking at Local Azure", all: all(mine) } },
    note: `noise ${Math.max(...noises)}`,
  };
  return [
    row({ ...common, peer: { name: `mlflow ${version} at Local Azure`, all: all(sameServer) } }),
    row({ ...common, peer: { name: `mlflow ${version} at mlflow server`, all: all(ownServer) } }),
  ];
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b), half = sorted.length / 2;
  return (sorted[Math.floor(half - 0.5)] + sorted[Math.floor(half)]) / 2;
}

function same(found: readonly (string | number)[]): void {
  if (new Set(found).size === 1 && found[0] !== "") return;
  throw new Error(`Cannot compare as all sides must find the same: ${found.join(" | ")}`);
}

async function makeExperiments(base: string): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const name of [SEARCHED, LOGGED]) {
    ids[name] = String((await post(base, "experiments/create", { name })).experiment_id);
  }
  return ids;
}

/** The runs, through HTTP. */
async function fill(base: string, experiment_id: string): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < RUNS) {
      const { name: run_name, startTime, metrics, params } = benchRun(next++);
      const times = { start_time: startTime, end_time: startTime + 1 };
      const { run } = await post(base, "runs/create", { experiment_id, run_name, ...times });
      const { run_id } = (run as { info: { run_id: string } }).info;
      await post(base, "runs/log-batch", {
        run_id,
        metrics: Object.entries(metrics).map(([key, value]) => ({
          ...{ key, value, timestamp: 1, step: 0 },
        })),
        params: Object.entries(params).map(([key, value]) => ({ key, value })),
      });
    }
  }));
}

async function post(base: string, path: string, body: JsonRecord): Promise<JsonRecord> {
  const response = await fetch(`${base}/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot prepare as ${path} was refused: ${text}`);
  return JSON.parse(text);
}
