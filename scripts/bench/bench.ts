/**
 * `deno task bench [NAME…] [--json]`: ours beside a peer that people know, measured here and now.
 *
 * Each bench makes its own Python environment, runs both sides in turn, and ends within ten minutes.
 *
 * @module
 */

import { BadInput } from "lib/core/mod.ts";
import { EXIT, main, readFlags } from "../cli.ts";
import { benchDemo } from "./demo.ts";
import { benchDrift } from "./drift.ts";
import { benchForest } from "./forest.ts";
import { forestText } from "./forest_row.ts";
import { benchGate } from "./gate.ts";
import { benchLocalAzure } from "./local_azure.ts";
import { benchPipeline } from "./pipeline.ts";
import { benchPredict } from "./predict.ts";
import { rowText } from "./row.ts";
import { benchRunner } from "./runner.ts";
import { benchServe } from "./serve.ts";
import { benchSimulate } from "./simulate.ts";
import { benchTracking } from "./tracking.ts";
import { benchWorkflows } from "./workflows.ts";

/** Measures, and says how its rows read. */
type Bench = (say: (line: string) => void) => Promise<{ rows: readonly object[]; text: string }>;

/** A bench with rows of its own kind and the text for them. */
function bench<Row extends object>(
  measure: (say: (line: string) => void) => Promise<Row[]>,
  textOf: (rows: readonly Row[]) => string,
): Bench {
  return async (say) => {
    const rows = await measure(say);
    return { rows, text: textOf(rows) };
  };
}

const BENCHES: Readonly<Record<string, Bench>> = {
  runner: bench(benchRunner, rowText),
  demo: bench(benchDemo, rowText),
  forest: bench(benchForest, forestText),
  predict: bench(benchPredict, rowText),
  serve: bench(benchServe, rowText),
  "local-azure": bench(benchLocalAzure, rowText),
  simulate: bench(benchSimulate, rowText),
  drift: bench(benchDrift, rowText),
  gate: bench(benchGate, rowText),
  pipeline: bench(benchPipeline, rowText),
  workflows: bench(benchWorkflows, rowText),
  tracking: bench(benchTracking, rowText),
};

const HELP = `deno task bench [NAME…] [--json] [--debug]

Measures ours beside a peer, in turn, on this machine; ratio above 1 means that ours is better (of
forest's seconds, below 1).
  runner    a trivial notebook run headless: lib/notebook against nbconvert; time and lost outputs
  demo      deno task demo, whole; no peer
  forest    25 trees on 75 to 1,000,000 rows: the fast trainer of lib/training against scikit-learn
  predict   25 trees: lib/model's flat forest against scikit-learn, one thread
  serve     Local Azure, and one row a request through its router, against mlflow models serve
            and azureml-inference-server-http
  local-azure  Local Azure with 10,000 resources, and its scoring router beside the servers behind it,
            an empty one and our own, asked directly
  simulate  a scene played through an endpoint of Local Azure, and read back; no peer
  drift     100,000 rows of 30 columns: lib/monitoring against Evidently, and bare scipy
  gate      100,000 rows: lib/gate against scikit-learn and scipy; and the whole verb, no peer
  pipeline  deno task demo, whole, against papermill, scikit-learn, MLflow and Evidently
  workflows train, gate and deploy under act: whole, and beside the notebooks; linters; set-up; no peer
  tracking  10,000 metrics logged, and a search among 10,000 runs: lib/tracking and Local Azure against
            MLflow's Python client, at Local Azure and at its own mlflow server
Without NAME all of them. --json prints an array of rows and nothing else on standard output.`;

await main("bench", async () => {
  const { on, words } = readFlags({ on: ["json"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const known = Object.keys(BENCHES), unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    const rule = `must be one of ${known.join(", ")}`;
    throw new BadInput({ field: "NAME", rule, value: unknown });
  }
  const json = on.has("json"), rows: object[] = [];
  for (const name of words.length > 0 ? words : known) {
    const found = await BENCHES[name](console.error);
    if (!json) console.log(found.text);
    rows.push(...found.rows);
  }
  if (json) console.log(JSON.stringify(rows, null, 1));
  return EXIT.done;
});
