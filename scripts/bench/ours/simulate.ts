/** Our side of `bench simulate`: a scene through an endpoint of a Local Azure of its own. */

import {
  blobDocuments,
  endpointKeys,
  ensureEndpoint,
  ensureLocalAzure,
  openAzureAt,
  setTraffic,
  stopLocalAzure,
} from "lib/azure/mod.ts";
import { stageScene } from "lib/data/mod.ts";
import {
  deployVersion,
  ensureEnvironment,
  prepare,
  readBack,
  registerTrained,
  simulate,
  trainCandidate,
  type Workspace,
} from "lib/lifecycle/mod.ts";
import { createRegistry } from "lib/registry/mod.ts";
import { createTracking } from "lib/tracking/mod.ts";

const [rowsPerWindow, batchRows, windows] = Deno.args.map(Number);
const checkout = await Deno.makeTempDir({ prefix: "bench-" });
try {
  const azure = await openAzureAt((await ensureLocalAzure({ checkout })).port);
  const { armFetch, mlflowUrl, fetch: plainFetch } = azure;
  const workspace: Workspace = {
    azure,
    tracking: createTracking({ fetch: armFetch, baseUrl: mlflowUrl, plainFetch }),
    registry: createRegistry({ store: blobDocuments(azure) }),
  };
  const prepared = await prepare("data/iris.dataset.json", { seed: 7 }), endpoint = "bench";
  const candidate = await trainCandidate(prepared, { seed: 7, trees: 100 });
  const version = await registerTrained(workspace, { prepared, candidate, seed: 7 });
  const environment = await ensureEnvironment(workspace);
  const { scoringUrl: url } = await ensureEndpoint(azure, {
    ...{ name: endpoint, description: "bench", tags: {} },
  });
  await deployVersion(workspace, { endpoint, deployment: "blue", version, environment });
  await setTraffic(azure, endpoint, { blue: 100 });
  const { primary: key } = await endpointKeys(azure, endpoint);
  const call = { endpoint, url, key, batchRows, maxPerSecond: 500, begin: "2026-03-02T00:00:00Z" };
  const size = { seed: 7, windows, rowsPerWindow };
  const scene = stageScene(prepared.holdout, { scene: "none", ...size });
  const { requests, requestsPerSecond, windows: played } = await simulate(workspace, {
    ...{ ...call, scene },
  });
  const started = performance.now();
  const { missing } = await readBack(workspace, {
    ...{ endpoint, signature: candidate.model.document.signature, timeoutMs: 30_000 },
  });
  const readSeconds = (performance.now() - started) / 1_000;
  const answered = played.reduce((sum, window) => sum + window.answered, 0);
  const missingRows = missing.rows;
  console.log(JSON.stringify({ requests, requestsPerSecond, answered, readSeconds, missingRows }));
} finally {
  await stopLocalAzure({ checkout });
  await Deno.remove(checkout, { recursive: true });
}
