/** The record of the last real run of the workflows, for the demo's second criterion. */

import { dirname, join } from "node:path";
import { ROOT, type Run } from "./act.ts";

/** What is kept of a run. */
export interface LastRun {
  /** Its file. */
  readonly workflow: string;
  /** Job → success or failure. */
  readonly jobs: Run["jobs"];
  /** Digests along the way; equal where the model that was trained is the one that serves. */
  readonly digests: { readonly trained: string; readonly gated: string; readonly served: string };
  /** Seconds. */
  readonly seconds: number;
  /** When it ended, ISO 8601. */
  readonly at: string;
  /** What ran it. */
  readonly tool: string;
  /** Git commit of the checkout, `-dirty` where it differs; null outside git. */
  readonly commit: string | null;
  /** SHA-256 of `deno.lock`. */
  readonly lockfile: string;
}

/** Writes `out/ci/last_run.json`. */
export async function writeLastRun(
  { jobs, outputs, seconds }: Run,
  of: Pick<LastRun, "workflow" | "commit" | "lockfile">,
): Promise<void> {
  const { train, gate, endpoint } = outputs;
  const record: LastRun = {
    ...of,
    jobs,
    digests: {
      trained: train["model-digest"],
      gated: gate["model-digest"],
      served: endpoint["served-digest"],
    },
    seconds: Number(seconds.toFixed(1)),
    at: new Date().toISOString(),
    tool: "act 0.2.89 on this machine, without GitHub",
  };
  const path = join(ROOT, "out/ci/last_run.json");
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(record, null, 2) + "\n");
}
