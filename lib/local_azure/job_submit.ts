/** A job on its way into the queue, from a client or from a schedule. */

import type { JsonRecord } from "lib/core/mod.ts";
import { type Arm, systemData } from "./arm_context.ts";
import { JOB } from "./arm_job_body.ts";
import type { Stored } from "./store.ts";

/**
 * Queues a new job.
 *
 * @param arm The control plane's inside.
 * @param place Its workspace and its name; nothing of that name may be there.
 * @param wanted Its properties, filled in.
 * @returns The job's body.
 */
export function submitJob(
  { store, clock, operations }: Arm,
  { workspace, name }: { workspace: Stored; name: string },
  wanted: JsonRecord,
): JsonRecord {
  const id = `${workspace.id}/jobs/${name}`, properties = { ...wanted, status: "Queued" };
  const body = { id, name, type: JOB, properties, systemData: systemData(clock.now()) };
  const job = { id, type: JOB, parent: workspace.id, body, hidden: {} };
  operations.begin({ kind: "job.run", target: id, doing: "Creating" }, () => void store.put(job));
  return body;
}
