/** The scoring service as a function from request to response; no server, no environment. */

import { type Clock, type Logger, show, systemClock } from "lib/core/mod.ts";
import { checkInput, type InputViolation, type Model } from "lib/model/mod.ts";
import { answerRows, scoredRequest } from "./answer.ts";
import { fault, unserved } from "./health.ts";
import { DEFAULT_LIMITS, type Limits, MAX_ID } from "./limits.ts";
import { readBody } from "./read_body.ts";
import { readScoreRequest } from "./request_body.ts";
import type { RequestTrace } from "./request_trace.ts";
import type { ScoredSink } from "./scored.ts";
import { swagger } from "./swagger.ts";
import { systemTimers, type Timers } from "./timers.ts";

/** What answers. */
export interface ScorerOptions {
  /** The model. */
  readonly model: Model;
  /** Its version in the registry. */
  readonly modelVersion: string;
  /** Takes what was answered. Default nobody. */
  readonly collector?: ScoredSink;
  /** Tells of the requests to `/score`. Default nobody. */
  readonly trace?: Pick<RequestTrace, "begin" | "end">;
  /** A line for each request: no inputs, no secrets. Default none. */
  readonly log?: Logger;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default {@linkcode DEFAULT_LIMITS}. */
  readonly limits?: Limits;
  /** Whether requests are to be sent here; false while the server ends. Default always. */
  readonly ready?: () => boolean;
  /** For incident drills, a deployment that is slow: `/score` answers so much later. Default 0. */
  readonly delayMs?: number;
  /** Default: the machine's timers. */
  readonly timers?: Timers;
}

/**
 * The scoring service: `POST /score`, `GET /health/live`, `/health/ready`, `/swagger.json`.
 *
 * Each answer names the model, its version and its digest, so whoever gets it can tell which bytes
 * answered. Ids: `x-request-id` is taken over or made; a row's correlation id is the body's own, else
 * `x-correlation-id` (with `/0`, `/1` … where there are many rows), else the request's id with `/0` …
 *
 * @param options See {@linkcode ScorerOptions}.
 * @returns The handler, for `Deno.serve`. It never rejects: a fault of ours is a 500.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { forestJson, MODEL_FORMAT, modelBytes, readModel } from "lib/model/mod.ts";
 * import { createScorer } from "lib/serving/mod.ts";
 *
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const forest = forestJson([{ distribution: [[0, 1]] }], 1);
 * const model = readModel(modelBytes({ format: MODEL_FORMAT, name: "pets", signature, forest }));
 * const score = createScorer({ model, modelVersion: "1" });
 * const response = await score(new Request("http://x/score", { method: "POST", body: '{"data": [[4]]}' }));
 * const { predictions, model: answered } = await response.json();
 * assert.equal(predictions[0].label, "b");
 * assert.equal(answered.digest, model.digest);
 * ```
 */
export function createScorer(options: ScorerOptions): (request: Request) => Promise<Response> {
  const {
    model,
    modelVersion,
    collector,
    trace,
    log,
    clock = systemClock,
    limits = DEFAULT_LIMITS,
    ready = () => true,
    delayMs = 0,
    timers = systemTimers,
  } = options;
  const { signature } = model.document, inputs = signature.inputs.map(({ name }) => name);

  return async (request) => {
    const started = performance.now();
    const requestId = idFrom(request, "x-request-id") ?? crypto.randomUUID();
    const { pathname } = new URL(request.url), { method } = request;
    const traced = pathname === "/score" && trace?.begin(request.headers.get("traceparent"));
    let response: Response, rows = 0;
    try {
      ({ response, rows = 0 } = await route(request, pathname, requestId));
    } catch (error) {
      log?.error("failed", { requestId, error });
      response = fault(500, { code: "InternalError", message: "the row could not be answered" });
    }
    if (delayMs > 0 && pathname === "/score") {
      await new Promise<void>((resolve) => void timers.after(delayMs, resolve));
    }
    response.headers.set("x-request-id", requestId);
    if (pathname === "/score") {
      const ms = Number((performance.now() - started).toFixed(3)), { status } = response;
      log?.info("scored", { requestId, status, rows, ms });
      if (traced) {
        trace?.end(traced, { method, path: pathname, status, durationMs: ms, requestId, rows });
      }
    }
    return response;
  };

  async function route(request: Request, path: string, requestId: string): Promise<Routed> {
    const no = unserved(request.method, path);
    if (no || path !== "/score") await request.body?.cancel();
    if (no) return { response: no };
    switch (path) {
      case "/health/live":
        return { response: Response.json({ status: "live" }) };
      case "/health/ready":
        return { response: readiness() };
      case "/swagger.json":
        return { response: Response.json(swagger(model.document)) };
      default:
        return await score(request, requestId);
    }
  }

  function readiness(): Response {
    const isReady = ready(), status = isReady ? "ready" : "ending";
    return Response.json({ status, digest: model.digest }, { status: isReady ? 200 : 503 });
  }

  async function score(request: Request, requestId: string): Promise<Routed> {
    const read = await readBody(request, limits);
    if (!read.ok) return refused(read.status, read.message);
    const wanted = readScoreRequest(read.body, { inputs, maxRows: limits.maxRows });
    if (!wanted.ok) return refused(400, `the body ${wanted.message}`);
    const checked = checkInput(wanted.rows, signature), rows = wanted.rows.length;
    if (!checked.ok) {
      const count = checked.violations.length, places = count === 1 ? "place" : "places";
      const message = `the rows break the signature in ${count} ${places}`;
      return { ...refused(400, message, checked.violations.map(shortened)), rows };
    }
    const { x, unusual } = checked, given = idFrom(request, "x-correlation-id");
    const correlationIds = wanted.correlationIds ?? rowIds(rows, { given, requestId });
    const answer = answerRows(model, { modelVersion, x, unusual, requestId, correlationIds });
    if (collector) {
      const correlationId = given ?? requestId, time = clock.now().toISOString();
      try {
        collector.collect(scoredRequest(model, x, answer, { correlationId, time }));
      } catch (error) {
        log?.error("not collected", { requestId, error }); // the caller gets its answer all the same
      }
    }
    return { response: Response.json(answer), rows };
  }
}

interface Routed {
  readonly response: Response;
  readonly rows?: number;
}

/** An id from a header, if it is one: printable ASCII of bearable length. */
function idFrom(request: Request, header: string): string | undefined {
  const id = request.headers.get(header);
  return id !== null && id.length <= MAX_ID && /^[\x21-\x7e]+$/.test(id) ? id : undefined;
}

function rowIds(
  rows: number,
  { given, requestId }: { given: string | undefined; requestId: string },
): string[] {
  if (given !== undefined && rows === 1) return [given];
  return Array.from({ length: rows }, (_, i) => `${given ?? requestId}/${i}`);
}

/** What was found, short enough to be shown: a row of thousands of values is not sent back. */
function shortened(violation: InputViolation): InputViolation {
  const { value } = violation;
  const isShort = value === null || typeof value === "number" || typeof value === "boolean";
  return isShort ? violation : { ...violation, value: show(value) };
}

function refused(status: number, message: string, violations?: readonly unknown[]): Routed {
  const code = status === 413 ? "PayloadTooLarge" : "BadArgument";
  return { response: fault(status, { code, message, ...(violations && { violations }) }) };
}
