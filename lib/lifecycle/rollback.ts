/** The verb rollback: all traffic to what served before, in one call, and proof that it serves. */

import { endpointKeys, getEndpoint, listDeployments, setTraffic } from "lib/azure/mod.ts";
import { BadInput, type Samples } from "lib/core/mod.ts";
import type { Signature } from "lib/model/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { checkEndpoint } from "./documents.ts";
import { modelOfDeployment } from "./production.ts";
import { ROLLBACK, rollbackTarget } from "./rollback_target.ts";
import { scoreRows, ScoringError } from "./score.ts";
import { asSpan, told } from "./telemetry.ts";
import type { Workspace } from "./workspace.ts";

/** How to roll back. */
export interface RollbackOptions {
  /** The endpoint. */
  readonly endpoint: string;
  /** A deployment, or a version. Default: what served before, see {@linkcode rollbackTarget}. */
  readonly to?: string;
  /** Why, in a sentence. Default `rolled back by hand`. */
  readonly reason?: string;
  /** Requests that prove it. Default 20. */
  readonly requests?: number;
}

/** What a rollback did. */
export interface Rollback {
  /** The endpoint. */
  readonly endpoint: string;
  /** Name of the model. */
  readonly model: string;
  /** Percent by deployment before. */
  readonly before: Readonly<Record<string, number>>;
  /** The version that was in production by the registry; null if there was none. */
  readonly from: string | null;
  /** The version that serves now. */
  readonly to: string;
  /** The deployment that serves it. */
  readonly deployment: string;
  /** Why. */
  readonly reason: string;
  /** Seconds from the call to the end of the change of traffic. */
  readonly trafficSeconds: number;
  /** Seconds from the call to the last of the answers that prove it. */
  readonly seconds: number;
  /** Answers by deployment, of the requests that prove it. */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that got no answer. */
  readonly unanswered: number;
  /** Digest that was registered for that version. */
  readonly registeredDigest: string;
  /** Digests that the answers named, each once. */
  readonly servedDigests: readonly string[];
  /** Whether every request was answered by that deployment with the registered digest. */
  readonly verified: boolean;
}

/**
 * Rolls an endpoint back: one change of traffic, then single requests as any caller would send, then
 * an entry in production's history.
 *
 * @param workspace Where the endpoint is.
 * @param options See {@linkcode RollbackOptions}.
 * @returns What was done; where `verified` is false the traffic was moved and does not serve.
 * @throws {NothingToRollBack} If there is nothing to go back to.
 * @throws {BadInput} If there is no such endpoint, or `to` names nothing.
 * @throws {OperationError} If the service refuses the change.
 *
 * @example
 * ```ts ignore
 * const { to, seconds, verified } = await rollback(workspace, { endpoint: "iris-demo", reason: "error rate" });
 * ```
 */
export async function rollback(workspace: Workspace, options: RollbackOptions): Promise<Rollback> {
  const { endpoint } = options, attributes = { endpoint };
  const done = await asSpan(workspace, {
    ...{ name: "rollback", attributes },
    work: () => rollBack(workspace, options),
  });
  const { model, from, to, deployment, reason, seconds, verified } = done;
  await told(workspace, "rollback", {
    ...{ endpoint, model, from: from ?? "none", to, deployment, reason, seconds, verified },
  });
  return done;
}

async function rollBack(
  workspace: Workspace,
  { endpoint, to, reason = "rolled back by hand", requests = 20 }: RollbackOptions,
): Promise<Rollback> {
  const started = performance.now(), { azure, registry } = workspace;
  const since = () => (performance.now() - started) / 1000;
  checkEndpoint(endpoint, "--endpoint");
  const found = await getEndpoint(azure, endpoint);
  if (!found) throw new BadInput({ field: "--endpoint", rule: "must be there", value: endpoint });
  const standing = await listDeployments(azure, endpoint);
  const deployments = standing.map((one) => ({
    ...one,
    ...modelOfDeployment(one),
    name: one.name,
  }));
  // with no deployment there is no model either; the choice below says so
  const model = standing.length > 0 ? modelOfDeployment(standing[0]).name : "";
  const history = model ? await registry.productionHistory(model) : [];
  const target = rollbackTarget({ endpoint, deployments, traffic: found.traffic, history, to });
  const version = await registry.version(model, target.version);

  await setTraffic(azure, endpoint, { [target.name]: 100 });
  const trafficSeconds = since();
  const from = history.at(-1)?.to ?? null;
  const proof = await prove(workspace, { endpoint, url: found.scoringUrl, version, requests });
  const seconds = since();
  await registry.changeProduction({ name: model, from, to: target.version, by: ROLLBACK, reason });

  const { answers, servedDigests } = proof, registeredDigest = version.digest;
  const verified = answers[target.name] === requests &&
    servedDigests.length === 1 && servedDigests[0] === registeredDigest;
  return {
    ...{ endpoint, model, before: found.traffic, from, to: target.version },
    ...{ deployment: target.name, reason, trafficSeconds, seconds, ...proof },
    ...{ registeredDigest, verified },
  };
}

/** Sends single requests, and says who answered with what. */
async function prove(
  workspace: Workspace,
  { endpoint, url, version, requests }: {
    endpoint: string;
    url: string;
    version: ModelVersion;
    requests: number;
  },
): Promise<Pick<Rollback, "answers" | "unanswered" | "servedDigests">> {
  const { primary: key } = await endpointKeys(workspace.azure, endpoint);
  const samples = middleRow(version.signature as unknown as Signature);
  const answers: Record<string, number> = {}, digests = new Set<string>();
  let unanswered = 0;
  for (let i = 0; i < requests; i++) {
    try {
      const { deployment, digest } = await scoreRows(workspace, { url, key, samples });
      answers[deployment] = (answers[deployment] ?? 0) + 1;
      digests.add(digest);
    } catch (error) {
      if (!(error instanceof ScoringError)) throw error;
      unanswered++;
    }
  }
  return { answers, unanswered, servedDigests: [...digests].sort() };
}

/** A row in the middle of every feature's range: a rollback must not depend on a file of rows. */
function middleRow({ inputs, classes }: Signature): Samples {
  const x = Float64Array.from(inputs, ({ min, max }) => (min + max) / 2);
  return { features: inputs, classes, x, y: Uint8Array.of(0) };
}

/**
 * A rollback in a sentence.
 *
 * @param done See {@linkcode Rollback}.
 * @returns E.g. `iris-demo: version 1 (blue) answers again after 0.21 s, 20 of 20 times, digest as registered`.
 *
 * @example
 * ```ts ignore
 * console.log(rollbackSentence(await rollback(workspace, { endpoint: "iris-demo" })));
 * ```
 */
export function rollbackSentence(
  { endpoint, to, deployment, seconds, answers, unanswered, verified, ...rest }: Rollback,
): string {
  const sent = Object.values(answers).reduce((sum, count) => sum + count, unanswered);
  const own = answers[deployment] ?? 0;
  if (verified) {
    return `${endpoint}: version ${to} (${deployment}) answers again after ${
      seconds.toFixed(2)
    } s, ` +
      `${own} of ${sent} times, digest as registered`;
  }
  const served = rest.servedDigests.map((digest) => digest.slice(0, 12)).join(", ") || "nothing";
  return `${endpoint}: traffic was moved to version ${to} (${deployment}), and it does not serve: ` +
    `${own} of ${sent} answers are its own, ${unanswered} are missing; served ${served}, ` +
    `registered ${rest.registeredDigest.slice(0, 12)}`;
}
