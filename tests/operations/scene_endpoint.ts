/** A Local Azure of a test's own, with a champion behind an endpoint. */

import {
  blobDocuments,
  endpointKeys,
  ensureEndpoint,
  ensureLocalAzure,
  openAzureAt,
  setTraffic,
  stopLocalAzure,
} from "../../lib/azure/mod.ts";
import {
  type Candidate,
  deployVersion,
  ensureEnvironment,
  prepare,
  type Prepared,
  registerTrained,
  trainCandidate,
  type Workspace,
} from "../../lib/lifecycle/mod.ts";
import { createRegistry, type ModelVersion } from "../../lib/registry/mod.ts";
import { createTracking } from "../../lib/tracking/mod.ts";

/** What a test is given. */
export interface SceneEndpoint {
  /** Where Local Azure listens, for another process. */
  readonly port: number;
  readonly workspace: Workspace;
  readonly prepared: Prepared;
  readonly candidate: Candidate;
  readonly version: ModelVersion;
  /** Where and how to ask. */
  readonly call: { readonly endpoint: string; readonly url: string; readonly key: string };
  /** Deploys the version once more. */
  readonly deploy: (name: string, variables?: Readonly<Record<string, string>>) => Promise<void>;
}

/** Runs steps against an iris forest in a deployment `blue`, which has all traffic. */
export async function withEndpoint(use: (there: SceneEndpoint) => Promise<void>): Promise<void> {
  const checkout = await Deno.makeTempDir({ prefix: "scenes-" });
  try {
    const { port } = await ensureLocalAzure({ checkout }), azure = await openAzureAt(port);
    const { armFetch, mlflowUrl, fetch: plainFetch } = azure;
    const workspace: Workspace = {
      azure,
      tracking: createTracking({ fetch: armFetch, baseUrl: mlflowUrl, plainFetch }),
      registry: createRegistry({ store: blobDocuments(azure) }),
    };
    const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
    const candidate = await trainCandidate(prepared, { seed: 7, trees: 50 });
    const version = await registerTrained(workspace, { prepared, candidate, seed: 7 });
    const environment = await ensureEnvironment(workspace), endpoint = "iris-scenes";
    const { scoringUrl: url } = await ensureEndpoint(azure, {
      ...{ name: endpoint, description: "scenes", tags: {} },
    });
    const deploy = (deployment: string, variables?: Readonly<Record<string, string>>) =>
      deployVersion(workspace, { endpoint, deployment, version, environment, variables });
    await deploy("blue");
    await setTraffic(azure, endpoint, { blue: 100 });
    const { primary: key } = await endpointKeys(azure, endpoint);
    await use({
      port,
      workspace,
      prepared,
      candidate,
      version,
      call: { endpoint, url, key },
      deploy,
    });
  } finally {
    await stopLocalAzure({ checkout });
    await Deno.remove(checkout, { recursive: true });
  }
}
