/** Errors of the control plane, in the two shapes that Azure has for them. */

import { BadInput, type BadInputParts, type JsonRecord } from "lib/core/mod.ts";

/** Who refuses: Azure Resource Manager before the service is asked, or the service's front end. */
export type ErrorSource = "gateway" | "frontEnd";

/** One entry of an error's `details`. */
export interface ErrorDetail {
  /** E.g. `InferencingClientCallFailed`. */
  readonly code: string;
  /** One sentence, or JSON where the service puts JSON there. */
  readonly message: string;
}

/** A request that is refused. Thrown by the rules, turned into an answer by the router. */
export class ArmError extends Error {
  /** Always `ArmError`. */
  override readonly name = "ArmError";
  /** HTTP status. */
  readonly status: number;
  /** The service's code, e.g. `ResourceNotFound`. */
  readonly code: string;
  /** Who refuses. */
  readonly source: ErrorSource;
  /** What is wrong, in parts. */
  readonly details: readonly ErrorDetail[];

  /** See {@linkcode gatewayError} and {@linkcode frontEndError}, which read better. */
  constructor(
    { status, code, message, source, details = [] }: {
      status: number;
      code: string;
      message: string;
      source: ErrorSource;
      details?: readonly ErrorDetail[];
    },
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.source = source;
    this.details = details;
  }
}

/** A refusal by Azure Resource Manager itself. */
export function gatewayError(status: number, code: string, message: string): ArmError {
  return new ArmError({ status, code, message, source: "gateway" });
}

/** A refusal by the service. Without `details` it has one that repeats code and message. */
export function frontEndError(
  status: number,
  code: string,
  message: string,
  details: readonly ErrorDetail[] = [{ code, message }],
): ArmError {
  return new ArmError({ status, code, message, source: "frontEnd", details });
}

/** 404 for a workspace, an endpoint, a deployment and whatever else Azure tracks by location. */
export function resourceNotFound(id: string): ArmError {
  const [, group, path] = /\/resourceGroups\/([^/]+)\/providers\/(.+)$/i.exec(id) ?? [];
  const [namespace, ...pairs] = (path ?? id).split("/");
  const name = [namespace, ...pairs].join("/");
  return gatewayError(
    404,
    "ResourceNotFound",
    `The Resource '${name}' under resource group '${group ?? "<null>"}' was not found. For more ` +
      "details please go to https://aka.ms/ARMResourceNotFoundFix",
  );
}

/** 404 for what is only the service's own: assets, datastores. */
export function notFound(message: string): ArmError {
  return frontEndError(404, "NotFound", message);
}

/** 400 about an endpoint or a deployment: names field, rule and value inside `details`. */
export function badRequest(parts: BadInputParts | string): ArmError {
  const message = JSON.stringify({
    errors: { "": [worded(parts)] },
    title: "One or more validation errors occurred.",
  });
  const details = [{ code: "InferencingClientCallFailed", message }];
  return frontEndError(400, "BadRequest", "The request is invalid.", details);
}

/** 400 about an asset or a datastore. */
export function userError(parts: BadInputParts | string): ArmError {
  return frontEndError(400, "UserError", worded(parts));
}

/** 409: something else is going on with that resource. */
export function conflict(message: string): ArmError {
  return frontEndError(409, "Conflict", message);
}

function worded(parts: BadInputParts | string): string {
  return typeof parts === "string" ? parts : new BadInput(parts).message;
}

/** What the body of an error says besides the error. */
export interface ErrorOrigin {
  /** Id of the request, which the log has as well. */
  readonly requestId: string;
  /** Id that joins the requests of one piece of work. */
  readonly correlationId: string;
  /** Region. */
  readonly location: string;
  /** When. */
  readonly time: Date;
}

/** The body that an error is answered with. */
export function errorBody(error: ArmError, origin: ErrorOrigin): JsonRecord {
  const { code, message, source } = error;
  if (source === "gateway") return { error: { code, message } };
  const details = error.details.map((detail) => ({ ...detail, details: [], additionalInfo: [] }));
  const { requestId, correlationId, location, time } = origin;
  const additionalInfo = Object.entries({
    ComponentName: { value: "managementfrontend" },
    Correlation: { value: { operation: correlationId, request: requestId } },
    Environment: { value: location },
    Location: { value: location },
    Time: { value: time.toISOString() },
  }).map(([type, info]) => ({ type, info }));
  return { error: { code, message, details, additionalInfo } };
}
