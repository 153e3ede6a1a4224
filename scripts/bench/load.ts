/** Loads a server, with the same generator whoever it is. */

import { jsonOutput, ours } from "./measure.ts";

/** What to send where. */
export interface Load {
  /** On 127.0.0.1. */
  readonly port: number;
  /** The `Host` header. */
  readonly host: string;
  /** Path of the route. */
  readonly path: string;
  /** Headers besides host and content type. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** Requests under way at once. */
  readonly connections: number;
  /** How long it is measured, in seconds. */
  readonly seconds: number;
  /** How long it is loaded before that, in seconds. */
  readonly warmSeconds: number;
}

/** What came of it. */
export interface LoadResult {
  /** Requests a second that were answered with 200. */
  readonly perSecond: number;
  /** Median latency, in milliseconds. */
  readonly p50: number;
  /** 99th percentile of the latency, in milliseconds. */
  readonly p99: number;
  /** Requests that got another answer, or none. */
  readonly failed: number;
}

/** What came of a load over raw sockets. */
export interface RawLoadResult extends LoadResult {
  /** Requests that were answered with 200. */
  readonly answered: number;
  /** Processor time of the generator itself, in cores. */
  readonly busy: number;
}

/** Runs the generator in a process of its own. */
export async function loaded(load: Load): Promise<LoadResult> {
  return await jsonOutput<LoadResult>(ours("load.ts", JSON.stringify(load)));
}

/** Runs the generator that costs least, over raw sockets. */
export async function rawLoaded(load: Load): Promise<RawLoadResult> {
  return await jsonOutput<RawLoadResult>(ours("raw_load.ts", JSON.stringify(load)));
}
