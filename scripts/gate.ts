/** `deno task gate`: runs notebook 02 headless; exit 3 if the gate refuses the candidate. */

import { readTarget } from "lib/azure/mod.ts";
import { main } from "./cli.ts";
import { runNotebookTask } from "./notebook_task.ts";
import { gateRefusal } from "./retraining.ts";

await main("gate", async () => {
  readTarget(); // half of the cloud's settings is an error before anything runs
  return await runNotebookTask({
    verb: "gate",
    summary:
      "Runs notebook 02 headless: track, compare, register, gate. The target is Local Azure, or\n" +
      "Azure with MLOPS_TARGET=cloud. Exit 3 if the gate refuses the candidate.",
    statements: {
      override: 'let pass what the gate refuses: "name: reason"; kept with the decision',
    },
    notebooks: ["02_mlops_infrastructure"],
    stops: ({ gate }) => gateRefusal(gate),
  });
});
