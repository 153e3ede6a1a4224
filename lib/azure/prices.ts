/** What an instance costs by the hour, from a small dated table: a hint before money is spent, no bill. */

import list from "../../data/azure_prices.json" with { type: "json" };

/** The price of one instance type in one region. */
export interface Price {
  /** E.g. `Standard_DS2_v2`. */
  readonly instanceType: string;
  /** E.g. `eastus`. */
  readonly region: string;
  /** US dollars for one instance and hour. */
  readonly usdPerHour: number;
  /** The day on which it was noted, in ISO 8601. */
  readonly noted: string;
  /** Where today's price stands. */
  readonly source: string;
}

/** Where prices are looked up by hand. */
export const PRICE_PAGE: string = list.source;

/**
 * Looks a price up in `data/azure_prices.json`.
 *
 * @param of Instance type and region, as Azure writes them.
 * @returns The price; undefined if the table has none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { priceOf } from "lib/azure/mod.ts";
 *
 * assert.equal(priceOf({ instanceType: "Standard_DS2_v2", region: "eastus" })?.usdPerHour, 0.146);
 * assert.equal(priceOf({ instanceType: "Standard_DS2_v2", region: "nowhere" }), undefined);
 * ```
 */
export function priceOf(
  { instanceType, region }: { instanceType: string; region: string },
): Price | undefined {
  const found = list.prices.find((price) =>
    price.instanceType === instanceType && price.region === region
  );
  return found && { ...found, noted: list.noted, source: list.source };
}

/**
 * A price in a sentence that says how far it can be trusted.
 *
 * @param of Instance type, region, number of instances, and the price where there is one.
 * @returns E.g. `1 × Standard_DS2_v2 in eastus: about 0.146 USD per hour (…)`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { priceSentence } from "lib/azure/mod.ts";
 *
 * const of = { instanceType: "Standard_DS2_v2", region: "nowhere", instances: 2 };
 * assert.match(priceSentence(of), /^2 × Standard_DS2_v2 in nowhere: price per hour not known here, see https/);
 * ```
 */
export function priceSentence(
  { instanceType, region, instances, price }: {
    instanceType: string;
    region: string;
    instances: number;
    price?: Price;
  },
): string {
  const what = `${instances} × ${instanceType} in ${region}`;
  if (!price) return `${what}: price per hour not known here, see ${PRICE_PAGE}`;
  const usd = (instances * price.usdPerHour).toFixed(3);
  return `${what}: about ${usd} USD per hour (list price as noted on ${price.noted}; check ` +
    `${price.source} before you rely on it)`;
}
