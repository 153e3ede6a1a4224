/** The work behind a deployment's operations: start it, stop it, and start it again after a restart. */

import { type Arm, propertiesOf, withProperties } from "./arm_context.ts";
import { DEPLOYMENT } from "./arm_deployment_body.ts";
import { withoutShare } from "./arm_traffic.ts";
import type { Json } from "lib/core/mod.ts";
import { DeploymentError, type DeploymentSpec } from "./runtime.ts";
import { quotaFault } from "./quota.ts";
import type { Stored } from "./store.ts";

/** Log lines that a failed operation brings along. */
const LAST_LINES = 20;

/** What the routes need of the runners. */
export interface DeploymentRunners {
  /** Sets what a deployment is shown as, if it is still there. */
  setState(id: string, state: string): void;
  /** Starts every deployment that was running when the last process ended; waits for all of them. */
  revive(): Promise<void>;
}

/** Registers the runners. */
export function deploymentRunners(
  { store, operations, runtime, log, limits }: Arm,
): DeploymentRunners {
  function setState(id: string, provisioningState: string): void {
    const found = store.get(id);
    if (found) store.put({ ...found, body: withProperties(found.body, { provisioningState }) });
  }

  /** The deployment came up: it is shown so, and its endpoint takes over its scoring route. */
  function cameUp(id: string, spec: DeploymentSpec): void {
    const { hidden: { wanted: _done, ...hidden }, body, ...rest } = store.get(id)!;
    const ready = withProperties(body, { provisioningState: "Succeeded" });
    const running = spec as unknown as Json;
    store.put({ ...rest, hidden: { ...hidden, running }, body: ready });
    const endpoint = store.get(rest.parent)!;
    const { origin } = new URL(String(propertiesOf(endpoint.body).scoringUri));
    const scoringUri = origin + spec.routes.scoring.path;
    store.put({ ...endpoint, body: withProperties(endpoint.body, { scoringUri }) });
  }

  const reviving = new Map<string, Promise<void>>();

  operations.register("deployment.put", {
    async run({ target }, signal) {
      await reviving.get(target);
      const deployment = store.get(target)!, fault = quotaFault({ store, limits }, deployment);
      if (fault) throw new DeploymentError("OutOfQuota", fault);
      const spec = deployment.hidden.wanted as unknown as DeploymentSpec;
      await runtime.start(spec, signal);
      return () => cameUp(target, spec);
    },
    failed: ({ target }, { code }) =>
      setState(target, code === "OperationCanceled" ? "Canceled" : "Failed"),
    explain({ target }, error) {
      const code = error instanceof DeploymentError ? error.code : "InternalServerError";
      const text = runtime.logs(target, { container: "InferenceServer", tail: LAST_LINES });
      const lines = text?.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
      const details = lines ? [{ code: "ContainerLogs", message: lines }] : [];
      return { code, message: error.message, details };
    },
  });
  // tags are changed at once; whatever state the deployment is in stays
  operations.register("deployment.patch", {
    run: () => Promise.resolve(() => {}),
    failed: () => {},
  });
  operations.register("deployment.delete", {
    async run({ target }) {
      await reviving.get(target);
      await runtime.stop(target);
      return () => {
        const { parent, body } = store.get(target)!, endpoint = store.get(parent)!;
        store.put({ ...endpoint, body: withoutShare(endpoint.body, String(body.name)) });
        store.delete(target);
      };
    },
    failed: ({ target }) => setState(target, "Failed"),
  });

  /** One that is being updated or deleted comes up first as it was, so that it serves meanwhile. */
  async function again({ id, hidden }: Stored): Promise<void> {
    let isUp = true;
    try {
      await runtime.start(hidden.running as unknown as DeploymentSpec, operations.closing);
    } catch (error) {
      if (operations.closing.aborted) return;
      log.error("deployment did not come up again", { deployment: id, error });
      isUp = false;
    }
    const found = store.get(id);
    if (!found || operations.running(id) || Boolean(found.hidden.lost) !== isUp) return;
    const provisioningState = isUp ? "Succeeded" : "Failed";
    const body = withProperties(found.body, { provisioningState });
    store.put({ ...found, body, hidden: { ...found.hidden, lost: !isUp } });
  }

  return {
    setState,
    async revive() {
      for (const deployment of store.list({ type: DEPLOYMENT })) {
        const { id, hidden } = deployment, key = id.toLowerCase();
        if (hidden.running) {
          reviving.set(key, again(deployment).finally(() => reviving.delete(key)));
        }
      }
      await Promise.all(reviving.values());
    },
  };
}
