/** Data assets: rows under a name and a version, known by their digest. */

import { absent, type AssetDraft, type AssetVersion, registerData } from "./assets.ts";
import type { Azure } from "./open_azure.ts";

/** Tag that carries the digest of the rows. */
export const DIGEST_TAG = "datasetDigest";

/** A version of a data asset. */
export interface DataAsset extends AssetVersion {
  /** A file or a folder. */
  readonly kind: "uri_file" | "uri_folder";
  /** Where it lies, `azureml://…`. */
  readonly uri: string;
}

/**
 * Registers data. The same digest is registered once: a second time gives the version that is there.
 *
 * @param azure The target.
 * @param draft See {@linkcode AssetDraft}; kind, `azureml://` URI and digest of the data.
 * @returns The version.
 * @throws {OperationError} If the service refuses it, e.g. as the version is there with another URI.
 *
 * @example
 * ```ts ignore
 * const asset = await registerDataAsset(azure, { name: "iris", version, description, tags: {}, kind: "uri_folder", uri, digest });
 * ```
 */
export async function registerDataAsset(
  azure: Azure,
  draft: AssetDraft & Pick<DataAsset, "kind" | "uri"> & { readonly digest: string },
): Promise<DataAsset> {
  const { digest, kind, uri, ...rest } = draft;
  const known = (await listDataAssets(azure, draft.name))
    .find(({ tags }) => tags[DIGEST_TAG] === digest);
  if (known) return known;
  const tags = { ...draft.tags, [DIGEST_TAG]: digest };
  return { ...await registerData(azure, { ...rest, tags, uri, kind }), kind, uri };
}

/** The versions of a data asset; empty if there is no such asset. */
export async function listDataAssets({ ml, target }: Azure, name: string): Promise<DataAsset[]> {
  const assets: DataAsset[] = [];
  try {
    for await (const found of ml.dataVersions.list(target.resourceGroup, target.workspace, name)) {
      assets.push(dataAsset(name, found));
    }
  } catch (error) {
    absent(error as { statusCode?: number });
  }
  return assets;
}

/** One version of a data asset; undefined if it is not there. */
export async function getDataAsset(
  { ml, target }: Azure,
  { name, version }: { name: string; version: string },
): Promise<DataAsset | undefined> {
  const { resourceGroup, workspace } = target;
  const found = await ml.dataVersions.get(resourceGroup, workspace, name, version).catch(absent);
  return found && dataAsset(name, found);
}

function dataAsset(
  name: string,
  { id, name: version, properties }: {
    id?: string;
    name?: string;
    properties: { dataType: string; dataUri: string; tags?: unknown };
  },
): DataAsset {
  const tags = properties.tags as Record<string, string> | undefined ?? {};
  const kind = properties.dataType as DataAsset["kind"];
  return { id: id!, name, version: version!, tags, isNew: false, kind, uri: properties.dataUri };
}
