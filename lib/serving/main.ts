/**
 * What the container runs. Reads `AZUREML_MODEL_DIR` (the model lies in it, or one folder below),
 * `MODEL_VERSION`, `MODEL_DIGEST`, `HOST` and `PORT`; serves; ends at SIGTERM after the requests that
 * are under way.
 *
 * @module
 */

import { createLogger } from "lib/core/mod.ts";
import { readModel } from "lib/model/mod.ts";
import { createScorer } from "./scorer.ts";

const log = createLogger({ write: (line) => console.log(line) });
const env = (name: string, fallback: string) => Deno.env.get(name) || fallback;

/** Azure keeps the uploaded folder's own name inside the model's folder, so it is looked for. */
function findModel(folder: string): Uint8Array {
  const places = [folder];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) places.push(`${folder}/${name}`);
  }
  for (const place of places) {
    try {
      return Deno.readFileSync(`${place}/model.json`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`Cannot serve as there must be a model.json in ${folder} or one folder below`);
}

const digest = env("MODEL_DIGEST", "");
const model = readModel(findModel(env("AZUREML_MODEL_DIR", "model")), digest ? { digest } : {});
let ending = false;
const server = Deno.serve({
  hostname: env("HOST", "0.0.0.0"),
  port: Number(env("PORT", "8080")),
  onListen: ({ port }) => log.info("serving", { port, digest: model.digest }),
}, createScorer({ model, version: env("MODEL_VERSION", "none"), ready: () => !ending, log }));

Deno.addSignalListener("SIGTERM", async () => {
  ending = true;
  log.info("ending");
  await server.shutdown();
  Deno.exit(0);
});
