/** The second criterion: whether the workflows have run, judged by the record that their test leaves. */

import { BadInput } from "lib/core/mod.ts";
import { fromCheckout } from "lib/lifecycle/paths.ts";
import { type Provenance, readProvenance } from "lib/lifecycle/provenance.ts";
import type { Criterion } from "./criteria.ts";

/** What `deno task test workflows` leaves of the last run from rows to endpoint. */
export interface CiRun extends Provenance {
  /** The workflow's file. */
  readonly workflow: string;
  /** Job → success or failure. */
  readonly jobs: Readonly<Record<string, string>>;
  /** Digests along the way. */
  readonly digests: { readonly trained: string; readonly gated: string; readonly served: string };
  /** How long it took. */
  readonly seconds: number;
  /** When it ended, ISO 8601. */
  readonly at: string;
  /** What ran it. */
  readonly tool: string;
}

/** Where the record lies. */
export const CI_RUN: string = fromCheckout("out/ci/last_run.json");

/** Reads the record; undefined where there is none. */
export async function readCiRun(path: string = CI_RUN): Promise<CiRun | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new BadInput({ field: path, rule: "must be a JSON file" }, { cause });
  }
}

/** The second criterion, for this checkout. */
export async function ciCriterion(): Promise<Criterion> {
  return judgeCiRun(await readCiRun(), await readProvenance());
}

/**
 * Judges a run. It counts only for the very code that it ran: same commit, nothing changed since, same
 * lockfile.
 *
 * @param run The record, if there is one.
 * @param here This checkout.
 */
export function judgeCiRun(run: CiRun | undefined, here: Provenance): Criterion {
  const name = "CI/CD runs", how = "`deno task test workflows` runs them and leaves the record";
  const unshown = (why: string): Criterion => ({
    ...{ name, state: "not shown here", evidence: `${why}; ${how}` },
  });
  if (!run) return unshown("no run of the workflows is on record");
  if (run.commit === null || run.commit !== here.commit || run.lockfile !== here.lockfile) {
    return unshown(`the run on record is of commit ${run.commit?.slice(0, 12) ?? "none"}`);
  }
  if (run.commit.endsWith("-dirty")) {
    return unshown("the run on record is of files that are not committed");
  }
  const jobs = Object.entries(run.jobs).map(([job, result]) => `${job} ${result}`).join(", ");
  const { trained, gated, served } = run.digests;
  const evidence = `${run.workflow} at ${run.at} with ${run.tool}: ${jobs}; model trained ` +
    `${trained.slice(0, 12)}, gated ${gated.slice(0, 12)}, served ${served.slice(0, 12)}`;
  const passed = Object.values(run.jobs).length > 0 &&
    Object.values(run.jobs).every((result) => result === "success") &&
    trained === gated && gated === served;
  return { name, state: passed ? "met" : "missed", evidence };
}
