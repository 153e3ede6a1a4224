/** Pages of a list, and the tokens that name the next one. */

import { Buffer } from "node:buffer";
import type { JsonRecord } from "lib/core/mod.ts";
import { invalid, invalidValue } from "./mlflow_error.ts";
import type { Given } from "./mlflow_fields.ts";

/** Which part of a list is wanted. */
export interface Page {
  /** Items before it. */
  readonly offset: number;
  /** Items at most. */
  readonly size: number;
}

/**
 * The page that a request asks for.
 *
 * @param given Its `max_results` and `page_token`.
 * @param limits `most` items, and how many where the client names no number.
 * @returns See {@linkcode Page}.
 * @throws {MlflowError} 400 if the number is not from 1 to `most`, or the token is none of ours.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { givenIn } from "lib/local_azure/mlflow_fields.ts";
 * import { nextToken, pageOf } from "lib/local_azure/mlflow_pages.ts";
 *
 * const page_token = nextToken({ offset: 0, size: 2 });
 * const page = pageOf(givenIn({ page_token }), { most: 1000, otherwise: 100 });
 * assert.deepEqual(page, { offset: 2, size: 100 });
 * ```
 */
export function pageOf(
  given: Given,
  { most, otherwise }: { most: number; otherwise?: number },
): Page {
  const size = given.whole("max_results") ?? otherwise ?? 0;
  if (size < 1) {
    throw invalidValue("max_results", size, "It must be a positive integer");
  }
  if (size > most) throw invalidValue("max_results", size, `It must be at most ${most}`);
  return { offset: offsetOf(given.text("page_token") ?? ""), size };
}

/** The token that names the page after this one. */
export function nextToken({ offset, size }: Page): string {
  return Buffer.from(JSON.stringify({ offset: offset + size })).toString("base64");
}

/** The items of a page out of one more than it holds, and the token if there was one more. */
export function pageFrom<T>(items: readonly T[], page: Page): {
  items: readonly T[];
  next: JsonRecord;
} {
  if (items.length <= page.size) return { items, next: {} };
  return { items: items.slice(0, page.size), next: { next_page_token: nextToken(page) } };
}

function offsetOf(token: string): number {
  if (token === "") return 0;
  let offset: unknown;
  try {
    offset = JSON.parse(Buffer.from(token, "base64").toString()).offset;
  } catch {
    throw invalid("Invalid page token, could not base64-decode");
  }
  if (Number.isSafeInteger(offset) && (offset as number) >= 0) return offset as number;
  throw invalid(`Invalid page token, its offset is ${JSON.stringify(offset)}`);
}
