/** Where clients ask how an operation is getting on. The SDKs go by these headers and bodies. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, ARM, type Arm } from "./arm_context.ts";
import { frontEndError } from "./arm_error.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import type { Operation } from "./operations.ts";

/**
 * How long a poll is held back while the operation still runs, in milliseconds. Clients poll twice at
 * once and then every 2 s (JavaScript) or 5 to 30 s (Python), so a held poll saves them the wait.
 */
const HOLD_MS = 2000;

/** What a poll of a slow operation says: come back in so many seconds. */
const SLOW = { "retry-after": "1" };

const LOCATIONS = `/subscriptions/{subscription}/providers/${AML}/locations/{location}`;

/** What the URLs of an operation are made of. */
export interface OperationUrlParts {
  readonly subscription: string;
  readonly location: string;
  readonly apiVersion: string;
  /** `oe:GUID` for an endpoint and `od:GUID` for a deployment of the workspace with that GUID. */
  readonly scope?: string;
}

/** The poll URLs of an operation: its status, and its result. */
export function operationUrls(
  { id }: Operation,
  { subscription, location, apiVersion, scope }: OperationUrlParts,
): { status: string; result: string } {
  const base = `${ARM}/subscriptions/${subscription}/providers/${AML}/locations/${location}`;
  const version = `api-version=${encodeURIComponent(apiVersion)}`;
  if (!scope) {
    const url = `${base}/workspaceOperationsStatus/${id}?${version}`;
    return { status: `${url}&type=async`, result: `${url}&type=location` };
  }
  return {
    status: `${base}/mfeOperationsStatus/${scope}:${id}?${version}`,
    result: `${base}/mfeOperationResults/${scope}:${id}?${version}`,
  };
}

/** The poll URLs of an operation on a compute. */
export function computeOperationUrls(
  { id }: Operation,
  { subscription, location, apiVersion }: Omit<OperationUrlParts, "scope">,
): { status: string; result: string } {
  const base = `${ARM}/subscriptions/${subscription}/providers/${AML}/locations/${location}`;
  const version = `api-version=${encodeURIComponent(apiVersion)}`;
  return {
    status: `${base}/computeOperationsStatus/${id}?${version}`,
    result: `${base}/computeOperationsResults/${id}?${version}`,
  };
}

/** How long the service says that an operation may take. */
export const TIMEOUT_HEADER = { "x-ms-async-operation-timeout": "PT30M" };

/** The operations that tell about operations. */
export function operationRoutes({ store, operations }: Arm): Route[] {
  async function found(id: string): Promise<Operation> {
    const operation = await operations.settled(id.split(":").at(-1)!, HOLD_MS);
    if (operation) return operation;
    throw frontEndError(404, "OperationNotFound", `There is no operation '${id}'.`);
  }

  async function status({ params, url }: Call): Promise<Response> {
    const operation = await found(params.operation);
    const slow = operation.status === "Running" ? SLOW : {};
    return answer(200, statusBody(operation, url.pathname), slow);
  }

  async function result({ params, url }: Call): Promise<Response> {
    const operation = await found(params.operation);
    if (operation.status === "Running") return empty(202, { location: url.href, ...SLOW });
    const body = statusBody(operation, url.pathname);
    return answer(operation.status === "Succeeded" ? 200 : 400, body);
  }

  async function workspaceStatus(call: Call): Promise<Response> {
    const operation = await found(call.params.operation);
    if (call.url.searchParams.get("type") === "location") {
      if (operation.status === "Running") return empty(202, { location: call.url.href, ...SLOW });
      const workspace = store.get(operation.target);
      return workspace ? answer(200, workspace.body) : empty(204);
    }
    const { status, error } = operation, running = status === "Running";
    const shown = {
      status: running ? operation.doing : status,
      percentComplete: running ? 0 : 100,
    };
    return answer(200, error ? { ...shown, error: { ...error } } : shown, running ? SLOW : {});
  }

  return [
    { method: "GET", path: `${LOCATIONS}/mfeOperationsStatus/{operation}`, handle: status },
    { method: "GET", path: `${LOCATIONS}/mfeOperationResults/{operation}`, handle: result },
    { method: "GET", path: `${LOCATIONS}/computeOperationsStatus/{operation}`, handle: status },
    { method: "GET", path: `${LOCATIONS}/computeOperationsResults/{operation}`, handle: result },
    {
      method: "GET",
      path: `${LOCATIONS}/workspaceOperationsStatus/{operation}`,
      handle: workspaceStatus,
    },
  ];
}

function statusBody(
  { status, doing, startedAt, endedAt, error }: Operation,
  id: string,
): JsonRecord {
  return {
    id,
    name: id.split("/").at(-1)!,
    startTime: startedAt.toISOString(),
    ...endedAt ? { endTime: endedAt.toISOString() } : {},
    percentComplete: endedAt ? 100 : 0,
    status: status === "Running" ? doing : status,
    ...error ? { error: { ...error } } : {},
  };
}
