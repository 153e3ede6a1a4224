/**
 * `deno task lineage`: from one answer back to rows, code and image, or from a digest to every model and
 * deployment that it touched.
 *
 * @module
 */

import { BadInput } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which this task has no right to
import { traceDigest } from "lib/lifecycle/trace.ts";
import { digestLines, requestLines } from "lib/lifecycle/trace_lines.ts";
import { traceRequest } from "lib/lifecycle/trace_request.ts";
import { openWorkspace } from "lib/lifecycle/workspace.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno task lineage --request ID | --digest SHA256 [--endpoint NAME] [--json]

  --request ID      correlation id of a scored row, or id of a request: which deployment, version, run,
                    rows, commit, lockfile and image it came from
  --digest SHA256   of rows, a model, a lockfile or an image: every version and deployment that it touched
  --endpoint NAME   look for the request at this endpoint only
  --json            print the record and nothing else
Exit: 0 traced, 3 something on the way is missing, 2 wrong usage`;

await main("lineage", async () => {
  const { on, values, words } = readFlags({
    on: ["json"],
    values: ["request", "digest", "endpoint"],
  });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const [id, digest, endpoint] = ["request", "digest", "endpoint"].map((name) =>
    values[name]?.at(-1)
  );
  if (words.length > 0 || (id === undefined) === (digest === undefined)) {
    const rule = "must be given --request ID or --digest SHA256", value = words[0];
    throw new BadInput({ field: "lineage", rule, ...(value !== undefined && { value }) });
  }
  const workspace = await openWorkspace();
  const print = (trace: { readonly findings: readonly string[] }, lines: readonly string[]) => {
    console.log(on.has("json") ? JSON.stringify(trace, null, 2) : lines.join("\n"));
    return trace.findings.length > 0 ? EXIT.finding : EXIT.done;
  };
  if (digest !== undefined) {
    const trace = await traceDigest(workspace, digest);
    return print(trace, digestLines(trace));
  }
  const trace = await traceRequest(workspace, { id: id!, endpoint });
  return print(trace, requestLines(trace));
});
