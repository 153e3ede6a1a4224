/** What `bench forest` says: one row for each size and dataset, as a record and as text. */

import { mean } from "lib/core/mod.ts";
import { sameRows } from "./same_rows.ts";

/** What one process of one side measured. */
export interface ForestSide {
  /** Seconds of each fit; the first is the process's first. */
  readonly fitSeconds: readonly number[];
  /** Processor seconds of each fit, compiler and collector threads included. */
  readonly fitCpuSeconds: readonly number[];
  /** Accuracy of each fit on rows that it was not fitted on. */
  readonly accuracies: readonly number[];
  /** Nodes of the first forest, leaves included. */
  readonly nodes: number;
  /** Sum of all values. */
  readonly checksum: number;
  /** Speed of the fastest prediction with the first forest. */
  readonly rowTreesPerSecond: number;
  /** Most memory of the process; null where the system does not tell. */
  readonly peakMegabytes: number | null;
  /** How busy the machine was just before; only the peer samples it. */
  readonly noise?: number;
  /** What ran. */
  readonly version: string;
}

/** One size or dataset. Plain data; `deno task bench forest --json` prints an array of these. */
export interface ForestRow {
  /** Always `forest`. */
  readonly bench: "forest";
  /** Name of the dataset, or `made`. */
  readonly data: string;
  /** Rows fitted. */
  readonly rows: number;
  /** Columns. */
  readonly features: number;
  /** Our fastest fit, warm, in seconds: ranking, out-of-bag votes and JSON included. */
  readonly ours: number;
  /** The peer's fastest fit, in seconds. */
  readonly peer: number;
  /** `ours` / `peer`: below 1 ours is faster. */
  readonly ratioWarm: number;
  /** The same of each process's first fit. */
  readonly ratioCold: number;
  /** `ours` / `peer` in processor seconds: what holds where others use the machine. */
  readonly ratioCpuWarm: number;
  /** The same of each process's first fit. */
  readonly ratioCpuCold: number;
  /** Our fastest first fit of a process, in seconds. */
  readonly oursCold: number;
  /** The peer's, in seconds. */
  readonly peerCold: number;
  /** Mean accuracy of ours over the fits that both sides made. */
  readonly accuracyOurs: number;
  /** The peer's. */
  readonly accuracyPeer: number;
  /** Standard error of the difference of the two means; null for a single fit. */
  readonly accuracyError: number | null;
  /** Fits behind each mean. */
  readonly seeds: number;
  /** Nodes of our first forest. */
  readonly nodesOurs: number;
  /** Nodes of the peer's. */
  readonly nodesPeer: number;
  /** Slope of log seconds over log rows from the next smaller size to this one; null for the smallest. */
  readonly exponent: number | null;
  /** The peer's. */
  readonly exponentPeer: number | null;
  /** Our prediction, in row·trees a second. */
  readonly predictOurs: number;
  /** The peer's. */
  readonly predictPeer: number;
  /** `predictOurs` / `predictPeer`: above 1 ours is faster. */
  readonly predictRatio: number;
  /** Peak memory of our process in megabytes. */
  readonly memoryOurs: number | null;
  /** Of the peer's. */
  readonly memoryPeer: number | null;
  /** How busy the machine was: 1 is quiet. */
  readonly noise: number;
  /** Our version. */
  readonly versionOurs: string;
  /** The peer's. */
  readonly versionPeer: string;
}

/** What {@linkcode forestRow} makes a row of. */
export interface ForestParts {
  /** Name of the dataset, or `made`. */
  readonly data: string;
  /** Rows fitted. */
  readonly rows: number;
  /** Columns. */
  readonly features: number;
  /** Our processes. */
  readonly ours: readonly ForestSide[];
  /** The peer's. */
  readonly peer: readonly ForestSide[];
  /** The next smaller size of as many columns. */
  readonly smaller?: ForestRow;
}

/**
 * Puts both sides' processes into a row.
 *
 * @param parts See {@linkcode ForestParts}.
 * @returns The row.
 * @throws {Error} If the sides had unlike rows.
 */
export function forestRow({ ours, peer, smaller, ...size }: ForestParts): ForestRow {
  sameRows(ours[0].checksum, peer[0].checksum);
  const mine = timesOf(ours.map((side) => side.fitSeconds));
  const theirs = timesOf(peer.map((side) => side.fitSeconds));
  const cpu = timesOf(ours.map((side) => side.fitCpuSeconds));
  const cpuPeer = timesOf(peer.map((side) => side.fitCpuSeconds));
  const seeds = Math.min(ours[0].accuracies.length, peer[0].accuracies.length);
  const first = ours[0].accuracies.slice(0, seeds), second = peer[0].accuracies.slice(0, seeds);
  const slope = (now: number, before: number | undefined) =>
    smaller && before ? four(Math.log(now / before) / Math.log(size.rows / smaller.rows)) : null;
  const speed = (sides: readonly ForestSide[]) =>
    Math.max(...sides.map((side) => side.rowTreesPerSecond));
  return {
    bench: "forest",
    ...size,
    ours: four(mine.warm),
    peer: four(theirs.warm),
    ratioWarm: four(mine.warm / theirs.warm),
    ratioCold: four(mine.cold / theirs.cold),
    ratioCpuWarm: four(cpu.warm / cpuPeer.warm),
    ratioCpuCold: four(cpu.cold / cpuPeer.cold),
    oursCold: four(mine.cold),
    peerCold: four(theirs.cold),
    accuracyOurs: Number(mean(first).toFixed(5)),
    accuracyPeer: Number(mean(second).toFixed(5)),
    accuracyError: errorOfDifference(first, second),
    seeds,
    nodesOurs: ours[0].nodes,
    nodesPeer: peer[0].nodes,
    exponent: slope(mine.warm, smaller?.ours),
    exponentPeer: slope(theirs.warm, smaller?.peer),
    predictOurs: Math.round(speed(ours)),
    predictPeer: Math.round(speed(peer)),
    predictRatio: four(speed(ours) / speed(peer)),
    memoryOurs: peak(ours),
    memoryPeer: peak(peer),
    noise: four(mean(peer.map(({ noise }) => noise ?? 1))),
    versionOurs: ours[0].version,
    versionPeer: peer[0].version,
  };
}

/** The least of all fits, and of the processes' first ones. */
function timesOf(processes: readonly (readonly number[])[]): { warm: number; cold: number } {
  return {
    warm: Math.min(...processes.flat()),
    cold: Math.min(...processes.map(([first]) => first)),
  };
}

function peak(sides: readonly ForestSide[]): number | null {
  const known = sides.flatMap(({ peakMegabytes }) => peakMegabytes ?? []);
  return known.length > 0 ? Math.max(...known) : null;
}

/** The fits of both sides are paired: the same rows, fit for fit. */
function errorOfDifference(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 2) return null;
  const differences = a.map((value, i) => value - b[i]), middle = mean(differences);
  const squares = differences.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Number(Math.sqrt(squares / (a.length - 1) / a.length).toFixed(5));
}

/** Rows as a table for a person. */
export function forestText(rows: readonly ForestRow[]): string {
  const seconds = (value: number) => value < 0.1 ? `${four(value * 1000)} ms` : `${four(value)} s`;
  const lines = rows.map((row) => {
    const error = row.accuracyError === null ? "" : ` ± ${row.accuracyError}`;
    const exponent = row.exponent === null
      ? ""
      : `, exponent ${row.exponent} against ${row.exponentPeer}`;
    return `forest: ${row.data === "made" ? "" : `${row.data}, `}` +
      `${row.rows.toLocaleString("en")} rows × ${row.features}\n` +
      `  fit ${seconds(row.ours)} against ${seconds(row.peer)}, ratio ${row.ratioWarm}; ` +
      `cold ${seconds(row.oursCold)} against ${seconds(row.peerCold)}, ratio ${row.ratioCold}; ` +
      `by processor time ${row.ratioCpuWarm} and ${row.ratioCpuCold}` +
      `${exponent}\n` +
      `  accuracy ${row.accuracyOurs} against ${row.accuracyPeer} (difference${error}, ` +
      `n = ${row.seeds}), nodes ${row.nodesOurs} against ${row.nodesPeer}, ` +
      `memory ${row.memoryOurs} against ${row.memoryPeer} MB\n` +
      `  predict ${millions(row.predictOurs)} against ${millions(row.predictPeer)} million ` +
      `row·trees/s, ratio ${row.predictRatio}; noise ${row.noise}`;
  });
  const [{ versionOurs, versionPeer }] = rows;
  return [`forest: ${versionOurs} against ${versionPeer}, one thread each`, ...lines].join("\n");
}

function millions(perSecond: number): string {
  return (perSecond / 1e6).toFixed(1);
}

function four(value: number): number {
  return Number(value.toPrecision(4));
}
