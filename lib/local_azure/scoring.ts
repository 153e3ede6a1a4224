/**
 * The scoring router: what answers under `https://ENDPOINT.REGION.inference.ml.azure.com`. It checks
 * who asks, chooses a deployment by the weights, and passes the request to its container; of the share
 * that is mirrored, a copy goes to another one.
 */

import { type Clock, systemClock } from "lib/core/mod.ts";
import type { LocalAzure, Service } from "./context.ts";
import { cryptographicDraws } from "./draw.ts";
import { authFault } from "./endpoint_auth.ts";
import { endpointMetrics, type ObserveAnswer } from "./endpoint_metrics.ts";
import { createEndpointTable, type EndpointEntry } from "./endpoint_table.ts";
import { createLimits } from "./limits.ts";
import { createRateLimit } from "./rate_limit.ts";
import type { MirrorCounts } from "./mirror.ts";
import type { RequestCounts } from "./request_meter.ts";
import {
  asResponse,
  type PlainAnswer,
  type PlainHandler,
  type PlainRequest,
} from "./plain_http.ts";
import { DEPLOYMENT_HEADER, type Refusal, refuse } from "./scoring_answer.ts";
import { createScoringTarget, type RequestCopy, type ScoringTarget } from "./scoring_target.ts";
import { createRouterTrace, type RouterTrace } from "./router_trace.ts";
import type { Store } from "./store.ts";
import { watchRows } from "./store_watch.ts";
import { telemetryStore } from "./telemetry_store.ts";

/** Options of {@linkcode scoringService}. */
export interface ScoringOptions {
  /** Chooses deployments: uniform in [0, 1). Default: cryptographic. */
  readonly draw?: () => number;
  /** The router's part of traces. Default: kept in the store. */
  readonly trace?: RouterTrace;
}

/** The scoring router. */
export interface ScoringService extends Service {
  /** As {@linkcode Service} has it. */
  readonly plain: PlainHandler;
  /** What has been counted since it was made, by id of the deployment in lower case. */
  snapshot(): Readonly<Record<string, RequestCounts>>;
  /** The copies that deployments got as mirrors, by their id in lower case; those that got any. */
  mirrored(): Readonly<Record<string, MirrorCounts>>;
  /** Lets go of the connections to containers; those end with their containers, too. */
  close(): void;
}

/** What a container answers for an endpoint besides its scoring route. */
const SWAGGER = "/swagger.json";

/**
 * The scoring router of a Local Azure.
 *
 * @param local Its inside.
 * @param options See {@linkcode ScoringOptions}.
 * @returns See {@linkcode ScoringService}.
 *
 * @example
 * ```ts ignore
 * const scoring = scoringService(local);
 * const response = await scoring.handle(request, new URL("https://iris.eastus.inference.ml.azure.com/score"));
 * ```
 */
export function scoringService(
  { store, tokens, runtime, log, clock = systemClock }:
    & Pick<LocalAzure, "store" | "tokens" | "runtime" | "log">
    & Partial<Pick<LocalAzure, "clock">>,
  { draw = cryptographicDraws(), trace = storedTrace(store, clock) }: ScoringOptions = {},
): ScoringService {
  const table = createEndpointTable(store), requestsPerSecond = watchedLimit(store);
  const metrics = endpointMetrics(store, clock), turnedAway = new Map<string, ObserveAnswer>();
  const gates = new Map<string, (at: number) => boolean>();
  /** By the endpoint's id, and then by the deployment's name. */
  const targets = new Map<string, Map<string, ScoringTarget>>();

  /** Whether an endpoint may take one more request in this second. */
  function mayPass({ id }: EndpointEntry, at: number): boolean {
    let gate = gates.get(id);
    if (!gate) gates.set(id, gate = createRateLimit(requestsPerSecond, at));
    return gate(at);
  }

  /** Turns a request away before a deployment was chosen. */
  async function refuseAt({ id }: EndpointEntry, request: PlainRequest, parts: Refusal) {
    let observe = turnedAway.get(id);
    if (!observe) turnedAway.set(id, observe = metrics.observer(id, ""));
    observe(parts.status, undefined, undefined);
    return await refuse(request, parts);
  }

  function targetOf(endpoint: EndpointEntry, deployment: string): ScoringTarget {
    let ours = targets.get(endpoint.id);
    if (!ours) targets.set(endpoint.id, ours = new Map());
    let target = ours.get(deployment);
    if (!target) {
      const id = `${endpoint.id}/deployments/${deployment.toLowerCase()}`;
      const observe = metrics.observer(endpoint.id, deployment);
      ours.set(deployment, target = createScoringTarget({ id, deployment, observe }, log));
    }
    return target;
  }

  async function plain(
    request: PlainRequest,
    hostname: string,
    pathname: string,
  ): Promise<PlainAnswer> {
    const since = performance.now();
    const endpoint = table.find(hostname);
    if (!endpoint) {
      return await refuse(request, { status: 404, text: `There is no endpoint at ${hostname}` });
    }
    const fault = authFault(tokens, endpoint, request);
    if (fault !== undefined) {
      return await refuseAt(endpoint, request, { status: 401, text: fault });
    }
    if (!mayPass(endpoint, since)) {
      return await refuseAt(endpoint, request, { status: 429, text: "" });
    }
    const named = request.headers.get(DEPLOYMENT_HEADER);
    const deployment = choose(endpoint, named, draw);
    if (deployment === undefined) {
      const missing = named === null
        ? "no deployment with positive weight"
        : `no deployment ${named}`;
      const parts = { status: 404, text: `${endpoint.name} has ${missing}` };
      return await refuseAt(endpoint, request, parts);
    }
    const target = targetOf(endpoint, deployment), running = runtime.get(target.id);
    const turnAway = async (parts: Omit<Refusal, "deployment">) => {
      target.meter.refuse(parts.status);
      return await refuse(request, { ...parts, deployment });
    };
    if (!running?.ready) {
      const text = "upstream connect error";
      return await turnAway({ status: 424, text, reason: "model_not_ready" });
    }
    const { maxConcurrentRequests, instances, routes } = running.spec;
    if (!isBelow(pathname, routes.scoring.path) && pathname !== SWAGGER) {
      return await turnAway({ status: 404, text: `${endpoint.name} has no route ${pathname}` });
    }
    if (target.meter.underWay >= 2 * maxConcurrentRequests * instances) {
      return await turnAway({ status: 429, text: "", reason: "too_many_pending_request" });
    }
    const mirror = named === null && pathname !== SWAGGER ? mirrorOf(endpoint) : undefined;
    const traced = trace.begin(request.headers.get("traceparent"), since);
    const response = await target.pass(request, running, since, mirror, traced.added);
    if (traced.own) {
      const { method } = request, { status } = response, durationMs = performance.now() - since;
      const [, requestId = ""] = response.headers.find(([name]) => name === "x-request-id") ?? [];
      const names = { endpoint: endpoint.name, deployment, requestId };
      trace.end(traced, { method, pathname, status, durationMs, ...names });
    }
    return response;
  }

  /** Where a copy of the present request goes; nothing if it is not drawn. */
  function mirrorOf(endpoint: EndpointEntry): ((copy: RequestCopy) => void) | undefined {
    const { mirror } = endpoint;
    if (!mirror || draw() * 100 >= mirror.share) return undefined;
    const target = targetOf(endpoint, mirror.deployment);
    return (copy) => target.take(copy, runtime.get(target.id));
  }

  const all = () => [...targets.values()].flatMap((ours) => [...ours.values()]);

  return {
    hosts: ["*.inference.ml.azure.com"],
    plain,
    handle: async (request, { hostname, pathname }) =>
      asResponse(await plain(request, hostname, pathname)),
    snapshot: () => Object.fromEntries(all().map(({ id, meter }) => [id, meter.snapshot()])),
    mirrored: () =>
      Object.fromEntries(
        all().map(({ id, mirrored }) => [id, mirrored.snapshot()] as const)
          .filter(([, { answered, failed, underWay, dropped }]) =>
            answered + failed + underWay > 0 || Object.keys(dropped).length > 0
          ),
      ),
    close: () => all().forEach((target) => target.close()),
  };
}

function storedTrace(store: Store, clock: Clock): RouterTrace {
  return createRouterTrace(telemetryStore(store, () => clock.now().getTime()));
}

/** By the header, whatever the weights; else by the weights. Nothing if nobody is to have it. */
function choose(
  { deployments, shares, total }: EndpointEntry,
  named: string | null,
  draw: () => number,
): string | undefined {
  if (named !== null) return deployments.get(named.toLowerCase());
  if (shares.length <= 1) return shares[0]?.deployment;
  const at = draw() * total;
  return shares.find(({ upTo }) => at < upTo)!.deployment;
}

/** Whether a path is a route, or lies below it. */
function isBelow(path: string, route: string): boolean {
  return path === route || path.startsWith(route.endsWith("/") ? route : `${route}/`);
}

/** The limit of requests a second, as it is in the store at each moment. */
function watchedLimit(store: Store): () => number {
  let limit: number | undefined = createLimits(store).read().requestsPerSecond;
  watchRows(store, { table: "limits", column: "name", prefix: "" }, () => limit = undefined);
  return () => limit ??= createLimits(store).read().requestsPerSecond;
}
