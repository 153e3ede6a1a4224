/** What `bench local-azure` loads: a Local Azure full of resources, and two servers behind its router. */

import { join, resolve } from "node:path";
import * as azure from "lib/azure/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { createHttpClient, type HttpClient } from "lib/local_azure/http_client.ts";
import type { Load } from "./load.ts";
import { output } from "./measure.ts";
import { memoryOf, openWorkspaceAt, post, timed } from "./serve_ours.ts";

const WORK = resolve(import.meta.dirname!, "../../.local/bench/local-azure");

/** Folders of the one that is filled, and of one that stays empty. */
const FULL = join(WORK, "full"), BARE = join(WORK, "bare");

const EMPTY = join(import.meta.dirname!, "ours/empty_server.js");

const RESOURCES = 10_000, WRITERS = 8, OPERATIONS = 150, STARTS = 3, TREES = 25, SEED = 7;

/** A server to load. */
export type Server = Pick<Load, "port" | "host" | "path" | "headers" | "body">;

/** A server behind the router. */
export interface Routed {
  /** Asked at its own port. */
  readonly direct: Server;
  /** Asked through the router. */
  readonly routed: Server;
}

/** A full Local Azure. */
export interface FullAzure extends AsyncDisposable {
  /** Resources that it was filled with. */
  readonly resources: number;
  /** Milliseconds of each operation, one after the other. */
  readonly putMs: readonly number[];
  readonly getMs: readonly number[];
  readonly listMs: readonly number[];
  /** Seconds from nothing to an answer, with the full store. */
  readonly startSeconds: readonly number[];
  /** The same with a store that holds no more than a first start leaves, in turn. */
  readonly bareStartSeconds: readonly number[];
  /** The machine's load average while that was measured. */
  readonly noise: string;
  /** A server that does nothing. */
  readonly empty: Routed;
  /** The service of `lib/serving` with 25 trees. */
  readonly scorer: Routed;
  /** Memory of its process now, in MB. */
  memoryNow(): Promise<number>;
  /** Processor time that its process has had, in seconds; nothing where the system does not tell. */
  processorSeconds(): Promise<number | undefined>;
}

/** Fills one, starts it again, and deploys both servers; it ends what it started. */
export async function fullAzure(say: (line: string) => void): Promise<FullAzure> {
  const stop = async () => {
    for (const checkout of [FULL, BARE]) await azure.stopLocalAzure({ checkout });
  };
  await stop(); // what a run that was cut off has left
  await Deno.remove(WORK, { recursive: true }).catch(() => {});
  const ended = new AbortController();
  try {
    return { ...await measured(say, ended.signal), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }

  async function end(): Promise<void> {
    ended.abort();
    await stop();
  }
}

async function measured(say: (line: string) => void, ended: AbortSignal) {
  say(`local-azure: ${RESOURCES} resources`);
  await started(BARE); // a first start makes what later ones find
  const { port } = await azure.ensureLocalAzure({ checkout: FULL });
  await fill(port);
  const startSeconds: number[] = [], bareStartSeconds: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    say(`local-azure: start ${i + 1} of ${STARTS} with that store, and without`);
    await azure.stopLocalAzure({ checkout: FULL });
    bareStartSeconds.push(await started(BARE));
    const begin = performance.now();
    await azure.ensureLocalAzure({ checkout: FULL });
    startSeconds.push((performance.now() - begin) / 1000);
  }
  const { port: again, pid } = (await azure.findLocalAzure({ checkout: FULL }))!;
  say(`local-azure: ${3 * OPERATIONS} operations on resources`);
  const operations = await resourceOperations(again), noise = Deno.loadavg()[0].toFixed(1);
  await post(again, "/_local/limits", { requestsPerSecond: 1_000_000 }); // the service's is 500
  say("local-azure: two deployments");
  return {
    ...{ resources: RESOURCES, startSeconds, bareStartSeconds, noise },
    ...{ memoryNow: () => memoryOf(pid), processorSeconds: () => processorSeconds(pid) },
    ...operations,
    ...await deployed(again, pid, ended),
  };
}

/** Starts one and stops it again; seconds to its first answer. */
async function started(checkout: string): Promise<number> {
  const begin = performance.now();
  await azure.ensureLocalAzure({ checkout });
  const seconds = (performance.now() - begin) / 1000;
  await azure.stopLocalAzure({ checkout });
  return seconds;
}

/** Linux only, and read by another program, since Deno gives `/proc` to nobody who may not do all. */
async function processorSeconds(pid: number): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const stat = await output({ command: ["cat", `/proc/${pid}/stat`] });
  const ticksPerSecond = Number(await output({ command: ["getconf", "CLK_TCK"] }));
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14);
  return (Number(user) + Number(system)) / ticksPerSecond;
}

/**
 * What every operation on data versions needs. The token is asked for without a credential of the SDK's,
 * which would keep to the first port that it has seen.
 */
async function dataVersions(port: number) {
  const { subscriptionId, resourceGroup, workspace } = azure.LOCAL_WORKSPACE;
  const base = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/` +
    `Microsoft.MachineLearningServices/workspaces/${workspace}/data`;
  const query = "api-version=2019-08-01&resource=https://management.azure.com";
  const asked = await fetch(`http://127.0.0.1:${port}/msi/token?${query}`, {
    headers: { "x-identity-header": "bench" },
  });
  const { access_token: token } = await asked.json();
  const headers: [string, string][] = [
    ["host", "management.azure.com"],
    ["authorization", `Bearer ${token}`],
    ["content-type", "application/json"],
  ];
  const dataUri = "azureml://datastores/workspaceblobstore/paths/bench/";
  const properties = { dataType: "uri_folder", dataUri };
  const body = new TextEncoder().encode(JSON.stringify({ properties }));
  const path = (rest: string) => `${base}/${rest}?api-version=2022-10-01`;
  const get = (client: HttpClient, rest: string) =>
    timed(client, { method: "GET", path: path(rest), headers });
  const put = (client: HttpClient, rest: string) =>
    timed(client, { method: "PUT", path: path(rest), headers, body, length: body.length });
  return { get, put };
}

/** A hundred versions each of a hundred data assets. */
async function fill(port: number): Promise<void> {
  const { put } = await dataVersions(port), client = createHttpClient({ port });
  let next = 0;
  const write = async () => {
    for (let i; (i = next++) < RESOURCES;) {
      await put(client, `bench${Math.floor(i / 100)}/versions/${i % 100 + 1}`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  client.close();
}

/** One after the other, each answered before the next: what a caller waits. */
async function resourceOperations(port: number) {
  const { get, put } = await dataVersions(port), client = createHttpClient({ port });
  const putMs: number[] = [], getMs: number[] = [], listMs: number[] = [];
  for (let i = 1; i <= OPERATIONS; i++) {
    putMs.push(await put(client, `more/versions/${i}`));
    getMs.push(await get(client, `bench${i % 100}/versions/${i % 100 + 1}`));
    listMs.push(await get(client, `bench${i % 100}/versions`));
  }
  client.close();
  return { putMs, getMs, listMs };
}

async function deployed(port: number, pid: number, ended: AbortSignal) {
  const workspace = await openWorkspaceAt(port), open = workspace.azure, endpoint = "bench-e";
  const prepared = await lifecycle.prepare("data/iris.dataset.json", { seed: SEED });
  const candidate = await lifecycle.trainCandidate(prepared, { seed: SEED, trees: TREES });
  const version = await lifecycle.registerTrained(workspace, { prepared, candidate, seed: SEED });
  await azure.ensureEndpoint(open, { name: endpoint, description: "bench", tags: {} });
  for (
    const [deployment, environment] of [
      ["scorer", await lifecycle.ensureEnvironment(workspace)],
      ["empty", await emptyEnvironment(open)],
    ] as const
  ) {
    await lifecycle.deployVersion(workspace, { endpoint, deployment, version, environment });
  }
  const { scoringUrl } = await azure.setTraffic(open, endpoint, { scorer: 100 });
  const { primary } = await azure.endpointKeys(open, endpoint);
  const { host, pathname } = new URL(scoringUrl), [row] = [[5.1, 3.5, 1.4, 0.2]];
  const columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"];
  const body = JSON.stringify({ input_data: { columns, index: [0], data: [row] } });
  const authorization = `Bearer ${primary}`;
  const side = (name: string, directPort: number): Routed => ({
    direct: { port: directPort, host: "127.0.0.1", path: pathname, headers: {}, body },
    routed: {
      ...{ port, host, path: pathname, body },
      headers: { authorization, "azureml-model-deployment": name },
    },
  });
  return {
    empty: side("empty", await emptyServer(ended)),
    scorer: side("scorer", await portOf(pid, "scorer")),
  };
}

/** An environment of the empty server. */
async function emptyEnvironment(open: azure.Azure): Promise<azure.AssetVersion> {
  const dockerfile = `FROM denoland/deno:${Deno.version.deno}
WORKDIR /app
COPY empty_server.js ./
USER deno
EXPOSE ${lifecycle.ROUTES.port}
CMD ["deno", "run", "--allow-net", "--allow-env", "empty_server.js"]
`;
  const files = {
    "Dockerfile": new TextEncoder().encode(dockerfile),
    "empty_server.js": await Deno.readFile(EMPTY),
  };
  const { url } = await azure.uploadFolder(open, { name: "empty", files });
  return await azure.registerEnvironment(open, {
    ...{ name: "empty", version: "1", description: "bench", tags: {} },
    ...{ contextUrl: url, routes: lifecycle.ROUTES },
  });
}

/** The empty server in a process of its own; its port. */
async function emptyServer(ended: AbortSignal): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--allow-net", "--allow-env", EMPTY],
    ...{ env: { HOST: "127.0.0.1", PORT: "0" }, stdout: "piped", stdin: "null" },
  }).spawn();
  ended.addEventListener("abort", () => child.kill("SIGKILL"));
  const reader = child.stdout.getReader(), { value } = await reader.read();
  await reader.cancel();
  return Number(new TextDecoder().decode(value).trim());
}

/** The port that a container listens on, as its process was told: `ps` shows the environment. */
async function portOf(parent: number, deployment: string): Promise<number> {
  const text = await output({ command: ["ps", "axeww", "-o", "ppid=,args="] });
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    const port = words.find((word) => word.startsWith("PORT="))?.slice(5);
    const isOurs = words.includes(`DEPLOYMENT_NAME=${deployment}`);
    if (Number(words[0]) === parent && isOurs && port) return Number(port);
  }
  throw new Error(`Cannot measure as no process of ${deployment} was found`);
}
