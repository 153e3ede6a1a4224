/** Azure Resource Manager, as far as Azure ML needs it: who asks, for what, and how it is answered. */

import { randomUUID } from "node:crypto";
import { isApiVersion } from "./api_version.ts";
import { assetRoutes } from "./arm_assets.ts";
import { batchRoutes } from "./arm_batch.ts";
import { CODES } from "./arm_codes.ts";
import { companionRoutes } from "./arm_companions.ts";
import { COMPONENTS } from "./arm_components.ts";
import { computeRoutes } from "./arm_computes.ts";
import { connectionRoutes } from "./arm_connections.ts";
import type { Arm } from "./arm_context.ts";
import { DATA } from "./arm_data.ts";
import { datastoreRoutes } from "./arm_datastores.ts";
import { DEFAULT_WORKSPACE, makeDefaultWorkspace } from "./arm_default.ts";
import { deploymentRoutes } from "./arm_deployments.ts";
import { endpointKeyRoutes } from "./arm_endpoint_keys.ts";
import { endpointRoutes } from "./arm_endpoints.ts";
import { ENVIRONMENTS } from "./arm_environments.ts";
import { ArmError, errorBody, gatewayError } from "./arm_error.ts";
import { groupRoutes } from "./arm_groups.ts";
import { jobRoutes } from "./arm_jobs.ts";
import { createLeniency } from "./arm_lenient.ts";
import { metricAlertRoutes } from "./arm_metric_alerts.ts";
import { metricRoutes } from "./arm_metrics.ts";
import { MODELS } from "./arm_models.ts";
import { networkRoutes } from "./arm_network.ts";
import { notebookRoutes } from "./arm_notebooks.ts";
import { operationRoutes } from "./arm_operation_status.ts";
import { pendingUploadRoutes } from "./arm_pending_uploads.ts";
import { providerRoutes } from "./arm_provider.ts";
import { quotaRoutes } from "./arm_quotas.ts";
import { answer, createRouter, parseBody, type Route } from "./arm_router.ts";
import { scheduleRoutes } from "./arm_schedules.ts";
import { startSchedules } from "./schedule_clock.ts";
import { workspaceActionRoutes } from "./arm_workspace_actions.ts";
import { workspaceRoutes } from "./arm_workspaces.ts";
import type { LocalAzure, Service } from "./context.ts";
import type { LimitsBook } from "./limits.ts";
import { headerText } from "./header_text.ts";
import { createOperations } from "./operations.ts";
import { requestText } from "./request_text.ts";
import type { TokenFault } from "./tokens.ts";

/** Audiences of the tokens that are accepted. */
const AUDIENCES = ["https://management.azure.com", "https://management.core.windows.net"];

/** The control plane. */
export interface ArmService extends Service {
  /** Makes the default workspace, if there is nothing yet. */
  prepare(): Promise<void>;
  /** Starts the deployments that were running, and takes up unfinished operations. */
  resume(): Promise<void>;
  /** Stops working on operations; the next start takes them up. */
  close(): Promise<void>;
}

/** Options of {@linkcode armService}. */
export interface ArmOptions {
  /** Makes a blob container where there is none. */
  ensureContainer(name: string): Promise<void>;
  /** Writes a blob from inside. */
  writeBlob(container: string, name: string, bytes: Uint8Array): Promise<void>;
  readonly limits: LimitsBook;
  /** Whether groups and workspaces are made when they are first mentioned. */
  readonly lenient: boolean;
}

/**
 * All routes of the control plane, and what starts deployments again after a restart. Runners of their
 * operations are registered as well.
 */
export function armRoutes(arm: Arm): { routes: Route[]; revive(): Promise<void> } {
  const deployments = deploymentRoutes(arm);
  const routes = [
    ...groupRoutes(arm),
    ...companionRoutes(arm),
    ...operationRoutes(arm),
    ...quotaRoutes(arm),
    ...workspaceRoutes(arm),
    ...workspaceActionRoutes(arm),
    ...datastoreRoutes(arm),
    ...[MODELS, DATA, ENVIRONMENTS, CODES, COMPONENTS].flatMap((kind) => assetRoutes(arm, kind)),
    ...pendingUploadRoutes(arm),
    ...endpointRoutes(arm),
    ...endpointKeyRoutes(arm),
    ...deployments.routes,
    ...metricRoutes(arm),
    ...metricAlertRoutes(arm),
    ...computeRoutes(arm),
    ...jobRoutes(arm),
    ...scheduleRoutes(arm),
    ...batchRoutes(arm),
    ...connectionRoutes(arm),
    ...networkRoutes(arm),
    ...notebookRoutes(arm),
  ];
  routes.push(...providerRoutes(arm, routes));
  return { routes, revive: deployments.revive };
}

/** Makes the control plane of a Local Azure. */
export function armService(
  local: LocalAzure,
  { ensureContainer, writeBlob, limits, lenient }: ArmOptions,
): ArmService {
  const operations = createOperations(local);
  const arm: Arm = { ...local, operations, limits, ensureContainer, writeBlob, lenient };
  const { tokens, clock, log } = arm;
  const { routes, revive } = armRoutes(arm), router = createRouter(routes);
  const leniency = lenient ? createLeniency(arm) : undefined;
  async function handle(request: Request, url: URL): Promise<Response> {
    const requestId = randomUUID(), began = performance.now();
    const correlationId = request.headers.get("x-ms-correlation-request-id") ?? requestId;
    const text = await requestText(request); // first, since an unread body ends the connection
    let response: Response;
    try {
      const fault = tokens.fault(request, AUDIENCES);
      response = fault ? unauthorized(fault) : await routed(request.method, url, text);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const origin = { requestId, correlationId, location: DEFAULT_WORKSPACE.location };
      response = answer(error.status, errorBody(error, { ...origin, time: clock.now() }));
      if (error.source === "gateway") response.headers.set("x-ms-failure-cause", "gateway");
    }
    const { headers, status } = response, reads = /^(GET|HEAD)$/.test(request.method);
    headers.set("x-ms-request-id", requestId);
    headers.set("x-ms-correlation-request-id", correlationId);
    headers.set("x-ms-response-type", status < 400 ? "standard" : "error");
    headers.set("x-request-time", ((performance.now() - began) / 1000).toFixed(3));
    const [kind, left] = reads ? ["reads", "11999"] : ["writes", "1199"];
    headers.set(`x-ms-ratelimit-remaining-subscription-${kind}`, left);
    headers.set("cache-control", "no-cache");
    if (!reads || status >= 400) {
      const asked = { method: request.method, path: url.pathname, status };
      log.info("control plane", { ...asked, requestId, correlationId });
    }
    return response;
  }

  async function routed(method: string, url: URL, text: string): Promise<Response> {
    const { route, params } = router.find(method, url.pathname);
    const apiVersion = url.searchParams.get("api-version");
    if (!apiVersion) {
      const message =
        "The api-version query parameter (?api-version=) is required for all requests.";
      throw gatewayError(400, "MissingApiVersionParameter", message);
    }
    if (!isApiVersion(apiVersion)) {
      const message =
        `The api-version '${apiVersion}' is invalid: it must be a date, with '-preview' ` +
        "after it or not, e.g. 2022-10-01.";
      throw gatewayError(400, "InvalidApiVersionParameter", message);
    }
    const call = { method, url, params, apiVersion, body: parseBody(text) };
    return await (leniency ? leniency(route, call) : route.handle(call));
  }

  return {
    hosts: ["management.azure.com"],
    handle,
    prepare: () => makeDefaultWorkspace(arm),
    async resume() {
      startSchedules(arm);
      const revived = revive(); // first, since an operation waits for its deployment
      operations.resume();
      await revived;
    },
    close: () => operations.close(),
  };
}

function unauthorized({ code, message }: TokenFault): Response {
  const challenge =
    `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", ` +
    `error_description="${headerText(message)}"`;
  return answer(401, { error: { code, message } }, { "www-authenticate": challenge });
}
