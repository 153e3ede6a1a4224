/** Managed online deployments. A PUT starts what was uploaded and ends when it answers. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { ARM, type Arm, propertiesOf, withProperties, workspaceOf } from "./arm_context.ts";
import { type DeploymentRunners, deploymentRunners } from "./arm_deployment_runners.ts";
import { DEPLOYMENT, deploymentBody, skuOf, wantedDeployment } from "./arm_deployment_body.ts";
import { deploymentSpec } from "./arm_deployment_spec.ts";
import { checkEndpointName } from "./arm_endpoint_body.ts";
import { endpointOf, frontEndUrls } from "./arm_endpoints.ts";
import { badRequest, conflict, gatewayError, resourceNotFound } from "./arm_error.ts";
import { filtered, listAnswer } from "./arm_lists.ts";
import { TIMEOUT_HEADER } from "./arm_operation_status.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { checkNoTraffic } from "./arm_traffic.ts";
import { fieldsOf } from "./fields.ts";
import type { Doing } from "./operations.ts";
import type { Stored } from "./store.ts";

const SKUS = [{
  resourceType: "Microsoft.MachineLearning.Services/endpoints/deployments",
  sku: { name: "Default", tier: "Standard" },
  capacity: { minimum: 1, maximum: 50, default: 3, scaleType: "Automatic" },
}];

/** Lines of a log where the client names no number. */
const TAIL = 5000;

/** Their operations, and what starts deployments again after a restart. */
export function deploymentRoutes(
  arm: Arm,
): { routes: Route[]; revive: DeploymentRunners["revive"] } {
  const { store, operations, clock, runtime } = arm;
  const { setState, revive } = deploymentRunners(arm);

  function idOf(call: Call): string {
    return `${endpointOf(store, call.params).id}/deployments/${call.params.deployment}`;
  }

  function found(call: Call): Stored {
    const id = idOf(call), deployment = store.get(id);
    if (!deployment) throw resourceNotFound(id);
    return deployment;
  }

  function parentOf({ params }: Call): Stored {
    const { id } = workspaceOf(store, params);
    const endpoint = store.get(`${id}/onlineEndpoints/${params.endpoint}`);
    if (endpoint) return endpoint;
    const message = "Failed to perform 'write' on resource(s) of type " +
      "'workspaces/onlineEndpoints/deployments', because the parent resource " +
      `'${id}/onlineEndpoints/${params.endpoint}' could not be found.`;
    throw gatewayError(404, "ParentResourceNotFound", message);
  }

  function put(call: Call): Response {
    const endpoint = parentOf(call), before = store.get(idOf(call));
    checkEndpointName(call.params.deployment, "deployment");
    checkState(endpoint);
    if (before) checkRecoverable(before);
    else checkRoom(endpoint);
    const { instances } = arm.limits.read();
    const wanted = wantedDeployment(call.body, endpoint, { before, instances });
    const id = before?.id ?? idOf(call);
    return begin(call, { id, endpoint, before, doing: before ? "Updating" : "Creating" }, wanted);
  }

  function begin(
    call: Call,
    { id, endpoint, before, doing }: {
      id: string;
      endpoint: Stored;
      before: Stored | undefined;
      doing: Doing;
    },
    wanted: ReturnType<typeof wantedDeployment>,
  ): Response {
    const workspace = workspaceOf(store, call.params);
    const context = { endpoint, before: before?.body, now: clock.now() };
    const named = deploymentBody(id, wanted, { ...context, operationUrl: "" });
    const spec = deploymentSpec(store, { workspace, endpoint }, named);
    let shown: JsonRecord = {}, status = "";
    operations.begin({ kind: "deployment.put", target: id, doing }, (begun) => {
      status = frontEndUrls(store, call, begun, "od").status;
      const ready = deploymentBody(id, wanted, { ...context, operationUrl: status });
      shown = withProperties(ready, { provisioningState: doing });
      const hidden = { ...before?.hidden, wanted: spec as unknown as Json };
      store.put({ id, type: DEPLOYMENT, parent: endpoint.id, body: shown, hidden });
    });
    return answer(201, shown, {
      location: `${ARM}${id}?api-version=${call.apiVersion}`,
      "azure-asyncoperation": status,
      ...TIMEOUT_HEADER,
    });
  }

  function checkState({ body }: Stored): void {
    const state = propertiesOf(body).provisioningState;
    if (state === "Creating" || state === "Failed" || state === "Canceled") {
      throw badRequest(
        `Specified endpoint [${body.name}] has not been created successfully. Please recreate the endpoint.`,
      );
    }
    if (state !== "Succeeded") {
      throw conflict(
        `Cannot create a deployment in endpoint ${body.name} because it is in ${state} provisioning state.`,
      );
    }
  }

  function checkRecoverable({ body, hidden }: Stored): void {
    const state = propertiesOf(body).provisioningState;
    if (hidden.running || (state !== "Failed" && state !== "Canceled")) return;
    throw badRequest(
      `Specified deployment [${body.name}] failed during initial provisioning and is in an ` +
        "unrecoverable state. Delete and re-create.",
    );
  }

  function checkRoom(endpoint: Stored): void {
    const { deploymentsPerEndpoint, deployments } = arm.limits.read();
    const here = store.list({ type: DEPLOYMENT, parent: endpoint.id }).length;
    const subscription = endpoint.id.split("/").slice(0, 3).join("/");
    const all = store.list({ type: DEPLOYMENT, below: subscription })
      .filter(({ body }) => body.location === endpoint.body.location).length;
    for (
      const [count, most, where] of [
        [here, deploymentsPerEndpoint, "an endpoint"],
        [all, deployments, "a subscription and region"],
      ] as const
    ) {
      if (count < most) continue;
      const rule = `must be at most ${most} in ${where}`;
      throw badRequest({ field: "deployments", rule, value: count + 1 });
    }
  }

  function patch(call: Call): Response {
    const before = found(call), fields = fieldsOf(call.body, badRequest);
    const tags = fields.texts("tags") ?? before.body.tags as JsonRecord;
    const scales = call.body.sku !== undefined && call.body.sku !== null;
    const sku = scales ? skuOf(fields, arm.limits.read().instances) : before.body.sku as JsonRecord;
    if (scales) checkRecoverable(before);
    const spec = { ...before.hidden.running as JsonRecord, instances: sku.capacity };
    const doing = scales ? "Scaling" : "Updating", target = before.id;
    const kind = scales ? "deployment.put" : "deployment.patch";
    const begun = operations.begin({ kind, target, doing }, () => {
      const body = { ...before.body, tags, sku };
      if (!scales) return void store.put({ ...before, body });
      const shown = withProperties(body, { provisioningState: doing });
      store.put({ ...before, body: shown, hidden: { ...before.hidden, wanted: spec as Json } });
    });
    const location = frontEndUrls(store, call, begun, "od").result;
    return answer(202, null, { location, ...TIMEOUT_HEADER });
  }

  async function remove(call: Call): Promise<Response> {
    const endpoint = endpointOf(store, call.params), deployment = store.get(idOf(call));
    if (!deployment) return empty(204);
    checkNoTraffic(endpoint.body, String(deployment.body.name));
    const target = deployment.id;
    if (operations.running(target)?.doing !== "Deleting") await operations.cancel(target);
    const begun = operations.running(target) ??
      operations.begin(
        { kind: "deployment.delete", target, doing: "Deleting" },
        () => setState(target, "Deleting"),
      );
    const { status, result } = frontEndUrls(store, call, begun, "od");
    const headers = { "azure-asyncoperation": status, location: result, ...TIMEOUT_HEADER };
    return answer(202, null, headers);
  }

  function list(call: Call): Response {
    const parent = endpointOf(store, call.params).id;
    const bodies = store.list({ type: DEPLOYMENT, parent }).map(({ body }) => body);
    return listAnswer(call, filtered(call, bodies));
  }

  function logs(call: Call): Response {
    const { id } = found(call), fields = fieldsOf(call.body, badRequest);
    const container = fields.oneOf("containerType", ["StorageInitializer", "InferenceServer"]) ??
      "InferenceServer";
    const tail = fields.whole("tail", { least: 1, most: 1_000_000 }) ?? TAIL;
    return answer(200, { content: runtime.logs(id.toLowerCase(), { container, tail }) ?? "" });
  }

  const all = "~/onlineEndpoints/{endpoint}/deployments", one = `${all}/{deployment}`;
  const routes: Route[] = [
    { method: "GET", path: all, handle: list },
    { method: "GET", path: one, handle: (call) => answer(200, found(call).body) },
    { method: "PUT", path: one, handle: put },
    { method: "PATCH", path: one, handle: patch },
    { method: "DELETE", path: one, handle: remove },
    { method: "POST", path: `${one}/getLogs`, handle: logs },
    {
      method: "GET",
      path: `${one}/skus`,
      handle: (call) => (found(call), listAnswer(call, SKUS)),
    },
  ];
  return { routes, revive };
}
