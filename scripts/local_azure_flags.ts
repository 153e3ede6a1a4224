/** The one flag of the scripts about Local Azure: which checkout's is meant. */

import { resolve } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import { callerFolder, readFlags } from "./cli.ts";

const ROOT = resolve(import.meta.dirname!, "..");

/**
 * Reads `--checkout DIR` and `--help`.
 *
 * @param help What `--help` prints.
 * @returns The checkout's folder; nothing if help was asked for and has been given.
 * @throws {BadInput} If there is anything else.
 */
export function readCheckout(help: string): string | undefined {
  const { on, values, words } = readFlags({ values: ["checkout"] });
  if (on.has("help")) return void console.log(help);
  if (words.length > 0) {
    throw new BadInput({ field: "arguments", rule: "must be flags", value: words.join(" ") });
  }
  const given = values.checkout?.at(-1);
  return given === undefined ? ROOT : resolve(callerFolder(), given);
}
