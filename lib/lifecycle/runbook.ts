/** Runbooks: the pages for whoever is called, and the commands that stand in them. */

import { fromCheckout } from "./paths.ts";

/** A runbook, in short. */
export interface Runbook {
  /** Its path from the top of the checkout. */
  readonly path: string;
  /** Its title. */
  readonly title: string;
  /** What to type, the first thing first; without the comments. */
  readonly commands: readonly string[];
}

/**
 * Reads a runbook.
 *
 * @param path From the top of the checkout, as alerts name it.
 * @returns See {@linkcode Runbook}.
 * @throws {Deno.errors.NotFound} If there is no such page.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readRunbook } from "lib/lifecycle/mod.ts";
 *
 * const { title, commands } = await readRunbook("notebooks/runbooks/latency.md");
 * assert.deepEqual([title, commands[0]], ["Latency", "deno task monitor"]);
 * ```
 */
export async function readRunbook(path: string): Promise<Runbook> {
  const text = await Deno.readTextFile(fromCheckout(path));
  return { path, title: /^# (.+)$/m.exec(text)?.[1] ?? path, commands: runbookCommands(text) };
}

/**
 * The commands of a page: the lines of its `sh` blocks, without comments.
 *
 * @param text The page, Markdown.
 * @returns One entry for each line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { runbookCommands } from "lib/lifecycle/mod.ts";
 *
 * const fence = "`".repeat(3);
 * const page = `${fence}sh\ndeno task doctor   # what is missing\n${fence}`;
 * assert.deepEqual(runbookCommands(page), ["deno task doctor"]);
 * ```
 */
export function runbookCommands(text: string): string[] {
  return [...text.matchAll(/```sh\n([^]*?)```/g)]
    .flatMap(([, block]) => block.split("\n"))
    .map((line) => line.replace(/(^|\s+)#.*$/, "").trim())
    .filter((line) => line !== "");
}
