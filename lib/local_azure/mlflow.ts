/**
 * MLflow's REST API: experiments, runs, artifacts, registered models. It answers under three mounts,
 * with one store behind them:
 *
 * - `http://127.0.0.1:PORT/api/2.0/mlflow/…`, without a token, for any MLflow client, and
 *   `/ajax-api/2.0/mlflow/…` for MLflow's own web pages;
 * - `https://REGION.api.azureml.ms/mlflow/v1.0|v2.0/subscriptions/…/workspaces/WS/api/2.0/mlflow/…`,
 *   with a token, for that workspace; there Azure ML's stricter rules hold.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import type { Service } from "./context.ts";
import { json, page } from "./mlflow_answers.ts";
import { answerArtifact } from "./mlflow_artifact_http.ts";
import { ARTIFACT_ROUTES } from "./mlflow_artifacts.ts";
import { checkAzureOperation } from "./mlflow_azure_rules.ts";
import { BROWSER_LISTS, BROWSER_ROUTES, browserArtifact } from "./mlflow_browser.ts";
import { type Mlflow, type MlflowGround, openMlflow, type Routes } from "./mlflow_context.ts";
import { absent, errorBody, invalid, MlflowError } from "./mlflow_error.ts";
import { ensureDefaultExperiment, EXPERIMENT_ROUTES } from "./mlflow_experiments.ts";
import { answerGraphql } from "./mlflow_graphql.ts";
import { type Given, givenIn, givenInQuery, isObject } from "./mlflow_fields.ts";
import { parseLooseJson } from "./mlflow_json.ts";
import { MODEL_ROUTES } from "./mlflow_models.ts";
import { MLFLOW_HOSTS, mountOf, scopeOf } from "./mlflow_mounts.ts";
import { isCrossSite } from "./mlflow_origin.ts";
import { RUN_DATA_ROUTES } from "./mlflow_run_data.ts";
import { RUN_SEARCH_ROUTES } from "./mlflow_run_search.ts";
import { RUN_ROUTES } from "./mlflow_runs.ts";
import { VERSION_ROUTES } from "./mlflow_versions.ts";
import { BodyError, requestText } from "./request_text.ts";

/** Options of {@linkcode mlflowService}. */
export interface MlflowOptions {
  /** Whether MLflow's rules hold where Azure ML's are stricter. Default no. */
  readonly lenient?: boolean;
}

/** Audience of the tokens that are accepted. */
const AUDIENCE = "https://management.azure.com";

const ROUTES: Routes = {
  ...EXPERIMENT_ROUTES,
  ...RUN_ROUTES,
  ...RUN_DATA_ROUTES,
  ...RUN_SEARCH_ROUTES,
  ...ARTIFACT_ROUTES,
  ...MODEL_ROUTES,
  ...VERSION_ROUTES,
  ...BROWSER_ROUTES,
  // asked whenever a run's artifacts are listed; a 404 would end the client's work
  "POST logged-models/search": () => ({}),
};

/** What is answered, as method and path, e.g. `POST runs/create`. */
export const MLFLOW_OPERATIONS: readonly string[] = Object.keys(ROUTES);

/** Parameters of a query that may be there several times. */
const LISTS = ["order_by", "stages", "experiment_ids"];

/** The service, for the table of hosts. */
export function mlflowService(local: MlflowGround, options: MlflowOptions = {}): Service {
  return {
    hosts: MLFLOW_HOSTS,
    handle: (request, url) => handleMlflow(request, url, local, options),
  };
}

/**
 * Answers one request.
 *
 * @param request As it came.
 * @param url What the client meant: `https://HOST/path?query`, the host in lower case.
 * @param local Store, clock, tokens, log and folder.
 * @param options See {@linkcode MlflowOptions}.
 * @returns The answer; a mistake of the client is one too.
 */
export async function handleMlflow(
  request: Request,
  url: URL,
  local: MlflowGround,
  options: MlflowOptions = {},
): Promise<Response> {
  try {
    return await answerFor(request, url, local, options);
  } catch (error) {
    if (error instanceof MlflowError) return json(error.status, errorBody(error));
    if (error instanceof BodyError) {
      const { status, message } = error;
      const refusal = json(status, errorBody(new MlflowError(status, "BAD_REQUEST", message)));
      refusal.headers.set("connection", "close"); // the rest of the body may come for ever
      return refusal;
    }
    local.log.error("MLflow request failed", {
      ...{ method: request.method, path: url.pathname },
      error: error instanceof Error ? error.stack ?? error.message : String(error),
    });
    const message = error instanceof Error ? error.message : String(error);
    return json(500, errorBody(new MlflowError(500, "INTERNAL_ERROR", message)));
  }
}

async function answerFor(
  request: Request,
  url: URL,
  local: MlflowGround,
  { lenient = false }: MlflowOptions,
): Promise<Response> {
  const mounted = mountOf(url.hostname, rawPath(request));
  if (!mounted) return page(404);
  if (mounted.isAzure) {
    const fault = local.tokens.fault(request, [AUDIENCE]);
    if (fault) {
      const refusal = errorBody(new MlflowError(401, "UNAUTHENTICATED", fault.message));
      return json(401, { ...refusal, error: { ...fault } });
    }
  } else if (isCrossSite(request)) {
    return new Response("Cross-origin request blocked", { status: 403 });
  }
  const inPage = !mounted.isAzure && /^\/(model-versions\/)?get-artifact$/.exec(mounted.path);
  if (inPage && request.method === "GET") {
    const scope = scopeOf(local, mounted, lenient)!;
    return await browserArtifact(insideOf(local), scope, url.searchParams, Boolean(inPage[1]));
  }
  if (!mounted.isAzure && mounted.path === "/graphql" && request.method === "POST") {
    const scope = scopeOf(local, mounted, lenient)!, mlflow = insideOf(local);
    ensureDefaultExperiment({ mlflow, scope });
    return json(200, await answerGraphql({ mlflow, scope, routes: ROUTES }, await bodyOf(request)));
  }
  // pages ask under /ajax-api/ for what programs ask under /api/
  const asked = mounted.isAzure ? mounted.path : mounted.path.replace(/^\/ajax-api\//, "/api/");
  const artifacts = /^\/api\/2\.0\/mlflow-artifacts\/artifacts(\/.*)?$/.exec(asked);
  const path = /^\/api\/2\.0\/mlflow\/(.+)$/.exec(asked)?.[1];
  const operation = `${request.method} ${path}`;
  const isHere = Object.hasOwn(ROUTES, operation) &&
    !(mounted.isAzure && Object.hasOwn(BROWSER_ROUTES, operation));
  if (!artifacts && !isHere) {
    const methods = Object.keys(ROUTES).filter((key) => key.endsWith(` ${path}`));
    return methods.length > 0 ? page(405, methods.map((key) => key.split(" ")[0])) : page(404);
  }
  const scope = scopeOf(local, mounted, lenient);
  if (!scope) throw absent(`Workspace ${mounted.workspace} was not found`);
  const mlflow = insideOf(local);
  if (artifacts) return await answerArtifact(request, url, mlflow, scope, artifacts[1]);
  if (scope.strict) checkAzureOperation(operation);
  ensureDefaultExperiment({ mlflow, scope });
  const given = await givenBy(request, url, operation);
  return json(200, await ROUTES[operation]({ mlflow, scope, given }));
}

/** What a request gives: its query, or the JSON in its body. */
async function givenBy(request: Request, url: URL, operation: string): Promise<Given> {
  if (request.method === "GET") {
    return givenInQuery(url.searchParams, [...LISTS, ...BROWSER_LISTS[operation] ?? []]);
  }
  return givenIn(await bodyOf(request));
}

/** The JSON object in a request's body; an empty one where there is no body. */
async function bodyOf(request: Request): Promise<JsonRecord> {
  const type = request.headers.get("content-type") ?? "";
  const text = await requestText(request);
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
  }
  const body = parseLooseJson(text);
  if (body === undefined || body === null) return {};
  if (isObject(body)) return body;
  throw invalid("Bad Request. The body must be a JSON object.");
}

const INSIDES = new WeakMap<MlflowGround["store"], Mlflow>();

/** The inside that belongs to a store, made at its first request. */
export function insideOf(local: MlflowGround): Mlflow {
  const known = INSIDES.get(local.store);
  if (known) return known;
  const made = openMlflow(local);
  INSIDES.set(local.store, made);
  return made;
}

/** The path as it was sent; a URL object would have resolved the `..` in it. */
function rawPath({ url }: Request): string {
  return /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? "/";
}
