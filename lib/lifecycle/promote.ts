/** The verb promote: a version that the gate let pass gets production's traffic, with a person's word where the policy asks. */

import { type Endpoint, getDeployment } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import { type GatePolicy, GateRefused } from "lib/gate/mod.ts";
import type { Approval } from "./approval.ts";
import { modelOfDeployment, type Mover, moveTraffic } from "./production.ts";
import type { Workspace } from "./workspace.ts";

/** Who is promoted where. */
export interface Promotion extends Pick<Mover, "by" | "reason"> {
  /** The endpoint. */
  readonly endpoint: string;
  /** The deployment that gets all of the traffic. */
  readonly deployment: string;
  /** Says whether an approval is needed. */
  readonly policy: Pick<GatePolicy, "approval">;
  /** The approval, see `askApproval`. */
  readonly approval?: Approval;
}

/**
 * Gives a deployment all of the traffic. Its version needs a decision of the gate that let it pass, and
 * an approval where the policy says so; both go into production's history.
 *
 * @param workspace Where the endpoint is.
 * @param promotion See {@linkcode Promotion}.
 * @returns The endpoint afterwards.
 * @throws {BadInput} If there is no such deployment, or the policy asks for an approval and there is none.
 * @throws {GateRefused} If the last decision on its version refuses it, or there is none.
 * @throws {ConflictError} If somebody else changes production at the same time.
 * @throws {OperationError} If the service refuses it.
 *
 * @example
 * ```ts ignore
 * const approval = await askApproval(policy, "iris:2");
 * await promote(workspace, { endpoint, deployment: "blue", policy, approval, by: "notebook 03", reason: "smoke test passed" });
 * ```
 */
export async function promote(
  workspace: Workspace,
  { endpoint, deployment, policy, approval, by, reason }: Promotion,
): Promise<Endpoint> {
  const found = await getDeployment(workspace.azure, { endpoint, name: deployment });
  if (!found) {
    const rule = "must be there";
    throw new BadInput({ field: `deployment ${deployment} of ${endpoint}`, rule });
  }
  const { name, version } = modelOfDeployment(found), what = `${name}:${version}`;
  if (policy.approval === "production" && !approval) {
    const rule = 'must be given, as the policy asks for it: --approve "name: reason"';
    throw new BadInput({ field: `approval of ${what}`, rule });
  }
  const last = (await workspace.registry.decisions(name, version)).at(-1);
  if (!last?.passed) {
    const sentence = last ? "Its last decision refuses it." : "Nobody has asked the gate.";
    const missing = {
      rule: "evidence",
      passed: false,
      value: null,
      limit: null,
      unit: "",
    } as const;
    throw new GateRefused(what, { rules: [{ ...missing, sentence }] });
  }
  return await moveTraffic(workspace, {
    ...{ endpoint, traffic: { [deployment]: 100 }, by, reason, decision: last.id },
    ...(approval && { approval }),
  });
}
