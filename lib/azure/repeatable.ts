/** Which requests may be sent once more when nobody knows whether they were done. */

/** MLflow's POSTs that only read, or that leave the same behind however often they are done. */
const MLFLOW =
  /\/mlflow\/(?:[\w-]+\/search|experiments\/(?:create|set-experiment-tag)|runs\/(?:log-batch|log-metric|log-parameter|set-tag|update|delete|restore)|metrics\/get-history-bulk)$/;

/**
 * Whether a request does no more when it is done twice.
 *
 * `runs/create` and `model-versions/create` do: each makes another one. A scored row is the same row,
 * though the collector may keep it twice, under two ids.
 *
 * @param method E.g. `POST`.
 * @param url As the client meant it: `https://HOST/path`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isRepeatable } from "lib/azure/mod.ts";
 *
 * const mlflow = "https://eastus.api.azureml.ms/mlflow/v1.0/w/api/2.0/mlflow/runs";
 * assert.equal(isRepeatable("POST", `${mlflow}/log-batch`), true);
 * assert.equal(isRepeatable("POST", `${mlflow}/create`), false);
 * assert.equal(isRepeatable("PUT", "https://management.azure.com/subscriptions/s"), true);
 * ```
 */
export function isRepeatable(method: string, url: string): boolean {
  if (/^(?:GET|HEAD|OPTIONS|PUT|DELETE)$/.test(method)) return true;
  const { hostname, pathname } = new URL(url);
  return method === "POST" &&
    (hostname.endsWith(".inference.ml.azure.com") || MLFLOW.test(pathname));
}
