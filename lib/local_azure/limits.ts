/** The service's limits, which a test may lower to meet them soon. */

import { BadInput, type JsonRecord } from "lib/core/mod.ts";
import type { Store } from "./store.ts";

/**
 * Limits of managed online endpoints, as Azure has them.
 *
 * @see MicrosoftDocs/azure-ai-docs, `how-to-manage-quotas`.
 */
export const LIMITS = {
  /** Endpoints of one subscription and region. */
  endpoints: 100,
  /** Deployments of one endpoint. */
  deploymentsPerEndpoint: 20,
  /** Deployments of one subscription and region. */
  deployments: 500,
  /** Instances of one deployment. */
  instances: 50,
  /**
   * Cores of one family of machines, of one subscription and region. Azure begins with 24 to 300, by the
   * kind of subscription.
   */
  coresPerFamily: 300,
  /** Requests per second of one endpoint. */
  requestsPerSecond: 500,
};

/** Highest value that a limit can be set to: what nobody meets. */
const MOST = 1_000_000_000;

/** The limits in force. */
export type Limits = Readonly<typeof LIMITS>;

/** Reads and sets limits; what was set stays until it is set again or the store is emptied. */
export interface LimitsBook {
  /** The limits in force. */
  read(): Limits;
  /**
   * Sets some of them.
   *
   * @throws {BadInput} If a name is none of {@linkcode LIMITS} or a value no whole number from 1 to a thousand million.
   */
  set(some: JsonRecord): Limits;
}

/** The limits of a store. */
export function createLimits({ db }: Store): LimitsBook {
  db.exec(
    "CREATE TABLE IF NOT EXISTS limits (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT",
  );
  const upsert = db.prepare("INSERT OR REPLACE INTO limits VALUES (?, ?)");
  const all = db.prepare("SELECT name, value FROM limits");
  let limits = load();

  function load(): Limits {
    const rows = all.all().map(({ name, value }) => [name, value]);
    return { ...LIMITS, ...Object.fromEntries(rows) };
  }

  return {
    read: () => limits,
    set(some) {
      for (const [name, value] of Object.entries(some)) {
        if (!Object.hasOwn(LIMITS, name)) {
          const rule = `must be one of ${Object.keys(LIMITS).join(", ")}`;
          throw new BadInput({ field: "limit", rule, value: name });
        }
        if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > MOST) {
          throw new BadInput({
            field: name,
            rule: `must be a whole number from 1 to ${MOST}`,
            value,
          });
        }
      }
      for (const [name, value] of Object.entries(some)) upsert.run(name, value as number);
      return limits = load();
    },
  };
}
