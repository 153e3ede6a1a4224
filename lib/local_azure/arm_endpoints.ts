/** Managed online endpoints. Changing the traffic is a PUT of the whole endpoint. */

import type { JsonRecord } from "lib/core/mod.ts";
import { ARM, type Arm, propertiesOf, withProperties, workspaceOf } from "./arm_context.ts";
import {
  checkEndpointName,
  ENDPOINT,
  endpointBody,
  identityOf,
  wantedEndpoint,
} from "./arm_endpoint_body.ts";
import { badRequest, resourceNotFound } from "./arm_error.ts";
import { stopDeployments } from "./arm_groups.ts";
import { filtered, listAnswer } from "./arm_lists.ts";
import { operationUrls, TIMEOUT_HEADER } from "./arm_operation_status.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { asShown, wantedTraffic } from "./arm_traffic.ts";
import { newKey } from "./endpoint_key.ts";
import { fieldsOf } from "./fields.ts";
import type { Operation } from "./operations.ts";
import type { Store, Stored } from "./store.ts";

/** The id of the endpoint that the path names. */
function endpointId(store: Store, params: Call["params"]): string {
  return `${workspaceOf(store, params).id}/onlineEndpoints/${params.endpoint}`;
}

/**
 * The endpoint that the path names.
 *
 * @throws {ArmError} 404 if there is none.
 */
export function endpointOf(store: Store, params: Call["params"]): Stored {
  const id = endpointId(store, params), endpoint = store.get(id);
  if (!endpoint) throw resourceNotFound(id);
  return endpoint;
}

/**
 * The poll URLs of an operation on an endpoint (`oe`), a deployment (`od`), a schedule (`sc`) or their
 * batch kinds (`be`, `bd`). Only the first two were seen; no contract has the others.
 */
export function frontEndUrls(
  store: Store,
  { params, apiVersion }: Call,
  operation: Operation,
  prefix: "oe" | "od" | "sc" | "be" | "bd" | "jc",
): { status: string; result: string } {
  const { body } = workspaceOf(store, params);
  return operationUrls(operation, {
    subscription: params.subscription,
    location: String(body.location),
    apiVersion,
    scope: `${prefix}:${propertiesOf(body).workspaceId}`,
  });
}

/** Their operations. */
export function endpointRoutes(arm: Arm): Route[] {
  const { store, operations, clock } = arm;

  function setState(id: string, provisioningState: string): void {
    const found = store.get(id);
    if (found) store.put({ ...found, body: withProperties(found.body, { provisioningState }) });
  }

  operations.register("endpoint.put", {
    run: ({ target }) =>
      Promise.resolve(() => {
        const { hidden: { wanted, ...hidden }, body, ...rest } = store.get(target)!;
        const { scoringUri } = propertiesOf(body); // set by a deployment that came up meanwhile
        const ready = wanted as JsonRecord;
        store.put({
          ...rest,
          hidden,
          body: scoringUri ? withProperties(ready, { scoringUri }) : ready,
        });
      }),
    failed: ({ target }) => setState(target, "Failed"),
  });
  // tags and identity are changed at once; whatever state the endpoint is in stays
  operations.register("endpoint.patch", { run: () => Promise.resolve(() => {}), failed: () => {} });
  operations.register("endpoint.delete", {
    async run({ target }) {
      await operations.cancel(`${target}/deployments`);
      await stopDeployments(arm, target);
      return () => void store.delete(target);
    },
    failed: ({ target }) => setState(target, "Failed"),
  });

  function put(call: Call): Response {
    const workspace = workspaceOf(store, call.params);
    const before = store.get(endpointId(store, call.params));
    checkEndpointName(call.params.endpoint, "endpoint");
    if (!before) checkRoom(workspace, call.params);
    const { keys, ...wanted } = wantedEndpoint(call.body, workspace);
    const id = before?.id ?? endpointId(store, call.params);
    const shares = wantedTraffic(
      fieldsOf(call.body, badRequest).object("properties"),
      store.list({ type: `${ENDPOINT}/deployments`, parent: id }),
      call.apiVersion,
    );
    const doing = before ? "Updating" : "Creating", target = id.toLowerCase();
    const secrets = before?.hidden ?? {
      primaryKey: keys.primaryKey ?? newKey(),
      secondaryKey: keys.secondaryKey ?? newKey(),
    };
    let shown: JsonRecord = {}, status = "";
    operations.begin({ kind: "endpoint.put", target, doing }, (begun) => {
      status = frontEndUrls(store, call, begun, "oe").status;
      const context = { operationUrl: status, before: before?.body, now: clock.now() };
      const ready = endpointBody(id, wanted, { ...shares, ...context });
      shown = withProperties(before?.body ?? ready, {
        provisioningState: doing,
        ...before ? {} : { scoringUri: null, swaggerUri: null },
      });
      const hidden = { ...secrets, wanted: ready };
      store.put({ id, type: ENDPOINT, parent: workspace.id, body: shown, hidden });
    });
    return answer(201, asShown(shown, call.apiVersion), {
      location: `${ARM}${id}?api-version=${call.apiVersion}`,
      "azure-asyncoperation": status,
      ...TIMEOUT_HEADER,
    });
  }

  function checkRoom({ body: { location }, id }: Stored, { endpoint: name }: Call["params"]): void {
    const region = store.list({ type: ENDPOINT }).filter(({ body }) => body.location === location);
    if (region.some(({ body }) => String(body.name).toLowerCase() === name.toLowerCase())) {
      throw badRequest(
        `There is already an endpoint with this name, Endpoint name needs to be unique within a ` +
          `region. Endpoint name: '${name}', region: ${location}.`,
      );
    }
    const subscription = id.split("/").slice(0, 3).join("/").toLowerCase() + "/";
    const count = region.filter(({ id }) => id.toLowerCase().startsWith(subscription)).length;
    const { endpoints } = arm.limits.read();
    if (count >= endpoints) {
      const rule = `must be at most ${endpoints} in a subscription and region`;
      throw badRequest({ field: "endpoints", rule, value: count + 1 });
    }
  }

  function patch(call: Call): Response {
    const found = endpointOf(store, call.params);
    const fields = fieldsOf(call.body, badRequest), tags = fields.texts("tags");
    if (fields.raw("properties") !== undefined) {
      throw fields.refuse("properties", "must not be in a PATCH: PUT the whole endpoint");
    }
    const identity = call.body.identity ? identityOf(call.body) : undefined;
    const target = found.id, kind = "endpoint.patch";
    const begun = operations.begin({ kind, target, doing: "Updating" }, () => {
      const changed = { ...tags ? { tags } : {}, ...identity ? { identity } : {} };
      store.put({ ...found, body: { ...found.body, ...changed } });
    });
    const location = frontEndUrls(store, call, begun, "oe").result;
    return answer(202, null, { location, ...TIMEOUT_HEADER });
  }

  async function remove(call: Call): Promise<Response> {
    const id = endpointId(store, call.params);
    if (!store.get(id)) return empty(204);
    const busy = operations.running(id);
    if (busy?.doing !== "Deleting") await operations.cancel(id);
    const begun = operations.running(id) ??
      operations.begin(
        { kind: "endpoint.delete", target: id, doing: "Deleting" },
        () => setState(id, "Deleting"),
      );
    const { status, result } = frontEndUrls(store, call, begun, "oe");
    const headers = { "azure-asyncoperation": status, location: result, ...TIMEOUT_HEADER };
    return answer(202, null, headers);
  }

  function list(call: Call): Response {
    const parent = workspaceOf(store, call.params).id, name = call.url.searchParams.get("name");
    const bodies = store.list({ type: ENDPOINT, parent }).map(({ body }) => body);
    const found = filtered(call, bodies).filter((body) => !name || body.name === name);
    return listAnswer(call, found.map((body) => asShown(body, call.apiVersion)));
  }

  const one = "~/onlineEndpoints/{endpoint}";
  return [
    { method: "GET", path: "~/onlineEndpoints", handle: list },
    {
      method: "GET",
      path: one,
      handle: (call) => answer(200, asShown(endpointOf(store, call.params).body, call.apiVersion)),
    },
    { method: "PUT", path: one, handle: put },
    { method: "PATCH", path: one, handle: patch },
    { method: "DELETE", path: one, handle: remove },
  ];
}
