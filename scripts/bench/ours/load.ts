/**
 * The load of `bench serve`, the same for every server: so many connections, each of which sends the
 * next request once the last is answered. Prints one JSON line.
 *
 * Its client is the one that Local Azure's router uses: plain HTTP/1.1, connections kept where the
 * server keeps them.
 */

import { quantile } from "lib/core/mod.ts";
import { createHttpClient } from "lib/local_azure/http_client.ts";
import type { Load, LoadResult } from "../load.ts";

const { port, host, path, headers, body, connections, seconds, warmSeconds }: Load = JSON.parse(
  Deno.args[0],
);
const client = createHttpClient({ port, maxIdle: connections });
const bytes = new TextEncoder().encode(body);
const pairs: [string, string][] = [
  ["host", host],
  ["content-type", "application/json"],
  ...Object.entries(headers),
];

/** Sends until the time is up. */
async function drive(until: number, latencies: number[]): Promise<number> {
  let failed = 0;
  while (performance.now() < until) {
    const begin = performance.now();
    const status = await client
      .send({
        method: "POST",
        path,
        headers: pairs,
        body: bytes,
        length: bytes.length,
        timeoutMs: 10_000,
      })
      .then(async (answer) => {
        if (answer.body instanceof ReadableStream) await new Response(answer.body).arrayBuffer();
        return answer.status;
      }, () => 0);
    if (status === 200) latencies.push(performance.now() - begin);
    else failed++;
  }
  return failed;
}

async function round(length: number): Promise<LoadResult> {
  const latencies: number[] = [], begin = performance.now();
  const failures = await Promise.all(
    Array.from({ length: connections }, () => drive(begin + length * 1000, latencies)),
  );
  const took = (performance.now() - begin) / 1000;
  return {
    perSecond: latencies.length / took,
    p50: latencies.length > 0 ? quantile(latencies, 0.5) : 0,
    p99: latencies.length > 0 ? quantile(latencies, 0.99) : 0,
    failed: failures.reduce((sum, count) => sum + count, 0),
  };
}

await round(warmSeconds);
console.log(JSON.stringify(await round(seconds)));
client.close();
