/** A deployment as the router sees it: its container's client, and what has been counted. */

import type { Logger } from "lib/core/mod.ts";
import { createHttpClient, type HttpClient } from "./http_client.ts";
import { HttpError } from "./http_error.ts";
import { type HeaderPair, isHopByHop } from "./http_head.ts";
import { createRequestMeter, type RequestMeter } from "./request_meter.ts";
import type { RunningDeployment } from "./runtime.ts";
import { bodyOf, modelAnswer, refusal } from "./scoring_answer.ts";

/** A deployment that requests are passed to. */
export interface ScoringTarget {
  /** Its ARM id in lower case. */
  readonly id: string;
  /** Its counts. */
  readonly meter: RequestMeter;
  /**
   * Passes a request to the container and its answer back.
   *
   * @param request The request; its body has not been read.
   * @param running The deployment as it runs.
   * @param since When the request came, on `performance.now()`.
   */
  pass(request: Request, running: RunningDeployment, since: number): Promise<Response>;
  /** Lets go of its connections. */
  close(): void;
}

/** Idle connections that are kept to a container. */
const MAX_IDLE = 256;

/**
 * A target.
 *
 * @param names `id`, and the deployment's name as its creator spelt it.
 * @param log Told of containers that do not answer.
 */
export function createScoringTarget(
  { id, deployment }: { id: string; deployment: string },
  log: Logger,
): ScoringTarget {
  const meter = createRequestMeter();
  let client: HttpClient | undefined, clientPort = 0;

  /** A container that was started again has another port; old connections end with the old one. */
  function clientOf(port: number): HttpClient {
    if (client && clientPort === port) return client;
    clientPort = port;
    return client = createHttpClient({ port, maxIdle: MAX_IDLE });
  }

  async function pass(request: Request, running: RunningDeployment, since: number) {
    meter.begin();
    const { method } = request, { headers, length, id } = passedOn(request);
    try {
      const body = await bodyOf(request, length);
      // Mirroring is to begin here: the request is known, and what comes of it is not.
      const waitedMs = performance.now() - since;
      const answer = await clientOf(running.port).send({
        ...{ method, path: targetOf(request.url), headers, body, length },
        timeoutMs: Math.max(running.spec.requestTimeoutMs - waitedMs, 1),
      });
      const modelMs = performance.now() - since;
      const end = () => meter.end(answer.status === 200 ? 200 : 424, answer.status, modelMs);
      return modelAnswer(answer, { method, deployment, id, modelMs, end });
    } catch (error) {
      const fault = error instanceof HttpError ? error.fault : "aborted"; // by the caller's body
      const parts = { ...FAILURES[fault] ?? UNREACHABLE, deployment, id };
      meter.end(parts.status, undefined, performance.now() - since);
      if (parts.status === 424) log.warn("container did not answer", { deployment, fault, error });
      return refusal(parts);
    }
  }

  return { id, meter, pass, close: () => client?.close() };
}

/** How an exchange fails that does not fail for want of a container. */
const FAILURES: Readonly<Record<string, { status: number; text: string }>> = {
  timeout: { status: 408, text: "upstream request timeout" },
  aborted: { status: 499, text: "" },
};

const UNREACHABLE = { status: 424, text: "upstream connect error", reason: "model_error" };

/** Headers that the container is given, and the request's id; the key that opens the door is kept. */
function passedOn(request: Request): { headers: HeaderPair[]; length?: number; id: string } {
  const headers: HeaderPair[] = [];
  let length: number | undefined, requestId: string | undefined, msRequestId: string | undefined;
  request.headers.forEach((value, name) => {
    if (name === "content-length") length = Number(value);
    else if (name === "x-request-id") requestId = value;
    else if (name === "x-ms-request-id") msRequestId = value;
    else if (!isHopByHop(name) && name !== "authorization" && name !== "expect") {
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
