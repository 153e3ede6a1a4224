/** `deno task train`: runs notebook 01 headless and prints what it published. */

import { main } from "./cli.ts";
import { runNotebookTask } from "./notebook_task.ts";

await main("train", () =>
  runNotebookTask({
    verb: "train",
    summary:
      "Runs notebook 01 headless: data, contract, split, training, tests, holdout. Leaves the\n" +
      "model in out/model and the executed notebook in out/notebooks.",
    notebooks: ["01_foundation"],
  }));
