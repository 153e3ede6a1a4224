/** Blobs read, and containers made, from inside: requests to Azurite with its own kind of pass. */

import { Buffer } from "node:buffer";
import type { Azurite } from "./azurite.ts";
import type { BlobFiles } from "./blob_files.ts";
import type { HttpClient } from "./http_client.ts";
import type { HttpAnswer } from "./http_connection.ts";
import type { HeaderPair } from "./http_head.ts";
import { ACCOUNT } from "./storage_account.ts";
import { PRINCIPAL, TENANT } from "./tokens.ts";

/**
 * A bearer token for Azurite, which looks at claims and not at signatures. It never expires, so that
 * a clock that a test has moved does not matter; nobody outside can use it, nor needs it.
 */
export const AZURITE_TOKEN: string = [
  { typ: "JWT", alg: "none" },
  {
    aud: "https://storage.azure.com",
    iss: `https://sts.windows.net/${TENANT}/`,
    iat: 0,
    nbf: 0,
    exp: 4_102_444_800, // 2100-01-01
    oid: PRINCIPAL,
    sub: PRINCIPAL,
    tid: TENANT,
  },
].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".") + ".none";

/** Reads and writes blobs and makes containers. */
export interface BlobReader extends BlobFiles {
  /** Makes a container where there is none. */
  ensureContainer(name: string): Promise<void>;
  /** Writes a block blob, over whatever is there; it is on disk afterwards. */
  write(container: string, name: string, bytes: Uint8Array): Promise<void>;
}

/** A reader of the one account. */
export function createBlobReader(client: HttpClient, { pass, documents }: Azurite): BlobReader {
  const headers: HeaderPair[] = [
    ["host", `${ACCOUNT}.blob.core.windows.net`],
    ["authorization", `Bearer ${AZURITE_TOKEN}`],
    ["x-ms-version", "2024-11-04"],
    [...pass],
  ];

  async function ask(
    method: string,
    path: string,
    { more = [], body }: { more?: HeaderPair[]; body?: Uint8Array } = {},
  ): Promise<{ status: number; bytes: Uint8Array }> {
    const sent = { body, length: body?.length };
    const answer = await client.send({ method, path, headers: [...headers, ...more], ...sent });
    return { status: answer.status, bytes: await bytesOf(answer) };
  }

  return {
    async list(container, prefix) {
      const names: string[] = [];
      for (let marker = "";;) {
        const query = new URLSearchParams({ restype: "container", comp: "list", prefix, marker });
        const { status, bytes } = await ask("GET", `/${container}?${query}`);
        if (status === 404) return names;
        const xml = textOf(bytes);
        if (status !== 200) throw unexpected(`list ${container}/${prefix}`, status, xml);
        for (const [, name] of xml.matchAll(/<Blob><Name>([^<]*)<\/Name>/g)) {
          names.push(unescape(name));
        }
        marker = unescape(/<NextMarker>([^<]*)<\/NextMarker>/.exec(xml)?.[1] ?? "");
        if (marker === "") return names;
      }
    },
    async read(container, name) {
      const { status, bytes } = await ask("GET", pathOf(container, name));
      if (status === 404) return undefined;
      if (status !== 200) throw unexpected(`read ${container}/${name}`, status, textOf(bytes));
      return bytes;
    },
    async write(container, name, body) {
      const more: HeaderPair[] = [["x-ms-blob-type", "BlockBlob"]];
      const { status, bytes } = await ask("PUT", pathOf(container, name), { more, body });
      if (status !== 201) throw unexpected(`write ${container}/${name}`, status, textOf(bytes));
      await documents.settled();
    },
    async ensureContainer(name) {
      const { status, bytes } = await ask("PUT", `/${name}?restype=container`);
      if (status !== 201 && status !== 409) {
        throw unexpected(`make container ${name}`, status, textOf(bytes));
      }
      await documents.settled();
    },
  };
}

function pathOf(container: string, name: string): string {
  return `/${container}/${name.split("/").map(encodeURIComponent).join("/")}`;
}

async function bytesOf({ body }: HttpAnswer): Promise<Uint8Array> {
  return body instanceof Uint8Array ? body : await new Response(body).bytes();
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function unexpected(what: string, status: number, text: string): Error {
  return new Error(`Cannot ${what} as Azurite must answer with success: ${status} ${text}`);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

function unescape(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return name === "apos" ? "'" : ENTITIES[name] ?? all;
  });
}
