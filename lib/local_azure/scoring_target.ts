/** A deployment as the router sees it: its container's client, and what has been counted. */

import type { Logger } from "lib/core/mod.ts";
import type { ObserveAnswer } from "./endpoint_metrics.ts";
import { createHttpClient, type HttpClient } from "./http_client.ts";
import { HttpError } from "./http_error.ts";
import { type HeaderPair, isHopByHop } from "./http_head.ts";
import type { HttpRequest } from "./http_sender.ts";
import {
  type CopiedBody,
  copyingBody,
  createMirrorMeter,
  type DropReason,
  type MirrorMeter,
} from "./mirror.ts";
import type { PlainAnswer, PlainRequest } from "./plain_http.ts";
import { createRequestMeter, type RequestMeter } from "./request_meter.ts";
import type { RunningDeployment } from "./runtime.ts";
import { bodyOf, modelAnswer, refusal } from "./scoring_answer.ts";

/** A deployment that requests are passed to. */
export interface ScoringTarget {
  /** Its ARM id in lower case. */
  readonly id: string;
  /** Its counts. */
  readonly meter: RequestMeter;
  /** Counts of the copies that it got. */
  readonly mirrored: MirrorMeter;
  /**
   * Passes a request to the container and its answer back.
   *
   * @param request The request; its body has not been read.
   * @param running The deployment as it runs.
   * @param since When the request came, on `performance.now()`.
   * @param mirror Takes a copy of the request; it is called once the request is on its way, and must
   * neither wait nor throw.
   * @param traceparent The header of that name, where the caller sent none.
   */
  pass(
    request: PlainRequest,
    running: RunningDeployment,
    since: number,
    mirror?: (copy: RequestCopy) => void,
    traceparent?: string,
  ): Promise<PlainAnswer>;
  /**
   * Sends a copy of a request to the container; its answer is read and thrown away. Returns at once.
   *
   * @param copy The copy.
   * @param running The deployment as it runs; undefined if it does not.
   */
  take(copy: RequestCopy, running: RunningDeployment | undefined): void;
  /** Lets go of its connections. */
  close(): void;
}

/** A request that is sent a second time, with the ids that the first had. */
export interface RequestCopy extends Pick<HttpRequest, "method" | "path" | "headers"> {
  /** Its body, once it is there as a whole. */
  readonly body: Promise<CopiedBody>;
}

/** Idle connections that are kept to a container. */
const MAX_IDLE = 256;

/**
 * A target.
 *
 * @param names `id`, and the deployment's name as its creator spelt it; `observe` is told of each answer.
 * @param log Told of containers that do not answer.
 */
export function createScoringTarget(
  { id, deployment, observe }: { id: string; deployment: string; observe?: ObserveAnswer },
  log: Logger,
): ScoringTarget {
  const meter = createRequestMeter(observe), mirrored = createMirrorMeter();
  let client: HttpClient | undefined, clientPort = 0;

  /** A container that was started again has another port; old connections end with the old one. */
  function clientOf(port: number): HttpClient {
    if (client && clientPort === port) return client;
    clientPort = port;
    return client = createHttpClient({ port, maxIdle: MAX_IDLE });
  }

  async function pass(
    request: PlainRequest,
    running: RunningDeployment,
    since: number,
    mirror?: (copy: RequestCopy) => void,
    traceparent?: string,
  ): Promise<PlainAnswer> {
    meter.begin();
    const { method } = request, { headers, length, id } = passedOn(request);
    if (traceparent !== undefined) headers.push(["traceparent", traceparent]);
    try {
      const given = await bodyOf(request, length), path = targetOf(request.url);
      const { body, copied } = mirror ? copyable(given) : { body: given, copied: undefined };
      const waitedMs = performance.now() - since;
      const { requestTimeoutMs } = running.spec, { signal } = request;
      const timeoutMs = Math.max(requestTimeoutMs - waitedMs, 1);
      const sent = clientOf(running.port)
        .send({ method, path, headers, body, length, timeoutMs, signal });
      if (mirror && copied) mirror({ method, path, headers, body: copied });
      const answer = await sent;
      const modelMs = performance.now() - since;
      const end = () => meter.end(answer.status === 200 ? 200 : 424, answer.status, modelMs);
      const leftMs = Math.max(requestTimeoutMs - modelMs, 1);
      return modelAnswer(answer, { method, deployment, id, modelMs, leftMs, end });
    } catch (error) {
      const fault = error instanceof HttpError ? error.fault : "aborted"; // by the caller's body
      const parts = { ...FAILURES[fault] ?? UNREACHABLE, deployment, id };
      meter.end(parts.status, undefined, performance.now() - since);
      if (parts.status === 424) log.warn("container did not answer", { deployment, fault, error });
      return refusal(parts);
    }
  }

  function take(copy: RequestCopy, running: RunningDeployment | undefined): void {
    if (!running?.ready) return mirrored.drop("not-ready");
    // half of what callers may have, so that copies alone never turn a caller away
    const { maxConcurrentRequests, instances } = running.spec;
    if (mirrored.underWay >= maxConcurrentRequests * instances) return mirrored.drop("busy");
    mirrored.begin();
    send(copy, running).then(
      (outcome) => mirrored.end(outcome),
      (error) => {
        mirrored.end();
        log.info("copy of a request got no answer", { deployment, error });
      },
    );
  }

  /** Gives what is to be counted: the container's status, or why nothing was sent. */
  async function send(
    { method, path, headers, body }: RequestCopy,
    { port, spec: { requestTimeoutMs: timeoutMs } }: RunningDeployment,
  ): Promise<number | DropReason> {
    const copied = await body;
    if ("reason" in copied) return copied.reason;
    const { bytes } = copied, isEmpty = bytes.length === 0;
    const length = method === "GET" || method === "HEAD" ? undefined : bytes.length;
    const answer = await clientOf(port).send({
      ...{ method, path, headers, timeoutMs, length },
      body: isEmpty ? undefined : bytes,
    });
    if (answer.body instanceof ReadableStream) await thrownAway(answer.body, timeoutMs);
    return answer.status;
  }

  return { id, meter, mirrored, pass, take, close: () => client?.close() };
}

/** A body that can be sent, and its copy. */
function copyable(
  body: Uint8Array | ReadableStream<Uint8Array> | undefined,
): { body: typeof body; copied: Promise<CopiedBody> } {
  if (body instanceof ReadableStream) return copyingBody(body);
  return { body, copied: Promise.resolve({ bytes: body ?? new Uint8Array() }) };
}

/** Reads a stream to its end, so that the container does all of its work; not for longer than that. */
async function thrownAway(body: ReadableStream<Uint8Array>, timeoutMs: number): Promise<void> {
  const reader = body.getReader();
  const late = setTimeout(() => reader.cancel().catch(() => {}), timeoutMs);
  try {
    while (!(await reader.read()).done);
  } finally {
    clearTimeout(late);
  }
}

/** How an exchange fails that does not fail for want of a container. */
const FAILURES: Readonly<Record<string, { status: number; text: string }>> = {
  timeout: { status: 408, text: "upstream request timeout" },
  aborted: { status: 499, text: "" },
};

const UNREACHABLE = { status: 424, text: "upstream connect error", reason: "model_error" };

/** Headers that the container is given, and the request's id; the key that opens the door is kept. */
/** What is said to the router alone. */
const NOT_PASSED: ReadonlySet<string> = new Set([
  "authorization",
  "expect",
  "x-local-azure-folder",
]);

function passedOn(request: PlainRequest): { headers: HeaderPair[]; length?: number; id: string } {
  const headers: HeaderPair[] = [];
  let length: number | undefined, requestId: string | undefined, msRequestId: string | undefined;
  request.headers.forEach((value, name) => {
    if (name === "content-length") length = Number(value);
    else if (name === "x-request-id") requestId = value;
    else if (name === "x-ms-request-id") msRequestId = value;
    else if (!isHopByHop(name) && !NOT_PASSED.has(name)) {
      headers.push([name, value]);
    }
  });
  const id = requestId ?? msRequestId ?? crypto.randomUUID();
  headers.push(["x-request-id", id], ["x-ms-request-id", id]);
  return { headers, length, id };
}

/** Path and query as the client wrote them. */
function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  return start < 0 ? "/" : url.slice(start);
}
