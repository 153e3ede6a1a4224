/** What a bench says: one row for each thing that was measured, as a record and as text. */

/** One side of a comparison. */
export interface Side {
  /** What ran, with its version. */
  readonly name: string;
  /** Every figure, in the order in which it was taken. */
  readonly all: readonly number[];
}

/** One thing measured. Plain data; `deno task bench --json` prints an array of these. */
export interface BenchRow {
  /** Which bench. */
  readonly bench: string;
  /** What was measured, and how the figures were put into one. */
  readonly what: string;
  /** `s`, `ms`, `row·trees/s`, `of 1,000 outputs`. */
  readonly unit: string;
  /** Our figure. */
  readonly ours: number;
  /** The peer's; null where there is no peer. */
  readonly peer: number | null;
  /** How many times better ours is: above 1 ours wins. Null where there is no peer or a zero. */
  readonly ratio: number | null;
  /** Our side, with every figure. */
  readonly oursSide: Side;
  /** The peer's side, with every figure; null where there is no peer. */
  readonly peerSide: Side | null;
  /** Figures taken of each side, in turn. */
  readonly repeats: number;
  /** What to know beside the figures, e.g. the accuracy of both sides. */
  readonly note: string;
}

/** What {@linkcode row} makes a row of. */
export interface RowParts {
  /** Which bench. */
  readonly bench: string;
  /** What was measured. */
  readonly what: string;
  /** The unit of the figures. */
  readonly unit: string;
  /** Whether less or more is better. */
  readonly better: "less" | "more";
  /** Puts a side's figures into one. */
  readonly summary: (figures: readonly number[]) => number;
  /** Our side. */
  readonly ours: Side;
  /** The peer's side, if there is one. */
  readonly peer?: Side;
  /** Default empty. */
  readonly note?: string;
}

/**
 * Puts two sides' figures into a row.
 *
 * @param parts See {@linkcode RowParts}.
 * @returns The row; figures have 4 significant digits.
 */
export function row(parts: RowParts): BenchRow {
  const { bench, what, unit, better, summary, note = "" } = parts;
  const ours = four(summary(parts.ours.all));
  const peer = parts.peer ? four(summary(parts.peer.all)) : null;
  const [large, small] = better === "less" ? [peer, ours] : [ours, peer];
  return {
    ...{ bench, what, unit, ours, peer },
    ratio: large !== null && small !== null && small > 0 ? four(large / small) : null,
    oursSide: { ...parts.ours, all: parts.ours.all.map(four) },
    peerSide: parts.peer ? { ...parts.peer, all: parts.peer.all.map(four) } : null,
    repeats: parts.ours.all.length,
    note,
  };
}

/** Rows as lines for a person. */
export function rowText(rows: readonly BenchRow[]): string {
  return rows.map((row) => {
    const figure = (value: number | null) =>
      value === null ? "none" : `${shown(value)} ${row.unit}`;
    const ratio = row.ratio === null ? "" : `, ratio ${shown(row.ratio)}`;
    const peer = row.peerSide ? `, ${row.peerSide.name} ${figure(row.peer)}${ratio}` : ", no peer";
    const note = row.note && `\n    ${row.note}`;
    return `${row.bench}: ${row.what}\n` +
      `  ${row.oursSide.name} ${figure(row.ours)}${peer} (n = ${row.repeats})${note}`;
  }).join("\n");
}

function four(value: number): number {
  return Number(value.toPrecision(4));
}

function shown(value: number): string {
  return value >= 10_000 ? Math.round(value).toLocaleString("en") : String(value);
}
