/** Batch endpoints and their deployments, as the workspace knows them. No job is ever started from one. */

import type { JsonRecord } from "lib/core/mod.ts";
import {
  BATCH_DEPLOYMENT,
  BATCH_ENDPOINT,
  type WantedBatch,
  wantedBatchDeployment,
  wantedBatchEndpoint,
} from "./arm_batch_body.ts";
import {
  ARM,
  type Arm,
  propertiesOf,
  systemData,
  withProperties,
  workspaceOf,
} from "./arm_context.ts";
import { checkEndpointName } from "./arm_endpoint_body.ts";
import { frontEndUrls } from "./arm_endpoints.ts";
import { badRequest, resourceNotFound } from "./arm_error.ts";
import { listAnswer } from "./arm_lists.ts";
import { TIMEOUT_HEADER } from "./arm_operation_status.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { newKey } from "./endpoint_key.ts";
import { fieldsOf } from "./fields.ts";
import type { Stored } from "./store.ts";

/** Their operations. */
export function batchRoutes(arm: Arm): Route[] {
  const { store, operations, clock } = arm;

  function setState(id: string, provisioningState: string): void {
    const found = store.get(id);
    if (found) store.put({ ...found, body: withProperties(found.body, { provisioningState }) });
  }

  operations.register("batch.put", {
    run: ({ target }) => Promise.resolve(() => setState(target, "Succeeded")),
    failed: ({ target }) => setState(target, "Failed"),
  });
  operations.register("batch.delete", {
    run: ({ target }) => Promise.resolve(() => void store.delete(target)),
    failed: ({ target }) => setState(target, "Failed"),
  });

  const endpointId = ({ params }: Call) =>
    `${workspaceOf(store, params).id}/batchEndpoints/${params.endpoint}`;
  const deploymentId = (call: Call) => `${endpointId(call)}/deployments/${call.params.deployment}`;

  function found(id: string): Stored {
    const stored = store.get(id);
    if (!stored) throw resourceNotFound(id);
    return stored;
  }

  function putEndpoint(call: Call): Response {
    const workspace = workspaceOf(store, call.params), id = endpointId(call);
    checkEndpointName(call.params.endpoint, "endpoint");
    const deployments = store.list({ type: BATCH_DEPLOYMENT, parent: id });
    const name = call.params.endpoint;
    const wanted = wantedBatchEndpoint(call.body, { workspace, deployments, name });
    return put(call, { id, type: BATCH_ENDPOINT, parent: workspace.id, scope: "be" }, wanted);
  }

  function putDeployment(call: Call): Response {
    const endpoint = found(endpointId(call)), id = deploymentId(call);
    checkEndpointName(call.params.deployment, "deployment");
    const wanted = wantedBatchDeployment(call.body, { endpoint, store });
    return put(call, { id, type: BATCH_DEPLOYMENT, parent: endpoint.id, scope: "bd" }, wanted);
  }

  function put(
    call: Call,
    place: { id: string; type: string; parent: string; scope: "be" | "bd" },
    { keys, location, tags, properties }: WantedBatch,
  ): Response {
    const before = store.get(place.id), id = before?.id ?? place.id, { type, parent } = place;
    const doing = before ? "Updating" : "Creating", kind = "batch.put";
    const at = systemData(clock.now(), before?.body.systemData as JsonRecord | undefined);
    const body = withProperties(
      { id, name: id.split("/").at(-1)!, type, location, tags, properties, systemData: at },
      { provisioningState: doing },
    );
    const hidden = before?.hidden ?? {
      primaryKey: keys.primaryKey ?? newKey(),
      secondaryKey: keys.secondaryKey ?? newKey(),
    };
    const begun = operations.begin({ kind, target: id, doing }, () => {
      store.put({ id, type, parent, body, hidden });
    });
    return answer(before ? 200 : 201, body, {
      location: `${ARM}${id}?api-version=${call.apiVersion}`,
      "azure-asyncoperation": frontEndUrls(store, call, begun, place.scope).status,
      ...TIMEOUT_HEADER,
    });
  }

  /** Tags, and a deployment's description; more cannot be patched (the SDK's `Partial…` models). */
  function patch(id: string, call: Call): Response {
    const before = found(id), fields = fieldsOf(call.body, badRequest);
    const description = fields.object("properties").text("description");
    const tags = fields.texts("tags") ?? before.body.tags as JsonRecord;
    const some: JsonRecord = description === undefined ? {} : { description };
    const body = withProperties({ ...before.body, tags }, some);
    return answer(200, store.put({ ...before, body }).body);
  }

  function remove(id: string, call: Call, scope: "be" | "bd"): Response {
    const stored = store.get(id);
    if (!stored) return empty(204);
    const target = stored.id, kind = "batch.delete", busy = operations.running(target);
    const begun = busy?.doing === "Deleting" ? busy : operations.begin(
      { kind, target, doing: "Deleting" },
      () => setState(target, "Deleting"),
    );
    const { status, result } = frontEndUrls(store, call, begun, scope);
    const headers = { "azure-asyncoperation": status, location: result, ...TIMEOUT_HEADER };
    return answer(202, null, headers);
  }

  function keys(call: Call): Response {
    const { body, hidden: { primaryKey, secondaryKey } } = found(endpointId(call));
    const { authMode } = propertiesOf(body);
    if (authMode !== "Key" && !arm.lenient) {
      const field = `properties.authMode of endpoint '${body.name}'`;
      throw badRequest({ field, rule: "must be Key for this call", value: authMode });
    }
    return answer(200, { primaryKey, secondaryKey });
  }

  function list(call: Call, type: string, parent: string): Response {
    return listAnswer(call, store.list({ type, parent }).map(({ body }) => body));
  }

  const all = "~/batchEndpoints", one = `${all}/{endpoint}`;
  const deployments = `${one}/deployments`, deployment = `${deployments}/{deployment}`;
  return [
    {
      method: "GET",
      path: all,
      handle: (call) => list(call, BATCH_ENDPOINT, workspaceOf(store, call.params).id),
    },
    { method: "GET", path: one, handle: (call) => answer(200, found(endpointId(call)).body) },
    { method: "PUT", path: one, handle: putEndpoint },
    { method: "PATCH", path: one, handle: (call) => patch(endpointId(call), call) },
    { method: "DELETE", path: one, handle: (call) => remove(endpointId(call), call, "be") },
    { method: "POST", path: `${one}/listkeys`, handle: keys },
    {
      method: "GET",
      path: deployments,
      handle: (call) => list(call, BATCH_DEPLOYMENT, found(endpointId(call)).id),
    },
    {
      method: "GET",
      path: deployment,
      handle: (call) => answer(200, found(deploymentId(call)).body),
    },
    { method: "PUT", path: deployment, handle: putDeployment },
    { method: "PATCH", path: deployment, handle: (call) => patch(deploymentId(call), call) },
    {
      method: "DELETE",
      path: deployment,
      handle: (call) => remove(deploymentId(call), call, "bd"),
    },
  ];
}
