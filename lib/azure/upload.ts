/** Files on their way to the workspace's blob container, by content. */

import { digestOf, sha256 } from "lib/core/mod.ts";
import { absent } from "./assets.ts";
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
  /** Names of files that were there with other bytes, and were written again. */
  readonly repaired: readonly string[];
}

/** Options of an upload. */
export interface UploadOptions {
  /** Stops the upload. */
  readonly signal?: AbortSignal;
  /** Takes one line on each file that had to be repaired. Default: a warning on the console. */
  readonly onRepair?: (line: string) => void;
}

/**
 * Uploads a folder to `LocalUpload/HASH/NAME/`, as Microsoft's own SDK does: the same content lies at
 * the same place, and is sent once. What is there is read and held against its digest: a file that
 * somebody has overwritten since is written again, and a line says so.
 *
 * @param azure The target.
 * @param folder Its name, and its files by name with `/` between folders.
 * @param options See {@linkcode UploadOptions}.
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
  options: UploadOptions = {},
): Promise<Upload> {
  const digests = Object.fromEntries(
    Object.entries(files).map(([file, bytes]) => [file, sha256(bytes)]),
  );
  const path = `LocalUpload/${digestOf(digests)}/${name}`;
  const repaired: string[] = [];
  let sent = 0;
  for (const [file, bytes] of Object.entries(files)) {
    const done = await putFile(blobs, { path: `${path}/${file}`, bytes }, options);
    if (done === "sent") sent++;
    if (done === "repaired") repaired.push(file);
  }
  const { subscriptionId, resourceGroup, workspace } = target;
  return {
    path,
    uri: `azureml://subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}` +
      `/workspaces/${workspace}/datastores/workspaceblobstore/paths/${path}`,
    url: `${blobs.url}/${path}/`,
    sent,
    repaired,
  };
}

/**
 * Makes a blob hold these bytes, if it does not yet.
 *
 * @param blobs The container.
 * @param file Name of the blob, and its bytes.
 * @param options See {@linkcode UploadOptions}.
 * @returns What had to be done.
 */
export async function putFile(
  blobs: Azure["blobs"],
  { path, bytes }: { path: string; bytes: Uint8Array },
  { signal: abortSignal, onRepair = console.warn }: UploadOptions = {},
): Promise<"nothing" | "sent" | "repaired"> {
  const blob = blobs.getBlockBlobClient(path);
  const found = await blob.getProperties({ abortSignal }).catch(absent);
  // uploadData, not uploadFile: a piped body on a kept-alive TLS socket hangs under Deno
  if (!found) return await blob.uploadData(bytes, { abortSignal }), "sent";
  // read, not compared by MD5: whoever writes a blob may say what its MD5 is
  const isSame = found.contentLength === bytes.length && (bytes.length === 0 ||
    sha256(await blob.downloadToBuffer(0, undefined, { abortSignal })) === sha256(bytes));
  if (isSame) return "nothing";
  await blob.uploadData(bytes, { abortSignal, conditions: { ifMatch: found.etag } });
  onRepair(`Repaired ${path}: somebody had overwritten it since it was uploaded`);
  return "repaired";
}
