/** Why a job did not come to its end. */

/** A job that failed. */
export class JobError extends Error {
  /** Always `JobError`. */
  override readonly name = "JobError";
  /** E.g. `UserError`, `ImageBuildFailure`. */
  readonly code: string;

  /** `message` is one sentence, which may have lines of a log after it. */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
