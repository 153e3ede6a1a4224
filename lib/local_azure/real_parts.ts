/** The parts that a Local Azure is made of outside tests. */

import { BadInput } from "lib/core/mod.ts";
import { baseImageStore, storageOf } from "./base_image.ts";
import { openBlob } from "./blob.ts";
import { buildahFault } from "./buildah.ts";
import { createBuildahRuntime } from "./buildah_runtime.ts";
import { createRuntime } from "./child_runtime.ts";
import { mlflowService } from "./mlflow.ts";
import type { Parts } from "./parts.ts";
import { withRunHistory } from "./run_history.ts";
import type { RuntimeName } from "./runtime.ts";
import { scoringService } from "./scoring.ts";
import { telemetryService } from "./telemetry.ts";

/** Blobs by Azurite, deployments as child processes, scoring, run history, MLflow. */
export const PARTS: Parts = {
  openBlob,
  createRuntime,
  createServices: (local, { lenient }) => [
    scoringService(local),
    withRunHistory(mlflowService(local, { lenient }), local),
    telemetryService(local),
  ],
};

/**
 * The parts with the runtime of that name.
 *
 * @throws {BadInput} If this machine cannot have it; with what is missing.
 */
export async function partsWith(runtime: RuntimeName): Promise<Parts> {
  if (runtime === "child") return PARTS;
  const fault = await buildahFault();
  if (fault !== undefined) {
    const rule = `must be one that this machine can have: ${fault}`;
    throw new BadInput({ field: "runtime", rule, value: runtime });
  }
  const bases = storageOf(baseImageStore());
  return { ...PARTS, createRuntime: (ground) => createBuildahRuntime({ ...ground, bases }) };
}
