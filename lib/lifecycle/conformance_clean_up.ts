/** After the conformance check: what it made is removed. */

import { deleteEndpoint, getEndpoint } from "lib/azure/mod.ts";
import type { Context } from "./conformance_context.ts";

/** Removes what the check has made; tells what it could not. */
export async function cleanUp(context: Context): Promise<string[]> {
  const { workspace: { azure, tracking }, names, raw } = context, left: string[] = [];
  const attempt = async (what: string, remove: () => Promise<unknown>) => {
    try {
      await remove();
    } catch (error) {
      left.push(`${what} (${(error as Error).message.split("\n")[0]})`);
    }
  };
  await attempt(`endpoint ${names.endpoint}`, async () => {
    if (await getEndpoint(azure, names.endpoint)) await deleteEndpoint(azure, names.endpoint);
  });
  for (const kind of ["models", "data", "environments"]) {
    await attempt(`${kind} ${names.asset}`, async () => {
      const { status } = await raw("DELETE", `/${kind}/${names.asset}`);
      if (status >= 400) throw new Error(`${status}`);
    });
  }
  for (const name of new Set(context.blobs)) {
    await attempt(`blob ${name}`, () => azure.blobs.getBlobClient(name).deleteIfExists());
  }
  await attempt(`experiment ${names.asset}`, async () => {
    const { experimentId } = await tracking.ensureExperiment(names.asset);
    const response = await azure.armFetch(`${azure.mlflowUrl}/api/2.0/mlflow/experiments/delete`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ experiment_id: experimentId }),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${response.status}`);
  });
  return left;
}
