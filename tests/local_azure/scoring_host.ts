/** The scoring router over real containers, behind a plain server. */

import assert from "node:assert/strict";
import { type Clock, createLogger, systemClock } from "lib/core/mod.ts";
import { createRuntime } from "lib/local_azure/child_runtime.ts";
import { openDoor } from "lib/local_azure/door.ts";
import { createLimits, type LimitsBook } from "lib/local_azure/limits.ts";
import {
  type ScoringOptions,
  type ScoringService,
  scoringService,
} from "lib/local_azure/scoring.ts";
import { openStore, type Store } from "lib/local_azure/store.ts";
import { createTokens, type Tokens } from "lib/local_azure/tokens.ts";
import type { ChildRuntime } from "lib/local_azure/child_runtime.ts";
import type { DeploymentSpec } from "lib/local_azure/runtime.ts";
import { context, memoryBlobs, specOf } from "./deployments.ts";

/** The endpoint that the tests have. */
export const ENDPOINT_ID = specOf("x").id.replace(/\/deployments\/x$/, "");

/** Its host. */
export const HOST = "iris.eastus.inference.ml.azure.com";

const TYPE = "microsoft.machinelearningservices/workspaces/onlineendpoints";

/** A router that answers on a port. */
export interface ScoringHost extends AsyncDisposable {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly limits: LimitsBook;
  readonly runtime: ChildRuntime;
  readonly scoring: ScoringService;
  readonly port: number;
  /** Writes the endpoint, as the control plane does. */
  putEndpoint(
    properties: {
      traffic?: Record<string, number>;
      mirrorTraffic?: Record<string, number>;
      authMode?: string;
      keys?: [string, string];
    },
  ): void;
  /** Writes a deployment and starts it. */
  deploy(name: string, more?: Partial<DeploymentSpec>): Promise<void>;
  /** Sends a request to the endpoint; the key is right unless a header says otherwise. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

let isThroughDoor = false;

/** From now on, callers come through the door, as they do at Local Azure's port. */
export function throughDoor(): void {
  isThroughDoor = true;
}

/** Opens a router on a folder of its own. */
export async function hostScoring(
  options: ScoringOptions = {},
  clock: Clock = systemClock,
): Promise<ScoringHost> {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-scoring-" });
  const store = openStore(`${folder}/store.sqlite`, () => Date.now());
  const tokens = createTokens(store, clock), limits = createLimits(store);
  limits.set({ requestsPerSecond: 1_000_000 });
  const log = createLogger({ write() {} }), blobs = memoryBlobs(context());
  const runtime = createRuntime({ folder, store, clock: systemClock, log, port: 7999, blobs });
  const scoring = scoringService({ store, tokens, runtime, log }, options);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const host = request.headers.get("host")!, { pathname, search } = new URL(request.url);
    return scoring.handle(request, new URL(`https://${host}${pathname}${search}`));
  });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let plainRequests = 0;
  const door = openDoor({
    listener,
    port: server.addr.port,
    plain: ({ host }) => host.endsWith(HOST) ? (plainRequests++, scoring.plain) : undefined,
    failed: (_request, error) => ({ status: 500, headers: [], body: error.message }),
    touch() {},
  });
  const { port } = isThroughDoor ? listener.addr as Deno.NetAddr : server.addr;
  const client = Deno.createHttpClient({ allowHost: true });
  return {
    ...{ store, tokens, limits, runtime, scoring, port },
    putEndpoint(
      {
        traffic = {},
        mirrorTraffic = {},
        authMode = "Key",
        keys = ["primary-key", "secondary-key"],
      },
    ) {
      const body = {
        id: ENDPOINT_ID,
        name: "iris",
        location: "eastus",
        properties: { authMode, traffic, mirrorTraffic, scoringUri: `https://${HOST}/score` },
      };
      const hidden = { primaryKey: keys[0], secondaryKey: keys[1] };
      store.put({ id: ENDPOINT_ID, type: TYPE, parent: "/w", body, hidden });
    },
    async deploy(name, more) {
      const spec = specOf(name.toLowerCase(), { name, ...more });
      store.put({
        id: spec.id,
        type: `${TYPE}/deployments`,
        parent: ENDPOINT_ID,
        body: { id: spec.id, name },
        hidden: {},
      });
      await runtime.start(spec);
    },
    async call(path, init = {}) {
      const headers = new Headers(init.headers);
      headers.set("host", HOST);
      if (!headers.has("authorization")) headers.set("authorization", "Bearer primary-key");
      return await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers, client });
    },
    async [Symbol.asyncDispose]() {
      client.close();
      scoring.close();
      await Promise.all([door.finish(), server.shutdown()]);
      assert.equal(plainRequests > 0, isThroughDoor);
      await runtime.close();
      store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
