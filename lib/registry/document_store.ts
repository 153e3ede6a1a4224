/** Where decisions lie: small JSON documents, written only over what the writer has seen. */

import { type Json, show } from "lib/core/mod.ts";

/** For {@linkcode DocumentStore.write}: there must be nothing at that path yet. */
export const NEW = "*new*";

/** A document as it was read. */
export interface StoredDocument {
  /** Plain data. */
  readonly value: Json;
  /** Changes with every write. */
  readonly etag: string;
}

/** Options of {@linkcode DocumentStore.write}. */
export interface WriteOptions {
  /** The ETag that must still be there, or {@linkcode NEW}. Default: whatever is there is replaced. */
  readonly ifMatch?: string;
}

/**
 * Keeps JSON documents under paths with slashes. Writes are atomic: of two that name the same ETag
 * one succeeds. On Azure this is a blob container.
 */
export interface DocumentStore {
  /** The document at a path, if there is one. */
  read(path: string): Promise<StoredDocument | undefined>;
  /**
   * Writes a document.
   *
   * @returns The ETag that it has now.
   * @throws {ConflictError} If something else is there than `ifMatch` says; nothing is written.
   */
  write(path: string, value: Json, options?: WriteOptions): Promise<{ readonly etag: string }>;
  /** Paths that begin with `prefix`, ascending. */
  list(prefix: string): Promise<string[]>;
}

/** Parts of a {@linkcode ConflictError}. */
export interface Conflict {
  /** The document. */
  readonly path: string;
  /** What the writer believed to be there; null for nothing. */
  readonly expected: Json;
  /** What is there; null for nothing, absent where the store does not say. */
  readonly found?: Json;
}

/**
 * A lost race: somebody else has written meanwhile. A class of its own because callers read again and
 * decide anew.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ConflictError } from "lib/registry/mod.ts";
 *
 * const error = new ConflictError({ path: "models/iris/aliases.json", expected: "3", found: "4" });
 * assert.equal(error.message, 'Cannot write models/iris/aliases.json as it must be "3": found "4"');
 * ```
 */
export class ConflictError extends Error {
  /** Always `ConflictError`. */
  override readonly name = "ConflictError";
  /** See {@linkcode Conflict}. */
  readonly path: string;
  /** See {@linkcode Conflict}. */
  readonly expected: Json;
  /** See {@linkcode Conflict}. */
  readonly found: Json | undefined;

  /** Builds the message; `options` carries the standard `cause`. */
  constructor({ path, expected, found }: Conflict, options?: ErrorOptions) {
    const named = (value: Json) => value === null ? "absent" : show(value);
    const seen = found === undefined ? "" : `: found ${found === null ? "nothing" : show(found)}`;
    super(`Cannot write ${path} as it must be ${named(expected)}${seen}`, options);
    this.path = path;
    this.expected = expected;
    this.found = found;
  }
}
