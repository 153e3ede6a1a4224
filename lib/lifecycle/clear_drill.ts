/** The end of a drill: the faulty deployment is gone, whatever became of the drill. */

import { deleteDeployment, getDeployment, getEndpoint } from "lib/azure/mod.ts";
import { readIncidents } from "./incident_log.ts";
import { rollback } from "./rollback.ts";
import type { Workspace } from "./workspace.ts";

/** Name of a drill's deployment: no other has it, so a drill can be cleared away and nothing else. */
export const DRILL = "drill";

/**
 * Removes what a drill has left on an endpoint. Where the faulty release still has traffic, because
 * nobody noticed it or the drill was killed, what served before it gets it back first: its log says who.
 *
 * @param workspace Where the endpoint is.
 * @param of The endpoint; it need not be there.
 * @returns Whether there was anything.
 * @throws {NothingToRollBack} If what served before cannot take the traffic.
 * @throws {OperationError} If the service refuses.
 *
 * @example
 * ```ts ignore
 * await clearDrill(workspace, { endpoint: "iris-live" });
 * ```
 */
export async function clearDrill(
  workspace: Workspace,
  { endpoint }: { readonly endpoint: string },
): Promise<boolean> {
  const { azure } = workspace, found = await getEndpoint(azure, endpoint);
  if (!found || !await getDeployment(azure, { endpoint, name: DRILL })) return false;
  if ((found.traffic[DRILL] ?? 0) > 0) {
    const before = (await readIncidents(workspace, { endpoint })).at(-1)?.servedBefore.deployment;
    await rollback(workspace, { endpoint, to: before, reason: "the drill is over" });
  }
  await deleteDeployment(azure, { endpoint, name: DRILL });
  return true;
}
