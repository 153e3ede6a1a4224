/**
 * Azurite's blob service in this process, behind a listener of its own that only we can use.
 *
 * It is reached into (`dist/src` is private), so the version is pinned and what is used of it is
 * checked when it starts.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { type BlobDocuments, keepDocuments, type LokiDatabase } from "./blob_documents.ts";
import { OWNER_FOLDER } from "./owner_only.ts";
import type { Store } from "./store.ts";

/** A running Azurite. */
export interface Azurite {
  /** Port of its listener on 127.0.0.1. */
  readonly port: number;
  /** Header that a request must carry to be heard. */
  readonly pass: readonly [name: string, value: string];
  /** Its documents in the store. */
  readonly documents: BlobDocuments;
  /** Ends it. */
  close(): Promise<void>;
}

interface MetadataStore {
  readonly db: LokiDatabase & {
    autosave: boolean;
    autosaveDisable(): void;
    saveDatabase: unknown;
  };
  init(): Promise<void>;
}

interface BlobServer {
  readonly metadataStore: MetadataStore;
  readonly extentMetadataStore: MetadataStore;
  readonly extentStore: { deleteExtents(ids: Iterable<string>): Promise<number> };
  readonly httpServer: {
    listeners(event: "request"): ((q: IncomingMessage, r: ServerResponse) => void)[];
  };
  beforeStart(): Promise<void>;
  afterClose(): Promise<void>;
}

const PASS = "x-local-azure-pass";

/**
 * Starts Azurite on a folder.
 *
 * @param options `folder`, made if missing, takes the bytes of the blobs; `store` the rest.
 * @returns See {@linkcode Azurite}.
 * @throws {Error} If this is not the Azurite that was reached into before.
 */
export async function startAzurite(
  { folder, store }: { folder: string; store: Store },
): Promise<Azurite> {
  const extents = join(folder, "extents");
  await Deno.mkdir(extents, { recursive: true, mode: OWNER_FOLDER });
  const server = await makeServer(folder, extents);
  for (const part of [server.metadataStore, server.extentMetadataStore]) {
    part.db.autosaveDisable();
    part.db.autosave = false;
    part.db.saveDatabase = (first: unknown, second: unknown) => {
      const done = typeof first === "function" ? first : second;
      if (typeof done === "function") done(null);
    };
    await part.init(); // makes the collections; beforeStart() finds them there
  }
  const documents = keepDocuments(store, [server.metadataStore.db, server.extentMetadataStore.db]);
  await removeStrays(extents, server.extentMetadataStore.db);
  const { extentStore } = server, deleteExtents = extentStore.deleteExtents.bind(extentStore);
  // Bytes are thrown away only once it is on disk that no blob has them any more.
  extentStore.deleteExtents = async (ids) => {
    documents.flush();
    return await deleteExtents(ids);
  };
  await server.beforeStart();

  const [listener] = server.httpServer.listeners("request");
  const secret = randomBytes(16).toString("hex");
  const http = createServer((request, response) => {
    if (request.headers[PASS] !== secret) return void response.writeHead(403).end();
    // Bearer tokens are taken over TLS only, unless this says that it is TLS.
    Object.defineProperty(request.socket, "encrypted", { value: true, configurable: true });
    listener(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (http.address() as { port: number }).port,
    pass: [PASS, secret],
    documents,
    async close() {
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
      documents.flush();
      await server.afterClose();
    },
  };
}

async function makeServer(folder: string, extents: string): Promise<BlobServer> {
  // Azurite's packages load Node's punycode, which prints a warning that nobody here can act on.
  const warnings = process as unknown as { noDeprecation?: boolean };
  const { noDeprecation } = warnings;
  warnings.noDeprecation = true;
  try {
    const Server = inner(await import("azurite/dist/src/blob/BlobServer.js"));
    const Configuration = inner(await import("azurite/dist/src/blob/BlobConfiguration.js"));
    const { AzuriteTelemetryClient } = await import("azurite/dist/src/common/Telemetry.js") as {
      AzuriteTelemetryClient: { enableTelemetry: boolean };
    };
    AzuriteTelemetryClient.enableTelemetry = false;
    const configuration = new Configuration(
      "127.0.0.1",
      0,
      5, // seconds that a connection is kept
      join(folder, "unused.json"),
      join(folder, "unused-extents.json"),
      [{ locationId: "Default", locationPath: extents, maxConcurrency: 50 }],
      false, // access log
      undefined,
      false, // debug log
      undefined,
      false, // loose
      true, // skip the check of the API version: the SDK is newer than Azurite
      "",
      "",
      "",
      "basic", // bearer tokens
      false,
      false, // in memory
    );
    const server = new Server(configuration) as BlobServer;
    const isKnown = [server.metadataStore, server.extentMetadataStore].every((part) =>
      typeof part?.db?.autosaveDisable === "function" && Array.isArray(part.db.collections)
    );
    if (!isKnown || typeof server.extentStore?.deleteExtents !== "function") {
      throw new Error("Cannot start Azurite as it must be the pinned version: its inside differs");
    }
    return server;
  } finally {
    warnings.noDeprecation = noDeprecation;
  }
}

/** The class that a CommonJS module of TypeScript exports by default. */
function inner(module: unknown): new (...parts: unknown[]) => unknown {
  const outer = (module as { default: { default?: unknown } }).default;
  return (outer.default ?? outer) as new (...parts: unknown[]) => unknown;
}

/** Removes files that no document tells of: bytes of requests that a crash cut off. */
async function removeStrays(extents: string, { collections }: LokiDatabase): Promise<void> {
  const known = new Set(
    collections.flatMap(({ data }) => data.map((document) => (document as { id?: string }).id)),
  );
  for await (const { name, isFile } of Deno.readDir(extents)) {
    if (isFile && !known.has(name)) await Deno.remove(join(extents, name));
  }
}
