/** How a Dockerfile that cannot be followed is refused: by line and instruction. */

import { DeploymentError } from "./runtime.ts";

/** Instructions that are followed or recorded. */
const ACCEPTED = "ARG, FROM, ENV, WORKDIR, COPY, USER, EXPOSE, LABEL and an exec-form CMD";

/**
 * The error for a Dockerfile that cannot be followed.
 *
 * @param line Line of the instruction, from 1.
 * @param instruction E.g. `RUN`.
 * @param why Continues the sentence after the instruction.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { buildFailure } from "lib/local_azure/dockerfile_failure.ts";
 *
 * assert.equal(buildFailure(3, "COPY", "needs a source").message, "Dockerfile line 3: COPY needs a source");
 * ```
 */
export function buildFailure(line: number, instruction: string, why: string): DeploymentError {
  return new DeploymentError("ImageBuildFailure", `Dockerfile line ${line}: ${instruction} ${why}`);
}

/** Why an instruction is refused that only a real build could follow; continues the sentence. */
export function needsImage(): string {
  return "needs an image to be built, and Local Azure has no buildah to build it with (--runtime " +
    `buildah has): it follows ${ACCEPTED} of a Deno program`;
}
