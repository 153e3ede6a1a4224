/**
 * The lenient mode, for Microsoft's samples: they name groups and workspaces that nobody has made, and
 * send placeholders that the service would refuse. What a path leads through is made when it is first
 * mentioned, and where a rule of the service is broken the answer follows the protocol alone. What a path
 * names last must be there: reading what nobody made is 404 here too.
 */

import { type Arm, groupId, workspaceId } from "./arm_context.ts";
import { type AsSent, keepAsSent } from "./arm_as_sent.ts";
import { DEFAULT_WORKSPACE } from "./arm_default.ts";
import { ArmError } from "./arm_error.ts";
import { putGroup } from "./arm_groups.ts";
import type { Call, Route } from "./arm_router.ts";
import { createWorkspace } from "./arm_workspaces.ts";

/** Query parameters that only choose and order; a value that means nothing is left out. */
const CHOICES = ["$orderBy", "orderBy", "jobType", "listViewType"];

/** Answers a request leniently. */
export type Leniency = (route: Route, call: Call) => Promise<Response>;

/** Makes the lenient mode. */
export function createLeniency(arm: Arm): Leniency {
  const asSent = keepAsSent(arm);
  return async (route, call) => {
    await makeParents(arm, route, call);
    asSent.lead(route.path, call);
    // placeholders fit no rule, so what was kept as it was sent is changed as it is sent
    if (/^(PUT|PATCH)$/.test(call.method) && asSent.has(route.path, call)) {
      return asSent.answer(route.path, call)!;
    }
    try {
      return await route.handle(call);
    } catch (error) {
      if (!(error instanceof ArmError) || error.status === 404) throw error;
      const answered = await withoutRule(asSent, route, call);
      if (!answered) throw error;
      const { method, url: { pathname } } = call, { code, message } = error;
      arm.log.info("rule left out", { method, path: pathname, code, rule: message });
      return answered;
    }
  };
}

async function withoutRule(
  asSent: AsSent,
  route: Route,
  call: Call,
): Promise<Response | undefined> {
  if (route.path.endsWith("/getLogs")) return await route.handle({ ...call, body: {} });
  if (call.method !== "GET") return asSent.answer(route.path, call);
  const url = new URL(call.url);
  for (const name of CHOICES) url.searchParams.delete(name);
  return url.href === call.url.href ? undefined : await route.handle({ ...call, url });
}

/** Makes the group and the workspace that a path leads through, where they are not there. */
async function makeParents(arm: Arm, { path }: Route, { params }: Call): Promise<void> {
  const { group: name, workspace } = params, { location } = DEFAULT_WORKSPACE;
  const isNamedLast = path.endsWith("/resourceGroups/{group}");
  if (name === undefined || isNamedLast) return;
  const id = groupId(params);
  const group = arm.store.get(id) ?? putGroup(arm, { id, name, location, tags: {} });
  if (workspace === undefined || path === "~" || arm.store.get(workspaceId(params))) return;
  await createWorkspace(arm, { group: group.id, name: workspace, location });
}
