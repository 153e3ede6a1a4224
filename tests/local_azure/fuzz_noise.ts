/** What is no HTTP, or HTTP that lies: bytes for a connection of their own. */

import type { Random } from "lib/core/mod.ts";
import { chance, nastyText, pick } from "./fuzz_mutate.ts";

/** Bytes that a client might send. The connection is ended behind them. */
export function noise(random: Random, mark: string): Uint8Array {
  const host = pick(random, HOSTS), text = nastyText(random, mark);
  const method = pick(random, ["GET", "PUT", "POST"]);
  const path = pick(random, ["/", "/_local/health", "/api/2.0/mlflow/runs/search", "/secrets/s1"]);
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  const written = pick(random, [
    // broken request lines
    () => `${text}\r\n\r\n`,
    () => `GET\r\n\r\n`,
    () => `GET ${text} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    () => `GET ${path} HTTP/9.9\r\nHost: ${host}\r\n\r\n`,
    () => `GET ${path}\r\n\r\n`,
    () => `GET  ${path}  HTTP/1.1\r\n\r\n`,
    () => `GET ${path} HTTP/1.1\r\n\r\n`, // no Host
    () => `GET ${path} HTTP/1.0\r\n\r\n`,
    () => `${head}Host: evil.example\r\n\r\n`, // two
    () => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    () => `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    () => `GET http://evil.example${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    () => `GET https://${host}:99999/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    () => `GET //evil.example${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    () => `GET \\_local\\log HTTP/1.1\r\nHost: ${host}\r\nSec-Fetch-Site: cross-site\r\n\r\n`,
    () => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    () =>
      `GET ${path}${"a".repeat(pick(random, [8_000, 70_000]))} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    // header floods and broken headers
    () =>
      `${head}${
        Array.from({ length: pick(random, [90, 2000]) }, (_, i) => `x-${i}: ${i}\r\n`).join("")
      }\r\n`,
    () => `${head}x: ${"a".repeat(pick(random, [10_000, 500_000]))}\r\n\r\n`,
    () => `${head}no colon\r\n\r\n`,
    () => `${head}: no name\r\n\r\n`,
    () => `${head}x: a\r\n folded\r\n\r\n`,
    () => `${head}x\0y: ${text}\r\n\r\n`,
    () => head.replaceAll("\r", ""),
    // lies about the length
    () => `${head}Content-Length: 100\r\n\r\nshort`,
    () => `${head}Content-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
    () => `${head}Content-Length: -1\r\n\r\n{}`,
    () => `${head}Content-Length: 99999999999999999999\r\n\r\n{}`,
    () => `${head}Content-Length: 9007199254740991\r\n\r\n{}`,
    () => `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x`,
    () =>
      `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /_local/log HTTP/1.1\r\n`,
    () => `${head}Expect: 100-continue\r\nContent-Length: 10\r\n\r\n`,
    // broken chunks
    () => `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    () => `${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}`,
    () => `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n0\r\n\r\n`,
    () => `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}`,
    () => `${head}Transfer-Encoding: chunked, identity\r\n\r\n{}`,
    () => `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    () =>
      `${head}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    () =>
      `${head}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n`,
  ])();
  const bytes = new TextEncoder().encode(written);
  if (chance(random, 0.15)) return bytes.subarray(0, random.integer(bytes.length + 1));
  if (chance(random, 0.15) && bytes.length > 0) {
    bytes[random.integer(bytes.length)] = random.integer(256);
  }
  if (chance(random, 0.05)) return Uint8Array.from({ length: 500 }, () => random.integer(256));
  return bytes;
}

const HOSTS = [
  "127.0.0.1",
  "localhost:7070",
  "management.azure.com",
  "kv-local.vault.azure.net",
  "devstoreaccount1.blob.core.windows.net",
  "eastus.api.azureml.ms",
  "x.eastus.inference.ml.azure.com",
  "evil.example",
];
