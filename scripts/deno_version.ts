/** The Deno that the project wants, read from the one place that states it. */

import { join, resolve } from "node:path";

/**
 * The version in `.github/actions/setup/action.yml`.
 *
 * @param root The checkout. Default: the one this file lies in.
 * @returns E.g. `2.9.6`.
 * @throws {SyntaxError} If the file states none.
 */
export async function wantedDenoVersion(
  root: string = resolve(import.meta.dirname!, ".."),
): Promise<string> {
  const file = ".github/actions/setup/action.yml";
  const found = /^ +deno-version: (\d+\.\d+\.\d+)$/m.exec(
    await Deno.readTextFile(join(root, file)),
  );
  if (!found) throw new SyntaxError(`Cannot tell the Deno version as ${file} must state one`);
  return found[1];
}
