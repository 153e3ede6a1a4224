/**
 * A driver of a rollout as a process of its own, so that a test can kill it. It says each step as a
 * line of JSON, and after it has left the step named in the last argument it waits for its death.
 *
 * Arguments: port of Local Azure, plan, samples (JSON), URL, key, step.
 */

import { blobDocuments, openAzureAt } from "../../lib/azure/mod.ts";
import { openWorkspace, rolloutPort, runRollout } from "../../lib/lifecycle/mod.ts";

const [port, planText, samplesText, url, key, last] = Deno.args;
const azure = await openAzureAt(Number(port)), workspace = await openWorkspace({ azure });
const plan = JSON.parse(planText), { features, classes, x, y } = JSON.parse(samplesText);
const samples = { features, classes, x: Float64Array.from(x), y: Uint8Array.from(y) };
const live = { name: plan.endpoint, url, key: () => Promise.resolve(key) };
const world = await rolloutPort(workspace, { live, plan, samples, seed: 7, by: "a driver" });
await runRollout(plan, {
  store: blobDocuments(azure),
  port: {
    ...world,
    async setTraffic(traffic, signal) {
      await world.setTraffic(traffic, signal);
      console.log(JSON.stringify({ traffic }));
      if (JSON.stringify(traffic) === last) await new Promise(() => setInterval(() => {}, 1_000));
    },
  },
});
