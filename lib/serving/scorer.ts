/** The scoring service as a function from request to response; no server, no environment. */

import type { Logger } from "lib/core/mod.ts";
import { checkInput, type Model, predict } from "lib/model/mod.ts";
import { readScoreRequest } from "./request_body.ts";
import { swagger } from "./swagger.ts";

/** What answers. */
export interface ScorerOptions {
  /** The model. */
  readonly model: Model;
  /** Its version in the registry. */
  readonly version: string;
  /** Whether requests are taken; false while the server ends. Default always. */
  readonly ready?: () => boolean;
  /** A line for each request: no inputs, no secrets. Default none. */
  readonly log?: Logger;
}

/** Largest body, in bytes. */
export const MAX_BODY = 4_000_000;

/**
 * The scoring service: `POST /score`, `GET /health/live`, `/health/ready`, `/swagger.json`.
 *
 * Each answer names the model, its version and its digest, so whoever gets it can tell which bytes
 * answered.
 *
 * @param options See {@linkcode ScorerOptions}.
 * @returns The handler, for `Deno.serve`.
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
 * const score = createScorer({ model, version: "1" });
 * const response = await score(new Request("http://x/score", { method: "POST", body: '{"data": [[4]]}' }));
 * const { predictions, model: answered } = await response.json();
 * assert.equal(predictions[0].label, "b");
 * assert.equal(answered.digest, model.digest);
 * ```
 */
export function createScorer(options: ScorerOptions): (request: Request) => Promise<Response> {
  const { model, ready = () => true, log } = options;

  return async (request) => {
    const started = performance.now();
    const requestId = request.headers.get("x-request-id") ?? crypto.randomUUID();
    const { pathname } = new URL(request.url);
    const response = await answer(request, pathname, requestId);
    response.headers.set("x-request-id", requestId);
    if (pathname === "/score") {
      const ms = Number((performance.now() - started).toFixed(3));
      log?.info("scored", { requestId, status: response.status, ms });
    }
    return response;
  };

  async function answer(request: Request, path: string, requestId: string): Promise<Response> {
    switch (`${request.method} ${path}`) {
      case "GET /health/live":
        return Response.json({ status: "live" });
      case "GET /health/ready":
        return Response.json({ status: ready() ? "ready" : "ending", digest: model.digest }, {
          status: ready() ? 200 : 503,
        });
      case "GET /swagger.json":
        return Response.json(swagger(model.document));
      case "POST /score":
        return await score(request, requestId);
    }
    const known = ["/score", "/health/live", "/health/ready", "/swagger.json"].includes(path);
    return known
      ? fault(405, "MethodNotAllowed", `${request.method} is not allowed on ${path}`)
      : fault(404, "NotFound", `there is nothing at ${path}`);
  }

  async function score(request: Request, requestId: string): Promise<Response> {
    const length = Number(request.headers.get("content-length") ?? 0);
    const text = length > MAX_BODY ? undefined : await request.text();
    if (text === undefined || text.length > MAX_BODY) {
      return fault(413, "PayloadTooLarge", `the body must have at most ${MAX_BODY} bytes`);
    }
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return fault(400, "BadArgument", "the body must be JSON");
    }
    const read = readScoreRequest(body);
    if (!read.ok) return fault(400, "BadArgument", `the body ${read.message}`);
    const checked = checkInput(read.rows, model.document.signature);
    if (!checked.ok) {
      const count = checked.violations.length;
      const message = `the rows break the signature in ${count} ${
        count === 1 ? "place" : "places"
      }`;
      return fault(400, "BadArgument", message, checked.violations);
    }
    return Response.json(predictions(checked, read.correlationIds, requestId));
  }

  function predictions(
    { x, unusual }: { x: Float64Array; unusual: readonly { row: number | null }[] },
    ids: readonly string[] | undefined,
    requestId: string,
  ) {
    const { classes } = model.document.signature, k = classes.length;
    const { labels, probabilities } = predict(model, x);
    return {
      model: { name: model.document.name, version: options.version, digest: model.digest },
      requestId,
      predictions: Array.from(labels, (label, i) => ({
        label: classes[label],
        probabilities: Object.fromEntries(
          classes.map((name, c) => [name, probabilities[i * k + c]]),
        ),
        correlationId: ids?.[i] ?? `${requestId}/${i}`,
        unusual: unusual.filter(({ row }) => row === i),
      })),
    };
  }
}

function fault(
  status: number,
  code: string,
  message: string,
  violations?: readonly unknown[],
): Response {
  return Response.json({ error: { code, message, ...(violations && { violations }) } }, { status });
}
