/** What a fuzzed Local Azure holds: two workspaces with canaries and secrets, and an endpoint that serves. */

import assert from "node:assert/strict";
import { HOME as DEFAULT_HOME } from "./control_host.ts";
import { context } from "./deployments.ts";
import { armBody, type Place, workspaceDraft } from "./fuzz_bodies.ts";
import type { FuzzHost } from "./fuzz_host.ts";

/** The two workspaces. */
export const PLACES: readonly Place[] = [
  { home: DEFAULT_HOME, group: "rg-local" },
  {
    home: DEFAULT_HOME.replace("rg-local", "rg-other").replace("mlw-local", "mlw-other"),
    group: "rg-other",
  },
];

/** What only one workspace holds, in the order of {@linkcode PLACES}. */
export const CANARIES = ["canary-one-5c1fa0", "canary-two-9d27be"];

/** Values that must be in no log. */
export const SECRETS = {
  vault: "planted-vault-secret-77aa31",
  datastore: btoa("planted-datastore-key-82bb42"),
  bearer: "planted-bearer-93cc53",
  signature: "plantedsignature04dd64",
};

const BLOB = "https://devstoreaccount1.blob.core.windows.net/azureml";

/** What the fuzzer and the checks need to know. */
export interface Furniture {
  readonly tokens: { readonly arm: string; readonly vault: string; readonly storage: string };
  readonly endpoint: { readonly host: string; readonly key: string };
  readonly runs: readonly string[];
  /** Keys and tokens that Local Azure made itself. */
  readonly secrets: readonly string[];
}

/** A client of the control plane. */
export function armClient(host: FuzzHost, token: string) {
  return async (method: string, path: string, body?: unknown) => {
    const url = `https://management.azure.com${path}?api-version=2022-10-01`;
    const answer = await host.call(method, url, { token, body });
    return { ...answer, body: answer.text ? JSON.parse(answer.text) : undefined };
  };
}

/** Fills a new Local Azure. */
export async function furnish(host: FuzzHost): Promise<Furniture> {
  const tokens = await tokensOf(host), arm = armClient(host, tokens.arm);
  const other = PLACES[1].home, group = other.split("/providers/")[0];
  assert.equal((await arm("PUT", group, { location: "eastus" })).status, 201);
  assert.equal((await arm("PUT", other, workspaceDraft(other))).status, 202);
  await until(arm, other);
  const runs: string[] = [];
  for (const [i, { home }] of PLACES.entries()) {
    const tags = { [CANARIES[i]]: CANARIES[i] };
    await arm("PUT", `${home}/models/${CANARIES[i]}/versions/1`, {
      properties: { modelUri: "azureml://datastores/workspaceblobstore/paths/x", tags },
    });
    const mlflow = async (operation: string, body: unknown) => {
      const url = `https://eastus.api.azureml.ms/mlflow/v2.0${home}/api/2.0/mlflow/${operation}`;
      const { status, text } = await host.call("POST", url, { token: tokens.arm, body });
      assert.equal(status, 200, text);
      return JSON.parse(text);
    };
    await mlflow("experiments/create", { name: CANARIES[i] });
    const { run } = await mlflow("runs/create", { experiment_id: "0", start_time: 1 });
    runs.push(run.info.run_id);
    await mlflow("runs/set-tag", { run_id: run.info.run_id, key: "canary", value: CANARIES[i] });
  }
  const secret = await host.call(
    "PUT",
    "https://kv-local.vault.azure.net/secrets/planted?api-version=7.4",
    {
      token: tokens.vault,
      body: { value: SECRETS.vault },
    },
  );
  assert.equal(secret.status, 200, secret.text);
  const store = draftOf("~/datastores/{name}");
  store.properties.credentials.secrets.key = SECRETS.datastore;
  await arm("PUT", `${PLACES[0].home}/datastores/planted`, store);
  await host.call("GET", `${BLOB}/x?sv=2024-11-04&sr=b&sig=${SECRETS.signature}`);
  await host.call(
    "GET",
    `https://management.azure.com${other}?api-version=2022-10-01&sig=${SECRETS.signature}`,
    {
      token: SECRETS.bearer,
    },
  );
  const key = await deploy(host, "flowers");
  return {
    tokens,
    runs,
    endpoint: { host: "flowers.eastus.inference.ml.azure.com", key },
    secrets: [...Object.values(tokens), key, ...Object.values(SECRETS)],
  };
}

/** Whether the canaries are still where they were put, so that they could have leaked. */
export async function canariesLive(host: FuzzHost): Promise<boolean[]> {
  const arm = armClient(host, await host.token("https://management.azure.com"));
  return await Promise.all(PLACES.map(async ({ home }, i) => {
    const { text } = await arm("GET", `${home}/models/${CANARIES[i]}/versions/1`);
    return text.includes(`"${CANARIES[i]}":"${CANARIES[i]}"`);
  }));
}

/** Uploads a server, deploys it, moves the traffic to it and has it score; gives the endpoint's key. */
export async function deploy(host: FuzzHost, endpoint: string): Promise<string> {
  const tokens = await tokensOf(host), arm = armClient(host, tokens.arm), { home } = PLACES[0];
  const box = await host.call("PUT", `${BLOB}?restype=container`, {
    token: tokens.storage,
    headers: { "x-ms-version": "2024-11-04" },
  });
  assert.match(`${box.status}`, /^(201|409)$/); // a fuzzer may have deleted it
  for (const [name, text] of Object.entries(context())) {
    const { status, text: answer } = await host.call(
      "PUT",
      `${BLOB}/${name.replace("code/up/ctx", `LocalUpload/${endpoint}/app`)}`,
      {
        token: tokens.storage,
        body: text,
        headers: {
          "x-ms-version": "2024-11-04",
          "x-ms-blob-type": "BlockBlob",
          "content-type": "text/plain",
        },
      },
    );
    assert.equal(status, 201, answer);
  }
  const environment = draftOf("~/environments/{name}/versions/{version}");
  environment.properties.build.contextUri = `${BLOB}/LocalUpload/${endpoint}/app/`;
  assert.equal(
    (await arm("PUT", `${home}/environments/${endpoint}/versions/1`, environment)).status,
    201,
  );
  const at = `${home}/onlineEndpoints/${endpoint}`;
  const draft = draftOf("~/onlineEndpoints/{endpoint}");
  const created = await arm("PUT", at, { ...draft, properties: { authMode: "Key" } });
  assert.equal(created.status, 201, created.text);
  await until(arm, at);
  const deployment = draftOf("~/onlineEndpoints/{endpoint}/deployments/{deployment}");
  delete deployment.properties.model;
  deployment.properties.environmentId = `${home}/environments/${endpoint}/versions/1`;
  deployment.properties.requestSettings.maxConcurrentRequestsPerInstance = 8;
  deployment.properties.readinessProbe = {
    initialDelay: "PT0S",
    period: "PT0.1S",
    failureThreshold: 300,
  };
  const began = await arm("PUT", `${at}/deployments/blue`, deployment);
  assert.equal(began.status, 201, began.text);
  await until(arm, `${at}/deployments/blue`);
  const moved = await arm("PUT", at, {
    ...draft,
    properties: { authMode: "Key", traffic: { blue: 100 } },
  });
  assert.equal(moved.status, 201, moved.text);
  await until(arm, at);
  const { body: { primaryKey } } = await arm("POST", `${at}/listKeys`);
  const scored = await host.call(
    "POST",
    `https://${endpoint}.eastus.inference.ml.azure.com/score`,
    {
      token: primaryKey,
      body: [[5.1, 3.5, 1.4, 0.2]],
    },
  );
  assert.equal(scored.status, 200, scored.text);
  assert.equal(JSON.parse(scored.text).body, "[[5.1,3.5,1.4,0.2]]");
  return primaryKey;
}

/** A body of the default workspace, to be changed. */
// deno-lint-ignore no-explicit-any -- bodies of many shapes
function draftOf(route: string): any {
  return armBody(route, PLACES[0]);
}

async function tokensOf(host: FuzzHost): Promise<Furniture["tokens"]> {
  return {
    arm: await host.token("https://management.azure.com"),
    vault: await host.token("https://vault.azure.net"),
    storage: await host.token("https://storage.azure.com"),
  };
}

async function until(arm: ReturnType<typeof armClient>, path: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const { body, text } = await arm("GET", path), { provisioningState } = body.properties;
    if (provisioningState === "Succeeded") return;
    assert.notEqual(provisioningState, "Failed", text);
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`${path} was not ready`);
}
