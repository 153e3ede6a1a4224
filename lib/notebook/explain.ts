/** The kernel's wordless failures put into words. */

import { cacheExtracts, extract } from "./extract.ts";
import type { KernelError } from "./executor.ts";
import { parseErrors } from "./parse_errors.ts";

/**
 * Whether an error says nothing: the kernel's answer to code that does not parse and to an npm
 * package that is not there.
 *
 * @param error An error from the kernel.
 * @returns True if it needs {@linkcode explain}.
 */
export function isWordless(error: KernelError): boolean {
  return error.message === "Execution failed" && error.traceback.length === 0;
}

/**
 * Finds out why the kernel refused a cell.
 *
 * @param notebook The notebook's path.
 * @param number The cell's number, from 1.
 * @param code Its code.
 * @returns The error, saying which cell, which line, and what.
 */
export async function explain(
  notebook: string,
  number: number,
  code: string,
): Promise<KernelError> {
  const [syntax] = await parseErrors([code]);
  if (syntax) {
    const { line, column, message } = syntax;
    const where = `cell ${number} line ${line} column ${column}`;
    const text = code.split("\n")[line - 1].trim();
    return errorOf("SyntaxError", `${where} does not parse: ${message}, at \`${text}\``);
  }
  const cell = extract(notebook, [{ number, code }]);
  const { success, stderr, urls } = await cacheExtracts(["--no-lock"], [cell]);
  const [, what] = /^error: (.*)$/m.exec(stderr) ?? [];
  if (!success && what) {
    const at = stderr.split(`${urls[0]}:`)[1];
    const line = (at && cell.places[parseInt(at) - 1]?.line) || 1;
    return errorOf("ImportError", `cell ${number} line ${line} cannot be loaded: ${what}`);
  }
  return errorOf(
    "Error",
    `cell ${number} was refused by the kernel without a reason; it parses, and its imports are there`,
  );
}

function errorOf(name: string, message: string): KernelError {
  return { name, message, traceback: [] };
}
