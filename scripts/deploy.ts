/** `deno task deploy`: runs notebook 03 headless: endpoint, blue, smoke test, green, rollback. */

import { readTarget } from "lib/azure/mod.ts";
import { main } from "./cli.ts";
import { endpointsLeft } from "./half_made.ts";
import { runNotebookTask } from "./notebook_task.ts";
import { holdDeploy } from "./one_deploy.ts";

await main("deploy", async () => {
  readTarget(); // half of the cloud's settings is an error before anything runs
  return await runNotebookTask({
    verb: "deploy",
    summary:
      "Runs notebook 03 headless: the champion behind an endpoint, blocking smoke test, green in\n" +
      "steps, rollback. --set keep=true leaves the endpoint. Exit 3 if the gate refuses green, or the first\n" +
      "model where there is no champion; or where somebody else is deploying to it: then nothing is done.",
    statements: {
      approve: 'a person\'s word for production: "name: reason"; kept in its history',
    },
    notebooks: ["03_azure_ml"],
    left: endpointsLeft,
    alone: holdDeploy,
  });
});
