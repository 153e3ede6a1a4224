/** Which version the gate has let pass for some rows. */

import { readModelFile } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import type { Dataset } from "lib/data/mod.ts";
import { type Model, readModel } from "lib/model/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import type { Workspace } from "./workspace.ts";

/** A model and the version that it is registered as. */
export interface RegisteredModel {
  /** The model, read from Blob and held against its digest. */
  readonly model: Model;
  /** Its version. */
  readonly version: ModelVersion;
}

/**
 * The newest version that was trained on a dataset and that the gate let pass. A champion may be of
 * other rows: after a retraining, of those of the log.
 *
 * @param workspace Where to look.
 * @param dataset The rows.
 * @returns The model and its version; undefined if there is none.
 * @throws {BadInput} If its bytes are not those that were registered.
 *
 * @example
 * ```ts ignore
 * const inUse = await versionOn(workspace, prepared.dataset);
 * ```
 */
export async function versionOn(
  workspace: Workspace,
  { digest, descriptor }: Pick<Dataset, "digest" | "descriptor">,
): Promise<RegisteredModel | undefined> {
  const { registry } = workspace, versions = await registry.versions(descriptor.name);
  for (const version of versions.reverse().filter((one) => one.datasetDigest === digest)) {
    const decisions = await registry.decisions(version.name, version.version);
    if (decisions.at(-1)?.passed) return { model: await readVersion(workspace, version), version };
  }
  return undefined;
}

/**
 * Reads a version's model.
 *
 * @param workspace Where it is.
 * @param version The version.
 * @returns The model.
 * @throws {BadInput} If it is not in the container, or its bytes are not those that were registered.
 *
 * @example
 * ```ts ignore
 * const model = await readVersion(workspace, await workspace.registry.version("iris", "1"));
 * ```
 */
export async function readVersion(
  { azure }: Pick<Workspace, "azure">,
  { name, version, digest }: Pick<ModelVersion, "name" | "version" | "digest">,
): Promise<Model> {
  const bytes = await readModelFile(azure, { name, version, file: "model.json" });
  if (bytes) return readModel(bytes, { digest });
  const rule = "must lie in the workspace's blob container";
  throw new BadInput({ field: `model ${name}:${version}`, rule });
}
