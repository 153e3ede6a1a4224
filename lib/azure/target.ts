/**
 * The single door to the environment: where the cloud work goes. Local is the default, whatever
 * `AZURE_*` variables lie around; `MLOPS_TARGET=cloud` asks for Azure.
 */

import { BadInput } from "lib/core/mod.ts";

/** Which workspace is worked on. */
export interface WorkspaceName {
  /** Subscription id. */
  readonly subscriptionId: string;
  /** Name of the resource group. */
  readonly resourceGroup: string;
  /** Name of the workspace. */
  readonly workspace: string;
}

/** Where the work goes. */
export interface Target extends WorkspaceName {
  /** Local Azure, or Azure. */
  readonly kind: "local" | "cloud";
  /** Whether the person has agreed to spend money without being asked. */
  readonly yes: boolean;
}

/** Reads one environment variable; an empty string is a missing one. */
export type ReadEnv = (name: string) => string | undefined;

/** Local Azure's default workspace, made on its first start. */
export const LOCAL_WORKSPACE: WorkspaceName = {
  subscriptionId: "00000000-0000-0000-0000-000000000000",
  resourceGroup: "rg-local",
  workspace: "mlw-local",
};

/** The variables that the cloud needs, all of them. */
const CLOUD_VARIABLES = {
  subscriptionId: "AZURE_SUBSCRIPTION_ID",
  resourceGroup: "AZURE_RESOURCE_GROUP",
  workspace: "AZURE_ML_WORKSPACE",
} as const;

/**
 * Decides where the work goes.
 *
 * @param env Reads the environment. Default: this process's.
 * @returns See {@linkcode Target}.
 * @throws {BadInput} If `MLOPS_TARGET` is neither `local` nor `cloud`, or the cloud is asked for and a
 * setting is missing; the message names all that are.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readTarget } from "lib/azure/mod.ts";
 *
 * assert.equal(readTarget(() => undefined).kind, "local");
 * const env = (name: string) => name === "MLOPS_TARGET" ? "cloud" : undefined;
 * assert.throws(() => readTarget(env), /AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, AZURE_ML_WORKSPACE must be set/);
 * ```
 */
export function readTarget(env: ReadEnv = (name) => Deno.env.get(name)): Target {
  const read = (name: string) => env(name)?.trim() || undefined;
  const kind = read("MLOPS_TARGET") ?? "local";
  const yes = read("MLOPS_YES") === "1";
  if (kind === "local") return { kind, ...LOCAL_WORKSPACE, yes };
  if (kind !== "cloud") {
    throw new BadInput({ field: "MLOPS_TARGET", rule: "must be local or cloud", value: kind });
  }
  const missing = Object.values(CLOUD_VARIABLES).filter((name) => !read(name));
  if (missing.length > 0) {
    const rule = "must be set, as MLOPS_TARGET is cloud";
    throw new BadInput({ field: missing.join(", "), rule });
  }
  const { subscriptionId, resourceGroup, workspace } = CLOUD_VARIABLES;
  return {
    kind,
    subscriptionId: read(subscriptionId)!,
    resourceGroup: read(resourceGroup)!,
    workspace: read(workspace)!,
    yes,
  };
}

/**
 * The port of a Local Azure that plays the cloud: `MLOPS_TARGET=cloud` then takes the cloud's whole
 * path, sign-in at login.microsoftonline.com included, and only the last step of the transport differs.
 * For tests of the workflows; it counts with the cloud as the target only.
 *
 * @param env Reads the environment. Default: this process's.
 * @returns The port; undefined where `MLOPS_EMULATOR_PORT` is not set.
 * @throws {BadInput} If it is no port.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { emulatorPort } from "lib/azure/mod.ts";
 *
 * assert.equal(emulatorPort(() => ""), undefined);
 * assert.equal(emulatorPort(() => "7070"), 7070);
 * assert.throws(() => emulatorPort(() => "cloud"), /MLOPS_EMULATOR_PORT must be a port/);
 * ```
 */
export function emulatorPort(env: ReadEnv = (name) => Deno.env.get(name)): number | undefined {
  const field = "MLOPS_EMULATOR_PORT", text = env(field)?.trim();
  if (!text) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new BadInput({ field, rule: "must be a port", value: text });
}

/**
 * What the Azure SDKs have to find in the environment before they are imported, so that they sign in
 * at Local Azure and do not phone home.
 *
 * @param port Local Azure's port on 127.0.0.1.
 * @returns Variables and their values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { localEnvironment } from "lib/azure/mod.ts";
 *
 * assert.equal(localEnvironment(7070).IDENTITY_ENDPOINT, "http://127.0.0.1:7070/msi/token");
 * ```
 */
export function localEnvironment(port: number): Record<string, string> {
  return {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
    IDENTITY_HEADER: "local",
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    APPLICATION_INSIGHTS_NO_STATSBEAT: "1",
    APPLICATIONINSIGHTS_STATSBEAT_DISABLED: "true",
  };
}
