/**
 * Lets schedules fire: each time that has come makes a job, called SCHEDULE-YYYYMMDDThhmmssZ. Time is
 * Local Azure's, so that a test can move it. What fell into a time when Local Azure was not running is
 * not made up for.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import { type Arm, propertiesOf } from "./arm_context.ts";
import { userError } from "./arm_error.ts";
import { wantedJob } from "./arm_job_body.ts";
import { SCHEDULE } from "./arm_schedule_body.ts";
import { fieldsOf } from "./fields.ts";
import { submitJob } from "./job_submit.ts";
import { nextFiring } from "./schedule_times.ts";
import type { Stored } from "./store.ts";

/** From one look at the clock to the next, in milliseconds. */
const LOOK_MS = 500;

/** Jobs that one look makes of one schedule at most: a test may move the clock by years. */
const MOST_AT_ONCE = 50;

/** Begins to look at the clock; ends when the operations do. */
export function startSchedules(arm: Arm): void {
  const { store, clock, operations, log } = arm;
  /** Up to when each schedule, as it stands now, has been seen to. */
  const seen = new Map<string, { version: string; at: number }>();

  function look(): void {
    const now = clock.now().getTime();
    for (const schedule of store.list({ type: SCHEDULE })) {
      const { isEnabled, provisioningState, trigger } = propertiesOf(schedule.body);
      const version = JSON.stringify([isEnabled, trigger]), before = seen.get(schedule.id);
      // a new one counts from its making, which may have been a moment ago
      const fresh = before ? now : Math.max(schedule.updatedAt, began);
      const at = before?.version === version ? Math.min(before.at, now) : fresh;
      seen.set(schedule.id, { version, at: now });
      if (isEnabled !== true || provisioningState !== "Succeeded") continue;
      try {
        fireAll(schedule, trigger as JsonRecord, at, now);
      } catch (error) {
        log.warn("schedule did not fire", { schedule: schedule.id, error });
      }
    }
  }

  function fireAll(schedule: Stored, trigger: JsonRecord, at: number, now: number): void {
    const made = new Date(schedule.createdAt);
    let after = new Date(at);
    for (let count = 0; count < MOST_AT_ONCE; count++) {
      const next = nextFiring(trigger, { after, made });
      if (!next || next.getTime() > now) return;
      fire(schedule, next);
      after = next;
    }
  }

  function fire(schedule: Stored, at: Date): void {
    const workspace = store.get(schedule.parent)!;
    const stamp = at.toISOString().replace(/[-:]|\.\d+/g, "");
    const name = `${schedule.body.name}-${stamp}`;
    if (store.get(`${workspace.id}/jobs/${name}`)) return;
    const { jobDefinition } = propertiesOf(schedule.body).action as Record<string, JsonRecord>;
    const definition = { ...jobDefinition, displayName: name };
    const properties = { ...jobDefinition.properties as JsonRecord, "azureml.schedule": name };
    const fields = fieldsOf({ ...definition, properties }, userError);
    submitJob(arm, { workspace, name }, wantedJob(fields, { store, workspace, name }));
    log.info("schedule fired", { schedule: schedule.id, job: name });
  }

  const began = clock.now().getTime();
  const timer = setInterval(look, LOOK_MS);
  operations.closing.addEventListener("abort", () => clearInterval(timer));
}
