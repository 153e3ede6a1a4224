/** Workspaces. Making one makes its two blob containers and its four datastores. */

import type { JsonRecord } from "lib/core/mod.ts";
import { COMPANIONS, INSTRUMENTATION_KEY } from "./arm_companions.ts";
import {
  AML,
  type Arm,
  checkSubscription,
  groupOf,
  propertiesOf,
  systemData,
  workspaceId,
  workspaceOf,
} from "./arm_context.ts";
import { putDefaultDatastores } from "./arm_datastores.ts";
import { stopDeployments } from "./arm_groups.ts";
import { listAnswer } from "./arm_lists.ts";
import { operationUrls } from "./arm_operation_status.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import {
  filledWorkspace,
  refuseWorkspace,
  wantedWorkspace,
  WORKSPACE,
} from "./arm_workspace_body.ts";
import { fieldsOf } from "./fields.ts";
import type { Operation } from "./operations.ts";
import { ACCOUNT, ACCOUNT_KEY } from "./storage_account.ts";
import type { Stored } from "./store.ts";

/** Their operations. */
export function workspaceRoutes(arm: Arm): Route[] {
  const { store, operations } = arm;

  operations.register("workspace.put", {
    async run({ target }) {
      const wanted = store.get(target)!.body;
      await makeContainers(arm, wanted);
      return () => putReady(arm, wanted);
    },
    failed: ({ target }) => setState(arm, target, "Failed"),
  });
  operations.register("workspace.delete", {
    async run({ target }) {
      await operations.cancel(`${target}/onlineendpoints`);
      await stopDeployments(arm, target);
      return () => void store.delete(target);
    },
    failed: ({ target }) => setState(arm, target, "Failed"),
  });

  function put(call: Call): Response {
    groupOf(store, call.params);
    const before = store.get(workspaceId(call.params));
    const wanted = wantedWorkspace(arm, call, before), doing = before ? "Updating" : "Creating";
    const target = String(wanted.id), kind = "workspace.put";
    const begun = operations.begin({ kind, target, doing }, () => {
      const properties = { ...propertiesOf(wanted), provisioningState: doing };
      putWorkspace(arm, { ...wanted, properties });
    });
    return empty(202, pollHeaders(call, begun, String(wanted.location)));
  }

  function patch(call: Call): Response {
    const { body } = workspaceOf(store, call.params);
    const fields = fieldsOf(call.body, refuseWorkspace), some = fields.object("properties");
    const changed = {
      description: some.text("description"),
      friendlyName: some.text("friendlyName"),
      publicNetworkAccess: some.oneOf("publicNetworkAccess", ["Enabled", "Disabled"]),
    };
    const given = Object.entries(changed).filter(([, value]) => value !== undefined);
    const set = Object.fromEntries(given) as JsonRecord;
    const stored = putWorkspace(arm, {
      ...body,
      tags: fields.texts("tags") ?? body.tags,
      properties: { ...propertiesOf(body), ...set },
      systemData: systemData(arm.clock.now(), body.systemData as JsonRecord),
    });
    return answer(200, stored.body);
  }

  async function remove(call: Call): Promise<Response> {
    groupOf(store, call.params);
    const found = store.get(workspaceId(call.params));
    if (!found) return empty(204);
    const target = found.id, kind = "workspace.delete";
    if (operations.running(target)?.doing !== "Deleting") await operations.cancel(target);
    const begun = operations.running(target) ??
      operations.begin(
        { kind, target, doing: "Deleting" },
        () => setState(arm, target, "Deleting"),
      );
    return empty(202, pollHeaders(call, begun, String(found.body.location)));
  }

  function listIn(call: Call): Response {
    const parent = groupOf(store, call.params).id;
    return listAnswer(call, store.list({ type: WORKSPACE, parent }).map(({ body }) => body));
  }

  function listAll(call: Call): Response {
    checkSubscription(call.params.subscription);
    const below = `/subscriptions/${call.params.subscription}`;
    return listAnswer(call, store.list({ type: WORKSPACE, below }).map(({ body }) => body));
  }

  const all = `/subscriptions/{subscription}/providers/${AML}/workspaces`;
  const inGroup = all.replace("/providers", "/resourceGroups/{group}/providers");
  return [
    { method: "GET", path: all, handle: listAll },
    { method: "GET", path: inGroup, handle: listIn },
    {
      method: "GET",
      path: "~",
      handle: (call) => answer(200, workspaceOf(store, call.params).body),
    },
    { method: "PUT", path: "~", handle: put },
    { method: "PATCH", path: "~", handle: patch },
    { method: "DELETE", path: "~", handle: remove },
    { method: "POST", path: "~/listKeys", handle: (call) => keys(workspaceOf(store, call.params)) },
  ];
}

function pollHeaders(
  { params, apiVersion }: Call,
  begun: Operation,
  location: string,
): Record<string, string> {
  const { subscription } = params;
  const { status, result } = operationUrls(begun, { subscription, location, apiVersion });
  return { "azure-asyncoperation": status, location: result };
}

function setState({ store }: Arm, id: string, provisioningState: string): void {
  const { body, ...rest } = store.get(id)!;
  store.put({
    ...rest,
    body: { ...body, properties: { ...propertiesOf(body), provisioningState } },
  });
}

function putWorkspace({ store }: Arm, body: JsonRecord): Stored {
  const id = String(body.id), parent = id.split("/").slice(0, 5).join("/");
  return store.put({ id, type: WORKSPACE, parent, body, hidden: {} });
}

/** Makes the blob containers that a workspace needs; may be done again. */
async function makeContainers(arm: Arm, wanted: JsonRecord): Promise<void> {
  const guid = String(propertiesOf(wanted).workspaceId);
  for (const container of [`azureml-blobstore-${guid}`, "azureml"]) {
    await arm.ensureContainer(container);
  }
}

/** Writes a finished workspace and its datastores; in the caller's transaction. */
function putReady(arm: Arm, wanted: JsonRecord): void {
  const properties = propertiesOf(wanted), guid = String(properties.workspaceId);
  putDefaultDatastores(arm, String(wanted.id), guid);
  putWorkspace(arm, { ...wanted, properties: { ...properties, provisioningState: "Succeeded" } });
}

/**
 * Makes a workspace with everything that Azure fills in, without an operation: all of it is there
 * afterwards or none, so that a start which was cut off is simply done again.
 *
 * @param arm The control plane.
 * @param named Its group's id, its name and region.
 * @param before Written together with it. Default nothing.
 */
export async function createWorkspace(
  arm: Arm,
  { group, name, location }: { group: string; name: string; location: string },
  before: () => void = () => {},
): Promise<void> {
  const id = `${group}/providers/${WORKSPACE}/${name}`;
  const companions = COMPANIONS.map(({ property, type, name }) =>
    [property, `${group}/providers/${type}/${name}`] as const
  );
  const wanted = filledWorkspace(arm, {
    ...{ id, name, location },
    properties: Object.fromEntries(companions),
  });
  await makeContainers(arm, wanted);
  arm.store.transaction(() => {
    before();
    putReady(arm, wanted);
  });
}

function keys({ body }: Stored): Response {
  const account = String(propertiesOf(body).storageAccount);
  return answer(200, {
    userStorageKey: ACCOUNT_KEY,
    userStorageArmId: account,
    userStorageResourceId: account,
    appInsightsInstrumentationKey: INSTRUMENTATION_KEY,
    containerRegistryCredentials: null,
    notebookAccessKeys: null,
    storageAccountName: ACCOUNT,
  });
}
