/** A workspace in a Local Azure of one's own, with the verbs' adapters: the shared one is not touched. */

import { blobDocuments, openAzureAt } from "lib/azure/mod.ts";
import { prepare, registerTrained, trainCandidate, type Workspace } from "lib/lifecycle/mod.ts";
import { openLocalAzure, type RuntimeName } from "lib/local_azure/mod.ts";
import { createRegistry } from "lib/registry/mod.ts";
import { createTracking } from "lib/tracking/mod.ts";

/** An open workspace that ends with the test. */
export interface OwnWorkspace extends AsyncDisposable {
  /** What the verbs take. */
  readonly workspace: Workspace;
  /** The folder of Local Azure's data. */
  readonly folder: string;
}

/** Opens one in a temporary folder. */
export async function ownWorkspace(runtime: RuntimeName = "child"): Promise<OwnWorkspace> {
  const folder = await Deno.makeTempDir({ prefix: "own-workspace-" });
  const local = await openLocalAzure({ folder, port: 0, runtime });
  const azure = await openAzureAt(local.port);
  return {
    folder,
    workspace: {
      azure,
      tracking: createTracking({
        fetch: azure.armFetch,
        baseUrl: azure.mlflowUrl,
        plainFetch: azure.fetch,
      }),
      registry: createRegistry({ store: blobDocuments(azure) }),
    },
    async [Symbol.asyncDispose]() {
      await local.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Iris as every chapter splits it. */
export const prepared = await prepare("data/iris.dataset.json", { seed: 7 });

/** Trains and registers a small forest. */
export async function registerForest(workspace: Workspace, seed: number) {
  const candidate = await trainCandidate(prepared, { seed, trees: 10 });
  const version = await registerTrained(workspace, { prepared, candidate, seed });
  return { candidate, version };
}
