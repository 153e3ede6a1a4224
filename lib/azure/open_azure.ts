/** Opens the way to the target's services: credential, clients, and the fetch that reaches them. */

import type { DefaultAzureCredentialOptions, TokenCredential } from "@azure/identity";
import type { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import type { ContainerClient } from "@azure/storage-blob";
import type { SecretClient } from "@azure/keyvault-secrets";
import { BadInput } from "lib/core/mod.ts";
import { ensureLocalAzure } from "./local.ts";
import { reviveLocalAzure } from "./revival.ts";
import { emulatorPort, localEnvironment, type ReadEnv, readTarget, type Target } from "./target.ts";
import { localTransport, targetFetch, type TransportOptions } from "./transport.ts";

/** Everything that the adapters of this room are given. */
export interface Azure {
  /** Which workspace, and where. */
  readonly target: Target;
  /** Azure ML's control plane. */
  readonly ml: AzureMachineLearningWorkspaces;
  /** Region of the workspace. */
  readonly location: string;
  /** The workspace's default blob container. */
  readonly blobs: ContainerClient;
  /** The workspace's key vault. */
  readonly secrets: SecretClient;
  /** Base URL of MLflow's REST API, without `/api/2.0/mlflow`. */
  readonly mlflowUrl: string;
  /** Fetch that reaches the target, without authorisation. */
  readonly fetch: typeof fetch;
  /** Fetch that reaches the target and carries a token for `https://management.azure.com`. */
  readonly armFetch: typeof fetch;
  /** Signs in. */
  readonly credential: TokenCredential;
  /** Local Azure, e.g. `http://127.0.0.1:7070`; undefined for the cloud. */
  readonly base?: string;
  /** Waiting time between polls of an operation, in milliseconds. */
  readonly intervalMs: number;
}

/** Options of {@linkcode openAzure}. */
export interface OpenAzureOptions {
  /** Reads the environment. Default: this process's. */
  readonly env?: ReadEnv;
}

/** What tokens for the control plane are asked for. */
export const ARM_SCOPE = "https://management.azure.com/.default";

/**
 * Opens the target. Starts Local Azure if that is the target and it does not run yet; if it is killed
 * later, the next request brings it up again.
 *
 * @param options See {@linkcode OpenAzureOptions}.
 * @returns See {@linkcode Azure}.
 * @throws {BadInput} If the settings are incomplete, or there is no such workspace.
 *
 * @example
 * ```ts ignore
 * // starts Local Azure, so it needs all permissions
 * const azure = await openAzure();
 * ```
 */
export async function openAzure({ env }: OpenAzureOptions = {}): Promise<Azure> {
  const target = readTarget(env);
  if (target.kind !== "local") return await connect(target, { port: emulatorPort(env), env });
  const { port, folder } = await ensureLocalAzure();
  return await connect(target, { port, env, folder, revive: reviveLocalAzure() });
}

/**
 * Opens a Local Azure that runs already, e.g. one that a test has started for itself.
 *
 * @param port Its port on 127.0.0.1.
 * @returns See {@linkcode Azure}.
 *
 * @example
 * ```ts ignore
 * const azure = await openAzureAt(7070);
 * ```
 */
export async function openAzureAt(port: number): Promise<Azure> {
  return await connect(readTarget(() => undefined), { port });
}

/** The way to a target before anything is known of its workspace. */
export interface Reach extends Pick<Azure, "ml" | "credential"> {
  /** For the clients of other services: how a request gets there. */
  readonly options: object;
  /** Local Azure, e.g. `http://127.0.0.1:7070`; undefined for the cloud. */
  readonly base: string | undefined;
}

/** Options of {@linkcode reachTarget}. */
export interface ReachOptions extends OpenAzureOptions, TransportOptions {
  /** Local Azure's port; undefined for the cloud. */
  readonly port?: number;
}

/**
 * Credential and control plane of a target. Nothing is asked of it yet.
 *
 * @param target Where to.
 * @param options See {@linkcode ReachOptions}.
 * @returns See {@linkcode Reach}.
 *
 * @example
 * ```ts ignore
 * const { ml } = await reachTarget(readTarget(), { port: 7070 });
 * ```
 */
export async function reachTarget(
  target: Target,
  { port, env, ...how }: ReachOptions = {},
): Promise<Reach> {
  const base = port === undefined ? undefined : `http://127.0.0.1:${port}`;
  const variables = port === undefined ? {} : localEnvironment(port);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  // the SDKs read the environment when they are imported, so it has to be complete by now
  const [{ AzureMachineLearningWorkspaces }, identity] = await Promise.all([
    import("@azure/arm-machinelearning"),
    import("@azure/identity"),
  ]);
  const options = base ? { httpClient: localTransport(base, how) } : {};
  const credential = await signIn(identity, env, options);
  const ml = new AzureMachineLearningWorkspaces(credential, target.subscriptionId, options);
  return { ml, credential, options, base };
}

async function connect(target: Target, reached: ReachOptions): Promise<Azure> {
  const { ml, credential, options, base } = await reachTarget(target, reached);
  const [{ BlobServiceClient }, { SecretClient }] = await Promise.all([
    import("@azure/storage-blob"),
    import("@azure/keyvault-secrets"),
  ]);
  const workspace = await ml.workspaces.get(target.resourceGroup, target.workspace)
    .catch((cause) => {
      const rule =
        `must be a workspace in ${target.resourceGroup} that can be read (${cause.message})`;
      throw new BadInput({ field: "AZURE_ML_WORKSPACE", rule, value: target.workspace }, { cause });
    });
  const store = await ml.datastores.get(
    target.resourceGroup,
    target.workspace,
    "workspaceblobstore",
  );
  // deno-lint-ignore no-explicit-any -- one of several kinds of datastore; this one is always a blob store
  const { accountName, containerName } = store.properties as any;
  const blobs = new BlobServiceClient(
    `https://${accountName}.blob.core.windows.net`,
    credential,
    options,
  );
  const vault = workspace.keyVault!.split("/").at(-1);
  const call = targetFetch(base, reached);
  return {
    target,
    ml,
    location: workspace.location!,
    blobs: blobs.getContainerClient(containerName),
    secrets: new SecretClient(`https://${vault}.vault.azure.net`, credential, options),
    mlflowUrl: workspace.mlFlowTrackingUri!.replace(/^azureml:/, "https:"),
    fetch: call,
    armFetch: async (input, init) => {
      const request = new Request(input, init);
      const token = await credential.getToken(ARM_SCOPE);
      request.headers.set("authorization", `Bearer ${token!.token}`);
      return await call(request);
    },
    credential,
    ...(base !== undefined && { base }),
    intervalMs: base ? 20 : 2000,
  };
}

/** Inside a GitHub Actions job with an ID token our own credential, else the SDK's default chain. */
async function signIn(
  { DefaultAzureCredential }: typeof import("@azure/identity"),
  env: ReadEnv = (name) => Deno.env.get(name),
  options: object,
): Promise<TokenCredential> {
  const local = "httpClient" in options && emulatorPort(env) === undefined;
  // its tokens, too, may be asked of a Local Azure that was killed
  if (local) return new DefaultAzureCredential(options as DefaultAzureCredentialOptions);
  if (!env("ACTIONS_ID_TOKEN_REQUEST_URL")) return new DefaultAzureCredential();
  const { githubActionsCredential } = await import("./github_credential.ts");
  return await githubActionsCredential(env, options);
}
