/** Files on their way to the workspace's blob container, by content. */

import { digestOf, sha256 } from "lib/core/mod.ts";
import type { Azure } from "./open_azure.ts";

/** Files that lie in the container now. */
export interface Upload {
  /** Name of the folder in the container, without a slash at its end. */
  readonly path: string;
  /** `azureml://…` URI of the folder. */
  readonly uri: string;
  /** `https://…/` URL of the folder. */
  readonly url: string;
  /** Files that were not there yet. */
  readonly sent: number;
}

/**
 * Uploads a folder to `LocalUpload/HASH/NAME/`, as Microsoft's own SDK does: the same content lies at
 * the same place, and is sent once.
 *
 * @param azure The target.
 * @param folder Its name, and its files by name with `/` between folders.
 * @param options `signal`: stops the upload.
 * @returns See {@linkcode Upload}.
 *
 * @example
 * ```ts ignore
 * const { uri } = await uploadFolder(azure, { name: "model", files: { "model.json": bytes } });
 * ```
 */
export async function uploadFolder(
  { blobs, target }: Azure,
  { name, files }: { name: string; files: Readonly<Record<string, Uint8Array>> },
  { signal }: { signal?: AbortSignal } = {},
): Promise<Upload> {
  const digests = Object.fromEntries(
    Object.entries(files).map(([file, bytes]) => [file, sha256(bytes)]),
  );
  const path = `LocalUpload/${digestOf(digests)}/${name}`;
  let sent = 0;
  for (const [file, bytes] of Object.entries(files)) {
    const blob = blobs.getBlockBlobClient(`${path}/${file}`);
    if (await blob.exists({ abortSignal: signal })) continue;
    // uploadData, not uploadFile: a piped body on a kept-alive TLS socket hangs under Deno
    await blob.uploadData(bytes, { abortSignal: signal });
    sent++;
  }
  const { subscriptionId, resourceGroup, workspace } = target;
  return {
    path,
    uri: `azureml://subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}` +
      `/workspaces/${workspace}/datastores/workspaceblobstore/paths/${path}`,
    url: `${blobs.url}/${path}/`,
    sent,
  };
}
