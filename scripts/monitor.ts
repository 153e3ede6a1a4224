/** `deno task monitor`: runs notebook 04 headless; the report is in out/report. */

import type { JsonRecord } from "lib/core/mod.ts";
import { readTarget } from "lib/azure/mod.ts";
import { main } from "./cli.ts";
import { runNotebookTask } from "./notebook_task.ts";

/** Why drift stops the line, if it does. */
function driftFound({ drift, response }: JsonRecord): string | undefined {
  const { state, inputs } = drift as { state: string; inputs: string[] };
  const { branch, because } = response as { branch: string; because: string[] };
  if (state !== "drift" && branch === "ignore") return undefined;
  const moved = state === "drift" ? `drift of ${inputs.join(", ") || "the predictions"}; ` : "";
  return `${moved}answer: ${branch}. ${because[0]}`;
}

await main("monitor", async () => {
  readTarget(); // half of the cloud's settings is an error before anything runs
  return await runNotebookTask({
    verb: "monitor",
    summary:
      "Runs notebook 04 headless: a scene is played through the endpoint in use, read back from the\n" +
      "log, and judged. --set scene=NAME chooses it; the report is out/report/index.html.",
    notebooks: ["04_monitoring"],
    switches: { "fail-on-drift": "exit 3 on drift, or where something has to be done" },
    stops: (record, on) => on.has("fail-on-drift") ? driftFound(record) : undefined,
  });
});
