/**
 * Azure ML's run history, as far as Microsoft's own clients ask for it: how a job stands, what of it is
 * changed without the control plane, and where artifacts of runs are put and found. Beside it the
 * discovery document, which tells where the run history is. Its host is MLflow's too.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import { ArmError } from "./arm_error.ts";
import { answer, parseBody } from "./arm_router.ts";
import type { LocalAzure, Service } from "./context.ts";
import type { Mlflow, Scope } from "./mlflow_context.ts";
import { insideOf } from "./mlflow.ts";
import { MlflowError } from "./mlflow_error.ts";
import { ARTIFACT_HISTORY } from "./run_history_artifacts.ts";
import { JOB_HISTORY } from "./run_history_jobs.ts";

/** One request to the run history of a workspace. */
export interface HistoryCall {
  readonly local: LocalAzure;
  readonly mlflow: Mlflow;
  readonly scope: Scope;
  /** What the path names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonRecord;
}

/** Answers by method and path, e.g. `GET runs/{run}/details`. */
export type HistoryRoutes = Readonly<
  Record<string, (call: HistoryCall) => JsonRecord | Promise<JsonRecord>>
>;

/** Audiences of the tokens that are accepted: clients ask for the one or the other. */
const AUDIENCES = ["https://management.azure.com", "https://ml.azure.com"];

const WORKSPACE =
  /^\/history\/v1\.0(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+)\/(.+)$/i;

const ROUTES = Object.entries({ ...JOB_HISTORY, ...ARTIFACT_HISTORY }).map(([key, handle]) => {
  const [method, path] = key.split(" ");
  const pattern = path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return { method, pattern: new RegExp(`^${pattern}$`), handle };
});

/**
 * The service of a region: the run history and the discovery document, and MLflow for all else.
 *
 * @param mlflow What else answers at that host.
 * @param local The emulator's inside.
 */
export function withRunHistory(mlflow: Service, local: LocalAzure): Service {
  return {
    hosts: mlflow.hosts,
    async handle(request, url) {
      const { hostname, pathname } = url;
      if (!hostname.endsWith(".api.azureml.ms")) return await mlflow.handle(request, url);
      if (pathname === "/discovery" && request.method === "GET") return discovery(hostname);
      if (!pathname.startsWith("/history/")) return await mlflow.handle(request, url);
      return await answerHistory(request, url, local);
    },
  };
}

/** Where the region's services are: all of them here. */
function discovery(host: string): Response {
  const api = `https://${host}`;
  return answer(200, { api, history: api, mlflow: api });
}

async function answerHistory(request: Request, url: URL, local: LocalAzure): Promise<Response> {
  try {
    const fault = local.tokens.fault(request, AUDIENCES);
    if (fault) return refusal(401, fault.code, fault.message);
    const [, id, rest] = WORKSPACE.exec(url.pathname) ?? [];
    const found = ROUTES.filter(({ pattern }) => rest !== undefined && pattern.test(rest));
    if (found.length === 0) return refusal(404, "NotFound", `There is nothing at ${url.pathname}.`);
    const route = found.find(({ method }) => method === request.method);
    if (!route) return refusal(405, "MethodNotAllowed", `${request.method} is not allowed there.`);
    const workspace = local.store.get(id);
    if (!workspace) return refusal(404, "UserError", `Workspace ${id} was not found.`);
    const named = Object.entries(route.pattern.exec(rest)!.groups ?? {});
    const params = Object.fromEntries(
      named.map(([key, value]) => [key, decodeURIComponent(value)]),
    );
    const scope: Scope = {
      ...{ workspace: workspace.id, key: workspace.id.toLowerCase() },
      ...{ strict: true, host: url.hostname },
    };
    const body = parseBody(request.method === "GET" ? "" : await request.text());
    const call = { local, mlflow: insideOf(local), scope, params, query: url.searchParams, body };
    return answer(200, await route.handle(call));
  } catch (error) {
    if (error instanceof URIError) return refusal(400, "UserError", "The path is badly encoded.");
    const isOurs = error instanceof MlflowError || error instanceof ArmError;
    if (isOurs) return refusal(error.status, "UserError", error.message);
    throw error;
  }
}

function refusal(status: number, code: string, message: string): Response {
  return answer(status, { error: { code, message } });
}
