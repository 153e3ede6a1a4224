/** What a deployment that was cut off leaves in the workspace, found out in milliseconds. */

import { findLocalAzure, readTarget, targetFetch } from "lib/azure/mod.ts";

const ARM = "https://management.azure.com";

interface Resource {
  readonly name: string;
  readonly properties: { readonly provisioningState: string };
}

/**
 * The endpoints of Local Azure's workspace and the state of their deployments, in one line. Not through
 * the SDK, whose import alone would take longer than a person who has pressed Ctrl-C should wait.
 *
 * @returns The line; undefined if the target is Azure, which answers too slowly for that.
 */
export async function endpointsLeft(): Promise<string | undefined> {
  const target = readTarget();
  if (target.kind !== "local") return undefined;
  const local = await findLocalAzure();
  if (!local) return "nothing is left: Local Azure does not run";
  const identity = { headers: { "x-identity-header": "local" } };
  const { access_token } = await (await fetch(
    `${local.url}/msi/token?api-version=2019-08-01&resource=${encodeURIComponent(ARM)}`,
    identity,
  )).json();
  const call = targetFetch(local.url), { subscriptionId, resourceGroup, workspace } = target;
  const base = `${ARM}/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/` +
    `Microsoft.MachineLearningServices/workspaces/${workspace}/onlineEndpoints`;
  const list = async (path: string): Promise<Resource[]> => {
    const headers = { authorization: `Bearer ${access_token}` };
    const response = await call(`${base}${path}?api-version=2022-10-01`, { headers });
    return (await response.json()).value;
  };
  const endpoints = await Promise.all((await list("")).map(async (endpoint) => {
    const deployments = (await list(`/${endpoint.name}/deployments`)).map(shown);
    return `endpoint ${shown(endpoint)} with ${deployments.join(", ") || "no deployment"}`;
  }));
  if (endpoints.length === 0) return "no endpoint is left";
  return `left are ${endpoints.join("; ")}: deno task cleanup removes them`;
}

function shown({ name, properties: { provisioningState } }: Resource): string {
  return `${name} (${provisioningState})`;
}
