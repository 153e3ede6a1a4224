/** Numbers as the gate's sentences have them. */

/** A share as percent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A difference of two shares as points, with its sign. */
export function points(share: number): string {
  return `${share >= 0 ? "+" : "−"}${(100 * Math.abs(share)).toFixed(1)} points`;
}

/** A number with three digits that count. */
export function three(value: number): number {
  return Number(value.toPrecision(3));
}

/** "1 row", "2 rows". */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}
