/** What went wrong between us and the tracking server. */

/** Parts of a {@linkcode TrackingError}. */
export interface TrackingFault {
  /** What was being done, e.g. `start a run`. */
  readonly action: string;
  /**
   * The server's code, e.g. `RESOURCE_DOES_NOT_EXIST`; `UNREACHABLE` if nobody answered, `HTTP_502` if
   * what answered was no MLflow server.
   */
  readonly code: string;
  /** What the server said. */
  readonly reason: string;
  /** HTTP status; 0 if nobody answered. */
  readonly status: number;
}

/**
 * A request that the tracking server refused, or did not answer. A class of its own because callers
 * tell its codes apart.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { TrackingError } from "lib/tracking/mod.ts";
 *
 * const fault = { code: "RESOURCE_DOES_NOT_EXIST", reason: "Run with id=7 not found", status: 404 };
 * const error = new TrackingError({ action: "read run 7", ...fault });
 * assert.equal(error.message, "Cannot read run 7: Run with id=7 not found (RESOURCE_DOES_NOT_EXIST)");
 * ```
 */
export class TrackingError extends Error {
  /** Always `TrackingError`. */
  override readonly name = "TrackingError";
  /** See {@linkcode TrackingFault}. */
  readonly code: string;
  /** HTTP status; 0 if nobody answered. */
  readonly status: number;

  /** Builds the message `Cannot ACTION: REASON (CODE)`; `options` carries the standard `cause`. */
  constructor({ action, code, reason, status }: TrackingFault, options?: ErrorOptions) {
    super(`Cannot ${action}: ${reason} (${code})`, options);
    this.code = code;
    this.status = status;
  }
}
