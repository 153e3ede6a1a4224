/** Which handler answers which path of the control plane, whatever the api-version. */

import { type Json, type JsonRecord } from "lib/core/mod.ts";
import { gatewayError } from "./arm_error.ts";
import { DEEPEST, isTooDeep } from "./json_depth.ts";

/** The path of a workspace; routes begin with `~` for it. */
const WORKSPACE = "/subscriptions/{subscription}/resourceGroups/{group}/providers/" +
  "Microsoft.MachineLearningServices/workspaces/{workspace}";

/** One request, taken apart. */
export interface Call {
  /** E.g. `PUT`. */
  readonly method: string;
  /** What the client meant. */
  readonly url: URL;
  /** The parts of the path that the route names in braces, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The `api-version` asked for: any is served, and named again in the URLs handed out. */
  readonly apiVersion: string;
  /** The JSON object in the body; empty where there is none. */
  readonly body: JsonRecord;
}

/** One operation: a method, a path and who answers. */
export interface Route {
  /** E.g. `PUT`. */
  readonly method: string;
  /** E.g. `~/models/{name}`: `~` stands for a workspace, braces for one segment each. */
  readonly path: string;
  /** Answers. */
  handle(call: Call): Response | Promise<Response>;
}

/** A table of routes. */
export interface Router {
  /**
   * Finds who answers.
   *
   * @param method E.g. `PUT`.
   * @param pathname Path of the URL. Case and doubled slashes do not matter.
   * @returns The route and the named parts of the path.
   * @throws {ArmError} 404 if there is no such path, 405 if it has no such method.
   */
  find(method: string, pathname: string): {
    route: Route;
    params: Readonly<Record<string, string>>;
  };
}

/** Puts routes into a table. The first that fits wins. */
export function createRouter(routes: readonly Route[]): Router {
  const table = routes.map((route) => ({
    route,
    parts: split(route.path.replace(/^~/, WORKSPACE)),
  }));
  return {
    find(method, pathname) {
      const segments = split(pathname);
      const fitting = table.flatMap(({ route, parts }) => {
        const params = match(parts, segments);
        return params ? [{ route, params }] : [];
      });
      const found = fitting.find(({ route }) => route.method === method);
      if (found) return found;
      if (fitting.length > 0) {
        const message = `The requested resource does not support http method '${method}'.`;
        throw gatewayError(405, "MethodNotAllowed", message);
      }
      const message = `Local Azure has no operation at '/${segments.join("/")}'.`;
      throw gatewayError(404, "InvalidResourceType", message);
    },
  };
}

function split(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function match(
  parts: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    if (part.startsWith("{")) params[part.slice(1, -1)] = decode(segments[i]);
    else if (part.toLowerCase() !== segments[i].toLowerCase()) return undefined;
  }
  return params;
}

/** A decoded slash would make one name look like two, and a resource like another one's child. */
function decode(segment: string): string {
  let decoded = "/";
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    // refused below
  }
  // deno-lint-ignore no-control-regex -- these are what is looked for
  if (!/[/\\\u0000-\u001f\u007f]/.test(decoded)) return decoded;
  throw gatewayError(400, "InvalidRequestUri", `The path segment '${segment}' is badly encoded.`);
}

/**
 * The JSON object in a request's body.
 *
 * @throws {ArmError} 400 if there is something else.
 */
export function parseBody(text: string): JsonRecord {
  if (/^(null)?$/.test(text.trim())) return {};
  const refused = (why: string) =>
    gatewayError(
      400,
      "InvalidRequestContent",
      `The request content was invalid and could not be deserialized: '${why}'.`,
    );
  if (isTooDeep(text)) throw refused(`the body must not be nested deeper than ${DEEPEST} levels`);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused((error as Error).message);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refused("the body must be a JSON object");
  }
  if (HALF.test(text) && HALF.test(JSON.stringify(value))) {
    throw refused("the body must not hold half of a surrogate pair");
  }
  return value as JsonRecord;
}

/** An escaped surrogate; `JSON.stringify` writes those that have no other half so, and no others. */
const HALF = /(?<!\\)(?:\\\\)*\\ud[89a-f]/i;

/** An answer with a JSON body; `null` is a body too. */
export function answer(
  status: number,
  body: Json,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers });
}
