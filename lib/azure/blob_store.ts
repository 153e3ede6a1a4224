/** The registry's documents in the workspace's blob container, written compare-and-set by ETag. */

import type { Json } from "lib/core/mod.ts";
import { ConflictError, type DocumentStore, NEW } from "lib/registry/mod.ts";
import { absent } from "./assets.ts";
import type { Azure } from "./open_azure.ts";

/** Folder of the container in which the documents lie. */
const FOLDER = "mlops/";

/**
 * Metadata that names the write a document comes from. The SDK sends a write again whose connection
 * broke; if the first had been done, the second finds its own document and not somebody else's.
 */
const WRITE = "write";

/**
 * A document store over Blob.
 *
 * @param azure The target.
 * @returns The store; the service itself decides which of two writers was first.
 *
 * @example
 * ```ts ignore
 * const registry = createRegistry({ store: blobDocuments(await openAzure()) });
 * ```
 */
export function blobDocuments({ blobs }: Pick<Azure, "blobs">): DocumentStore {
  return {
    async read(path) {
      const blob = blobs.getBlockBlobClient(FOLDER + path);
      const found = await blob.download().catch(absent);
      if (!found) return undefined;
      const text = await new Response(found.readableStreamBody as unknown as BodyInit).text();
      return { value: JSON.parse(text), etag: found.etag! };
    },
    async write(path, value: Json, { ifMatch } = {}) {
      const bytes = new TextEncoder().encode(JSON.stringify(value));
      const conditions = ifMatch === undefined
        ? {}
        : ifMatch === NEW
        ? { ifNoneMatch: "*" }
        : { ifMatch };
      const blob = blobs.getBlockBlobClient(FOLDER + path), write = crypto.randomUUID();
      try {
        const { etag } = await blob.upload(bytes, bytes.length, {
          conditions,
          metadata: { [WRITE]: write },
          blobHTTPHeaders: { blobContentType: "application/json" },
        });
        return { etag: etag! };
      } catch (cause) {
        const { statusCode } = cause as { statusCode?: number };
        if (ifMatch === undefined || (statusCode !== 409 && statusCode !== 412)) throw cause;
        const there = await blob.getProperties().catch(absent);
        if (there?.metadata?.[WRITE] === write) return { etag: there.etag! };
        const expected = ifMatch === NEW ? null : ifMatch;
        throw new ConflictError({ path, expected }, { cause });
      }
    },
    async list(prefix) {
      const paths: string[] = [];
      for await (const { name } of blobs.listBlobsFlat({ prefix: FOLDER + prefix })) {
        paths.push(name.slice(FOLDER.length));
      }
      return paths.sort();
    },
  };
}
