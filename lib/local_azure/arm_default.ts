/** The workspace that is there from the start. */

import { type Arm, groupId } from "./arm_context.ts";
import { putCompanions } from "./arm_companions.ts";
import { GROUP, putGroup } from "./arm_groups.ts";
import { createWorkspace } from "./arm_workspaces.ts";

/** Names of the default workspace. */
export const DEFAULT_WORKSPACE = {
  subscription: "00000000-0000-0000-0000-000000000000",
  group: "rg-local",
  workspace: "mlw-local",
  location: "eastus",
} as const;

/** Makes the default workspace and what it needs, if there is nothing at all yet. */
export async function makeDefaultWorkspace(arm: Arm): Promise<void> {
  if (arm.store.list({ type: GROUP }).length > 0) return;
  const { subscription, group: name, workspace, location } = DEFAULT_WORKSPACE;
  const id = groupId({ subscription, group: name });
  await createWorkspace(arm, { group: id, name: workspace, location }, () => {
    putGroup(arm, { id, name, location, tags: {} });
    putCompanions(arm, id, location);
  });
}
