/** What Deno's type checker and linter say, understood. */

/** One message about a place in a file. */
export interface Diagnostic {
  /** URL of the file. */
  readonly url: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  /** E.g. `TS2322`, `no-explicit-any`; empty where there is none. */
  readonly code: string;
  /** What is wrong. */
  readonly message: string;
}

/** A file on its own gives these for want of its surroundings; they follow from other messages. */
const NOISE = new Set(["TS1036", "TS1007"]);

const PLACE = /^\s+at (file:\S+):(\d+):(\d+)$/m;

/**
 * Understands what `deno check` prints.
 *
 * @param output Standard error of `deno check`, without colours.
 * @returns The messages, in the order printed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { typeDiagnostics } from "./diagnostics.ts";
 *
 * const output = "TS2322 [ERROR]: Not assignable.\nconst n: number = 'x';\n      ^\n" +
 *   "    at file:///a.ts:3:7\n\nerror: Type checking failed.\n";
 * assert.deepEqual(typeDiagnostics(output), [
 *   { url: "file:///a.ts", line: 3, column: 7, code: "TS2322", message: "Not assignable." },
 * ]);
 * ```
 */
export function typeDiagnostics(output: string): Diagnostic[] {
  const heads = [...output.matchAll(/^(?:(TS\d+) \[ERROR\]|error): (.*)$/gm)];
  return heads.flatMap((head, i) => {
    const [, code = "", message] = head;
    const rest = output.slice(head.index, heads[i + 1]?.index).split(/\n\n/)[0];
    const place = PLACE.exec(rest);
    if (!place || NOISE.has(code)) return [];
    const [, url, line, column] = place;
    return [{ url, line: Number(line), column: Number(column), code, message }];
  });
}

/**
 * Understands what `deno lint --json` prints.
 *
 * @param output Standard output of `deno lint --json`.
 * @returns The messages, in the order printed.
 */
export function lintDiagnostics(output: string): Diagnostic[] {
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: {
      filename: string;
      range: { start: { line: number; col: number } };
      code: string;
      message: string;
    }[];
  };
  return diagnostics.map(({ filename, range: { start }, code, message }) => (
    { url: filename, line: start.line, column: start.col + 1, code, message }
  ));
}
