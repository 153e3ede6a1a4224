/** Keeps secrets out of whatever is written. */

const MASK = "[redacted]";

/** Keys whose value is never written, whatever it is. */
const SECRET_KEY =
  /pass(word|wd)|secret|token|api[-_]?key|(primary|secondary|account|shared|access)[-_]?key|authorization|credential|connection[-_]?string|\bsig\b/i;

/** Secrets that are recognised by their looks inside a longer text. */
const SECRET_TEXT = [
  /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g, // authorization headers
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, // JSON web tokens
  /(?<=[?&]sig=)[^&\s"]+/g, // signatures of storage URLs
  /(?<=\b(?:AccountKey|SharedAccessKey|InstrumentationKey)=)[^;\s"]+/gi, // connection strings
];

/** Shortest secret that is blotted out wherever it stands; shorter ones would wreck the text. */
const SHORTEST = 6;

/**
 * A copy of plain data without its secrets.
 *
 * @param value Plain data.
 * @param secrets Known secret values, e.g. read from Key Vault; those under 6 characters are ignored.
 * @returns The copy: values under a telling key, texts that look like a token, and the known secrets
 * are replaced by `[redacted]`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { redact } from "lib/core/mod.ts";
 *
 * assert.deepEqual(redact({ primaryKey: "abc", url: "https://x?sig=1&a=2", note: "pw hunter22" }, ["hunter22"]), {
 *   primaryKey: "[redacted]",
 *   url: "https://x?sig=[redacted]&a=2",
 *   note: "pw [redacted]",
 * });
 * ```
 */
export function redact(value: unknown, secrets: readonly string[] = []): unknown {
  if (typeof value === "string") return redactText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => redact(item, secrets));
  if (value instanceof Error) {
    return { name: value.name, message: redactText(value.message, secrets) };
  }
  if (typeof value === "bigint") return String(value); // JSON has none
  if (typeof value === "object" && value !== null) {
    if ("toJSON" in value && typeof value.toJSON === "function") { // dates, URLs
      return redact(value.toJSON(), secrets);
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        SECRET_KEY.test(key) && item !== null && item !== undefined ? MASK : redact(item, secrets),
      ]),
    );
  }
  return value;
}

function redactText(text: string, secrets: readonly string[]): string {
  // the longest first: a secret that begins with another would leave its tail
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret.length >= SHORTEST) text = text.replaceAll(secret, MASK);
  }
  for (const pattern of SECRET_TEXT) text = text.replace(pattern, MASK);
  return text;
}
