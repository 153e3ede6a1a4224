/** The record of the last real run of the workflows, for the demo's second criterion. */

import { dirname } from "node:path";
import { CI_RUN, type CiRun } from "../../scripts/ci_run.ts";
import type { Run } from "./act.ts";

/** Writes `out/ci/last_run.json`. */
export async function writeLastRun(
  { jobs, outputs, seconds }: Run,
  { act, ...of }: Pick<CiRun, "workflow" | "commit" | "lockfile"> & { readonly act: string },
): Promise<void> {
  const version = await new Deno.Command(act, { args: ["--version"] }).output();
  const { train, gate, endpoint } = outputs;
  const record: CiRun = {
    ...of,
    jobs,
    digests: {
      trained: train["model-digest"],
      gated: gate["model-digest"],
      served: endpoint["served-digest"],
    },
    seconds: Number(seconds.toFixed(1)),
    at: new Date().toISOString(),
    tool: `${new TextDecoder().decode(version.stdout).trim()} on this machine, without GitHub`,
  };
  await Deno.mkdir(dirname(CI_RUN), { recursive: true });
  await Deno.writeTextFile(CI_RUN, JSON.stringify(record, null, 2) + "\n");
}
