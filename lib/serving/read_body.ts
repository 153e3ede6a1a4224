/** A request's body as JSON: never more of it in memory than the limits allow. */

import type { Limits } from "./limits.ts";

/** A body, or the status and the sentence with which it is refused. */
export type ReadBody =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly status: 400 | 413; readonly message: string };

/**
 * Reads a body as it comes in and stops at the limit, whatever `content-length` says.
 *
 * @param request The request; its body is used up, or given up.
 * @param limits See {@linkcode Limits}.
 * @returns What `JSON.parse` gives, or why there is nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DEFAULT_LIMITS, readBody } from "lib/serving/mod.ts";
 *
 * const post = (body: string) => new Request("http://x", { method: "POST", body });
 * assert.deepEqual(await readBody(post("[1]"), DEFAULT_LIMITS), { ok: true, body: [1] });
 * const refused = await readBody(post("[1"), DEFAULT_LIMITS);
 * assert.equal(!refused.ok && refused.message, "the body must be JSON");
 * ```
 */
export async function readBody(
  request: Request,
  { maxBytes, maxDepth }: Pick<Limits, "maxBytes" | "maxDepth">,
): Promise<ReadBody> {
  const tooLarge = () => no(413, `the body must have at most ${maxBytes} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) {
    await request.body?.cancel();
    return tooLarge();
  }
  const pieces: Uint8Array[] = [];
  let size = 0, text: string;
  try {
    for await (const piece of request.body ?? []) {
      size += piece.length;
      if (size > maxBytes) return tooLarge(); // leaving the loop gives up the rest
      pieces.push(piece);
    }
  } catch {
    return no(400, "the body must arrive whole");
  }
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(joined(pieces, size));
  } catch {
    return no(400, "the body must be UTF-8");
  }
  if (depthOf(text, maxDepth) > maxDepth) {
    return no(400, `the body must be nested at most ${maxDepth} deep`);
  }
  try {
    return { ok: true, body: JSON.parse(text) };
  } catch {
    return no(400, "the body must be JSON");
  }
}

function no(status: 400 | 413, message: string): ReadBody {
  return { ok: false, status, message };
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/**
 * Nesting of a JSON text, counted before anything recursive meets it; counting ends above the limit.
 * Brackets in texts do not count.
 */
function depthOf(text: string, limit: number): number {
  let depth = 0, deepest = 0, inText = false;
  for (let i = 0; i < text.length && deepest <= limit; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        inText = !inText;
        break;
      case 0x5c: // \ can only stand in a text; what follows it is no end of the text
        i++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (!inText && ++depth > deepest) deepest = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        if (!inText) depth--;
    }
  }
  return deepest;
}
