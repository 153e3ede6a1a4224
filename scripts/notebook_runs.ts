/** Runs notebooks one after the other, tells how far they are, and leaves their pages in `out/`. */

import { basename, join, resolve } from "node:path";
import { type JsonRecord } from "lib/core/mod.ts";
import { CHECKOUT, OUT, replaceFile } from "lib/lifecycle/mod.ts";
import {
  type EarlyKernels,
  failureLine,
  listNotebooks,
  type Notebook,
  type NotebookRun,
  openEarlyKernels,
  parametersFromText,
  parametersOf,
  readNotebook,
  runNotebook,
  writeExecuted,
} from "lib/notebook/mod.ts";
import { indexPage, notebookPage } from "lib/view/mod.ts";
import { callerFolder } from "./cli.ts";

/** What a person may say about a run. */
export interface RunSettings {
  /** Texts `NAME=VALUE`. */
  readonly set?: readonly string[];
  /** A dataset descriptor, as typed. */
  readonly dataset?: string;
  /** Takes each line of progress. */
  readonly say: (line: string) => void;
  /** Folder for executed notebooks and their pages. Default {@linkcode PAGES}. */
  readonly pages?: string;
  /** Asked before each notebook: why it must not begin, if so. Default: it may. */
  readonly holds?: (name: string, record: JsonRecord) => string | undefined;
  /** Is told of each cell that begins, e.g. `in 01_foundation.ipynb cell 3 (Rows)`. */
  readonly onCell?: (place: string) => void;
  /** Kernels of notebooks that come later. Default: of these notebooks alone. */
  readonly early?: EarlyKernels;
  /** The notebook that comes after the last of these, probably: its kernel starts early too. */
  readonly upNext?: string;
}

/** What the notebooks of one run left. */
export interface RunReport {
  /** Each notebook's run, up to the first that failed. */
  readonly runs: readonly NotebookRun[];
  /** Everything the notebooks published, later ones winning. */
  readonly record: JsonRecord;
  /** The run that failed, if one did. */
  readonly failed?: NotebookRun;
  /** Why the next notebook did not begin, if so. */
  readonly held?: string;
}

/** Where executed notebooks and their pages go. */
export const PAGES = join(OUT, "notebooks");

/** All notebooks, in the order of their numbers. */
export function allNotebooks(): Promise<string[]> {
  return listNotebooks(join(CHECKOUT, "notebooks"));
}

/**
 * Runs notebooks in order and stops at the first that fails.
 *
 * Every notebook leaves `NAME.ipynb` (executed) and `NAME.html` in the folder of pages, a failed one
 * too.
 *
 * @param paths The notebooks.
 * @param settings See {@linkcode RunSettings}.
 * @returns See {@linkcode RunReport}.
 * @throws {BadInput} If a notebook cannot be read, or a parameter is unknown or has the wrong type.
 */
export async function runNotebooks(
  paths: readonly string[],
  settings: RunSettings,
): Promise<RunReport> {
  await using own = openEarlyKernels();
  const { say, onCell, holds, pages = PAGES, early = own, upNext } = settings;
  const notebooks = await Promise.all(
    paths.map(async (path) => ({ path, notebook: await readNotebook(path) })),
  );
  const given = givenParameters(settings, notebooks.map(({ notebook }) => notebook));
  const runs: NotebookRun[] = [];
  for (const [i, { path, notebook }] of notebooks.entries()) {
    const known = Object.keys(parametersOf(notebook));
    const parameters = Object.fromEntries(
      Object.entries(given).filter(([name]) => known.includes(name)),
    );
    const held = holds?.(basename(path, ".ipynb"), merged(runs));
    if (held !== undefined) return { runs, record: merged(runs), held };
    say(basename(path));
    const next = notebooks[i + 1]?.path ?? upNext;
    if (next !== undefined) early.prepare(next);
    const run = await runNotebook(path, {
      parameters,
      early: early.take(path),
      onEvent(event) {
        if (event.kind === "cell-start") {
          onCell?.(`in ${basename(path)} cell ${event.number} (${event.title})`);
        }
        if (event.kind !== "cell-end") return;
        const { number, title, seconds, status } = event;
        if (status === "not-reached" || status === "skipped") return;
        const mark = status === "failed" ? "FAILED" : `${seconds.toFixed(2)} s`;
        say(`  [${String(number).padStart(2)}/${event.total}] ${mark.padStart(7)}  ${title}`);
      },
    });
    runs.push(run);
    await writePages(run, pages);
    if (run.error) {
      return { runs, record: merged(runs), failed: run };
    }
    say(`  ${run.seconds.toFixed(2)} s in all → ${shown(join(pages, pageName(run)))}`);
  }
  return { runs, record: merged(runs) };
}

/** A path as a person types it: relative to where they stand. */
export function shown(path: string): string {
  const from = callerFolder() + "/";
  return path.startsWith(from) ? path.slice(from.length) : path;
}

/** Errors whose message speaks for itself, whichever cell met them. */
const CLEAR = ["BadInput", "GateRefused"];

/** One line on why a run failed. */
export function reasonLine(run: NotebookRun): string {
  const line = run.error && CLEAR.includes(run.error.name) ? run.error.message : failureLine(run);
  return line.trim().split("\n")[0];
}

/** Parameters as the command line gives them; each must be one of at least one notebook's. */
function givenParameters(
  { set = [], dataset }: RunSettings,
  notebooks: readonly Notebook[],
): JsonRecord {
  const known = Object.assign({}, ...notebooks.map(parametersOf));
  const file = dataset === undefined ? [] : [`dataset=${resolve(callerFolder(), dataset)}`];
  return parametersFromText([...file, ...set], known);
}

function merged(runs: readonly NotebookRun[]): JsonRecord {
  return Object.assign({}, ...runs.map(({ records }) => records));
}

function pageName({ name }: NotebookRun): string {
  return name.replace(/\.ipynb$/, ".html");
}

async function writePages(run: NotebookRun, pages: string): Promise<void> {
  await writeExecuted(run, pages);
  const options = { title: run.name, home: "index.html", base: "../../notebooks/" };
  const page = notebookPage(run.notebook, options);
  await replaceFile(join(pages, pageName(run)), page);
}

/** Writes the start page over the notebooks' pages. */
export async function writeIndex(
  runs: readonly NotebookRun[],
  pages: string = PAGES,
): Promise<string> {
  const path = join(pages, "index.html");
  const items = runs.map((run) => ({
    href: pageName(run),
    title: run.name.replace(/\.ipynb$/, ""),
    status: run.error ? "failed" as const : "ok" as const,
    seconds: run.seconds,
    line: run.error ? reasonLine(run) : `${run.cells.length} cells ran`,
  }));
  await replaceFile(path, indexPage(items));
  return path;
}
