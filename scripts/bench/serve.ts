/**
 * `deno task bench serve`: Local Azure from its start to scored requests, beside `mlflow models serve`
 * and azureml-inference-server-http, loaded by the same generator in the same run.
 */

import { quantile } from "lib/core/mod.ts";
import { type PythonEnv, pythonEnv, PythonEnvError } from "../python_env.ts";
import { type Load, loaded, type LoadResult } from "./load.ts";
import { inTurn, output, peer } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";
import { type OurSide, ourSide } from "./serve_ours.ts";
import { type Asked, type Peer, startPeers } from "./serve_peers.ts";

const CONNECTIONS = [1, 8, 32], REPEATS = 3, SECONDS = 3, WARM_SECONDS = 1;

const ASKED: Asked = {
  columns: ["sepal_length", "sepal_width", "petal_length", "petal_width"],
  row: [5.1, 3.5, 1.4, 0.2],
  label: "setosa",
};

const DENO = `Deno ${Deno.version.deno}`;

/** What a fair reader has to know, beside every comparison. */
const UNLIKE =
  "ours: router and container, key checked, inputs checked, probabilities, every row " +
  "collected to disk and Blob; theirs: one worker, labels, none of that";

/**
 * Measures the start, the memory, the control plane and a deployment, and then loads all servers.
 *
 * @param say Takes a line of progress.
 * @returns Rows without a peer for what only Local Azure does, and with each peer for the load.
 */
export async function benchServe(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), env = await environment(say);
  await using mine = await ourSide(ASKED, say);
  const rows = alone(mine);
  const peers = typeof env === "string" ? [] : await startPeers(env, ASKED, say);
  try {
    for (const connections of CONNECTIONS) {
      say(`serve: load with ${connections} at once`);
      rows.push(...await underLoad({ mine, peers, connections, since, env }));
    }
  } finally {
    await Promise.all(peers.map((one) => one[Symbol.asyncDispose]()));
  }
  return [...rows, one("its memory after the load", "MB", [await mine.memoryNow()], "resident")];
}

/** The peers' environment, or one line on why there is none: ours is measured all the same. */
async function environment(say: (line: string) => void): Promise<PythonEnv | string> {
  try {
    return await pythonEnv("bench-serve", { say });
  } catch (error) {
    if (!(error instanceof PythonEnvError)) throw error;
    const line = `neither peer could be installed with this Python: ${error.message}`;
    say(`serve: ${line}`);
    return line;
  }
}

const median = (figures: readonly number[]) => quantile(figures, 0.5);

/** A row of what only Local Azure does. */
function one(what: string, unit: string, all: readonly number[], note: string): BenchRow {
  return row({
    ...{ bench: "serve", what: `${what}, median`, unit, better: "less", summary: median },
    ...{ ours: { name: `Local Azure, ${DENO}`, all }, note },
  });
}

function alone(mine: OurSide): BenchRow[] {
  return [
    one("nothing to the first answer", "s", mine.startSeconds, "Azurite included; goal < 1.5 s"),
    one("its memory then", "MB", mine.memoryMb, "resident, Azurite included; goal < 250 MB"),
    one("a resource made (PUT)", "ms", mine.putMs, "durable before the answer; goal < 5 ms"),
    one("a resource read (GET)", "ms", mine.getMs, "goal < 5 ms"),
    one("order to a deployment that answers", "s", mine.deploySeconds, "goal < 1 s"),
  ];
}

async function underLoad({ mine, peers, connections, since, env }: {
  mine: OurSide;
  peers: readonly Peer[];
  connections: number;
  since: number;
  env: PythonEnv | string;
}): Promise<BenchRow[]> {
  const side = (load: Pick<Load, "port" | "host" | "path" | "headers" | "body">) => () =>
    loaded({ ...load, connections, seconds: SECONDS, warmSeconds: WARM_SECONDS });
  const noise: number[] = [];
  const sides = [mine.load, ...peers.map(({ load }) => load)].map(side);
  if (typeof env !== "string") {
    const command = [env.bin("python"), peer("probe.py")], [first] = sides;
    sides[0] = async () => (noise.push(Number(await output({ command }))), await first());
  }
  const [ours, ...theirs] = await inTurn<LoadResult>(sides, { repeats: REPEATS, since });
  const all = (runs: readonly LoadResult[], key: keyof LoadResult) => runs.map((run) => run[key]);
  const failed = (runs: readonly LoadResult[]) => all(runs, "failed").reduce((a, b) => a + b, 0);
  const figures = [
    ["requests a second", "req/s", "more", "perSecond"],
    ["p50", "ms", "less", "p50"],
    ["p99", "ms", "less", "p99"],
  ] as const;
  const compared = peers.length > 0
    ? peers.map((one, i) => ({ one, runs: theirs[i] }))
    : [undefined];
  return compared.flatMap((peer) =>
    figures.map(([what, unit, better, key]) => {
      const note = peer
        ? `${UNLIKE}; failed requests ${failed(ours)} against ${failed(peer.runs)}, ` +
          `noise ${median(noise).toFixed(2)}, its start took ${peer.one.startSeconds.toFixed(1)} s`
        : `${env}; failed requests ${failed(ours)}`;
      return row({
        bench: "serve",
        what: `one row a request, 25 trees, ${connections} at once: ${what}, median of the runs`,
        ...{ unit, better, summary: median },
        ours: { name: `Local Azure, ${DENO}`, all: all(ours, key) },
        ...peer && { peer: { name: peer.one.name, all: all(peer.runs, key) } },
        note: key === "perSecond" ? note : "",
      });
    })
  );
}
