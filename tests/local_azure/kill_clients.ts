/** The real SDKs on a Local Azure that may die: each request is sent once, so that its fate is known. */

import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import type { TokenCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { GROUP, SUBSCRIPTION, WORKSPACE } from "./control_host.ts";
import { emulatorTransport } from "./emulator_transport.ts";

/** Group and workspace, as the SDK's methods take them first. */
export const AT = [GROUP, WORKSPACE] as const;

/** Clients of one port; they outlive whoever answers there. */
export interface KillClients extends Disposable {
  readonly ml: AzureMachineLearningWorkspaces;
  readonly secrets: SecretClient;
  readonly blobs: ContainerClient;
  /** A request to Local Azure under its own name: MLflow's mount without a token. */
  mlflow(path: string, init?: RequestInit): Promise<Response>;
  /** A request to one of Azure's hosts. */
  call(url: string, init?: RequestInit): Promise<Response>;
}

/** Opens them; Local Azure must answer. */
export async function openKillClients(port: number): Promise<KillClients> {
  const base = `http://127.0.0.1:${port}`;
  const credential: TokenCredential = {
    async getToken(scopes) {
      const resource = encodeURIComponent([scopes].flat()[0].replace(/\/\.default$/, ""));
      const url = `${base}/msi/token?api-version=2019-08-01&resource=${resource}`;
      const answer = await (await fetch(url, { headers: { "x-identity-header": "any" } })).json();
      return { token: answer.access_token, expiresOnTimestamp: Date.now() + 3_000_000 };
    },
  };
  const once = {
    httpClient: emulatorTransport(base),
    retryOptions: { maxRetries: 0, maxTries: 1 },
    updateIntervalInMs: 20,
  };
  const ml = new AzureMachineLearningWorkspaces(credential, SUBSCRIPTION, once as never);
  const { properties } = await ml.datastores.get(...AT, "workspaceblobstore");
  const { accountName, containerName } = properties as unknown as Record<string, string>;
  const account = `https://${accountName}.blob.core.windows.net`;
  const client = Deno.createHttpClient({ allowHost: true });
  return {
    ml,
    secrets: new SecretClient("https://kv-local.vault.azure.net", credential, once),
    blobs: new BlobServiceClient(account, credential, once).getContainerClient(containerName),
    mlflow: (path, init) => fetch(`${base}/api/2.0/${path}`, { ...init, client }),
    call(url, init) {
      const { host, pathname, search } = new URL(url), headers = new Headers(init?.headers);
      headers.set("host", host);
      return fetch(base + pathname + search, { ...init, headers, client });
    },
    [Symbol.dispose]: () => client.close(),
  };
}

/** Options with which a long-running operation says as soon as Local Azure has taken it on. */
export function taken(acknowledge: () => void): { onResponse(raw: { status: number }): void } {
  return { onResponse: ({ status }) => status < 300 ? acknowledge() : undefined };
}

/** Whether the SDK was told 404. */
export function isAbsent(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 404;
}
