/** Syntax errors, which the kernel reports without a word. */

import { runDeno } from "./deno_tool.ts";

/** Where a piece of code does not parse, and why. */
export interface ParseError {
  /** Line in the code, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  /** What the parser expected. */
  readonly message: string;
}

/** What `deno fmt` prints for code that it cannot parse. */
const REPORT = /^error: SyntaxError: (.*)\n(?:.*\n)*?\s+at \S+:(\d+):(\d+)$/m;

/** How many pieces are parsed at the same time. */
const AT_ONCE = 4;

/**
 * Parses pieces of TypeScript, each by itself, as the kernel does with cells.
 *
 * The parser is that of `deno fmt`: it is the one tool of Deno that parses strictly and resolves
 * nothing. 10 ms a piece.
 *
 * @param codes The pieces.
 * @returns For each its first error; nothing where it parses.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseErrors } from "lib/notebook/mod.ts";
 *
 * const [fine, broken] = await parseErrors(["const a = 1;", "\nconst b = ;"]);
 * assert.equal(fine, undefined);
 * assert.deepEqual(broken, { line: 2, column: 11, message: "Expression expected" });
 * ```
 */
export async function parseErrors(codes: readonly string[]): Promise<(ParseError | undefined)[]> {
  const errors: (ParseError | undefined)[] = [];
  let next = 0;
  async function parseNext(): Promise<void> {
    while (next < codes.length) {
      const i = next++;
      errors[i] = await parse(codes[i]);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, parseNext));
  return errors;
}

async function parse(code: string): Promise<ParseError | undefined> {
  const { success, stderr } = await runDeno(["fmt", "--no-config", "--ext", "ts", "-"], {
    stdin: code,
  });
  if (success) return undefined;
  const [, message, line, column] = REPORT.exec(stderr) ?? [];
  if (message === undefined) throw new Error(`deno fmt failed: ${stderr.trim()}`);
  return { line: Number(line), column: Number(column), message };
}
