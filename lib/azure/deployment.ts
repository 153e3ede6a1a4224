/** Deployments behind an endpoint. */

import { absent } from "./assets.ts";
import { checkConsent } from "./consent.ts";
import type { WaitOptions } from "./endpoint.ts";
import type { Azure } from "./open_azure.ts";
import { settle } from "./operation.ts";
import { priceOf } from "./prices.ts";

/** What a deployment is made of. */
export interface DeploymentDraft {
  /** The endpoint that it stands behind. */
  readonly endpoint: string;
  /** Its name: a letter, then letters, digits and single dashes; 3 to 32 characters. */
  readonly name: string;
  /** ARM id of the model's version. */
  readonly modelId: string;
  /** ARM id of the environment's version. */
  readonly environmentId: string;
  /** Variables that the container finds. */
  readonly variables: Readonly<Record<string, string>>;
  /** Texts by name. */
  readonly tags: Readonly<Record<string, string>>;
  /** Size of the machine, e.g. `Standard_DS2_v2`. */
  readonly instanceType: string;
  /** Number of machines. */
  readonly instances: number;
  /** Requests that one machine works on at once. */
  readonly concurrency: number;
  /** Longest time from the container's start until it is ready, in seconds. Default 60. */
  readonly readySeconds?: number;
}

/** A deployment as it stands. */
export interface Deployment {
  /** Its name. */
  readonly name: string;
  /** E.g. `Succeeded`. */
  readonly state: string;
  /** ARM id of the model's version. */
  readonly modelId: string;
  /** Texts by name. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The service's own limit is 310 s. A container whose model is not the right one lives and is never
 * ready, so that its log can be read: nobody should wait five minutes to be told.
 */
const READY_SECONDS = 60;

/** Lines of the log that a failed deployment shows. */
const LOG_LINES = 20;

/** Options of {@linkcode createDeployment}. */
export interface DeployOptions extends WaitOptions {
  /** Takes the sentence with the price, in the cloud. Default: it is printed. */
  readonly onCost?: (sentence: string) => void;
}

/**
 * Makes a deployment, or brings it up to date, and waits until it answers. It is what costs money:
 * in the cloud it tells the price per hour first, and goes on only if the person has agreed.
 *
 * @param azure The target.
 * @param draft See {@linkcode DeploymentDraft}.
 * @param options See {@linkcode DeployOptions}.
 * @throws {BadInput} If it costs money and nobody has said yes.
 * @throws {OperationError} If it does not come up; with the container's last log lines.
 */
export async function createDeployment(
  azure: Azure,
  draft: DeploymentDraft,
  { onCost = console.log, ...options }: DeployOptions = {},
): Promise<void> {
  const { ml, target, location, intervalMs } = azure;
  const { endpoint, name, modelId, environmentId, variables, tags } = draft;
  const { instanceType, instances } = draft;
  const what = `deployment ${name} of ${endpoint}`,
    price = priceOf({ instanceType, region: location });
  const cost = checkConsent(target, { what, instanceType, instances, region: location, price });
  if (cost) onCost(cost);
  const { readySeconds = READY_SECONDS } = draft;
  await settle(
    () =>
      ml.onlineDeployments.beginCreateOrUpdate(
        target.resourceGroup,
        target.workspace,
        endpoint,
        name,
        {
          location,
          tags: { ...tags },
          sku: { name: "Default", capacity: instances },
          properties: {
            endpointComputeType: "Managed",
            model: modelId,
            environmentId,
            environmentVariables: { ...variables },
            instanceType,
            requestSettings: {
              requestTimeout: "PT5S",
              maxConcurrentRequestsPerInstance: draft.concurrency,
            },
            readinessProbe: {
              ...{ initialDelay: "PT1S", period: "PT1S", timeout: "PT2S" },
              ...{ failureThreshold: readySeconds, successThreshold: 1 },
            },
            appInsightsEnabled: false,
          },
        },
      ),
    {
      action: `deploy ${name} to ${endpoint}`,
      intervalMs,
      log: () => deploymentLog(azure, { endpoint, name }, { tail: LOG_LINES }),
      ...options,
    },
  );
}

/** The deployment with that name; undefined if there is none. */
export async function getDeployment(
  { ml, target }: Azure,
  { endpoint, name }: { endpoint: string; name: string },
): Promise<Deployment | undefined> {
  const found = await ml.onlineDeployments
    .get(target.resourceGroup, target.workspace, endpoint, name).catch(absent);
  return found && summary(found);
}

/** All deployments of an endpoint. */
export async function listDeployments(
  { ml, target }: Azure,
  endpoint: string,
): Promise<Deployment[]> {
  const all: Deployment[] = [];
  const { resourceGroup, workspace } = target;
  for await (const found of ml.onlineDeployments.list(resourceGroup, workspace, endpoint)) {
    all.push(summary(found));
  }
  return all;
}

/** Removes a deployment that has no traffic; one that is not there counts as removed. */
export async function deleteDeployment(
  { ml, target, intervalMs }: Azure,
  { endpoint, name }: { endpoint: string; name: string },
  options: WaitOptions = {},
): Promise<void> {
  await settle(
    () => ml.onlineDeployments.beginDelete(target.resourceGroup, target.workspace, endpoint, name),
    { action: `delete deployment ${name} of ${endpoint}`, intervalMs, ...options },
  );
}

/** The last lines of a container's log. */
export async function deploymentLog(
  { ml, target }: Azure,
  { endpoint, name }: { endpoint: string; name: string },
  { tail }: { tail: number },
): Promise<string[]> {
  const { content } = await ml.onlineDeployments.getLogs(
    target.resourceGroup,
    target.workspace,
    endpoint,
    name,
    { containerType: "InferenceServer", tail },
  );
  return (content ?? "").trimEnd().split("\n").slice(-tail);
}

function summary(
  found: {
    name?: string;
    tags?: Record<string, string>;
    properties: { provisioningState?: string; model?: string };
  },
): Deployment {
  const { provisioningState = "Unknown", model = "" } = found.properties;
  return { name: found.name!, state: provisioningState, modelId: model, tags: found.tags ?? {} };
}
