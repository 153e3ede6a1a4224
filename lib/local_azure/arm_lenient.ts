/**
 * The lenient mode, for Microsoft's samples: they name groups and workspaces that nobody has made.
 * Azure would refuse them; here they are made when they are first mentioned.
 */

import { type Arm, groupId, workspaceId } from "./arm_context.ts";
import { DEFAULT_WORKSPACE } from "./arm_default.ts";
import { putGroup } from "./arm_groups.ts";
import type { Call } from "./arm_router.ts";
import { createWorkspace } from "./arm_workspaces.ts";

/** Makes the group and the workspace that a path names, where they are not there. */
export async function makeParents(arm: Arm, params: Call["params"]): Promise<void> {
  const { group: name, workspace } = params, { location } = DEFAULT_WORKSPACE;
  if (name === undefined) return;
  const id = groupId(params);
  const group = arm.store.get(id) ?? putGroup(arm, { id, name, location, tags: {} });
  if (workspace === undefined || arm.store.get(workspaceId(params))) return;
  await createWorkspace(arm, { group: group.id, name: workspace, location });
}
