/** What was asked for is not there. */

/**
 * What was asked for is not there. A class of its own because callers tell it from a fault.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { NotFoundError } from "lib/registry/mod.ts";
 *
 * assert.equal(new NotFoundError("version 3 of iris").message, "There is no version 3 of iris");
 * ```
 */
export class NotFoundError extends Error {
  /** Always `NotFoundError`. */
  override readonly name = "NotFoundError";

  /** `what` continues "There is no". */
  constructor(what: string) {
    super(`There is no ${what}`);
  }
}
