/** Values as they are written in code: what JSON can say, in the spelling of TypeScript. */

import type { Json } from "lib/core/mod.ts";

/** A value found in a text, and where it ends. */
export interface Literal {
  /** The value. */
  readonly value: Json;
  /** Place right behind it, in characters. */
  readonly end: number;
}

const NUMBER = /[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?/iy;
const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy;
const TRIVIA = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
const TEXT = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\$]|\\[^]|\$(?!\{))*`/y;
const ESCAPE = /\\(u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|\r?\n|[^])/gi;

const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };
const CONTROL: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  0: "\0",
};

/**
 * Skips white space and comments.
 *
 * @param code Any code.
 * @param at Where to begin.
 * @returns Place of the next token.
 */
export function skipTrivia(code: string, at: number): number {
  return at + (matchAt(TRIVIA, code, at)?.length ?? 0);
}

/**
 * Reads a literal: a text without `${}`, a number, `true`, `false`, `null`, or an array or object of
 * such.
 *
 * @param code Any code.
 * @param start Where the literal begins.
 * @returns The literal; nothing if something else stands there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readLiteral } from "./literal.ts";
 *
 * assert.deepEqual(readLiteral("{ trees: [1_000, -.5], 'a b': `x`, }", 0)?.value, {
 *   trees: [1000, -0.5],
 *   "a b": "x",
 * });
 * assert.equal(readLiteral("compute()", 0), undefined);
 * ```
 */
export function readLiteral(code: string, start: number): Literal | undefined {
  const at = skipTrivia(code, start);
  if (code[at] === "[") return readItems(code, at + 1, "]");
  if (code[at] === "{") return readItems(code, at + 1, "}");
  const text = matchAt(TEXT, code, at);
  if (text !== undefined) return { value: unescaped(text), end: at + text.length };
  const word = matchAt(WORD, code, at);
  if (word !== undefined) {
    return Object.hasOwn(WORDS, word) ? { value: WORDS[word], end: at + word.length } : undefined;
  }
  const digits = matchAt(NUMBER, code, at);
  const number = Number(digits?.replaceAll("_", "") ?? NaN);
  return Number.isFinite(number) ? { value: number, end: at + digits!.length } : undefined;
}

/** The rest of an array or object, up to and with its closing bracket. */
function readItems(code: string, start: number, close: "]" | "}"): Literal | undefined {
  const items: Json[] = [], fields: [string, Json][] = [];
  let at = skipTrivia(code, start);
  while (code[at] !== close) {
    const key = close === "}" ? readKey(code, at) : undefined;
    if (close === "}" && !key) return undefined;
    const item = readLiteral(code, key?.end ?? at);
    if (!item) return undefined;
    if (key) fields.push([key.value, item.value]);
    else items.push(item.value);
    at = skipTrivia(code, item.end);
    if (code[at] === ",") at = skipTrivia(code, at + 1);
    else if (code[at] !== close) return undefined;
  }
  return { value: close === "]" ? items : Object.fromEntries(fields), end: at + 1 };
}

function readKey(code: string, at: number): { value: string; end: number } | undefined {
  const text = matchAt(TEXT, code, at);
  const key = text ?? matchAt(WORD, code, at);
  if (key === undefined) return undefined;
  const colon = skipTrivia(code, at + key.length);
  if (code[colon] !== ":") return undefined;
  return { value: text === undefined ? key : unescaped(text), end: colon + 1 };
}

function unescaped(quoted: string): string {
  return quoted.slice(1, -1).replace(ESCAPE, (_, all, long, four, two) => {
    const point = long ?? four ?? two;
    if (point !== undefined) return String.fromCodePoint(parseInt(point, 16));
    return /\n/.test(all) ? "" : CONTROL[all] ?? all;
  });
}

function matchAt(pattern: RegExp, code: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0];
}
