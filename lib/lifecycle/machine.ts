/** Asks the doctor (`deno task doctor`) about this machine, and shows what it says. */

import { type Table, table } from "lib/view/mod.ts";
import { CHECKOUT, fromCheckout } from "./paths.ts";

/** One line of the doctor's report. */
export interface MachineCheck {
  /** What was looked at. */
  readonly name: string;
  /** `ok`; `missing` where the project cannot do without; `optional` where only a part is lost. */
  readonly status: "ok" | "missing" | "optional";
  /** What was found. */
  readonly found: string;
  /** What mends it; null where all is well. */
  readonly fix: string | null;
}

/**
 * Looks at everything that the notebooks cannot do without. Starts the doctor as a process of its
 * own, which starts a kernel and loads the native packages: takes about a second.
 *
 * @returns The findings.
 * @throws {Error} If the doctor says nothing that can be read.
 *
 * @example
 * ```ts ignore
 * // starts a kernel, so it needs all permissions
 * const missing = (await checkMachine()).filter(({ status }) => status === "missing");
 * ```
 */
export async function checkMachine(): Promise<MachineCheck[]> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--quiet",
      fromCheckout("scripts/doctor.ts"),
      "--needed",
      "--json",
    ],
    cwd: CHECKOUT,
    stdin: "null",
  });
  const [stdout, stderr] = await command.output().then(({ stdout, stderr }) =>
    [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes))
  );
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`Cannot read the doctor's report as it must be JSON: ${stderr.trim()}`, {
      cause,
    });
  }
}

/**
 * The findings as a table.
 *
 * @param checks What {@linkcode checkMachine} found.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { machineTable } from "lib/lifecycle/mod.ts";
 *
 * const disk = { name: "disk", status: "missing", found: "0.1 GB free", fix: "make room" } as const;
 * assert.match(machineTable([disk]).text, /disk +missing +0.1 GB free +make room/);
 * ```
 */
export function machineTable(checks: readonly MachineCheck[]): Table {
  return table(checks.map((check) => ({ ...check, fix: check.fix ?? "" })), {
    columns: [
      { key: "name", label: "what" },
      { key: "status" },
      { key: "found" },
      { key: "fix", label: "what mends it" },
    ],
    caption: "What the notebooks need on this machine",
  });
}
