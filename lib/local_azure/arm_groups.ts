/** Subscriptions and resource groups: as much of them as a workspace needs to lie in. */

import type { Json } from "lib/core/mod.ts";
import { ARM, type Arm, checkSubscription, groupId, groupOf, regionOf } from "./arm_context.ts";
import { gatewayError } from "./arm_error.ts";
import { listAnswer } from "./arm_lists.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { fieldsOf } from "./fields.ts";
import type { Stored } from "./store.ts";
import { TENANT } from "./tokens.ts";

/** Type of a resource group in the store. */
export const GROUP = "Microsoft.Resources/resourceGroups";

const ONE = "/subscriptions/{subscription}/resourceGroups/{group}";

/** Their operations. Deleting a group ends and deletes everything in it. */
export function groupRoutes(arm: Arm): Route[] {
  const { store, operations } = arm;

  operations.register("group.delete", {
    async run({ target }) {
      await operations.cancel(`${target}/providers`);
      await stopDeployments(arm, target);
      return () => void store.delete(target);
    },
    failed: () => {},
  });

  function subscription({ params }: Call): Response {
    checkSubscription(params.subscription);
    return answer(200, {
      id: `/subscriptions/${params.subscription}`,
      subscriptionId: params.subscription,
      displayName: "Local Azure",
      state: "Enabled",
      tenantId: TENANT,
    });
  }

  function list(call: Call): Response {
    checkSubscription(call.params.subscription);
    const prefix = `/subscriptions/${call.params.subscription}/`.toLowerCase();
    const groups = store.list({ type: GROUP }).filter(({ id }) =>
      id.toLowerCase().startsWith(prefix)
    );
    return listAnswer(call, groups.map(({ body }) => body));
  }

  function put({ params, body }: Call): Response {
    checkSubscription(params.subscription);
    const before = store.get(groupId(params));
    const { id, name } = before?.body ?? { id: groupId(params), name: params.group };
    const { location, tags } = checked(body, String(name), before);
    const stored = putGroup(arm, { id: String(id), name: String(name), location, tags });
    return answer(before ? 200 : 201, stored.body);
  }

  function remove(call: Call): Response {
    const { id } = groupOf(store, call.params);
    const target = id.toLowerCase();
    const begun = operations.running(target) ??
      operations.begin({ kind: "group.delete", target, doing: "Deleting" });
    const { subscription } = call.params;
    return empty(202, {
      location:
        `${ARM}/subscriptions/${subscription}/operationresults/${begun.id}?api-version=${call.apiVersion}`,
    });
  }

  async function result({ params }: Call): Promise<Response> {
    const found = await operations.settled(params.operation, 1000);
    return empty(found?.status === "Running" ? 202 : 200);
  }

  return [
    { method: "GET", path: "/subscriptions/{subscription}", handle: subscription },
    { method: "GET", path: "/subscriptions/{subscription}/resourceGroups", handle: list },
    { method: "GET", path: ONE, handle: (call) => answer(200, groupOf(store, call.params).body) },
    {
      method: "HEAD",
      path: ONE,
      handle: (call) => empty(store.get(groupId(call.params)) ? 204 : 404),
    },
    { method: "PUT", path: ONE, handle: put },
    { method: "DELETE", path: ONE, handle: remove },
    {
      method: "GET",
      path: "/subscriptions/{subscription}/operationresults/{operation}",
      handle: result,
    },
  ];
}

/** Writes a group. */
export function putGroup(
  { store }: Arm,
  { id, name, location, tags }: { id: string; name: string; location: string; tags: Json },
): Stored {
  const properties = { provisioningState: "Succeeded" };
  const body = { id, name, type: GROUP, location, tags, properties };
  const parent = id.split("/").slice(0, 3).join("/");
  return store.put({ id, type: GROUP, parent, body, hidden: {} });
}

function checked(body: Call["body"], name: string, before: Stored | undefined) {
  const refuse = ({ field, rule, value }: { field: string; rule: string; value?: unknown }) =>
    gatewayError(400, "InvalidResourceGroup", `${field} ${rule}: got ${JSON.stringify(value)}`);
  if (!/^[-\w.()]{1,90}$/.test(name) || name.endsWith(".")) {
    const rule = "must be 1 to 90 letters, digits, or -_.() and not end with a full stop";
    throw refuse({ field: "resource group name", rule, value: name });
  }
  const fields = fieldsOf(body, refuse);
  const location = regionOf(fields.required("location")), tags = fields.texts("tags") ?? {};
  if (before && before.body.location !== location) {
    const message =
      `Invalid resource group location '${location}'. The Resource group already exists ` +
      `in location '${before.body.location}'.`;
    throw gatewayError(409, "InvalidResourceGroupLocation", message);
  }
  return { location, tags };
}

/** Ends every deployment below an id. */
export async function stopDeployments({ store, runtime }: Arm, id: string): Promise<void> {
  const type = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments";
  const found = store.list({ type, below: id });
  await Promise.all(found.map((deployment) => runtime.stop(deployment.id.toLowerCase())));
}
