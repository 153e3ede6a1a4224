/** A Local Azure in this process whose blobs and deployments are make-believe, and the real SDKs on it. */

import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import type { TokenCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { type Clock, manualClock } from "lib/core/mod.ts";
import {
  DeploymentError,
  type DeploymentSpec,
  openLocalAzure,
  type Parts,
  type RunningDeployment,
  type Runtime,
} from "lib/local_azure/mod.ts";
import { emulatorTransport } from "./emulator_transport.ts";

/** The default workspace's subscription, group and name. */
export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
export const GROUP = "rg-local";
export const WORKSPACE = "mlw-local";

/** Path of the default workspace. */
export const HOME = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/` +
  `Microsoft.MachineLearningServices/workspaces/${WORKSPACE}`;

/** A runtime that starts nothing, and tells what it was asked to. */
export interface FakeRuntime extends Runtime {
  readonly started: DeploymentSpec[];
  readonly stopped: string[];
  /** What `start` does with a deployment of that name, and `stop` with `stop NAME`, at first. */
  readonly behaviour: Map<string, (signal?: AbortSignal) => Promise<void>>;
}

export function fakeRuntime(): FakeRuntime {
  const running = new Map<string, RunningDeployment>();
  const started: DeploymentSpec[] = [], stopped: string[] = [];
  const behaviour: FakeRuntime["behaviour"] = new Map();
  return {
    ...{ started, stopped, behaviour },
    async start(spec, signal) {
      started.push(spec);
      await behaviour.get(spec.name)?.(signal);
      const deployment = { spec, port: 1, ready: true };
      running.set(spec.id, deployment);
      return deployment;
    },
    get: (id) => running.get(id),
    async stop(id) {
      await behaviour.get(`stop ${id.split("/").at(-1)}`)?.();
      stopped.push(id);
      running.delete(id);
    },
    logs: (id, { container, tail }) =>
      started.some((spec) => spec.id === id)
        ? `${container} line 1\n${container} last of ${tail}\n`
        : undefined,
    close: () => Promise.resolve(running.clear()),
  };
}

/** A behaviour: waits until it is let go, or until its signal is raised. */
export function held(): { wait(signal?: AbortSignal): Promise<void>; release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    wait: (signal) =>
      new Promise((done, fail) => {
        promise.then(done);
        signal?.addEventListener("abort", () => fail(signal.reason));
      }),
    release: resolve,
  };
}

/** A behaviour: fails as a container does. */
export function failing(code: string, message: string): () => Promise<void> {
  return () => Promise.reject(new DeploymentError(code, message));
}

/** What the tests work with. */
export interface ControlHost extends AsyncDisposable {
  readonly port: number;
  readonly base: string;
  readonly folder: string;
  readonly clock: Clock;
  readonly runtime: FakeRuntime;
  /** Blob containers that were made. */
  readonly containers: string[];
  readonly ml: AzureMachineLearningWorkspaces;
  readonly stopped: Promise<void>;
  /** A client of a vault. */
  vault(name: string): SecretClient;
  /** A raw request to a host, with a token if `token` does not say otherwise. */
  call(method: string, url: string, options?: CallOptions): Promise<CallAnswer>;
  /** A raw request below the default workspace, in the SDK's version unless another is named. */
  arm(method: string, path: string, body?: object, apiVersion?: string): Promise<CallAnswer>;
  /** A fresh token for an audience. */
  token(resource?: string): Promise<string>;
}

export interface CallOptions {
  readonly body?: object | string;
  readonly headers?: Record<string, string>;
  /** `null` for none. */
  readonly token?: string | null;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests look into it
  readonly body: any;
}

/** Options of {@linkcode hostControl}. */
export interface ControlHostOptions {
  /** Default: a new temporary one, which is removed afterwards. */
  readonly folder?: string;
  readonly clock?: Clock;
  readonly runtime?: FakeRuntime;
  readonly idleMs?: number;
  readonly allowHosts?: readonly string[];
  readonly lenient?: boolean;
  readonly services?: Parts["createServices"];
}

/** Parts that keep nothing and run nothing. */
export function fakeParts(
  { runtime = fakeRuntime(), containers = [], services = () => [] }: {
    runtime?: FakeRuntime;
    containers?: string[];
    services?: Parts["createServices"];
  } = {},
): Parts {
  return {
    openBlob: () =>
      Promise.resolve({
        hosts: ["*.blob.core.windows.net"],
        handle: () => Promise.resolve(new Response("blob")),
        files: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) },
        write: () => Promise.resolve(),
        ensureContainer: (name) => Promise.resolve(void containers.push(name)),
        close: () => Promise.resolve(),
      }),
    createRuntime: () => runtime,
    createServices: services,
  };
}

/** Opens one. */
export async function hostControl(options: ControlHostOptions = {}): Promise<ControlHost> {
  const { runtime = fakeRuntime(), clock = manualClock(new Date().toISOString()) } = options;
  const folder = options.folder ?? await Deno.makeTempDir({ prefix: "local-azure-" });
  const containers: string[] = [];
  const parts = fakeParts({ runtime, containers, services: options.services });
  const { idleMs, allowHosts, lenient } = options;
  const local = await openLocalAzure({
    folder,
    port: 0,
    clock,
    parts,
    idleMs,
    allowHosts,
    lenient,
  });
  const base = `http://127.0.0.1:${local.port}`;
  const sdk = { httpClient: emulatorTransport(base) };
  const client = Deno.createHttpClient({ allowHost: true }); // fetch does not set Host otherwise
  // not DefaultAzureCredential, which remembers endpoint and tokens of the process's first host
  const credential: TokenCredential = {
    async getToken(scopes) {
      const resource = [scopes].flat()[0].replace(/\/\.default$/, "");
      return { token: await token(resource), expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };

  async function token(resource = "https://management.azure.com"): Promise<string> {
    const url = `${base}/msi/token?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`;
    const response = await fetch(url, { headers: { "x-identity-header": "any" } });
    return (await response.json()).access_token;
  }

  async function call(
    method: string,
    url: string,
    { body, headers, token: given }: CallOptions = {},
  ) {
    const { host, pathname, search } = new URL(url);
    const bearer = given === undefined ? await token() : given;
    const response = await fetch(base + pathname + search, {
      method,
      headers: {
        host,
        ...bearer === null ? {} : { authorization: `Bearer ${bearer}` },
        ...body === undefined ? {} : { "content-type": "application/json" },
        ...headers,
      },
      body: typeof body === "object" ? JSON.stringify(body) : body,
      redirect: "manual",
      client,
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  }

  return {
    ...{ port: local.port, base, folder, clock, runtime, containers, stopped: local.stopped },
    ml: new AzureMachineLearningWorkspaces(
      credential,
      SUBSCRIPTION,
      { ...sdk, updateIntervalInMs: 20 } as never,
    ),
    vault: (name) => new SecretClient(`https://${name}.vault.azure.net`, credential, sdk),
    token,
    call,
    arm: (method, path, body, apiVersion = "2022-10-01") => {
      const joint = path.includes("?") ? "&" : "?";
      return call(
        method,
        `https://management.azure.com${HOME}${path}${joint}api-version=${apiVersion}`,
        { body },
      );
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await local.close();
      if (!options.folder) await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The environment's version that deployments in these tests are built from. */
export const ENVIRONMENT = {
  build: {
    contextUri: "https://devstoreaccount1.blob.core.windows.net/azureml/LocalUpload/1/app/",
  },
  inferenceConfig: {
    livenessRoute: { path: "/live", port: 8080 },
    readinessRoute: { path: "/ready", port: 8080 },
    scoringRoute: { path: "/v1/predict", port: 8080 },
  },
};

/** Registers environment `env:1` and model `iris:1`. */
export async function registerAssets({ ml }: ControlHost): Promise<void> {
  await ml.environmentVersions.createOrUpdate(GROUP, WORKSPACE, "env", "1", {
    properties: ENVIRONMENT,
  });
  await ml.modelVersions.createOrUpdate(GROUP, WORKSPACE, "iris", "1", {
    properties: { modelUri: "azureml://datastores/workspaceblobstore/paths/LocalUpload/2/model" },
  });
}

/** Body of an endpoint. */
export function endpointDraft(traffic: Record<string, number> = {}) {
  return {
    location: "eastus",
    identity: { type: "SystemAssigned" },
    properties: { authMode: "Key", traffic },
  };
}

/** Body of a deployment of `iris:1` in `env:1`. */
export function deploymentDraft(properties: Record<string, unknown> = {}) {
  return {
    location: "eastus",
    sku: { name: "Default", capacity: 1 },
    properties: {
      endpointComputeType: "Managed" as const,
      instanceType: "Standard_DS3_v2",
      model: `${HOME}/models/iris/versions/1`,
      environmentId: `${HOME}/environments/env/versions/1`,
      ...properties,
    },
  };
}
