/** MLflow's REST calls over a `fetch` that somebody else has authorised. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { TrackingError } from "./tracking_error.ts";

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Calls the server. */
export interface Rest {
  /** The server, without a slash at the end. */
  readonly baseUrl: string;
  /** GETs `/api/2.0/mlflow/PATH`. `action` is what the error says could not be done. */
  get(action: string, path: string, query: Readonly<Record<string, string>>): Promise<JsonRecord>;
  /** POSTs to `/api/2.0/mlflow/PATH`. */
  post(action: string, path: string, body: JsonRecord): Promise<JsonRecord>;
  /** Asks any URL; answers that are no success are errors here too. */
  send(action: string, url: string, init: RequestInit, by?: Fetch): Promise<Response>;
}

/** Calls the server at `baseUrl`. Every method throws {@linkcode TrackingError}. */
export function createRest(fetch: Fetch, baseUrl: string): Rest {
  const base = baseUrl.replace(/\/+$/, "");

  async function send(action: string, url: string, init: RequestInit, by: Fetch = fetch) {
    const response = await by(url, init).catch((cause) => unreachable(action, cause));
    if (response.ok) return response;
    const text = await textOf(action, response);
    throw new TrackingError({ action, ...faultIn(text, response.status) });
  }

  /** The server may go away in the middle of its answer too. */
  async function textOf(action: string, response: Response): Promise<string> {
    return await response.text().catch((cause) => unreachable(action, cause));
  }

  async function call(action: string, path: string, init: RequestInit): Promise<JsonRecord> {
    const response = await send(action, `${base}/api/2.0/mlflow/${path}`, init);
    const { status } = response, body = parsed(await textOf(action, response));
    if (isRecord(body)) return body;
    const reason = "the answer is no JSON object, so this is no MLflow server";
    throw new TrackingError({ action, code: `HTTP_${status}`, reason, status });
  }

  return {
    baseUrl: base,
    get: (action, path, query) =>
      call(action, `${path}?${new URLSearchParams(query)}`, { method: "GET" }),
    post: (action, path, body) =>
      call(action, path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    send,
  };
}

function unreachable(action: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new TrackingError({ action, code: "UNREACHABLE", reason, status: 0 }, { cause });
}

/** Whether a value is an object, and no list. */
export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** MLflow's error, or Azure's, or a page of something in between. */
function faultIn(text: string, status: number): { code: string; reason: string; status: number } {
  const body = parsed(text), record = isRecord(body) ? body : {};
  const azure = isRecord(record.error) ? record.error : {};
  const code = record.error_code ?? azure.code ?? `HTTP_${status}`;
  const reason = record.message ?? azure.message ?? `the server answered ${status}`;
  return { code: String(code), reason: String(reason), status };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
