/** The place beside what serves: the other colour, which gets no traffic. */

import type { AssetVersion, DeployOptions } from "lib/azure/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { deployVersion } from "./deploy.ts";
import type { LiveEndpoint } from "./live.ts";
import { otherSlot } from "./slots.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Deploys a version in the colour that does not serve. It gets no traffic by that; whoever asks it asks
 * past the traffic rules, by a header. What was there before is replaced, so that nothing of an earlier
 * release is left in it.
 *
 * @param workspace Where the endpoint is.
 * @param of The endpoint in use, the version, and the environment that it runs in.
 * @param options `onWait`, `signal` and `onCost`.
 * @returns The deployment's name.
 * @throws {OperationError} If it does not come up.
 *
 * @example
 * ```ts ignore
 * const other = await deployBeside(workspace, { live, version, environment });
 * ```
 */
export async function deployBeside(
  workspace: Workspace,
  { live, version, environment }: {
    readonly live: LiveEndpoint;
    readonly version: ModelVersion;
    readonly environment: AssetVersion;
  },
  options: DeployOptions = {},
): Promise<string> {
  const deployment = otherSlot(live.deployment);
  const draft = { endpoint: live.name, deployment, version, environment };
  await deployVersion(workspace, draft, options);
  return deployment;
}
