/** Two deployments to one endpoint at once: the second steps aside. */

import { join, resolve } from "node:path";
import { openAzure, takeLease } from "lib/azure/mod.ts";
import { readDescriptor } from "lib/data/mod.ts";
import { CHECKOUT } from "lib/lifecycle/mod.ts";
import { callerFolder } from "./cli.ts";

/**
 * Takes the right to deploy to the endpoint of a dataset. A rollback asks nobody, and is never held up.
 *
 * @param dataset The descriptor, as typed; undefined for the usual one.
 * @returns What gives the right back; or who has it, in a sentence.
 * @throws {BadInput} If there is no such descriptor.
 */
export async function holdDeploy(
  dataset: string | undefined,
): Promise<string | (() => Promise<void>)> {
  const path = dataset
    ? resolve(callerFolder(), dataset)
    : join(CHECKOUT, "data/iris.dataset.json");
  const endpoint = `${(await readDescriptor(path)).name}-demo`;
  const taken = await takeLease(await openAzure(), `deploy-${endpoint}`, {
    by: deployer((name) => Deno.env.get(name)),
    since: new Date().toISOString(),
  });
  if ("release" in taken) return () => taken.release();
  return `steps aside: ${taken.by} has been deploying to ${endpoint} since ${taken.since}`;
}

/** Who deploys: a run of a workflow, or a person at a machine. */
function deployer(env: (name: string) => string | undefined): string {
  const run = env("GITHUB_RUN_ID");
  return run ? `run ${run} of ${env("GITHUB_WORKFLOW") || "a workflow"}` : "deno task deploy";
}
