/** Before anything is made: is everything there and allowed that the demo needs? */

import type { TokenCredential } from "@azure/identity";
import { BadInput } from "lib/core/mod.ts";
import { type Datastore, defaultDatastore } from "./datastore.ts";
import { ensureLocalAzure } from "./local.ts";
import { type Reach, reachTarget } from "./open_azure.ts";
import { reviveLocalAzure } from "./revival.ts";
import { lookAtQuota, probeBlob, probeEndpoint, probeVault, whoAmI } from "./preflight_probes.ts";
import { priceOf, priceSentence } from "./prices.ts";
import { emulatorPort, type ReadEnv, readTarget, type Target } from "./target.ts";

/** What is looked at, in order. */
export type PreflightCheck =
  | "settings"
  | "sign-in"
  | "workspace"
  | "default datastore"
  | "blob storage"
  | "key vault"
  | "endpoint name"
  | "quota"
  | "price";

/** What one look found. */
export interface PreflightFinding {
  /** What was looked at. */
  readonly check: PreflightCheck;
  /** `not checked` where it could not be looked at; `detail` says why. */
  readonly state: "ok" | "failed" | "not checked";
  /** What was seen, in a sentence. */
  readonly detail: string;
  /** One command or portal path that mends it; empty where there is nothing to mend. */
  readonly mend: string;
}

/** Options of {@linkcode preflight}. */
export interface PreflightOptions {
  /** The endpoint that will be made. */
  readonly endpoint: string;
  /** Value of its tag `owner` if it is ours. */
  readonly owner: string;
  /** Machine of its deployments. */
  readonly instanceType: string;
  /** How many of them at the same time. */
  readonly instances: number;
  /** Reads the environment. Default: this process's. */
  readonly env?: ReadEnv;
  /** A Local Azure that runs already. Default: the checkout's, started if need be. */
  readonly port?: number;
}

/**
 * Looks at everything that a deployment needs, and goes on after a failure as far as it can.
 *
 * @param options See {@linkcode PreflightOptions}.
 * @returns Nine findings, always in the same order. Nothing is thrown for what is found.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { preflight } from "lib/azure/mod.ts";
 *
 * const env = (name: string) => name === "MLOPS_TARGET" ? "cloud" : undefined;
 * const [settings, signIn] = await preflight({
 *   ...{ endpoint: "iris-demo", owner: "demo", instanceType: "Standard_DS2_v2", instances: 2, env },
 * });
 * assert.equal(settings.state, "failed");
 * assert.equal(signIn.detail, "not reached: settings failed");
 * ```
 */
export async function preflight(options: PreflightOptions): Promise<PreflightFinding[]> {
  const findings: PreflightFinding[] = [];
  const { look, skip, note } = keeper(findings);
  const { env, endpoint, owner, instanceType, instances } = options;

  const target = await look("settings", SETTINGS_MEND, () => {
    const target = readTarget(env);
    return { value: target, detail: `${target.kind}: ${target.resourceGroup}/${target.workspace}` };
  });
  const me = target && await look("sign-in", signInMend(target), async () => {
    const port = target.kind === "cloud" ? emulatorPort(env) : options.port ??
      (await ensureLocalAzure()).port;
    const own = target.kind === "local" && options.port === undefined; // else it is somebody's to keep
    const reach = await reachTarget(target, {
      port,
      env,
      revive: own ? reviveLocalAzure() : undefined,
    });
    const { name, objectId } = await whoAmI(reach.credential);
    return {
      value: { reach, objectId },
      detail: `${credentialName(reach.credential, env)} as ${name}`,
    };
  });
  const workspace = target && me &&
    await look("workspace", (error) => workspaceMend(target, me.objectId, error), async () => {
      const found = await me.reach.ml.workspaces.get(target.resourceGroup, target.workspace);
      return { value: found, detail: `${found.name} in ${found.location}` };
    });
  if (!target || !me || !workspace) return skip();

  const { reach, objectId } = me, { ml } = reach;
  const datastore = await look("default datastore", DATASTORE_MEND, async () => {
    const found = await defaultDatastore({ ml, target });
    return { value: found, detail: `${found.name}: ${found.url}` };
  });
  const role = (name: string, scope: string | undefined) =>
    target.kind === "local"
      ? LOCAL_MEND
      : `az role assignment create --role "${name}" --assignee ${objectId} --scope ${scope}`;
  if (datastore) {
    const mend = role("Storage Blob Data Contributor", workspace.storageAccount);
    await look("blob storage", mend, async () => ({
      value: true,
      detail: await probeBlob(await containerOf(datastore, reach)),
    }));
  } else note("blob storage", "not checked", "not reached: default datastore failed");
  await look("key vault", role("Key Vault Secrets Officer", workspace.keyVault), async () => {
    const { SecretClient } = await import("@azure/keyvault-secrets");
    const url = `https://${workspace.keyVault!.split("/").at(-1)}.vault.azure.net`;
    const secrets = new SecretClient(url, reach.credential, reach.options);
    return { value: true, detail: await probeVault({ secrets }) };
  });
  await look("endpoint name", ENDPOINT_MEND, async () => ({
    value: true,
    detail: await probeEndpoint({ ml, target }, { name: endpoint, owner }),
  }));

  const region = workspace.location!, machine = { region, instanceType, instances };
  const { free, needed, family, why } = await lookAtQuota(ml, machine);
  if (free === undefined) note("quota", "not checked", `not checked: ${why}`);
  else {
    const detail = `${free} cores of ${family} are left in ${region}, ${needed} are needed`;
    const mend =
      `Azure portal > Quotas > Machine learning > ${region}: ask for ${needed} cores of ${family}`;
    note("quota", free >= needed ? "ok" : "failed", detail, free >= needed ? "" : mend);
  }
  const price = priceOf({ instanceType, region });
  note(
    "price",
    price ? "ok" : "not checked",
    priceSentence({ ...machine, price }),
    price ? "" : "add it to data/azure_prices.json",
  );
  return findings;
}

const ORDER: readonly PreflightCheck[] = [
  ...["settings", "sign-in", "workspace", "default datastore", "blob storage"] as const,
  ...["key vault", "endpoint name", "quota", "price"] as const,
];

const SETTINGS_MEND = "export MLOPS_TARGET=cloud AZURE_SUBSCRIPTION_ID=… AZURE_RESOURCE_GROUP=… " +
  "AZURE_ML_WORKSPACE=… (or unset MLOPS_TARGET, for Local Azure)";
const LOCAL_MEND = "deno task local-azure:stop, then once more; if it stays, deno task reset";
const DATASTORE_MEND = "Azure ML studio > Data > Datastores: set a blob datastore as default";
const ENDPOINT_MEND = 'give the dataset another "name" in its descriptor';

function signInMend({ kind }: Target): string {
  return kind === "local" ? LOCAL_MEND : "az login";
}

function workspaceMend(target: Target, objectId: string, error: { statusCode?: number }): string {
  const { kind, subscriptionId, resourceGroup, workspace } = target;
  if (kind === "local") return LOCAL_MEND;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  return error.statusCode === 403
    ? `az role assignment create --role "AzureML Data Scientist" --assignee ${objectId} --scope ${group}`
    : `az ml workspace create --subscription ${subscriptionId} -g ${resourceGroup} -n ${workspace}`;
}

function credentialName(credential: TokenCredential, env: ReadEnv = (name) => Deno.env.get(name)) {
  const { name } = credential.constructor, only = env("AZURE_TOKEN_CREDENTIALS");
  return name === "DefaultAzureCredential" && only ? `${name} (${only})` : name;
}

async function containerOf({ account, container }: Datastore, { credential, options }: Reach) {
  const { BlobServiceClient } = await import("@azure/storage-blob");
  const url = `https://${account}.blob.core.windows.net`;
  return new BlobServiceClient(url, credential, options).getContainerClient(container);
}

/** Collects findings. */
function keeper(findings: PreflightFinding[]) {
  function note(
    check: PreflightCheck,
    state: PreflightFinding["state"],
    detail: string,
    mend = "",
  ): void {
    findings.push({ check, state, detail, mend });
  }

  /** Takes a look; what it throws is a finding. */
  async function look<T>(
    check: PreflightCheck,
    mend: string | ((error: Error & { statusCode?: number }) => string),
    take: () => Promise<{ value: T; detail: string }> | { value: T; detail: string },
  ): Promise<T | undefined> {
    try {
      const { value, detail } = await take();
      note(check, "ok", detail);
      return value;
    } catch (error) {
      const failure = error as Error & { statusCode?: number };
      const [line] = failure.message.trim().split("\n");
      const status = failure.statusCode && !(failure instanceof BadInput)
        ? `${failure.statusCode}: `
        : "";
      note(check, "failed", status + line, typeof mend === "string" ? mend : mend(failure));
      return undefined;
    }
  }

  /** Everything after a failure that nothing can be looked at without. */
  function skip(): PreflightFinding[] {
    const failed = findings.at(-1)!.check;
    for (const check of ORDER.slice(findings.length)) {
      note(check, "not checked", `not reached: ${failed} failed`);
    }
    return findings;
  }

  return { note, look, skip };
}
