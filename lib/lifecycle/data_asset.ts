/** Rows as a data asset: what a model was trained on lies in the workspace, under its digest. */

import { basename } from "node:path";
import { type DataAsset, registerDataAsset, uploadFolder } from "lib/azure/mod.ts";
import { BadInput, sha256 } from "lib/core/mod.ts";
import type { Dataset } from "lib/data/mod.ts";
import type { Prepared } from "./train.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Uploads CSV, descriptor and holdout, and registers the folder as a data asset. Its version begins
 * the digest of the clean rows, so the same rows are registered once.
 *
 * @param workspace Where to.
 * @param prepared The rows, as a training takes them.
 * @returns The version; its tag `datasetDigest` is that of the rows.
 * @throws {BadInput} If the CSV has changed since it was read.
 * @throws {OperationError} If the service refuses it.
 *
 * @example
 * ```ts ignore
 * const { name, version, uri } = await registerDataset(workspace, await prepare("data/iris.dataset.json", { seed: 7 }));
 * ```
 */
export async function registerDataset(
  { azure }: Workspace,
  { dataset }: Pick<Prepared, "dataset">,
): Promise<DataAsset> {
  const { descriptor, digest, samples, holdout } = dataset;
  const { name, title } = descriptor;
  const { uri } = await uploadFolder(azure, { name, files: await filesOf(dataset) });
  return await registerDataAsset(azure, {
    name,
    version: digest.slice(0, 12),
    description: `${title}: ${samples.y.length} clean rows, ${holdout.rows} of them held out`,
    tags: { holdout: holdout.sha256, csv: dataset.raw.sha256 },
    kind: "uri_folder",
    uri,
    digest,
  });
}

/** The three files; together they are read as a dataset again. */
async function filesOf({ descriptor, raw, holdout }: Dataset): Promise<Record<string, Uint8Array>> {
  const { path: _path, csv, ...rest } = descriptor, { name } = descriptor;
  const bytes = await Deno.readFile(csv);
  if (sha256(bytes) !== raw.sha256) {
    throw new BadInput({ field: basename(csv), rule: "must not change after it was read" });
  }
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 2) + "\n");
  return {
    [basename(csv)]: bytes,
    [`${name}.dataset.json`]: json({ ...rest, csv: basename(csv) }),
    [`${name}.holdout.json`]: json(holdout),
  };
}
