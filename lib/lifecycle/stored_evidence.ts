/** A pack in the workspace: beside its model in the datastore, and with the run that trained it. */

import { type Azure, modelFolder, putFile } from "lib/azure/mod.ts";
import { BadInput, sha256 } from "lib/core/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { type RunRecord, TrackingError } from "lib/tracking/mod.ts";
import { type Files, MANIFEST } from "./evidence_signature.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Keeps a pack beside its model in the datastore, and with the run that trained it.
 *
 * @param workspace Where to.
 * @param version The version that it is about.
 * @param files What {@linkcode makeEvidence} gave.
 * @returns The folder in the datastore, and the path under the run's artifacts; null where the run is gone.
 * @throws {BadInput} If the version is not in the workspace.
 *
 * @example
 * ```ts ignore
 * const { folder, artifacts } = await storeEvidence(workspace, version, files);
 * ```
 */
export async function storeEvidence(
  workspace: Workspace,
  version: ModelVersion,
  files: Files,
): Promise<{ readonly folder: string; readonly artifacts: string | null }> {
  const { azure, tracking } = workspace, folder = await evidenceFolder(azure, version);
  for (const [file, bytes] of Object.entries(files)) {
    await putFile(azure.blobs, { path: `${folder}/${file}`, bytes }, { onRepair: () => {} });
  }
  if (!await runOf(workspace, version)) return { folder, artifacts: null };
  // an artifact is never written over, so every state of the pack has a folder of its own
  const artifacts = `evidence/${sha256(files[MANIFEST]).slice(0, 12)}`;
  for (const [file, bytes] of Object.entries(files)) {
    await tracking.logArtifact(version.runId, `${artifacts}/${file}`, bytes).catch((error) => {
      const isThere = error instanceof TrackingError && [409, 412].includes(error.status);
      if (!isThere) throw error;
    });
  }
  return { folder, artifacts };
}

/**
 * Reads the pack that lies beside a model.
 *
 * @param azure Where it is.
 * @param version The version.
 * @returns Its files; none where no pack was stored.
 *
 * @example
 * ```ts ignore
 * const files = await readStoredEvidence(workspace.azure, version);
 * ```
 */
export async function readStoredEvidence(azure: Azure, version: ModelVersion): Promise<Files> {
  const prefix = `${await evidenceFolder(azure, version)}/`, names: string[] = [];
  for await (const { name } of azure.blobs.listBlobsFlat({ prefix })) names.push(name);
  const read = async (name: string) => {
    const bytes = await azure.blobs.getBlobClient(name).downloadToBuffer();
    return [name.slice(prefix.length), new Uint8Array(bytes)] as const;
  };
  return Object.fromEntries(await Promise.all(names.map(read)));
}

/** Beside the model's folder, not in it: a deployment mounts that, and has no use for evidence. */
async function evidenceFolder(azure: Azure, { name, version }: ModelVersion): Promise<string> {
  const folder = await modelFolder(azure, { name, version });
  if (folder) return folder.replace(/[^/]+$/, `evidence-${name}-${version}`);
  const rule = "must be registered in the workspace";
  throw new BadInput({ field: `model ${name}:${version}`, rule });
}

/** The run of a version; null where the tracking server has it no more. */
export async function runOf(
  { tracking }: Workspace,
  { runId }: ModelVersion,
): Promise<RunRecord | null> {
  try {
    return await tracking.getRun(runId);
  } catch (error) {
    if (error instanceof TrackingError && error.code === "RESOURCE_DOES_NOT_EXIST") return null;
    throw error;
  }
}
