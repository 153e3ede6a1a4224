/** Schedules: kept, listed, switched on and off. What they start is made elsewhere, by the clock. */

import type { JsonRecord } from "lib/core/mod.ts";
import {
  ARM,
  type Arm,
  propertiesOf,
  systemData,
  withProperties,
  workspaceOf,
} from "./arm_context.ts";
import { frontEndUrls } from "./arm_endpoints.ts";
import { notFound, userError } from "./arm_error.ts";
import { listAnswer, viewOf } from "./arm_lists.ts";
import { TIMEOUT_HEADER } from "./arm_operation_status.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { SCHEDULE, wantedSchedule } from "./arm_schedule_body.ts";
import type { Stored } from "./store.ts";

/** Their operations. */
export function scheduleRoutes({ store, operations, clock }: Arm): Route[] {
  function setState(id: string, provisioningState: string): void {
    const found = store.get(id);
    if (found) store.put({ ...found, body: withProperties(found.body, { provisioningState }) });
  }

  operations.register("schedule.put", {
    run: ({ target }) =>
      Promise.resolve(() => {
        const { hidden: { wanted }, ...rest } = store.get(target)!;
        store.put({ ...rest, hidden: {}, body: wanted as JsonRecord });
      }),
    failed: ({ target }) => setState(target, "Failed"),
  });
  operations.register("schedule.delete", {
    run: ({ target }) => Promise.resolve(() => void store.delete(target)),
    failed: ({ target }) => setState(target, "Failed"),
  });

  function idOf({ params }: Call): string {
    return `${workspaceOf(store, params).id}/schedules/${params.schedule}`;
  }

  function found(call: Call): Stored {
    const schedule = store.get(idOf(call)), { params } = call;
    if (schedule) return schedule;
    throw notFound(
      `Schedule '${params.schedule}' was not found in workspace '${params.workspace}'.`,
    );
  }

  function put(call: Call): Response {
    const workspace = workspaceOf(store, call.params), before = store.get(idOf(call));
    const id = before?.id ?? idOf(call), name = id.split("/").at(-1)!;
    if (!/^[a-zA-Z0-9][\w-]{0,254}$/.test(name)) {
      const rule = "must be 1 to 255 letters, digits, - or _ and begin with a letter or digit";
      throw userError({ field: "schedule name", rule, value: name });
    }
    const properties = {
      ...wantedSchedule(call.body, { store, workspace, name }),
      provisioningState: "Succeeded",
    };
    const at = systemData(clock.now(), before?.body.systemData as JsonRecord | undefined);
    const wanted = { id, name, type: SCHEDULE, properties, systemData: at };
    const doing = before ? "Updating" : "Creating", kind = "schedule.put";
    const shown = withProperties(before?.body ?? wanted, { provisioningState: doing });
    const begun = operations.begin({ kind, target: id, doing }, () => {
      store.put({ id, type: SCHEDULE, parent: workspace.id, body: shown, hidden: { wanted } });
    });
    return answer(before ? 200 : 201, shown, {
      location: `${ARM}${id}?api-version=${call.apiVersion}`,
      "azure-asyncoperation": frontEndUrls(store, call, begun, "sc").status,
      ...TIMEOUT_HEADER,
    });
  }

  function remove(call: Call): Response {
    const schedule = store.get(idOf(call));
    if (!schedule) return empty(204);
    const target = schedule.id, busy = operations.running(target);
    const begun = busy?.doing === "Deleting" ? busy : operations.begin(
      { kind: "schedule.delete", target, doing: "Deleting" },
      () => setState(target, "Deleting"),
    );
    const { status, result } = frontEndUrls(store, call, begun, "sc");
    const headers = { "azure-asyncoperation": status, location: result, ...TIMEOUT_HEADER };
    return answer(202, null, headers);
  }

  function list(call: Call): Response {
    const view = viewOf(call, ["EnabledOnly", "DisabledOnly", "All"]);
    const parent = workspaceOf(store, call.params).id;
    const bodies = store.list({ type: SCHEDULE, parent }).map(({ body }) => body);
    const wanted = bodies.filter((body) =>
      view === "All" || (propertiesOf(body).isEnabled === true) === (view === "EnabledOnly")
    );
    return listAnswer(call, wanted);
  }

  const one = "~/schedules/{schedule}";
  return [
    { method: "GET", path: "~/schedules", handle: list },
    { method: "GET", path: one, handle: (call) => answer(200, found(call).body) },
    { method: "PUT", path: one, handle: put },
    { method: "DELETE", path: one, handle: remove },
  ];
}
