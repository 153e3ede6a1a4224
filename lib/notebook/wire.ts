/** Jupyter's messages as frames: signed when they leave, checked when they come. */

import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** What a message carries, by message type. Its form is Jupyter's business, so it is read with care. */
export type Content = Record<string, unknown>;

/** One message from a kernel. */
export interface Message {
  /** E.g. `execute_reply`, `stream`. */
  readonly type: string;
  /** Id of the request that it belongs to, where there is one. */
  readonly parentId?: string;
  /** The message itself. */
  readonly content: Content;
}

const DELIMITER = "<IDS|MSG>";

/**
 * Makes a signed request.
 *
 * @param type E.g. `execute_request`.
 * @param content What is asked.
 * @param key The connection's key.
 * @returns The request's id and its frames.
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html, version 5.3.
 *
 * @example A request understood as if it came back
 * ```ts
 * import assert from "node:assert/strict";
 * import { readMessage, writeRequest } from "./wire.ts";
 *
 * const { frames } = writeRequest("kernel_info_request", {}, "key");
 * assert.equal(readMessage(frames, "key").type, "kernel_info_request");
 * assert.throws(() => readMessage(frames, "other key"), /bad signature/);
 * ```
 */
export function writeRequest(
  type: string,
  content: Content,
  key: string,
): { id: string; frames: string[] } {
  const id = randomUUID();
  const header = {
    msg_id: id,
    session: "mlops",
    username: "mlops",
    date: new Date().toISOString(),
    msg_type: type,
    version: "5.3",
  };
  const signed = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return { id, frames: [DELIMITER, signature(signed, key), ...signed] };
}

/**
 * Understands a message.
 *
 * @param frames Its frames, with whatever stands before the delimiter.
 * @param key The connection's key.
 * @returns The message.
 * @throws {Error} If its signature is wrong, as it is when the kernel's stream has got mixed up.
 */
export function readMessage(frames: readonly string[], key: string): Message {
  const at = frames.indexOf(DELIMITER), signed = frames.slice(at + 2, at + 6);
  if (at < 0 || signed.length < 4 || !same(frames[at + 1], signature(signed, key))) {
    throw new Error("a message from the kernel has a bad signature");
  }
  const [header, parent, , content] = signed.map((part) => JSON.parse(part));
  return { type: header.msg_type, parentId: parent.msg_id, content };
}

function signature(parts: readonly string[], key: string): string {
  return createHmac("sha256", key).update(parts.join("")).digest("hex");
}

function same(a: string, b: string): boolean {
  return a.length === b.length &&
    timingSafeEqual(new TextEncoder().encode(a), new TextEncoder().encode(b));
}
