/** Sends the fuzzer's requests and holds each answer against the rules that all answers must keep. */

import { stream } from "lib/core/mod.ts";
import { type FuzzHost, OUTSIDE } from "./fuzz_host.ts";
import { CANARIES, PLACES, SECRETS } from "./fuzz_furniture.ts";
import type { Ground } from "./fuzz_drafts.ts";
import { noise } from "./fuzz_noise.ts";
import { type FuzzRequest, fuzzRequest } from "./fuzz_requests.ts";
import { Late, Wire, type WireAnswer } from "./fuzz_wire.ts";

/** What was sent and what came back. */
export interface Tally {
  /** Answers by face and status, e.g. `arm 404`; `closed` where the server ended the connection. */
  readonly counts: Map<string, number>;
  /** What broke a rule, with the request; the first of each kind. */
  readonly faults: Map<string, string>;
}

/** Requests on their way on one connection. */
const AHEAD = 16;

const decoder = new TextDecoder();

/**
 * Sends requests over several connections.
 *
 * @param options `count` in all, `seed` of the streams, `workers`: connections.
 */
export async function sendRequests(
  host: FuzzHost,
  ground: Ground,
  { count, seed, workers }: { count: number; seed: number; workers: number },
): Promise<Tally> {
  const tally: Tally = { counts: new Map(), faults: new Map() };
  await Promise.all(Array.from({ length: workers }, async (_, worker) => {
    const random = stream(seed, `fuzz ${worker}`);
    let left = Math.ceil(count / workers), wire: Wire | undefined, queue: FuzzRequest[] = [];
    while (left > 0 || queue.length > 0) {
      while (queue.length < AHEAD && left > 0) queue.push(fuzzRequest(random, ground)), left--;
      if (!host.isUp) throw new Error(`Local Azure has ended: ${host.output()}`);
      wire ??= await Wire.open(ground.port);
      const batch = queue, answers: WireAnswer[] = [];
      try {
        await wire.exchange(batch, (answer) => void answers.push(answer));
      } catch (error) {
        if (!(error instanceof Late)) throw error;
        const late = batch[answers.length];
        note(tally, late, "late", `no answer in time to ${shown(late)}`);
        wire.close();
      }
      for (const [i, answer] of answers.entries()) judge(tally, batch[i], answer);
      queue = batch.slice(answers.length);
      if (queue.length === 0) continue;
      wire = undefined; // the connection is gone; with no answer at all, the first request is why
      if (answers.length === 0) note(tally, queue.shift()!, "closed");
    }
    wire?.close();
  }));
  return tally;
}

/** Sends bytes that are no good HTTP, each on a connection of its own. */
export async function sendNoise(
  host: FuzzHost,
  ground: Ground,
  { count, seed, workers }: { count: number; seed: number; workers: number },
): Promise<Tally> {
  const tally: Tally = { counts: new Map(), faults: new Map() };
  await Promise.all(Array.from({ length: workers }, async (_, worker) => {
    const random = stream(seed, `noise ${worker}`);
    for (let left = Math.ceil(count / workers); left > 0; left--) {
      const bytes = noise(random, ground.mark), wire = await Wire.open(ground.port);
      try {
        await wire.write(bytes).catch(() => {});
        await wire.end();
        const answer = await wire.answer("GET", 10_000);
        const status = answer?.status ?? "closed";
        count1(tally.counts, `noise ${status}`);
        if (typeof status === "number" && status >= 500) {
          const what = `noise ${status}: ${decoder.decode(bytes.subarray(0, 300))} → ${
            decoder.decode(answer!.body).slice(0, 300)
          }`;
          tally.faults.set(`noise ${status} ${decoder.decode(bytes.subarray(0, 40))}`, what);
        }
      } catch (error) {
        if (!(error instanceof Late)) throw error;
        count1(tally.counts, "noise late");
        tally.faults.set("noise late", decoder.decode(bytes.subarray(0, 300)));
      } finally {
        wire.close();
      }
      if (!host.isUp) throw new Error(`Local Azure has ended: ${host.output()}`);
    }
  }));
  return tally;
}

function judge(tally: Tally, request: FuzzRequest, { status, body, headers }: WireAnswer): void {
  const text = decoder.decode(body), { face } = request;
  const broke = (what: string) => `${what}: ${shown(request)} → ${status} ${text.slice(0, 400)}`;
  note(tally, request, String(status));
  // what MLflow and Azurite say themselves, in their own words
  const isKnown = /"error_code":"(NOT_IMPLEMENTED|INVALID_STATE)"/.test(text) ||
    headers.get("x-ms-error-code") === "APINotImplemented";
  if (status >= 500 && !isKnown) {
    const kind = text.replaceAll(/[\da-f-]{32,36}|[^\x20-\x7e]/g, "").slice(0, 120);
    tally.faults.set(`${face} ${status} ${kind}`, broke("server error"));
  }
  if (headers.has("x-injected")) tally.faults.set(`${face} injected`, broke("header injected"));
  if (text.includes(OUTSIDE) || text.includes("root:x:0:0")) {
    tally.faults.set(`${face} outside`, broke("a file outside was read"));
  }
  if (Object.values(SECRETS).some((secret) => text.includes(secret))) {
    tally.faults.set(`${face} secret`, broke("a secret that nobody asked for"));
  }
  if (face === "foreign" && status !== 421 && status !== 400 && status !== 403) {
    tally.faults.set("foreign", broke("a foreign host was answered"));
  }
  const named = `${request.target} ${decoder.decode(request.body)}`;
  for (const [i, canary] of CANARIES.entries()) {
    const isOwn = named.toLowerCase().includes(PLACES[i].home.split("/").at(-1)!) ||
      (i === 0 && face === "mlflow") || text.startsWith("<!doctype html>") ||
      face === "control" || face === "page";
    if (!isOwn && text.includes(canary)) tally.faults.set(`${face} leak`, broke("a leak"));
  }
}

function note(tally: Tally, request: FuzzRequest, what: string, fault?: string): void {
  count1(tally.counts, `${request.face} ${what}`);
  if (fault) tally.faults.set(`${request.face} ${what}`, fault);
}

function count1(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function shown({ method, target, headers, body }: FuzzRequest): string {
  const lines = headers.map(([name, value]) =>
    `${name}: ${value.length > 200 ? `${value.slice(0, 60)}…${value.length}` : value}`
  );
  return `${method} ${target.slice(0, 400)} {${lines.join("; ")}} ${
    decoder.decode(body).slice(0, 600)
  }`;
}
