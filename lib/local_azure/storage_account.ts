/** The one storage account that there is: Azurite's, whose key everybody knows. */

/** Name of the account. */
export const ACCOUNT = "devstoreaccount1";

/** Its key. Published with Azurite, so no secret. */
export const ACCOUNT_KEY =
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Where a blob, or a folder of blobs, lies. */
export interface BlobPlace {
  /** Name of the container. */
  readonly container: string;
  /** Without slashes around it; the empty string for the whole container. */
  readonly path: string;
}

/**
 * The place that a blob URL of the account names.
 *
 * @returns The place, or nothing if the URL is none of this account's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blobPlace } from "lib/local_azure/mod.ts";
 *
 * const url = "https://devstoreaccount1.blob.core.windows.net/azureml/LocalUpload/1/app/";
 * assert.deepEqual(blobPlace(url), { container: "azureml", path: "LocalUpload/1/app" });
 * assert.equal(blobPlace("https://elsewhere.blob.core.windows.net/azureml/x"), undefined);
 * ```
 */
export function blobPlace(url: string): BlobPlace | undefined {
  const { hostname, pathname, protocol } = URL.parse(url) ?? {};
  if (protocol !== "https:" || hostname !== `${ACCOUNT}.blob.core.windows.net`) return undefined;
  const [container, ...rest] = decoded(pathname!).split("/").filter((part) => part);
  return container ? { container, path: rest.join("/") } : undefined;
}

/** The path decoded; nothing of it where it is badly encoded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}
