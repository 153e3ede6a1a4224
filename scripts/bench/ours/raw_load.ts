/**
 * The load of `bench local-azure`: so many connections over raw sockets, each of which sends the same
 * bytes once the last answer is whole. Prints one JSON line.
 *
 * It reads of an answer only its status and its length, so that it is busy far less than whoever
 * answers; how busy it was is told beside the figures.
 */

import process from "node:process";
import { quantile } from "lib/core/mod.ts";
import type { Load, RawLoadResult } from "../load.ts";

const { port, host, path, headers, body, connections, seconds, warmSeconds }: Load = JSON.parse(
  Deno.args[0],
);
const request = new TextEncoder().encode([
  `POST ${path} HTTP/1.1`,
  `host: ${host}`,
  "content-type: application/json",
  `content-length: ${new TextEncoder().encode(body).length}`,
  ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  "",
  body,
].join("\r\n"));
const decoder = new TextDecoder();

/** One connection. */
async function drive(until: number, latencies: number[]): Promise<number> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  socket.setNoDelay(true);
  const buffer = new Uint8Array(64 * 1024);
  let failed = 0;
  while (performance.now() < until) {
    const begin = performance.now();
    for (let at = 0; at < request.length;) at += await socket.write(request.subarray(at));
    if (await answer(socket, buffer) === "200") latencies.push(performance.now() - begin);
    else failed++;
  }
  socket.close();
  return failed;
}

/** Reads one answer; its status. */
async function answer(socket: Deno.TcpConn, buffer: Uint8Array): Promise<string> {
  for (let to = 0;;) {
    const count = await socket.read(buffer.subarray(to));
    if (count === null) throw new Error("Cannot measure as the server ended a connection");
    to += count;
    const text = decoder.decode(buffer.subarray(0, to)), end = text.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    const isWhole = length === undefined
      ? text.endsWith("\r\n0\r\n\r\n")
      : to >= end + 4 + Number(length);
    if (isWhole) return text.slice(9, 12);
  }
}

async function round(length: number): Promise<RawLoadResult> {
  const latencies: number[] = [], begin = performance.now(), before = process.cpuUsage();
  const failures = await Promise.all(
    Array.from({ length: connections }, () => drive(begin + length * 1000, latencies)),
  );
  const took = (performance.now() - begin) / 1000, { user, system } = process.cpuUsage(before);
  return {
    perSecond: latencies.length / took,
    p50: latencies.length > 0 ? quantile(latencies, 0.5) : 0,
    p99: latencies.length > 0 ? quantile(latencies, 0.99) : 0,
    failed: failures.reduce((sum, count) => sum + count, 0),
    answered: latencies.length,
    busy: (user + system) / 1e6 / took,
  };
}

if (warmSeconds > 0) await round(warmSeconds);
console.log(JSON.stringify(await round(seconds)));
