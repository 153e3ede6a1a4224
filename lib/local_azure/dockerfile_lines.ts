/** A Dockerfile cut into instructions: comments out, continued lines joined. */

/** One instruction. */
export interface DockerfileLine {
  /** Line that it begins on, from 1. */
  readonly line: number;
  /** In capitals, e.g. `COPY`. */
  readonly instruction: string;
  /** What follows it, joined to one line, with no white space around it. */
  readonly rest: string;
}

/**
 * Cuts a Dockerfile into its instructions.
 *
 * @param text The file.
 * @returns The instructions in order, and the escape character that the file chose.
 * @see Dockerfile reference, *Format* and *Parser directives*: a comment may stand between continued
 * lines, and so may an empty line; only `escape` among the directives changes how a file is read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dockerfileLines } from "lib/local_azure/dockerfile_lines.ts";
 *
 * const { lines } = dockerfileLines("# a comment\nfrom deno\nENV A=1 \\\n  # why\n  B=2\n");
 * assert.deepEqual(lines, [
 *   { line: 2, instruction: "FROM", rest: "deno" },
 *   { line: 3, instruction: "ENV", rest: "A=1   B=2" },
 * ]);
 * ```
 */
export function dockerfileLines(text: string): { lines: DockerfileLine[]; escape: string } {
  const raw = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const escape = escapeOf(raw), lines: DockerfileLine[] = [];
  let joined = "", start = 0;
  for (const [i, one] of raw.entries()) {
    if (/^\s*#/.test(one) || (start > 0 && one.trim() === "")) continue;
    if (start === 0) start = i + 1;
    const bare = one.trimEnd();
    if (bare.endsWith(escape)) {
      joined += bare.slice(0, -1);
      continue;
    }
    const [, instruction, rest = ""] = /^(\S+)(?:\s+([^]*))?$/.exec((joined + one).trim()) ?? [];
    if (instruction) {
      lines.push({ line: start, instruction: instruction.toUpperCase(), rest: rest.trim() });
    }
    joined = "";
    start = 0;
  }
  const [, instruction, rest = ""] = /^(\S+)(?:\s+([^]*))?$/.exec(joined.trim()) ?? [];
  if (instruction) {
    lines.push({ line: start, instruction: instruction.toUpperCase(), rest: rest.trim() });
  }
  return { lines, escape };
}

/** Directives stand above everything else, one a line. */
function escapeOf(raw: readonly string[]): string {
  for (const line of raw) {
    const [, name, value] = /^\s*#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (!name) break;
    if (name.toLowerCase() === "escape" && (value === "`" || value === "\\")) return value;
  }
  return "\\";
}
