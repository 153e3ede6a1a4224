/**
 * Answers of the scoring router, as the service's front door gives them.
 *
 * Unverified, since no contract says: the words in the bodies of 404, 408 and of an unreachable
 * container's 424 (they are Envoy's own), and that the rate limit's 429 names no reason.
 */

import type { HttpAnswer } from "./http_connection.ts";
import { HttpError } from "./http_error.ts";
import type { HeaderPair } from "./http_head.ts";
import type { PlainAnswer, PlainRequest } from "./plain_http.ts";

/** Header that names the deployment: which one is meant, and which one answered. */
export const DEPLOYMENT_HEADER = "azureml-model-deployment";

/** Longest body of a request that is read at once, in bytes; longer ones are streamed. */
export const SMALL_BODY = 64 * 1024;

const SERVER = "azureml-frontdoor";

const LATE = "Cannot send the rest of the answer as the request timeout is over";

const REASON = "ms-azureml-model-error-reason", STATUS = "ms-azureml-model-error-statuscode";

/** Headers that the front door sets, whatever a container says. */
const OURS: ReadonlySet<string> = new Set([
  ...["server", "x-request-id", "x-ms-request-id", DEPLOYMENT_HEADER, "azureml-model-session"],
  ...["ms-azureml-model-time", REASON, STATUS],
]);

/** What is known of a request when its answer is made. */
export interface Answered {
  /** The request's. */
  readonly method: string;
  /** Name of the deployment that answered. */
  readonly deployment: string;
  /** The request's id. */
  readonly id: string;
  /** Milliseconds until the container had answered. */
  readonly modelMs: number;
  /** Milliseconds that are left for the rest of a body that is on its way. */
  readonly leftMs: number;
  /** Called once the answer's body is over. */
  readonly end: () => void;
}

/**
 * The container's answer as a client sees it: 200 as it is, anything else as 424 with its body.
 *
 * @see The service's Envoy filter: every status but 200 is replaced, 201 and 204 included.
 */
export function modelAnswer(
  answer: HttpAnswer,
  { method, deployment, id, modelMs, leftMs, end }: Answered,
): PlainAnswer {
  const { status, body } = answer, isOk = status === 200, isHead = method === "HEAD";
  const isStream = body instanceof ReadableStream;
  if (!isStream) end();
  const headers: HeaderPair[] = [];
  for (const pair of answer.headers) {
    // The length is that of the body; one that is only stated would be waited for, unless for HEAD.
    if (!OURS.has(pair[0]) && (pair[0] !== "content-length" || isHead)) headers.push(pair);
  }
  headers.push(
    ["server", SERVER],
    ["x-request-id", id],
    ["x-ms-request-id", id],
    [DEPLOYMENT_HEADER, deployment],
    ["azureml-model-session", deployment],
    ["ms-azureml-model-time", String(Math.round(modelMs))],
  );
  if (!isOk) headers.push([REASON, "model_error"], [STATUS, String(status)]);
  return {
    status: isOk ? 200 : 424,
    headers,
    body: isStream ? endingWith(body, leftMs, end) : body,
  };
}

/**
 * A stream that says when it is over: read to its end, given up, or cut off because the time for the
 * whole answer, which the request timeout is, has run out.
 */
function endingWith(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  leftMs: number,
  end: () => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel("it took too long").catch(() => {});
  }, leftMs);
  const over = () => {
    clearTimeout(timer);
    end();
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (!done) return controller.enqueue(value);
        over();
        if (isLate) controller.error(new HttpError("timeout", LATE));
        else controller.close();
      } catch (error) {
        over();
        controller.error(error);
      }
    },
    async cancel(reason) {
      over();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

/** What a refusal is made of. */
export interface Refusal {
  /** 401, 404, 408, 424, 429; 499 for a caller that has gone. */
  readonly status: number;
  /** The body. */
  readonly text: string;
  /** Why, in the service's word, e.g. `too_many_pending_request`. */
  readonly reason?: string;
  /** The deployment that the request was for. */
  readonly deployment?: string;
  /** The request's id, if it has one yet. */
  readonly id?: string;
}

/** An answer that no container gave. */
export function refusal(
  { status, text, reason, deployment, id = crypto.randomUUID() }: Refusal,
): PlainAnswer {
  const headers: HeaderPair[] = [
    ["server", SERVER],
    ["content-type", "text/plain"],
    ["x-request-id", id],
    ["x-ms-request-id", id],
  ];
  if (deployment !== undefined) headers.push([DEPLOYMENT_HEADER, deployment]);
  if (reason !== undefined) headers.push([REASON, reason]);
  // to the front door, a container that it cannot reach is one that answers 503
  if (status === 424) headers.push([STATUS, "503"]);
  return { status, headers, body: text };
}

/** Refuses a request whose body was not read: it is read first, or the connection would be lost. */
export async function refuse(request: PlainRequest, parts: Refusal): Promise<PlainAnswer> {
  const { headers } = request, length = headers.get("content-length");
  const body = await bodyOf(request, length === null ? undefined : Number(length))
    .catch(() => undefined); // it was cut off: nobody waits for the answer
  if (body instanceof ReadableStream) await body.cancel();
  const id = headers.get("x-request-id") ?? headers.get("x-ms-request-id") ?? undefined;
  return refusal({ id, ...parts });
}

/**
 * The body of a request: its bytes if they are few, a stream otherwise, nothing if there are none.
 * `request.body` is looked at last, since that alone makes a stream and costs as much as the rest.
 */
export async function bodyOf(
  request: PlainRequest,
  length: number | undefined,
): Promise<Uint8Array | ReadableStream<Uint8Array> | undefined> {
  if (length === 0) return undefined;
  if (length !== undefined && length <= SMALL_BODY) return await request.bytes();
  if (length === undefined && (request.method === "GET" || request.method === "HEAD")) {
    return undefined;
  }
  return request.body ?? undefined;
}
