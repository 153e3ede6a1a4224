/** Which share of an endpoint's requests goes to which deployment, and what is refused. */

import type { JsonRecord } from "lib/core/mod.ts";
import { knowsMirrorTraffic } from "./api_version.ts";
import { propertiesOf } from "./arm_context.ts";
import { badRequest } from "./arm_error.ts";
import type { Fields } from "./fields.ts";
import type { Stored } from "./store.ts";

/** Shares in percent, by the name of the deployment. */
export type Shares = Readonly<Record<string, number>>;

/** Largest share that may be mirrored, in percent. */
const MIRROR_MOST = 50;

/**
 * The traffic and the mirrored traffic that a PUT asks for.
 *
 * A version of the API that lacks `mirrorTraffic` cannot ask for it: the field is ignored, and the PUT,
 * which replaces the whole endpoint, ends a mirror that was there. Unverified, since no contract says.
 *
 * @param fields The endpoint's `properties`.
 * @param deployments The endpoint's deployments.
 * @param apiVersion Of the PUT.
 * @returns The shares; a deployment keeps the name that it was made with.
 * @throws {ArmError} 400 if the shares do not add up to 0 or 100, or name a deployment that is not
 * there or was never ready, or if more than one deployment is mirrored to, by more than 50 %, or to
 * one that has live traffic.
 */
export function wantedTraffic(
  fields: Fields,
  deployments: readonly Stored[],
  apiVersion: string,
): { traffic: Shares; mirrorTraffic: Shares } {
  const traffic = shares(fields, "traffic", deployments);
  const mirrorTraffic = knowsMirrorTraffic(apiVersion)
    ? shares(fields, "mirrorTraffic", deployments)
    : {};
  const sum = Object.values(traffic).reduce((sum, share) => sum + share, 0);
  if (sum !== 0 && sum !== 100) {
    const rule = `must add up to 0 or 100 percent (${list(traffic)})`;
    throw badRequest({ field: fields.path("traffic"), rule, value: sum });
  }
  const mirrored = Object.entries(mirrorTraffic).filter(([, share]) => share > 0);
  if (mirrored.length > 1) throw fields.refuse("mirrorTraffic", "must name one deployment only");
  for (const [name, share] of mirrored) {
    const field = fields.path(`mirrorTraffic.${name}`);
    if (share > MIRROR_MOST) {
      throw badRequest({ field, rule: `must be ${MIRROR_MOST} percent or less`, value: share });
    }
    if (traffic[name] > 0) {
      const rule = "must be 0, since the deployment has live traffic";
      throw badRequest({ field, rule, value: share });
    }
  }
  return { traffic, mirrorTraffic };
}

function shares(fields: Fields, name: string, deployments: readonly Stored[]): Shares {
  const given = Object.entries(fields.percents(name) ?? {});
  return Object.fromEntries(given.map(([key, share]) => {
    const found = deployments.find(({ body }) =>
      String(body.name).toLowerCase() === key.toLowerCase()
    );
    const field = fields.path(`${name}.${key}`);
    if (!found) {
      const names = deployments.map(({ body }) => body.name).join(", ") || "none yet";
      const rule = `must name a deployment of the endpoint (${names})`;
      throw badRequest({ field, rule, value: key });
    }
    if (share > 0 && !found.hidden.running) {
      const rule = "must be 0 until the deployment has come up";
      throw badRequest({ field, rule, value: share });
    }
    return [String(found.body.name), share];
  }));
}

function list(traffic: Shares): string {
  return Object.entries(traffic).map(([name, share]) => `${name} ${share}`).join(", ");
}

/**
 * Refuses the deletion of a deployment that requests still go to.
 *
 * @throws {ArmError} 400 if its live or mirrored share is above 0.
 */
export function checkNoTraffic(endpoint: JsonRecord, deployment: string): void {
  for (const kind of ["traffic", "mirrorTraffic"]) {
    const share = (propertiesOf(endpoint)[kind] as Shares | undefined)?.[deployment] ?? 0;
    if (share > 0) {
      const rule = `must be 0 before the deployment can be deleted`;
      const field = `properties.${kind}.${deployment} of endpoint '${endpoint.name}'`;
      throw badRequest({ field, rule, value: share });
    }
  }
}

/** An endpoint's body as a version of the API shows it. */
export function asShown(endpoint: JsonRecord, apiVersion: string): JsonRecord {
  if (knowsMirrorTraffic(apiVersion)) return endpoint;
  const { mirrorTraffic: _unknown, ...properties } = propertiesOf(endpoint);
  return { ...endpoint, properties };
}

/** An endpoint's body without any share of a deployment. */
export function withoutShare(endpoint: JsonRecord, deployment: string): JsonRecord {
  const properties = { ...propertiesOf(endpoint) };
  for (const kind of ["traffic", "mirrorTraffic"]) {
    const { [deployment]: _gone, ...rest } = (properties[kind] ?? {}) as JsonRecord;
    properties[kind] = rest;
  }
  return { ...endpoint, properties };
}
