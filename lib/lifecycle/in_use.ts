/** What is in use, and the rows that it learnt from. */

import { CHALLENGER_FOLDERS } from "./challenger.ts";
import { findRows } from "./find_rows.ts";
import type { Prepared } from "./train.ts";
import { readVersion, type RegisteredModel, versionOn } from "./version_on.ts";
import type { Workspace } from "./workspace.ts";

/** A version in use. */
export interface InUse extends RegisteredModel {
  /** Its rows: callers draw from their holdout. */
  readonly prepared: Prepared;
}

/**
 * The version in production, with the rows that it learnt from: the given ones, or after a retraining
 * those that monitoring has handed on. Where nothing is in production, or its rows are not on this
 * machine, the version that the gate let pass for the given rows.
 *
 * @param workspace Where versions are.
 * @param of The rows of the first training, the seed, and where later rows lie (default
 * {@linkcode CHALLENGER_FOLDERS}).
 * @returns See {@linkcode InUse}; undefined if the gate has let none pass.
 * @throws {BadInput} If its bytes are not those that were registered.
 *
 * @example
 * ```ts ignore
 * const inUse = await findInUse(workspace, { prepared, seed: 7 });
 * ```
 */
export async function findInUse(
  workspace: Workspace,
  { prepared, seed, folders = CHALLENGER_FOLDERS }: {
    readonly prepared: Prepared;
    readonly seed: number;
    readonly folders?: { readonly found: string; readonly made: string };
  },
): Promise<InUse | undefined> {
  const { registry } = workspace, { name } = prepared.dataset.descriptor;
  const production = await registry.production(name);
  if (production !== null) {
    const version = await registry.version(name, production);
    const rows = version.datasetDigest === prepared.dataset.digest
      ? prepared
      : await findRows(version.datasetDigest, { name, seed, folders });
    if (rows) return { model: await readVersion(workspace, version), version, prepared: rows };
  }
  const found = await versionOn(workspace, prepared.dataset);
  return found && { ...found, prepared };
}
