/** Taking figures: two sides in turn, whole processes, JSON lines. */

import { join } from "node:path";

const PEERS = join(import.meta.dirname!, "peers");

/** A bench ends within ten minutes: after eight it begins no further turn. */
const LIMIT_MS = 8 * 60_000;

/** Something that gives one figure each time it is called. */
export type Measure<T> = () => Promise<T>;

/**
 * Takes figures of several sides in turn (A B A B …), so that whatever else the machine does in the
 * meantime hits all sides alike.
 *
 * @param sides The sides.
 * @param options `repeats`: turns, fewer if time runs out but at least one; `since`: when the bench
 * began, as `performance.now()` tells it.
 * @returns Each side's figures; all sides have equally many.
 */
export async function inTurn<T>(
  sides: readonly Measure<T>[],
  { repeats, since }: { repeats: number; since: number },
): Promise<T[][]> {
  const figures: T[][] = sides.map(() => []);
  for (let turn = 0; turn < repeats; turn++) {
    if (turn > 0 && performance.now() - since > LIMIT_MS) break;
    for (const [i, side] of sides.entries()) figures[i].push(await side());
  }
  return figures;
}

/** A program to run. */
export interface Program {
  /** The program's path, then its arguments. */
  readonly command: readonly string[];
  /** Environment variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Lower some machines' numpy speed; unset for measurements. */
const SLOWING = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/**
 * Runs a program to its end.
 *
 * @param program See {@linkcode Program}.
 * @returns Its standard output.
 * @throws {Error} If it fails; one line with the last line that it said.
 */
export async function output({ command, env = {} }: Program): Promise<string> {
  const [program, ...args] = command;
  const inherited = Deno.env.toObject();
  for (const name of SLOWING) delete inherited[name];
  const child = new Deno.Command(program, {
    ...{ args, clearEnv: true, stdin: "null" },
    env: { ...inherited, NO_COLOR: "1", ...env },
  });
  const { success, code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (success) return out;
  const last = `${out}\n${err}`.split("\n").filter((line) => line.trim()).at(-1);
  throw new Error(`Cannot measure as ${command.join(" ")} exited with ${code}: ${last}`);
}

/** Runs a program that prints one JSON object. */
export async function jsonOutput<T>(program: Program): Promise<T> {
  const line = (await output(program)).trim().split("\n").at(-1) ?? "";
  return JSON.parse(line);
}

/** What one run of a whole process took. */
export interface ProcessTime {
  /** Seconds from start to end. */
  readonly wallSeconds: number;
  /** Seconds of processor time, all its children included. */
  readonly cpuSeconds: number;
  /** How busy the machine was just before: 1 is quiet; distrust wall times above 1.3 or so. */
  readonly noise: number;
}

/**
 * Times one run of a program, from outside, with `peers/timed.py`: the same tool for both sides.
 *
 * @param program See {@linkcode Program}.
 * @param python A Python to run `timed.py` with.
 * @returns See {@linkcode ProcessTime}.
 */
export async function timeProcess(program: Program, python: string): Promise<ProcessTime> {
  const timed = [python, join(PEERS, "timed.py"), "-n", "1", "--", ...program.command];
  const found = await jsonOutput<{ wall_min_s: number; cpu_min_s: number; noise_median: number }>(
    { ...program, command: timed },
  );
  return {
    wallSeconds: found.wall_min_s,
    cpuSeconds: found.cpu_min_s,
    noise: found.noise_median,
  };
}

/** A script in `peers/`. */
export function peer(name: string): string {
  return join(PEERS, name);
}

/** This Deno running one of our own scripts beside this file, with everything allowed, unchecked. */
export function ours(script: string, ...args: string[]): Program {
  const path = join(import.meta.dirname!, "ours", script);
  return { command: [Deno.execPath(), "run", "--quiet", "--no-check", "-A", path, ...args] };
}
