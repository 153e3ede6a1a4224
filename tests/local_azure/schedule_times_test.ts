import assert from "node:assert/strict";
import fc from "fast-check";
import { nextFiring } from "lib/local_azure/schedule_times.ts";

const MADE = new Date("2026-01-01T09:30:00Z"); // a Thursday

/** The next times of a trigger, up to so many. */
function times(trigger: object, after: string, count = 3): string[] {
  const found: string[] = [];
  let at: Date | undefined = new Date(after);
  while (found.length < count) {
    at = nextFiring({ timeZone: "UTC", ...trigger }, { after: at, made: MADE });
    if (!at) break;
    found.push(at.toISOString().replace(":00.000Z", "Z"));
  }
  return found;
}

const cron = (expression: string, more = {}) => ({ triggerType: "Cron", expression, ...more });
const recur = (frequency: string, interval: number, more = {}) => ({
  ...{ triggerType: "Recurrence", frequency, interval },
  ...more,
});

Deno.test("nextFiring(): cron expressions, worked by hand", () => {
  const rows: [string, string, string[]][] = [
    ["*/20 * * * *", "2026-03-01T00:05:00Z", [
      "2026-03-01T00:20Z",
      "2026-03-01T00:40Z",
      "2026-03-01T01:00Z",
    ]],
    ["0 6 * * 1-5", "2026-03-06T06:00:00Z", [
      "2026-03-09T06:00Z",
      "2026-03-10T06:00Z",
      "2026-03-11T06:00Z",
    ]],
    ["15 0,12 1 * *", "2026-03-01T00:15:00Z", [
      "2026-03-01T12:15Z",
      "2026-04-01T00:15Z",
      "2026-04-01T12:15Z",
    ]],
    ["0 0 29 2 *", "2026-01-01T00:00:00Z", [
      "2028-02-29T00:00Z",
      "2032-02-29T00:00Z",
      "2036-02-29T00:00Z",
    ]],
    ["0 0 13 * 5", "2026-02-06T00:00:00Z", [
      "2026-02-13T00:00Z",
      "2026-02-20T00:00Z",
      "2026-02-27T00:00Z",
    ]],
    ["0 0 * * 7", "2026-03-01T00:00:00Z", [
      "2026-03-08T00:00Z",
      "2026-03-15T00:00Z",
      "2026-03-22T00:00Z",
    ]],
    ["50/5 23 * * *", "2026-03-01T00:00:00Z", [
      "2026-03-01T23:50Z",
      "2026-03-01T23:55Z",
      "2026-03-02T23:50Z",
    ]],
  ];
  for (const [expression, after, expected] of rows) {
    assert.deepEqual(times(cron(expression), after), expected, expression);
  }
  assert.deepEqual(times(cron("0 0 31 2 *"), "2026-01-01T00:00:00Z"), []); // there is no such day
});

Deno.test("nextFiring(): start, end and time zone; a clock that is set forward skips no day", () => {
  const daily = "30 2 * * *";
  assert.deepEqual(
    times(
      cron(daily, { startTime: "2026-02-01T02:30:00", endTime: "2026-02-02T03:00:00" }),
      "2026-01-01T00:00:00Z",
    ),
    ["2026-02-01T02:30Z", "2026-02-02T02:30Z"],
  );
  const berlin = cron(daily, { timeZone: "Europe/Berlin" });
  assert.deepEqual(times(berlin, "2026-03-27T12:00:00Z"), [
    "2026-03-28T01:30Z",
    "2026-03-29T01:30Z", // 2:30 is not there: 3:30 it is
    "2026-03-30T00:30Z",
  ]);
  assert.throws(
    () => times(cron(daily, { timeZone: "Nowhere" }), "2026-01-01T00:00:00Z"),
    RangeError,
  );
});

Deno.test("nextFiring(): recurrences, worked by hand", () => {
  const schedule = { hours: [6, 18], minutes: [0] };
  const rows: [object, string, string[]][] = [
    [recur("Minute", 15), "2026-01-01T10:00:00Z", [
      "2026-01-01T10:15Z",
      "2026-01-01T10:30Z",
      "2026-01-01T10:45Z",
    ]],
    [recur("Hour", 5), "2026-01-01T09:30:00Z", [
      "2026-01-01T14:30Z",
      "2026-01-01T19:30Z",
      "2026-01-02T00:30Z",
    ]],
    [recur("Day", 3), "2026-01-02T00:00:00Z", [
      "2026-01-04T09:30Z",
      "2026-01-07T09:30Z",
      "2026-01-10T09:30Z",
    ]],
    [recur("Day", 1, { schedule }), "2026-01-01T12:00:00Z", [
      "2026-01-01T18:00Z",
      "2026-01-02T06:00Z",
      "2026-01-02T18:00Z",
    ]],
    [
      recur("Week", 2, { schedule: { ...schedule, hours: [6], weekDays: ["Monday", "Friday"] } }),
      "2026-01-01T12:00:00Z",
      ["2026-01-02T06:00Z", "2026-01-12T06:00Z", "2026-01-16T06:00Z"],
    ],
    [
      recur("Month", 1, { schedule: { ...schedule, hours: [6], monthDays: [31] } }),
      "2026-01-01T12:00:00Z",
      ["2026-01-31T06:00Z", "2026-03-31T06:00Z", "2026-05-31T06:00Z"],
    ],
    [
      recur("Day", 1, { startTime: "2026-06-01T00:00:00" }),
      "2026-01-01T12:00:00Z",
      ["2026-06-01T00:00Z", "2026-06-02T00:00Z", "2026-06-03T00:00Z"],
    ],
  ];
  for (const [trigger, after, expected] of rows) {
    assert.deepEqual(times(trigger, after), expected, JSON.stringify(trigger));
  }
});

Deno.test("nextFiring(): it is after the instant, and nothing lies between", () => {
  const number = (least: number, most: number) => fc.integer({ min: least, max: most });
  const field = (least: number, most: number) =>
    fc.oneof(fc.constant("*"), number(least, most).map(String), number(2, 7).map((n) => `*/${n}`));
  fc.assert(
    fc.property(
      fc.tuple(field(0, 59), field(0, 23), fc.constant("*"), fc.constant("*"), field(0, 7)),
      number(0, 500_000),
      (fields, minutes) => {
        const after = new Date(MADE.getTime() + minutes * 60_000);
        const at = nextFiring(cron(fields.join(" ")), { after, made: MADE })!;
        assert.ok(at > after);
        const fits = (date: Date) =>
          [date.getUTCMinutes(), date.getUTCHours(), 0, 0, date.getUTCDay()].every((value, i) => {
            const [first, step] = fields[i].split("/");
            if (step) {
              return value % Number(step) === 0 ||
                (i === 4 && value === 0 && 7 % Number(step) === 0);
            }
            return first === "*" || Number(first) % (i === 4 ? 7 : 100) === value;
          });
        assert.ok(fits(at), `${fields} ${at.toISOString()}`);
        for (let t = after.getTime() + 60_000; t < at.getTime(); t += 60_000) {
          assert.ok(!fits(new Date(t)), `${fields} ${new Date(t).toISOString()}`);
        }
      },
    ),
    { numRuns: 60, seed: 7 },
  );
});
