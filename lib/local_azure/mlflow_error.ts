/** Errors of the MLflow REST API, with the codes and the sentences of the MLflow server. */

import type { JsonRecord } from "lib/core/mod.ts";

/** A request that is refused. Thrown by the rules, turned into an answer by the service. */
export class MlflowError extends Error {
  /** Always `MlflowError`. */
  override readonly name = "MlflowError";
  /** HTTP status. */
  readonly status: number;
  /** E.g. `RESOURCE_DOES_NOT_EXIST`. */
  readonly code: string;

  /** See {@linkcode invalid} and its neighbours, which read better. */
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const SEE = "See the API docs for more information about request parameters.";

/** 400: a value breaks a rule. */
export function invalid(message: string): MlflowError {
  return new MlflowError(400, "INVALID_PARAMETER_VALUE", message);
}

/** 400: a parameter that must be there is not. `path` is e.g. `metrics[0].key`. */
export function missing(path: string): MlflowError {
  return invalid(`Missing value for required parameter '${path}'. ${SEE}`);
}

/** 400: a value of another type than the parameter's. */
export function wrongType(path: string, value: unknown): MlflowError {
  const hint = `Hint: Value was of type '${typeName(value)}'`;
  return invalid(
    `Invalid value ${JSON.stringify(value)} for parameter '${path}' supplied:  ${hint}. ${SEE}`,
  );
}

/** 400: a value that breaks the rule of its parameter. */
export function invalidValue(path: string, value: unknown, rule: string): MlflowError {
  return invalid(
    `Invalid value ${JSON.stringify(value)} for parameter '${path}' supplied: ${rule}`,
  );
}

/** 404: there is no such thing. */
export function absent(message: string): MlflowError {
  return new MlflowError(404, "RESOURCE_DOES_NOT_EXIST", message);
}

/** 400: the name is taken. */
export function taken(message: string): MlflowError {
  return new MlflowError(400, "RESOURCE_ALREADY_EXISTS", message);
}

/** The body that an error is answered with. */
export function errorBody({ code, message }: MlflowError): JsonRecord {
  return { error_code: code, message };
}

/** How Python calls the type, since the server's hints do. */
function typeName(value: unknown): string {
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return Array.isArray(value) ? "list" : "dict";
}
