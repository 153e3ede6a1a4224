/** The body of a schedule: what a client must say, and what the service adds. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { AML } from "./arm_context.ts";
import { userError } from "./arm_error.ts";
import { type JobPlace, wantedJob } from "./arm_job_body.ts";
import { type Fields, fieldsOf } from "./fields.ts";

/** Type of a schedule in the store. */
export const SCHEDULE = `${AML}/workspaces/schedules`;

const FREQUENCIES = ["Minute", "Hour", "Day", "Week", "Month"] as const;
const DAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

/** Bounds of the five fields of a cron expression. */
const CRON: readonly (readonly [string, number, number])[] = [
  ["minute", 0, 59],
  ["hour", 0, 23],
  ["day", 1, 31],
  ["month", 1, 12],
  ["weekday", 0, 7],
];

/**
 * The properties that a PUT of a schedule asks for, filled in, without its state.
 *
 * @param body As sent.
 * @param place Where its jobs would lie; `name` is the schedule's.
 * @throws {ArmError} 400 if it breaks a rule.
 */
export function wantedSchedule(body: JsonRecord, place: JobPlace): JsonRecord {
  const fields = fieldsOf(body, userError).object("properties");
  return {
    displayName: fields.text("displayName") ?? place.name,
    description: fields.text("description") ?? null,
    tags: fields.texts("tags") ?? {},
    properties: fields.texts("properties") ?? {},
    isEnabled: fields.flag("isEnabled") ?? true,
    trigger: triggerOf(fields.object("trigger")),
    action: actionOf(fields.object("action"), place),
  };
}

function actionOf(fields: Fields, place: JobPlace): JsonRecord {
  const kind = fields.required("actionType");
  if (kind !== "CreateJob") {
    throw fields.refuse("actionType", "must be CreateJob: Local Azure has no other actions");
  }
  wantedJob(fields.object("jobDefinition"), place); // so that it is refused now, not at its first run
  return { actionType: kind, jobDefinition: fields.raw("jobDefinition")! };
}

function triggerOf(fields: Fields): JsonRecord {
  const triggerType = fields.oneOf("triggerType", ["Cron", "Recurrence"]);
  if (!triggerType) throw fields.refuse("triggerType", "must be one of Cron, Recurrence");
  const when = {
    triggerType,
    startTime: instant(fields, "startTime"),
    endTime: instant(fields, "endTime"),
    timeZone: fields.text("timeZone") ?? "UTC",
  };
  if (triggerType === "Cron") return { ...when, expression: cronOf(fields) };
  const frequency = fields.oneOf("frequency", FREQUENCIES);
  if (!frequency) throw fields.refuse("frequency", `must be one of ${FREQUENCIES.join(", ")}`);
  const interval = fields.whole("interval", { least: 1, most: 1000 });
  if (interval === undefined) throw fields.refuse("interval", "must be given");
  const schedule = fields.raw("schedule") === undefined ? null : timesOf(fields.object("schedule"));
  return { ...when, frequency, interval, schedule };
}

/** The service takes no offset: the time zone stands in a field of its own. */
function instant(fields: Fields, name: string): string | null {
  const text = fields.text(name);
  if (text === undefined) return null;
  const isBare = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text);
  if (isBare && !Number.isNaN(Date.parse(text))) return text;
  throw fields.refuse(name, "must be ISO 8601 without an offset, e.g. 2026-01-01T08:00:00");
}

function cronOf(fields: Fields): string {
  const text = fields.required("expression"), parts = text.trim().split(/\s+/);
  if (parts.length !== CRON.length) {
    throw fields.refuse("expression", "must have five fields: minute hour day month weekday");
  }
  for (const [i, [name, least, most]] of CRON.entries()) {
    const fits = parts[i].split(",").every((part) => {
      const [, from, to, step] = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ??
        [part, "x"];
      const inside = (number: string | undefined) =>
        number === undefined || Number(number) >= least && Number(number) <= most;
      return inside(from) && inside(to) && step !== "0" &&
        (to === undefined || Number(from) <= Number(to));
    });
    if (!fits) throw fields.refuse("expression", `must have a ${name} from ${least} to ${most}`);
  }
  return text;
}

function timesOf(fields: Fields): JsonRecord {
  const days = list(
    fields,
    "weekDays",
    DAYS.join(", "),
    (item) => DAYS.some((day) => day === item),
  );
  const monthDays = list(fields, "monthDays", "whole numbers from 1 to 31", within(1, 31));
  const hours = list(fields, "hours", "whole numbers from 0 to 23", within(0, 23));
  const minutes = list(fields, "minutes", "whole numbers from 0 to 59", within(0, 59));
  if (!hours) throw fields.refuse("hours", "must be given");
  if (!minutes) throw fields.refuse("minutes", "must be given");
  return { hours, minutes, weekDays: days ?? null, monthDays: monthDays ?? null };
}

function within(least: number, most: number): (item: Json) => boolean {
  return (item) => Number.isInteger(item) && (item as number) >= least && (item as number) <= most;
}

function list(
  fields: Fields,
  name: string,
  what: string,
  fits: (item: Json) => boolean,
): Json[] | undefined {
  const value = fields.raw(name);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(fits)) return value;
  throw fields.refuse(name, `must be a list of ${what}`);
}
