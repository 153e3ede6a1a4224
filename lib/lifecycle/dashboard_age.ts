/** How long ago something was, as people say it. */

/** Seconds of each unit, the largest first. */
const UNITS = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]] as const;

/**
 * The time between two instants in its largest unit.
 *
 * @param then The earlier one, ISO 8601.
 * @param now The later one.
 * @returns E.g. `5 min ago`; `just now` below a second, and for what lies ahead.
 */
export function age(then: string, now: string): string {
  const seconds = (Date.parse(now) - Date.parse(then)) / 1000;
  if (!(seconds >= 1)) return Number.isNaN(seconds) ? "at an unknown time" : "just now";
  const [unit, length] = UNITS.find(([, length]) => seconds >= length)!;
  return `${Math.floor(seconds / length)} ${unit} ago`;
}

/** An instant to the second, e.g. `2026-03-04 05:06:07 UTC`. */
export function instant(iso: string): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  return new Date(time).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
}
