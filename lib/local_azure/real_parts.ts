/** The parts that a Local Azure is made of outside tests. */

import { openBlob } from "./blob.ts";
import { createRuntime } from "./child_runtime.ts";
import { mlflowService } from "./mlflow.ts";
import type { Parts } from "./parts.ts";
import { withRunHistory } from "./run_history.ts";
import { scoringService } from "./scoring.ts";

/** Blobs by Azurite, deployments as child processes, scoring, run history, MLflow. */
export const PARTS: Parts = {
  openBlob,
  createRuntime,
  createServices: (local, { lenient }) => [
    scoringService(local),
    withRunHistory(mlflowService(local, { lenient }), local),
  ],
};
