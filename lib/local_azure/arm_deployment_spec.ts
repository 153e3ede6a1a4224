/** From a deployment's body to what the runtime starts: ids become files, durations milliseconds. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, propertiesOf } from "./arm_context.ts";
import { badRequest } from "./arm_error.ts";
import { placeOf } from "./asset_uri.ts";
import { durationMs } from "./durations.ts";
import type { DeploymentSpec, Probe, Route } from "./runtime.ts";
import { blobPlace } from "./storage_account.ts";
import type { Store, Stored } from "./store.ts";

/**
 * What the runtime starts for a deployment.
 *
 * @param store Where environment and model are looked up.
 * @param places The workspace, and the endpoint above the deployment.
 * @param body The deployment's body, filled in.
 * @throws {ArmError} 400 if the environment or the model is not there, or cannot be run.
 */
export function deploymentSpec(
  store: Store,
  { workspace, endpoint }: { workspace: Stored; endpoint: Stored },
  body: JsonRecord,
): DeploymentSpec {
  const properties = propertiesOf(body);
  const environment = asset(store, properties, "environmentId", "environments")!;
  const model = asset(store, properties, "model", "models");
  const settings = properties.requestSettings as JsonRecord;
  return {
    id: String(body.id).toLowerCase(),
    endpoint: String(endpoint.body.name),
    name: String(body.name),
    ...model ? { model: modelOf(store, workspace, model) } : {},
    context: contextOf(environment),
    environmentVariables: properties.environmentVariables as Record<string, string>,
    routes: routesOf(environment),
    liveness: probeOf(properties.livenessProbe as JsonRecord),
    readiness: probeOf(properties.readinessProbe as JsonRecord),
    requestTimeoutMs: durationMs(String(settings.requestTimeout))!,
    maxConcurrentRequests: Number(settings.maxConcurrentRequestsPerInstance),
    instances: Number((body.sku as JsonRecord).capacity),
  };
}

function asset(
  store: Store,
  properties: JsonRecord,
  name: "environmentId" | "model",
  plural: string,
): Stored | undefined {
  const given = properties[name];
  if (given === null) return undefined;
  const id = String(given).replace(/^azureml:(?=\/)/, "");
  const found = store.get(id), type = `${AML}/workspaces/${plural}/versions`.toLowerCase();
  if (found?.type === type) return found;
  const rule = `must be the id of a version in ${plural} that is there`;
  throw badRequest({ field: `properties.${name}`, rule, value: short(id) });
}

/** The end of an id, which tells more than its beginning where there is not room for all of it. */
function short(id: string): string {
  return id.split(/\/workspaces\//i).at(-1)!;
}

function modelOf(store: Store, workspace: Stored, model: Stored): DeploymentSpec["model"] {
  const uri = String(propertiesOf(model.body).modelUri), place = placeOf(store, workspace, uri);
  if (!place) {
    const rule = "must name a model whose files lie in a blob datastore of the workspace";
    throw badRequest({ field: "properties.model", rule, value: uri });
  }
  return { name: model.id.split("/").at(-3)!, version: String(model.body.name), ...place };
}

function contextOf({ id, body }: Stored): DeploymentSpec["context"] {
  const build = propertiesOf(body).build as JsonRecord | undefined;
  const place = build && blobPlace(String(build.contextUri));
  if (place) return { ...place, dockerfile: String(build.dockerfilePath) };
  const rule =
    "must name an environment with a build context in Blob, since Local Azure pulls no " +
    "images and no repositories";
  throw badRequest({ field: "properties.environmentId", rule, value: short(id) });
}

function routesOf({ id, body }: Stored): DeploymentSpec["routes"] {
  const config = (propertiesOf(body).inferenceConfig ?? {}) as unknown as Record<
    string,
    Route | undefined
  >;
  const { livenessRoute, readinessRoute, scoringRoute } = config;
  if (livenessRoute && readinessRoute && scoringRoute) {
    return { liveness: livenessRoute, readiness: readinessRoute, scoring: scoringRoute };
  }
  const rule = "must name an environment whose inferenceConfig has a livenessRoute, a " +
    "readinessRoute and a scoringRoute";
  throw badRequest({ field: "properties.environmentId", rule, value: short(id) });
}

function probeOf(probe: JsonRecord): Probe {
  const ms = (name: string) => durationMs(String(probe[name]))!;
  return {
    initialDelayMs: ms("initialDelay"),
    periodMs: ms("period"),
    timeoutMs: ms("timeout"),
    failureThreshold: Number(probe.failureThreshold),
    successThreshold: Number(probe.successThreshold),
  };
}
