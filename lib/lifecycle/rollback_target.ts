/** Which deployment a rollback goes to: from what serves now and what served before. No I/O. */

import type { Deployment } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import type { ProductionChange } from "lib/registry/mod.ts";

/** Who writes a rollback into production's history. */
export const ROLLBACK = "rollback";

/** There is nothing to roll back to. A class of its own, since it is no misuse: exit 1. */
export class NothingToRollBack extends Error {
  /** Always `NothingToRollBack`. */
  override readonly name = "NothingToRollBack";
}

/** What a deployment is known by. */
export type Standing = Pick<Deployment, "name" | "state"> & {
  /** The version that it serves. */
  readonly version: string;
};

/**
 * Chooses the deployment that a rollback goes to.
 *
 * 1. The one that was asked for, by name or version.
 * 2. In the middle of a shift: the one that serves the version in production.
 * 3. The one that serves the version that was in production before. A version that was rolled back
 *    from does not count as before.
 * 4. Without a history, or where both serve the same version: the only one that has no traffic.
 *
 * @param state The endpoint's name, its deployments, percent by deployment, the model's production
 * history, and `to`: what was asked for.
 * @returns The deployment.
 * @throws {NothingToRollBack} If there is none.
 * @throws {BadInput} If `to` names nothing that is there, or could mean two.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rollbackTarget } from "lib/lifecycle/mod.ts";
 *
 * const deployments = [
 *   { name: "blue", version: "1", state: "Succeeded" },
 *   { name: "green", version: "2", state: "Succeeded" },
 * ];
 * const traffic = { green: 100 };
 * assert.equal(rollbackTarget({ endpoint: "iris-demo", deployments, traffic, history: [] }).name, "blue");
 * ```
 */
export function rollbackTarget(
  { endpoint, deployments, traffic, history, to }: {
    readonly endpoint: string;
    readonly deployments: readonly Standing[];
    readonly traffic: Readonly<Record<string, number>>;
    readonly history: readonly Pick<ProductionChange, "to" | "by">[];
    readonly to?: string;
  },
): Standing {
  const share = ({ name }: Standing) => traffic[name] ?? 0;
  const found = to === undefined ? before() : asked(to);
  if (share(found) === 100) {
    throw new NothingToRollBack(
      `Cannot roll back ${endpoint} as ${found.name} (version ${found.version}) has all traffic already`,
    );
  }
  if (found.state !== "Succeeded") {
    throw new NothingToRollBack(
      `Cannot roll back ${endpoint} as ${found.name} is not ready: ${found.state}`,
    );
  }
  return found;

  function asked(to: string): Standing {
    const named = deployments.find(({ name }) => name === to);
    const serving = deployments.filter(({ version }) => version === to);
    if (named) return named;
    if (serving.length === 1) return serving[0];
    const all = deployments.map(({ name, version }) => `${name} (version ${version})`).join(", ");
    const rule = `must name one deployment of ${endpoint}: ${all || "it has none"}`;
    throw new BadInput({ field: "--to", rule, value: to });
  }

  function before(): Standing {
    const served = productionStack(history), [current, previous] = served.toReversed();
    if (current === undefined) return onlyIdle(deployments, "no version was ever in production");
    const holders = deployments.filter(({ version }) => version === current);
    if (holders.length === 0) {
      return onlyIdle(
        deployments,
        `none of its deployments serves version ${current} of production`,
      );
    }
    if (holders.every((one) => share(one) < 100)) {
      return holders.toSorted((a, b) => share(b) - share(a))[0];
    }
    if (holders.length > 1) return onlyIdle(holders, `both serve version ${current}`);
    if (previous === undefined) {
      throw new NothingToRollBack(
        `Cannot roll back ${endpoint} as nothing was in production before version ${current}`,
      );
    }
    const target = deployments.find(({ version }) => version === previous);
    if (target) return target;
    throw new NothingToRollBack(
      `Cannot roll back ${endpoint} as no deployment serves version ${previous}, which was in ` +
        `production before version ${current}`,
    );
  }

  function onlyIdle(among: readonly Standing[], why: string): Standing {
    const idle = among.filter((one) => share(one) === 0);
    if (idle.length === 1) return idle[0];
    const rest = idle.length === 0 ? "every deployment has traffic" : "several have no traffic";
    throw new NothingToRollBack(
      `Cannot roll back ${endpoint} as ${why} and ${
        deployments.length === 0 ? "it has no deployment" : rest
      }`,
    );
  }
}

/**
 * Versions that were in production, the present one last; those that were rolled back from are left
 * out, so that a second rollback does not bring the fault back.
 */
function productionStack(history: readonly Pick<ProductionChange, "to" | "by">[]): string[] {
  let stack: string[] = [];
  for (const { to, by } of history) {
    if (to === null) stack = [];
    else if (by !== ROLLBACK) stack.push(to);
    else {
      const at = stack.lastIndexOf(to);
      stack = at < 0 ? [...stack, to] : stack.slice(0, at + 1);
    }
  }
  return stack;
}
