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
import { benchPipeline } from "./pipeline.ts";
import { benchPredict } from "./predict.ts";
import { type BenchRow, rowText } from "./row.ts";
import { benchRunner } from "./runner.ts";
import { benchServe } from "./serve.ts";
import { benchSimulate } from "./simulate.ts";
import { benchTrain } from "./train.ts";
import { benchWorkflows } from "./workflows.ts";

const BENCHES: Readonly<Record<string, (say: (line: string) => void) => Promise<BenchRow[]>>> = {
  runner: benchRunner,
  demo: benchDemo,
  train: benchTrain,
  predict: benchPredict,
  serve: benchServe,
  simulate: benchSimulate,
  drift: benchDrift,
  pipeline: benchPipeline,
  workflows: benchWorkflows,
};

const HELP = `deno task bench [NAME…] [--json] [--debug]

Measures ours beside a peer, in turn, on this machine; ratio above 1 means that ours is better.
  runner    a trivial notebook run headless: lib/notebook against nbconvert; time and lost outputs
  demo      deno task demo, whole; no peer
  train     25 trees: lib/training (ml-random-forest) against scikit-learn
  predict   25 trees: lib/model's flat forest against scikit-learn, one thread
  serve     Local Azure, and one row a request through its router, against mlflow models serve
            and azureml-inference-server-http
  simulate  a scene played through an endpoint of Local Azure, and read back; no peer
  drift     100,000 rows of 30 columns: lib/monitoring against Evidently, and bare scipy
  pipeline  deno task demo, whole, against papermill, scikit-learn, MLflow and Evidently
  workflows train, gate and deploy under act: whole, and beside the notebooks; linters; set-up; no peer
Without NAME all of them. --json prints an array of rows and nothing else on standard output.`;

await main("bench", async () => {
  const { on, words } = readFlags({ on: ["json"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const known = Object.keys(BENCHES), unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    const rule = `must be one of ${known.join(", ")}`;
    throw new BadInput({ field: "NAME", rule, value: unknown });
  }
  const json = on.has("json"), rows: BenchRow[] = [];
  for (const name of words.length > 0 ? words : known) {
    const found = await BENCHES[name](console.error);
    if (!json) console.log(rowText(found));
    rows.push(...found);
  }
  if (json) console.log(JSON.stringify(rows, null, 1));
  return EXIT.done;
});
