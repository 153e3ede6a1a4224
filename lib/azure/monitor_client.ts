/** Azure Monitor's client, and what it is asked about. */

import type { MonitorClient } from "@azure/arm-monitor";
import type { Azure } from "./open_azure.ts";
import { localTransport } from "./transport.ts";

/** Azure Monitor's control plane. Loaded when it is asked for: not every task needs it. */
export async function monitorClient(
  { credential, target, base }: Pick<Azure, "credential" | "target" | "base">,
): Promise<MonitorClient> {
  const { MonitorClient } = await import("@azure/arm-monitor");
  const options = base === undefined ? {} : { httpClient: localTransport(base) };
  return new MonitorClient(credential, target.subscriptionId, options);
}

/** ARM id of an endpoint. */
export function endpointResourceId({ target }: Pick<Azure, "target">, endpoint: string): string {
  const { subscriptionId, resourceGroup, workspace } = target;
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/` +
    `Microsoft.MachineLearningServices/workspaces/${workspace}/onlineEndpoints/${endpoint}`;
}
