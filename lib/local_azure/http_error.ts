/** What can go wrong between a client of HTTP and its server. */

/**
 * How an exchange failed: `refused` no connection, `closed` the other side went before or while it
 * answered, `timeout`, `aborted` by the caller, `malformed` not HTTP/1.1, `too-large` a head beyond
 * the limit, `length` a body that is longer or shorter than it was said to be.
 */
export type HttpFault =
  | "refused"
  | "closed"
  | "timeout"
  | "aborted"
  | "malformed"
  | "too-large"
  | "length";

/**
 * An exchange that did not end well. A class of its own because the router turns its `fault` into a
 * status code.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { HttpError } from "lib/local_azure/http_error.ts";
 *
 * assert.equal(new HttpError("timeout", "Cannot wait longer as 50 ms are over").fault, "timeout");
 * ```
 */
export class HttpError extends Error {
  /** Always `HttpError`. */
  override readonly name = "HttpError";
  /** What happened. */
  readonly fault: HttpFault;

  /** `options` carries the standard `cause`. */
  constructor(fault: HttpFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** The error of an exchange that its caller gave up. */
export function aborted(reason: unknown): HttpError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new HttpError("aborted", `Cannot finish the exchange as it was given up: ${why}`, {
    cause: reason,
  });
}
