/** Command jobs: accepted, queued, run, looked at, cancelled, archived, deleted. */

import { canonicalJson, type Json, type JsonRecord } from "lib/core/mod.ts";
import {
  ARM,
  type Arm,
  propertiesOf,
  systemData,
  withProperties,
  workspaceOf,
} from "./arm_context.ts";
import { gatewayError, notFound, userError } from "./arm_error.ts";
import { CHANGEABLE, JOB, wantedJob } from "./arm_job_body.ts";
import { filtered, listAnswer } from "./arm_lists.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { frontEndUrls } from "./arm_endpoints.ts";
import { TIMEOUT_HEADER } from "./arm_operation_status.ts";
import { fieldsOf } from "./fields.ts";
import { CANCEL, registerJobRunner } from "./job_runner.ts";
import { submitJob } from "./job_submit.ts";
import type { Stored } from "./store.ts";

/** States that a job does not leave. */
export const ENDED: ReadonlySet<string> = new Set(["Completed", "Failed", "Canceled"]);

/** Kinds that a list can be asked for. */
const KINDS = ["automl", "command", "labeling", "pipeline", "spark", "sweep"];

/** Their operations. */
export function jobRoutes(arm: Arm): Route[] {
  const { store, clock, operations } = arm;
  registerJobRunner(arm);

  function idOf({ params }: Call): string {
    return `${workspaceOf(store, params).id}/jobs/${params.job}`;
  }

  function found(call: Call): Stored {
    const job = store.get(idOf(call));
    if (job) return job;
    throw notFound(`Run ${call.params.job} was not found in workspace ${call.params.workspace}.`);
  }

  function put(call: Call): Response {
    const workspace = workspaceOf(store, call.params), before = store.get(idOf(call));
    const id = before?.id ?? idOf(call), name = id.split("/").at(-1)!;
    if (!/^[a-zA-Z0-9][\w-]{0,254}$/.test(name)) {
      const rule = "must be 1 to 255 letters, digits, - or _ and begin with a letter or digit";
      throw userError({ field: "job name", rule, value: name });
    }
    const fields = fieldsOf(call.body, userError).object("properties");
    const wanted = wantedJob(fields, { store, workspace, name });
    if (before) checkSame(name, wanted, propertiesOf(before.body));
    if (before) {
      const { status } = propertiesOf(before.body);
      const at = systemData(clock.now(), before.body.systemData as JsonRecord);
      const body = { id, name, type: JOB, properties: { ...wanted, status }, systemData: at };
      store.put({ id, type: JOB, parent: workspace.id, body, hidden: before.hidden });
      return answer(200, body);
    }
    const body = submitJob(arm, { workspace, name }, wanted);
    return answer(201, body, { location: `${ARM}${id}?api-version=${call.apiVersion}` });
  }

  /** One that waits is cancelled at once; one that runs is asked to end, and polled until it has. */
  async function cancel(call: Call): Promise<Response> {
    const job = found(call), target = job.id, { status } = propertiesOf(job.body);
    if (ENDED.has(String(status))) return empty(200);
    if (status === "Queued" && !operations.running(target + CANCEL)) {
      await operations.cancel(target);
      const left = store.get(target);
      if (left && !ENDED.has(String(propertiesOf(left.body).status))) setState(left, "Canceled");
      return empty(200);
    }
    const doing = "Updating", kind = "job.cancel";
    const begun = operations.running(target + CANCEL) ??
      operations.begin(
        { kind, target: target + CANCEL, doing },
        () => setState(job, "CancelRequested"),
      );
    const { result } = frontEndUrls(store, call, begun, "jc");
    return empty(202, { location: result, ...TIMEOUT_HEADER });
  }

  async function remove(call: Call): Promise<Response> {
    const id = idOf(call);
    await operations.cancel(id);
    return empty(store.delete(id) > 0 ? 200 : 204);
  }

  function setState(job: Stored, status: string): void {
    store.put({ ...job, body: withProperties(job.body, { status }) });
  }

  function list(call: Call): Response {
    const { searchParams } = call.url, parent = workspaceOf(store, call.params).id;
    const kind = searchParams.get("jobType")?.toLowerCase(), tag = searchParams.get("tag");
    if (kind && !KINDS.includes(kind)) {
      const message = `The query parameter 'jobType' must be one of ${
        KINDS.join(", ")
      }: got '${kind}'.`;
      throw gatewayError(400, "InvalidQueryParameter", message);
    }
    const bodies = filtered(call, store.list({ type: JOB, parent }).map(({ body }) => body));
    const wanted = bodies.map((body) => ({ body, properties: propertiesOf(body) }))
      .filter(({ properties: { jobType, tags } }) =>
        (!kind || String(jobType).toLowerCase() === kind) &&
        (!tag || Object.hasOwn(tags as JsonRecord, tag))
      );
    return listAnswer(call, wanted.map(({ body }) => body));
  }

  const one = "~/jobs/{job}";
  return [
    { method: "GET", path: "~/jobs", handle: list },
    { method: "GET", path: one, handle: (call) => answer(200, found(call).body) },
    { method: "PUT", path: one, handle: put },
    { method: "DELETE", path: one, handle: remove },
    { method: "POST", path: `${one}/cancel`, handle: cancel },
  ];
}

/** Refuses a change of what a job does: it may have been done already. */
function checkSame(name: string, wanted: JsonRecord, held: JsonRecord): void {
  const same = (a: Json | undefined, b: Json | undefined) =>
    canonicalJson(a ?? null) === canonicalJson(b ?? null);
  for (const [key, value] of Object.entries(wanted)) {
    if (CHANGEABLE.includes(key) || same(value, held[key])) continue;
    const rule = `must stay as it is: job '${name}' is there already`;
    throw userError({ field: `properties.${key}`, rule, value });
  }
}
