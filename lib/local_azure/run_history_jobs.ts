/** Jobs in the run history: how they stand, and what of them is changed there. */

import type { JsonRecord } from "lib/core/mod.ts";
import { propertiesOf, systemData, withProperties } from "./arm_context.ts";
import { notFound, userError } from "./arm_error.ts";
import { fieldsOf } from "./fields.ts";
import type { HistoryCall, HistoryRoutes } from "./run_history.ts";
import type { Stored } from "./store.ts";

/** Their operations. */
export const JOB_HISTORY: HistoryRoutes = {
  "GET runs/{run}": (call) => shown(found(call)),
  "GET runs/{run}/details": (call) => ({ ...shown(found(call)), logFiles: {}, warnings: [] }),
  "PATCH experiments/{experiment}/runs/{run}": change,
};

function found({ local, scope, params }: HistoryCall): Stored {
  const job = local.store.get(`${scope.workspace}/jobs/${params.run}`);
  if (!job) throw notFound(`Run ${params.run} was not found`);
  const { experimentName } = propertiesOf(job.body);
  if (params.experiment === undefined || params.experiment === experimentName) return job;
  throw notFound(`Run ${params.run} was not found in experiment ${params.experiment}`);
}

/** A job as the run history words it. */
function shown({ body }: Stored): JsonRecord {
  const { status, displayName, description, tags, properties, isArchived } = propertiesOf(body);
  const { createdAt } = body.systemData as JsonRecord;
  return {
    ...{ runId: body.name, status, displayName, description, tags, properties },
    ...{ hidden: isArchived, createdUtc: createdAt },
  };
}

/** Changes what the client names; tags are added to those that are there, as properties are. */
function change(call: HistoryCall): JsonRecord {
  const { local: { store, clock }, body } = call, fields = fieldsOf(body, userError);
  const job = found(call), held = propertiesOf(job.body);
  const hidden = fields.flag("hidden"), properties = fields.texts("properties");
  const tags = fields.texts("tags");
  const displayName = fields.text("displayName"), description = fields.text("description");
  const changed = withProperties(job.body, {
    ...hidden === undefined ? {} : { isArchived: hidden },
    ...displayName === undefined ? {} : { displayName },
    ...description === undefined ? {} : { description },
    ...tags && { tags: { ...held.tags as JsonRecord, ...tags } },
    ...properties && { properties: { ...held.properties as JsonRecord, ...properties } },
  });
  const at = systemData(clock.now(), job.body.systemData as JsonRecord);
  return shown(store.put({ ...job, body: { ...changed, systemData: at } }));
}
