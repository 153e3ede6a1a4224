/** The verb preflight: is everything there and allowed that notebook 03 needs? */

import { preflight as look, type PreflightFinding, type PreflightOptions } from "lib/azure/mod.ts";
import { type Table, table } from "lib/view/mod.ts";
import { INSTANCE_TYPE } from "./instance.ts";

/** Blue and green stand side by side. */
const INSTANCES = 2;

/** Value of the tag `owner` of the demo's endpoints. */
export const OWNER = "demo";

/**
 * Looks at settings, sign-in, workspace, datastore, Blob, Key Vault, endpoint name, quota and price.
 * What it writes it removes again.
 *
 * @param options The endpoint that will be made; `env` and `port` as of the room azure's preflight.
 * @returns Nine findings in the same order.
 *
 * @example
 * ```ts ignore
 * preflightTable(await preflight({ endpoint: "iris-demo" }));
 * ```
 */
export async function preflight(
  options: Pick<PreflightOptions, "endpoint" | "env" | "port">,
): Promise<PreflightFinding[]> {
  return await look({
    ...options,
    owner: OWNER,
    instanceType: INSTANCE_TYPE,
    instances: INSTANCES,
  });
}

/**
 * What a preflight found, in a sentence.
 *
 * @param findings See {@linkcode PreflightFinding}.
 * @returns E.g. `Ready: 8 ok, 1 not checked`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { preflightSentence } from "lib/lifecycle/mod.ts";
 *
 * const finding = { check: "workspace", state: "failed", detail: "404", mend: "az ml workspace create" } as const;
 * assert.equal(preflightSentence([finding]), "Not ready: workspace failed (0 ok, 0 not checked)");
 * ```
 */
export function preflightSentence(findings: readonly PreflightFinding[]): string {
  const of = (state: PreflightFinding["state"]) =>
    findings.filter((finding) => finding.state === state);
  const failed = of("failed"),
    rest = `${of("ok").length} ok, ${of("not checked").length} not checked`;
  if (failed.length === 0) return `Ready: ${rest}`;
  return `Not ready: ${failed.map(({ check }) => check).join(", ")} failed (${rest})`;
}

/**
 * The findings of a preflight as a table.
 *
 * @param findings See {@linkcode PreflightFinding}.
 * @returns The table, a row for each; the last column is there if something has to be mended.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { preflightTable } from "lib/lifecycle/mod.ts";
 *
 * const finding = { check: "workspace", state: "failed", detail: "404", mend: "az ml workspace create" } as const;
 * assert.match(preflightTable([finding]).text, /workspace +failed +404 +az ml workspace create/);
 * ```
 */
export function preflightTable(findings: readonly PreflightFinding[]): Table {
  const mends = findings.some(({ mend }) => mend !== "");
  return table(findings, {
    columns: [
      { key: "check" },
      { key: "state" },
      { key: "detail", label: "what was seen" },
      ...mends ? [{ key: "mend", label: "what mends it" } as const] : [],
    ],
    caption: preflightSentence(findings),
  });
}
