/** Our side of `bench serve`: a Local Azure of its own, an endpoint, and containers behind it. */

import { join, resolve } from "node:path";
import * as azure from "lib/azure/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { createHttpClient, type HttpClient } from "lib/local_azure/http_client.ts";
import { createRegistry } from "lib/registry/mod.ts";
import { createTracking } from "lib/tracking/mod.ts";
import type { Load } from "./load.ts";
import { output } from "./measure.ts";
import type { Asked } from "./serve_peers.ts";

const WORK = resolve(import.meta.dirname!, "../../.local/bench/serve");

const STARTS = 3, OPERATIONS = 300, DEPLOYMENTS = 3, TREES = 25, SEED = 7;

/** What was measured before the load. */
export interface OurSide extends AsyncDisposable {
  /** Seconds from nothing to an answer, of each start. */
  readonly startSeconds: readonly number[];
  /** Memory of the process at its first answer, in MB, of each start. */
  readonly memoryMb: readonly number[];
  /** Its memory now, in MB. */
  memoryNow(): Promise<number>;
  /** Milliseconds of each PUT of a resource. */
  readonly putMs: readonly number[];
  /** Milliseconds of each GET of a resource. */
  readonly getMs: readonly number[];
  /** Seconds from the order to a deployment that answers, of each. */
  readonly deploySeconds: readonly number[];
  /** What to ask for, through the router. */
  readonly load: Pick<Load, "port" | "host" | "path" | "headers" | "body">;
}

/**
 * Starts it and takes the figures that need no load.
 *
 * @param asked The row that every server is asked about.
 * @param say Takes a line of progress.
 * @returns See {@linkcode OurSide}; it ends what it started.
 */
export async function ourSide(asked: Asked, say: (line: string) => void): Promise<OurSide> {
  await stopAll(); // what a run that was cut off has left
  await Deno.remove(WORK, { recursive: true }).catch(() => {});
  try {
    return await measured(asked, say);
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** The folder of one start. */
const checkoutOf = (start: number) => join(WORK, String(start));

async function stopAll(): Promise<void> {
  for (let i = 0; i < STARTS; i++) await azure.stopLocalAzure({ checkout: checkoutOf(i) });
}

async function measured(asked: Asked, say: (line: string) => void): Promise<OurSide> {
  const startSeconds: number[] = [], memoryMb: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    say(`serve: start ${i + 1} of ${STARTS} of Local Azure`);
    const checkout = checkoutOf(i);
    const begin = performance.now(), { pid } = await azure.ensureLocalAzure({ checkout });
    startSeconds.push((performance.now() - begin) / 1000);
    memoryMb.push(await memoryOf(pid));
    if (i < STARTS - 1) await azure.stopLocalAzure({ checkout });
  }
  const { port, pid } = (await azure.findLocalAzure({ checkout: checkoutOf(STARTS - 1) }))!;
  return {
    ...{ startSeconds, memoryMb, memoryNow: () => memoryOf(pid) },
    ...await served(port, asked, say),
    [Symbol.asyncDispose]: stopAll,
  };
}

/** Resident memory of a process, in MB. */
export async function memoryOf(pid: number): Promise<number> {
  const kilobytes = await output({ command: ["ps", "-o", "rss=", "-p", String(pid)] });
  return Number(kilobytes.trim()) * 1024 / 1e6;
}

async function served(port: number, { columns, row }: Asked, say: (line: string) => void) {
  const workspace = await openWorkspaceAt(port), open = workspace.azure, endpoint = "bench-e";
  await post(port, "/_local/limits", { requestsPerSecond: 1_000_000 }); // the service's is 500
  say(`serve: ${OPERATIONS} operations on resources`);
  const operations = await resourceOperations(open, port);
  say(`serve: ${DEPLOYMENTS} deployments`);
  const prepared = await lifecycle.prepare("data/iris.dataset.json", { seed: SEED });
  const candidate = await lifecycle.trainCandidate(prepared, { seed: SEED, trees: TREES });
  const version = await lifecycle.registerTrained(workspace, { prepared, candidate, seed: SEED });
  const environment = await lifecycle.ensureEnvironment(workspace);
  await azure.ensureEndpoint(open, { name: endpoint, description: "bench", tags: {} });
  const deploySeconds: number[] = [];
  for (let i = 0; i < DEPLOYMENTS; i++) {
    const begin = performance.now(), deployment = `blue${i}`;
    await lifecycle.deployVersion(workspace, { endpoint, deployment, version, environment });
    deploySeconds.push((performance.now() - begin) / 1000);
    if (i > 0) await azure.deleteDeployment(open, { endpoint, name: deployment });
  }
  const { scoringUrl } = await azure.setTraffic(open, endpoint, { blue0: 100 });
  const { primary } = await azure.endpointKeys(open, endpoint);
  const { host, pathname } = new URL(scoringUrl);
  return {
    ...{ ...operations, deploySeconds },
    load: {
      ...{ port, host, path: pathname, headers: { authorization: `Bearer ${primary}` } },
      body: JSON.stringify({ input_data: { columns, index: [0], data: [row] } }),
    },
  };
}

/** The workspace of the Local Azure at a port. */
export async function openWorkspaceAt(port: number): Promise<lifecycle.Workspace> {
  const open = await azure.openAzureAt(port);
  const { armFetch, mlflowUrl: baseUrl, fetch: plainFetch } = open;
  return {
    azure: open,
    tracking: createTracking({ fetch: armFetch, baseUrl, plainFetch }),
    registry: createRegistry({ store: azure.blobDocuments(open) }),
  };
}

/** One after the other, each answered before the next: what a caller waits. */
async function resourceOperations(open: azure.Azure, port: number) {
  const { subscriptionId, resourceGroup, workspace } = open.target;
  const path = (i: number) =>
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/` +
    `Microsoft.MachineLearningServices/workspaces/${workspace}/data/bench/versions/${i}` +
    "?api-version=2022-10-01";
  const { token } = (await open.credential.getToken("https://management.azure.com/.default"))!;
  const headers: [string, string][] = [
    ["host", "management.azure.com"],
    ["authorization", `Bearer ${token}`],
    ["content-type", "application/json"],
  ];
  const body = new TextEncoder().encode(JSON.stringify({
    properties: {
      dataType: "uri_folder",
      dataUri: "azureml://datastores/workspaceblobstore/paths/bench/",
    },
  }));
  const client = createHttpClient({ port }), putMs: number[] = [], getMs: number[] = [];
  try {
    for (let i = 1; i <= OPERATIONS / 2; i++) {
      const length = body.length;
      putMs.push(await timed(client, { method: "PUT", path: path(i), headers, body, length }));
      getMs.push(await timed(client, { method: "GET", path: path(i), headers }));
    }
  } finally {
    client.close();
  }
  return { putMs, getMs };
}

/** Sends a request; milliseconds until its answer was there, which must be a good one. */
export async function timed(
  client: HttpClient,
  request: Parameters<HttpClient["send"]>[0],
): Promise<number> {
  const begin = performance.now(), { status, body } = await client.send(request);
  if (body instanceof ReadableStream) await new Response(body).arrayBuffer();
  if (status < 300) return performance.now() - begin;
  throw new Error(`Cannot measure as ${request.method} ${request.path} was answered ${status}`);
}

/** Asks one of Local Azure's own routes for something. */
export async function post(port: number, path: string, body: object): Promise<void> {
  const init = { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Cannot measure as ${path} was answered ${response.status}`);
}
