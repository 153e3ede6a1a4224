/** The endpoint that the conformance check makes: its path, its body, its traffic. */

import { codeOf, type Context, type RawAnswer } from "./conformance_context.ts";

/** Path of the endpoint that the check makes, below the workspace. */
export const endpointPath = ({ names }: Context) => `/onlineEndpoints/${names.endpoint}`;
/** Path of its deployment. */
export const deploymentPath = (context: Context) =>
  `${endpointPath(context)}/deployments/${context.names.deployment}`;

/** Body of the endpoint. */
export function endpointBody({ workspace: { azure } }: Context, traffic: object = {}) {
  return {
    location: azure.location,
    identity: { type: "SystemAssigned" },
    tags: { purpose: "conformance" },
    properties: { authMode: "Key", traffic },
  };
}

/** Puts the endpoint with these shares. */
export function putTraffic(context: Context, traffic: Readonly<Record<string, number>>) {
  return context.raw("PUT", endpointPath(context), endpointBody(context, traffic));
}

/** `refused: 400 BadRequest`, or `accepted: 201`. */
export function refused(answer: RawAnswer): string {
  return answer.status < 400 ? `accepted: ${answer.status}` : `refused: ${codeOf(answer)}`;
}
