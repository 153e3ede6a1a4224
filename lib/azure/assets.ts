/** Data, models and environments as versions in the workspace. */

import type { Azure } from "./open_azure.ts";
import { operationError } from "./operation.ts";

/** A version of an asset. */
export interface AssetVersion {
  /** ARM id. */
  readonly id: string;
  /** Name of the asset. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Texts by name. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether it was registered just now. */
  readonly isNew: boolean;
}

/** What is registered. */
export interface AssetDraft {
  /** Name of the asset. */
  readonly name: string;
  /** Its version; for models a positive whole number. */
  readonly version: string;
  /** One sentence. */
  readonly description: string;
  /** Texts by name. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Where a container serves what. */
export interface InferenceRoutes {
  /** Port inside the container. */
  readonly port: number;
  /** Path that tells that it lives. */
  readonly liveness: string;
  /** Path that tells that it can answer. */
  readonly readiness: string;
  /** Path that answers. */
  readonly scoring: string;
}

/**
 * Registers a file or a folder of data.
 *
 * @param azure The target.
 * @param draft See {@linkcode AssetDraft}; its `azureml://` URI; `kind`, by default a folder.
 * @returns The version; the one that is there already, if it has the same URI.
 * @throws {OperationError} If a version with another URI is there.
 */
export async function registerData(
  azure: Azure,
  draft: AssetDraft & { uri: string; kind?: "uri_file" | "uri_folder" },
): Promise<AssetVersion> {
  const { name, version, description, tags, uri, kind = "uri_folder" } = draft;
  return await register(
    azure,
    "data",
    draft,
    (group, workspace) =>
      azure.ml.dataVersions.createOrUpdate(group, workspace, name, version, {
        properties: { dataType: kind, dataUri: uri, description, tags },
      }),
  );
}

/**
 * Registers a model.
 *
 * @param azure The target.
 * @param draft See {@linkcode AssetDraft}, and the folder's `azureml://` URI.
 * @returns The version.
 * @throws {OperationError} If the service refuses it.
 */
export async function registerModel(
  azure: Azure,
  draft: AssetDraft & { uri: string },
): Promise<AssetVersion> {
  const { name, version, description, tags, uri } = draft;
  return await register(
    azure,
    "models",
    draft,
    (group, workspace) =>
      azure.ml.modelVersions.createOrUpdate(group, workspace, name, version, {
        properties: { modelUri: uri, modelType: "custom_model", description, tags },
      }),
  );
}

/**
 * Registers an environment that is built from an uploaded context.
 *
 * @param azure The target.
 * @param draft See {@linkcode AssetDraft}, the context's `https://…/` URL and the container's routes.
 * @returns The version.
 * @throws {OperationError} If the service refuses it.
 */
export async function registerEnvironment(
  azure: Azure,
  draft: AssetDraft & { contextUrl: string; routes: InferenceRoutes },
): Promise<AssetVersion> {
  const { name, version, description, tags, contextUrl, routes } = draft;
  const route = (path: string) => ({ path, port: routes.port });
  return await register(
    azure,
    "environments",
    draft,
    (group, workspace) =>
      azure.ml.environmentVersions.createOrUpdate(group, workspace, name, version, {
        properties: {
          build: { contextUri: contextUrl, dockerfilePath: "Dockerfile" },
          inferenceConfig: {
            livenessRoute: route(routes.liveness),
            readinessRoute: route(routes.readiness),
            scoringRoute: route(routes.scoring),
          },
          osType: "Linux",
          description,
          tags,
        },
      }),
  );
}

async function register(
  { ml, target }: Azure,
  kind: "data" | "models" | "environments",
  { name, version }: AssetDraft,
  put: (
    group: string,
    workspace: string,
  ) => Promise<{ id?: string; properties: { tags?: unknown } }>,
): Promise<AssetVersion> {
  const { resourceGroup, workspace } = target;
  const client = {
    data: ml.dataVersions,
    models: ml.modelVersions,
    environments: ml.environmentVersions,
  };
  try {
    const before = await client[kind].get(resourceGroup, workspace, name, version).catch(absent);
    const { id, properties } = await put(resourceGroup, workspace);
    const tags = properties.tags as Record<string, string> | undefined ?? {};
    return { id: id!, name, version, tags, isNew: before === undefined };
  } catch (error) {
    throw operationError(`register ${kind} ${name}:${version}`, error as Error);
  }
}

/** The versions of a model, newest first; empty if there is no such model. */
export async function listModelVersions(
  { ml, target }: Azure,
  name: string,
): Promise<AssetVersion[]> {
  const versions: AssetVersion[] = [];
  try {
    for await (
      const found of ml.modelVersions.list(target.resourceGroup, target.workspace, name)
    ) {
      const tags = found.properties.tags as Record<string, string> | undefined ?? {};
      versions.push({ id: found.id!, name, version: found.name!, tags, isNew: false });
    }
  } catch (error) {
    absent(error as { statusCode?: number });
  }
  return versions.sort((a, b) => Number(b.version) - Number(a.version));
}

/** The versions of an environment that have a tag; empty if there is none. */
export async function listEnvironmentVersions(
  { ml, target }: Azure,
  { name, tag, value }: { readonly name: string; readonly tag: string; readonly value: string },
): Promise<AssetVersion[]> {
  const versions: AssetVersion[] = [];
  try {
    const { resourceGroup, workspace } = target;
    for await (const found of ml.environmentVersions.list(resourceGroup, workspace, name)) {
      const tags = found.properties.tags as Record<string, string> | undefined ?? {};
      if (tags[tag] !== value) continue;
      versions.push({ id: found.id!, name, version: found.name!, tags, isNew: false });
    }
  } catch (error) {
    absent(error as { statusCode?: number });
  }
  return versions;
}

/**
 * One file of a registered model.
 *
 * @param azure The target.
 * @param file Name and version of the model, and the file's name in its folder.
 * @returns The bytes; undefined if there is no such version, or no such file in it.
 */
export async function readModelFile(
  { ml, target, blobs }: Azure,
  { name, version, file }: { name: string; version: string; file: string },
): Promise<Uint8Array | undefined> {
  const path = await modelFolder({ ml, target }, { name, version });
  if (!path) return undefined;
  return await blobs.getBlobClient(`${path}/${file}`).downloadToBuffer().catch(absent);
}

/**
 * Where the files of a registered model lie.
 *
 * @param azure The target.
 * @param model Name and version.
 * @returns Name of the folder in the container; undefined if there is no such version.
 */
export async function modelFolder(
  { ml, target: { resourceGroup, workspace } }: Pick<Azure, "ml" | "target">,
  { name, version }: { name: string; version: string },
): Promise<string | undefined> {
  const found = await ml.modelVersions.get(resourceGroup, workspace, name, version).catch(absent);
  return found?.properties.modelUri?.split("/paths/")[1];
}

/** Nothing for a 404, the error itself for anything else. */
export function absent(error: { statusCode?: number }): undefined {
  if (error.statusCode !== 404) throw error;
}
