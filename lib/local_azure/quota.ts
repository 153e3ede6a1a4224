/** Cores by family of machines: how many there are, and how many are taken. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, propertiesOf } from "./arm_context.ts";
import type { LimitsBook } from "./limits.ts";
import type { Store, Stored } from "./store.ts";
import { vmSize } from "./vm_sizes.ts";

/** Type of a limit that somebody set for one family. */
export const QUOTA = `${AML}/locations/quotas`;

/** A subscription's cores in a region are counted together. */
export interface QuotaPlace {
  readonly subscription: string;
  /** E.g. `eastus`. */
  readonly location: string;
}

/** Cores of one family. */
export interface QuotaUse {
  readonly used: number;
  readonly limit: number;
}

/** What the count goes by. */
export interface QuotaSource {
  readonly store: Store;
  readonly limits: LimitsBook;
}

/** The id under which a family's limit is kept. */
export function quotaId({ subscription, location }: QuotaPlace, family: string): string {
  return `/subscriptions/${subscription}/providers/${AML}/locations/${location}/quotas/${family}`;
}

/**
 * Cores that so many machines take. A deployment takes a fifth more, which the service keeps for its
 * own upgrades.
 *
 * @see MicrosoftDocs/azure-ai-docs, `how-to-manage-quotas`, "Virtual machine quota allocation".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { coresOf } from "lib/local_azure/quota.ts";
 *
 * assert.equal(coresOf("Standard_DS2_v2", 1), 4); // two machines, one of them in reserve
 * assert.equal(coresOf("Standard_DS2_v2", 10), 24);
 * assert.equal(coresOf("Standard_Unknown", 10), 0);
 * ```
 */
export function coresOf(instanceType: string, instances: number): number {
  return Math.ceil(instances * 12 / 10) * (vmSize(instanceType)?.cores ?? 0);
}

/**
 * The cores of a family in a region.
 *
 * @param source Store and limits.
 * @param place Subscription and region.
 * @param family E.g. `standardDSv2Family`.
 * @param options `except`: id of a deployment that is not counted, since it is being changed.
 */
export function quotaUse(
  { store, limits }: QuotaSource,
  place: QuotaPlace,
  family: string,
  { except }: { except?: string } = {},
): QuotaUse {
  const below = `/subscriptions/${place.subscription}`;
  const here = (stored: Stored) =>
    stored.body.location === place.location && stored.id.toLowerCase() !== except?.toLowerCase();
  const deployments = store.list({ type: `${AML}/workspaces/onlineEndpoints/deployments`, below })
    // one that never came up holds no machines
    .filter(({ hidden, body }) =>
      hidden.running || propertiesOf(body).provisioningState === "Creating"
    ).filter(here);
  const computes = store.list({ type: `${AML}/workspaces/computes`, below }).filter(here);
  const used = [
    ...deployments.map(({ body }) => {
      const type = String(propertiesOf(body).instanceType);
      const instances = Number((body.sku as JsonRecord).capacity);
      return vmSize(type)?.family === family ? coresOf(type, instances) : 0;
    }),
    ...computes.map(({ body }) => {
      const own = (propertiesOf(body).properties ?? {}) as JsonRecord;
      const size = vmSize(String(own.vmSize));
      return size?.family === family ? size.cores * Number(own.currentNodeCount ?? 1) : 0;
    }),
  ].reduce((sum, cores) => sum + cores, 0);
  const set = store.get(quotaId(place, family));
  return { used, limit: Number(set?.body.limit ?? limits.read().coresPerFamily) };
}

/**
 * Why a deployment finds no machines, in the service's words.
 *
 * @param source Store and limits.
 * @param deployment It, with the size and the number of machines that it is to have.
 * @returns The sentence; nothing if there are enough.
 */
export function quotaFault(source: QuotaSource, { id, body }: Stored): string | undefined {
  const type = String(propertiesOf(body).instanceType), size = vmSize(type);
  if (!size) return undefined;
  const place = { subscription: id.split("/")[2], location: String(body.location) };
  const needed = coresOf(type, Number((body.sku as JsonRecord).capacity));
  const { used, limit } = quotaUse(source, place, size.family, { except: id });
  if (used + needed <= limit) return undefined;
  return `Not enough quota available for ${type} in SubscriptionId ${place.subscription}. Current ` +
    `usage/limit: ${used}/${limit}. Additional needed: ${needed} Please see troubleshooting ` +
    "guide, available here: https://aka.ms/oe-tsg#error-outofquota";
}
