/** Stored pictures: each is a test, an example and something to look at. */

import assert from "node:assert/strict";

const FOLDER = new URL("snapshots/", import.meta.url);

/**
 * Compares an SVG with the stored one. A picture that differs is left beside it as
 * `NAME.changed.svg`, for the eye; `deno test … -- --update` makes the new ones the stored ones.
 *
 * @param name File name without its ending.
 * @param svg The picture.
 */
export function assertSnapshot(name: string, svg: string): void {
  const file = new URL(`${name}.svg`, FOLDER), changed = new URL(`${name}.changed.svg`, FOLDER);
  // an element a line, so that a diff can be read; deno fmt would join and indent them
  const text = `<!-- deno-fmt-ignore-file -->\n${svg.replaceAll("><", ">\n<")}\n`;
  if (Deno.args.includes("--update")) Deno.writeTextFileSync(file, text);
  const stored = readIfThere(file);
  if (stored === text) {
    if (readIfThere(changed) !== undefined) Deno.removeSync(changed);
    return;
  }
  Deno.writeTextFileSync(changed, text);
  const lines = stored?.split("\n") ?? [];
  const first = text.split("\n").findIndex((line, i) => line !== lines[i]);
  assert.fail(
    `${name}.svg has changed, first in line ${first + 1}: look at ${changed.pathname}, then run ` +
      `the tests with "-- --update" if it is better`,
  );
}

function readIfThere(file: URL): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
