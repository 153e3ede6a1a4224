/** Computes: clusters and instances as the workspace knows them. No machine stands behind them. */

import type { JsonRecord } from "lib/core/mod.ts";
import { ARM, type Arm, propertiesOf, withProperties, workspaceOf } from "./arm_context.ts";
import { checkComputeName, COMPUTE, scaleOf, wantedCompute } from "./arm_compute_body.ts";
import { notFound, userError } from "./arm_error.ts";
import { listAnswer } from "./arm_lists.ts";
import { computeOperationUrls } from "./arm_operation_status.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { fieldsOf } from "./fields.ts";
import type { Operation } from "./operations.ts";
import type { Stored } from "./store.ts";

/** What an instance is after each action. */
const ACTIONS = { start: "Running", stop: "Stopped", restart: "Running" } as const;

/** Their operations. */
export function computeRoutes(arm: Arm): Route[] {
  const { store, operations, clock } = arm;

  function setState(id: string, provisioningState: string): void {
    const found = store.get(id);
    if (found) store.put({ ...found, body: withProperties(found.body, { provisioningState }) });
  }

  operations.register("compute.put", {
    run: ({ target }) =>
      Promise.resolve(() => {
        const { hidden: { wanted }, ...rest } = store.get(target)!;
        store.put({ ...rest, hidden: {}, body: wanted as JsonRecord });
      }),
    failed: ({ target }) => setState(target, "Failed"),
  });
  operations.register("compute.delete", {
    run: ({ target }) => Promise.resolve(() => void store.delete(target)),
    failed: ({ target }) => setState(target, "Failed"),
  });
  operations.register("compute.action", {
    run: ({ target }) =>
      Promise.resolve(() => {
        const { hidden: { wantedState }, ...rest } = store.get(target)!;
        const inner = propertiesOf(rest.body).properties as JsonRecord;
        const body = withProperties(rest.body, {
          properties: { ...inner, state: String(wantedState) },
        });
        store.put({ ...rest, hidden: {}, body });
      }),
    failed: () => {},
  });

  function idOf({ params }: Call): string {
    return `${workspaceOf(store, params).id}/computes/${params.compute}`;
  }

  function found(call: Call): Stored {
    const id = idOf(call), compute = store.get(id);
    if (compute) return compute;
    throw notFound(
      `Could not find compute '${call.params.compute}' in workspace '${call.params.workspace}'.`,
    );
  }

  function urls(call: Call, begun: Operation): { status: string; result: string } {
    const { subscription } = call.params, { apiVersion } = call;
    const location = String(workspaceOf(store, call.params).body.location);
    return computeOperationUrls(begun, { subscription, location, apiVersion });
  }

  function put(call: Call): Response {
    const workspace = workspaceOf(store, call.params), before = store.get(idOf(call));
    const id = before?.id ?? idOf(call);
    checkComputeName(id.split("/").at(-1)!);
    const wanted = wantedCompute(id, call.body, { workspace, before, now: clock.now() });
    const doing = before ? "Updating" : "Creating", kind = "compute.put";
    const shown = withProperties(wanted, { provisioningState: doing });
    const begun = operations.begin({ kind, target: id, doing }, () => {
      store.put({ id, type: COMPUTE, parent: workspace.id, body: shown, hidden: { wanted } });
    });
    return answer(before ? 200 : 201, shown, {
      "azure-asyncoperation": urls(call, begun).status,
      ...before ? {} : { location: `${ARM}${id}?api-version=${call.apiVersion}` },
    });
  }

  function patch(call: Call): Response {
    const before = found(call), held = propertiesOf(before.body);
    if (held.computeType !== "AmlCompute") {
      const field = `computeType of compute '${before.body.name}'`;
      throw userError({ field, rule: "must be AmlCompute to be scaled", value: held.computeType });
    }
    const scale = fieldsOf(call.body, userError).object("properties").object("properties")
      .object("scaleSettings");
    const scaleSettings = scaleOf(scale), nodes = scaleSettings.minNodeCount;
    const inner = held.properties as JsonRecord;
    const body = withProperties(before.body, {
      modifiedOn: clock.now().toISOString(),
      properties: {
        ...{ ...inner, scaleSettings, currentNodeCount: nodes, targetNodeCount: nodes },
        nodeStateCounts: { ...inner.nodeStateCounts as JsonRecord, idleNodeCount: nodes },
      },
    });
    return answer(200, store.put({ ...before, body }).body);
  }

  function remove(call: Call): Response {
    const what = call.url.searchParams.get("underlyingResourceAction")?.toLowerCase();
    if (what !== "delete") {
      const rule = "must be Delete (Detach is for attached computes, of which there are none)";
      throw userError({ field: "underlyingResourceAction", rule, value: what ?? null });
    }
    const compute = store.get(idOf(call));
    if (!compute) return empty(204);
    const target = compute.id, kind = "compute.delete", busy = operations.running(target);
    const begun = busy?.doing === "Deleting" ? busy : operations.begin(
      { kind, target, doing: "Deleting" },
      () => setState(target, "Deleting"),
    );
    const { status, result } = urls(call, begun);
    return empty(202, { "azure-asyncoperation": status, location: result });
  }

  function act(action: keyof typeof ACTIONS, call: Call): Response {
    const compute = found(call), { computeType } = propertiesOf(compute.body);
    if (computeType !== "ComputeInstance") {
      const rule = `must be ComputeInstance for ${action}`;
      const field = `computeType of compute '${compute.body.name}'`;
      throw userError({ field, rule, value: computeType });
    }
    const target = compute.id, kind = "compute.action";
    const begun = operations.begin({ kind, target, doing: "Updating" }, () => {
      store.put({ ...compute, hidden: { wantedState: ACTIONS[action] } });
    });
    const { status, result } = urls(call, begun);
    return empty(202, { "azure-asyncoperation": status, location: result });
  }

  function keys(call: Call): Response {
    const { body } = found(call), { computeType } = propertiesOf(body);
    const rule = "must be AKS, Databricks, HDInsight or VirtualMachine to have keys";
    throw userError({ field: `computeType of compute '${body.name}'`, rule, value: computeType });
  }

  function list(call: Call): Response {
    const parent = workspaceOf(store, call.params).id;
    return listAnswer(call, store.list({ type: COMPUTE, parent }).map(({ body }) => body));
  }

  const one = "~/computes/{compute}";
  return [
    { method: "GET", path: "~/computes", handle: list },
    { method: "GET", path: one, handle: (call) => answer(200, found(call).body) },
    { method: "PUT", path: one, handle: put },
    { method: "PATCH", path: one, handle: patch },
    { method: "DELETE", path: one, handle: remove },
    { method: "POST", path: `${one}/listKeys`, handle: keys },
    // there are no machines, whatever the number of nodes says
    {
      method: "POST",
      path: `${one}/listNodes`,
      handle: (call) => (found(call), answer(200, { nodes: [] })),
    },
    ...(["start", "stop", "restart"] as const).map((action): Route => ({
      method: "POST",
      path: `${one}/${action}`,
      handle: (call) => act(action, call),
    })),
  ];
}
