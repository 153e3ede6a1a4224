/** Blob storage alone behind a plain server, in this process or in one that can be killed. */

import process from "node:process";
import type { TokenCredential } from "@azure/identity";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { type Clock, createLogger, systemClock } from "lib/core/mod.ts";
import { openBlob } from "lib/local_azure/blob.ts";
import type { BlobPart } from "lib/local_azure/parts.ts";
import { ACCOUNT, ACCOUNT_KEY } from "lib/local_azure/storage_account.ts";
import { openStore, type Store } from "lib/local_azure/store.ts";
import { createTokens, type Tokens } from "lib/local_azure/tokens.ts";
import { emulatorTransport } from "./emulator_transport.ts";

/** Where the account's blobs are, as clients write it. */
export const BLOB_URL = `https://${ACCOUNT}.blob.core.windows.net`;

/** Blob storage that answers on a port. */
export interface BlobHost extends AsyncDisposable {
  readonly blob: BlobPart;
  readonly store: Store;
  readonly tokens: Tokens;
  readonly port: number;
  /** How many requests were answered. */
  readonly answered: number;
}

/** Opens Blob storage on a folder and serves it on a free port. */
export async function hostBlob(folder: string, clock: Clock = systemClock): Promise<BlobHost> {
  const store = openStore(`${folder}/store.sqlite`, () => Date.now());
  const tokens = createTokens(store, clock);
  const log = createLogger({ clock, level: "error" });
  const blob = await openBlob({ folder, store, tokens, log });
  let answered = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { host } = new URL(request.url);
    const response = await blob.handle(request, new URL(`https://${host}/`));
    answered++;
    return response;
  });
  return {
    blob,
    store,
    tokens,
    port: server.addr.port,
    get answered() {
      return answered;
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await blob.close();
      store.close();
    },
  };
}

/** The SDK's client with the account's key. */
export function keyClient(port: number): BlobServiceClient {
  return new BlobServiceClient(BLOB_URL, new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY), {
    httpClient: emulatorTransport(`http://127.0.0.1:${port}`),
    retryOptions: { maxTries: 1 },
  });
}

/** The SDK's client with a bearer token. */
export function tokenClient(port: number, token: string): BlobServiceClient {
  const credential: TokenCredential = {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return new BlobServiceClient(BLOB_URL, credential, {
    httpClient: emulatorTransport(`http://127.0.0.1:${port}`),
    retryOptions: { maxTries: 1 },
  });
}

// As a program: `blob_host.ts FOLDER` loads what takes long, waits for a line, then serves and prints
// its port, until it is killed or its standard input ends.
if (import.meta.main) {
  (process as unknown as { noDeprecation: boolean }).noDeprecation = true; // of punycode
  await import("azurite/dist/src/blob/BlobServer.js");
  const input = Deno.stdin.readable.getReader();
  if (!(await input.read()).done) {
    console.log((await hostBlob(Deno.args[0])).port);
    await input.read();
  }
  Deno.exit();
}
