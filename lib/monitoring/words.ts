/** Numbers as sentences hold them. */

/** Three digits, thousands apart. */
export function number(value: number): string {
  return Number.isInteger(value)
    ? value.toLocaleString("en")
    : Number(value.toPrecision(3)).toString();
}

/** A number of things, `1 row`, `2 rows`. */
export function plural(n: number, what: string): string {
  return `${number(n)} ${what}${n === 1 ? "" : "s"}`;
}

/** A share in per cent. */
export function share(value: number): string {
  return `${Number((100 * value).toPrecision(3))} %`;
}

/** A p-value: three places; smaller ones as they are. */
export function pText(p: number): string {
  return p < 0.001 ? p.toPrecision(1) : p.toFixed(3);
}
