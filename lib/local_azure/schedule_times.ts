/** When a schedule fires: cron expressions and recurrences, reckoned in the schedule's time zone. */

import type { Json, JsonRecord } from "lib/core/mod.ts";

const MINUTE = 60_000, DAY = 86_400_000;

/** Days that are looked through before a schedule is held never to fire: a leap year may be awaited. */
const MOST_DAYS = 9 * 366;

const WEEKDAYS = [
  ...["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
];

/** Bounds of a cron expression's fields. */
const BOUNDS = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]] as const;

/** The days on which a schedule fires, and the times of day. Times are the zone's own, as if in UTC. */
interface Pattern {
  isDay(day: Date): boolean;
  /** Minutes of the day, ascending. */
  readonly times: readonly number[];
}

/**
 * The first time after an instant at which a trigger fires.
 *
 * @param trigger A schedule's `trigger`, filled in as the service keeps it.
 * @param options `after`: the instant; `made`: when the schedule was made, from which recurrences count
 * that name no start.
 * @returns An instant; undefined if there is none, e.g. past the trigger's end.
 * @throws {RangeError} If the time zone is none that is known here (names of the IANA, and UTC).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nextFiring } from "lib/local_azure/schedule_times.ts";
 *
 * const made = new Date("2026-01-01T00:00:00Z"), after = new Date("2026-03-06T07:00:00Z"); // a Friday
 * const cron = { triggerType: "Cron", expression: "30 6 * * 1-5", timeZone: "UTC" };
 * assert.equal(nextFiring(cron, { after, made })?.toISOString(), "2026-03-09T06:30:00.000Z");
 * const weekly = { triggerType: "Recurrence", frequency: "Week", interval: 2, timeZone: "UTC" };
 * assert.equal(nextFiring(weekly, { after, made })?.toISOString(), "2026-03-12T00:00:00.000Z");
 * ```
 */
export function nextFiring(
  trigger: JsonRecord,
  { after, made }: { after: Date; made: Date },
): Date | undefined {
  const zone = String(trigger.timeZone ?? "UTC");
  const bound = (value: Json | undefined) =>
    value ? Date.parse(`${value}Z`.replace(" ", "T")) : null;
  const begin = bound(trigger.startTime), start = begin ?? wall(made, zone);
  const end = bound(trigger.endTime) ?? Infinity;
  // strictly after the instant, and not before the start where one is named
  const from = Math.max(wall(after, zone) + 1, begin ?? 0);
  const at = trigger.triggerType === "Cron"
    ? firstOf(cronPattern(String(trigger.expression)), from)
    : recurrence(trigger, { start, from });
  return at === undefined || at > end ? undefined : instant(at, zone);
}

function recurrence(
  trigger: JsonRecord,
  { start, from }: { start: number; from: number },
): number | undefined {
  const interval = Number(trigger.interval), every = { Minute: MINUTE, Hour: 60 * MINUTE };
  const step = every[trigger.frequency as keyof typeof every];
  if (step) {
    return start + Math.max(0, Math.ceil((from - start) / (step * interval))) * step * interval;
  }
  const first = new Date(start), { schedule } = trigger as { schedule?: JsonRecord | null };
  const own = first.getUTCHours() * 60 + first.getUTCMinutes();
  const hours = schedule?.hours as number[] | undefined, minutes = schedule?.minutes as number[];
  const times = hours?.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)) ?? [own];
  const weekDays = (schedule?.weekDays as string[] | null | undefined)
    ?.map((name) => WEEKDAYS.indexOf(name.toLowerCase()));
  const monthDays = schedule?.monthDays as number[] | null | undefined;
  const today = Math.floor(start / DAY), week = (days: number) => Math.floor((days + 3) / 7); // from Monday
  const isTurn = (count: number) => count >= 0 && count % interval === 0;

  function isDay(day: Date): boolean {
    const days = Math.floor(day.getTime() / DAY);
    if (days < today) return false;
    switch (trigger.frequency) {
      case "Day":
        return isTurn(days - today) && (!weekDays || weekDays.includes(day.getUTCDay()));
      case "Week":
        return isTurn(week(days) - week(today)) &&
          (weekDays ?? [first.getUTCDay()]).includes(day.getUTCDay());
      default: {
        const months = (day.getUTCFullYear() - first.getUTCFullYear()) * 12 +
          day.getUTCMonth() - first.getUTCMonth();
        if (!isTurn(months)) return false;
        if (!monthDays && weekDays) return weekDays.includes(day.getUTCDay());
        return (monthDays ?? [first.getUTCDate()]).includes(day.getUTCDate());
      }
    }
  }

  return firstOf(
    { isDay, times: [...new Set(times)].sort((a, b) => a - b) },
    Math.max(from, start),
  );
}

function cronPattern(expression: string): Pattern {
  const parts = expression.trim().split(/\s+/);
  const [minutes, hours, days, months, weekdays] = parts.map((part, i) =>
    cronField(part, BOUNDS[i])
  );
  const anyDay = parts[2].startsWith("*"), anyWeekday = parts[4].startsWith("*");
  return {
    times: hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)),
    isDay(day) {
      if (!months.includes(day.getUTCMonth() + 1)) return false;
      const isDate = days.includes(day.getUTCDate()), weekday = day.getUTCDay();
      const isWeekday = weekdays.includes(weekday) || (weekday === 0 && weekdays.includes(7));
      return anyDay || anyWeekday ? isDate && isWeekday : isDate || isWeekday; // as cron has it
    },
  };
}

/** Numbers of a field, ascending. */
function cronField(text: string, [least, most]: readonly [number, number]): number[] {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [range, step] = part.split("/"), [from, to] = range.split("-").map(Number);
    const first = range === "*" ? least : from;
    const last = range === "*" || (to === undefined && step) ? most : to ?? from;
    for (let at = first; at <= last; at += Number(step ?? 1)) found.add(at);
  }
  return [...found].sort((a, b) => a - b);
}

/** The first time of a pattern that is not before `from`. */
function firstOf({ isDay, times }: Pattern, from: number): number | undefined {
  for (let day = Math.floor(from / DAY), left = MOST_DAYS; left > 0; day++, left--) {
    if (!isDay(new Date(day * DAY))) continue;
    const time = times.find((minutes) => day * DAY + minutes * MINUTE >= from);
    if (time !== undefined) return day * DAY + time * MINUTE;
  }
}

/** What clocks of a zone show at an instant, in milliseconds as if it were UTC. */
function wall(at: Date, zone: string): number {
  if (zone === "UTC") return at.getTime();
  const parts = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)!.value);
  const [year, month, day] = [of("year"), of("month") - 1, of("day")];
  return Date.UTC(
    year,
    month,
    day,
    of("hour"),
    of("minute"),
    of("second"),
    at.getUTCMilliseconds(),
  );
}

/** The instant at which a zone's clocks show a time; where they skip it, just as much later. */
function instant(time: number, zone: string): Date {
  const first = 2 * time - wall(new Date(time), zone);
  return new Date(first + time - wall(new Date(first), zone));
}
