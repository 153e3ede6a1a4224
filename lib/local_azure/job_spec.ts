/** From a job's properties to what is run: ids become blobs, durations milliseconds. */

import type { JsonRecord } from "lib/core/mod.ts";
import { propertiesOf } from "./arm_context.ts";
import { uploadPlace } from "./arm_pending_uploads.ts";
import { placeOf } from "./asset_uri.ts";
import { durationMs } from "./durations.ts";
import { JobError } from "./job_error.ts";
import { type BlobPlace, blobPlace } from "./storage_account.ts";
import type { Store, Stored } from "./store.ts";

/** Where a job's program finds what is its own: the folder in which Azure ML has it too. */
export const JOB_HOME = "/mnt/azureml/cr/j";

/** Something that goes into a job. */
export type JobInput =
  /** A value, or a URI that the program reads for itself. */
  | { readonly kind: "value"; readonly value: string }
  /** A file, or a folder of files, that is brought. */
  | { readonly kind: "blobs"; readonly place: BlobPlace };

/** A file or a folder that comes out of a job. */
export interface JobOutput {
  readonly isFile: boolean;
  readonly place: BlobPlace;
}

/** All that a job is run from. */
export interface JobSpec {
  /** ARM id, as it is spelt. */
  readonly id: string;
  readonly name: string;
  readonly experiment: string;
  readonly command: string;
  /** The folder of code, if there is one. */
  readonly code?: BlobPlace;
  /** The environment: a build context in Blob, or the name of an image. */
  readonly environment:
    | { readonly container: string; readonly path: string; readonly dockerfile: string }
    | { readonly image: string };
  readonly variables: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, JobInput>>;
  readonly outputs: Readonly<Record<string, JobOutput>>;
  /** Where logs and the folder `outputs` are put: `workspaceartifactstore`. */
  readonly artifacts: BlobPlace;
  /** Longest time that the command may take, in milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * What a job is run from.
 *
 * @param store Where its assets are looked up.
 * @param workspace Its workspace.
 * @param job The job.
 * @throws {JobError} `UserError`, if an asset is gone, or its files lie where nothing can be read.
 */
export function jobSpec(store: Store, workspace: Stored, job: Stored): JobSpec {
  const properties = propertiesOf(job.body), name = String(job.body.name);
  const { default: _artifacts, ...outputs } = properties.outputs as Record<string, JsonRecord>;
  const code = properties.codeId === null ? undefined : store.get(String(properties.codeId));
  if (properties.codeId !== null && !code) throw gone("code", properties.codeId);
  const timeout = (properties.limits as JsonRecord | null)?.timeout;
  const blobs = (field: string, uri: string) => {
    const place = placeOf(store, workspace, uri);
    if (place) return place;
    const why = "must name files in a blob datastore of the workspace";
    throw new JobError("UserError", `${field} ${why}: ${uri}`);
  };
  const codePlace = (uri: string) => uploadPlace(workspace, uri) ?? blobs("codeUri", uri);
  const files = (field: string, uri: string) => blobs(field, assetUriOf(store, field, uri));
  const inputs = Object.entries(properties.inputs as Record<string, JsonRecord>)
    .map(([key, { jobInputType, value, uri, mode }]): [string, JobInput] => {
      if (jobInputType === "literal") return [key, { kind: "value", value: String(value) }];
      if (mode === "Direct") return [key, { kind: "value", value: String(uri) }];
      return [key, { kind: "blobs", place: files(`inputs.${key}`, String(uri)) }];
    });
  return {
    id: job.id,
    name,
    experiment: String(properties.experimentName),
    command: String(properties.command),
    ...code && { code: codePlace(String(propertiesOf(code.body).codeUri)) },
    environment: environmentOf(store, String(properties.environmentId)),
    variables: properties.environmentVariables as Record<string, string>,
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([key, { jobOutputType, uri }]) => [key, {
        isFile: jobOutputType === "uri_file",
        place: blobs(`outputs.${key}`, String(uri)),
      }]),
    ),
    artifacts: artifactsOf(store, job),
    ...timeout ? { timeoutMs: durationMs(String(timeout))! } : {},
  };
}

/** Where a job's logs and artifacts lie. */
export function artifactsOf(store: Store, { parent, body }: Stored): BlobPlace {
  const datastore = store.get(`${parent}/datastores/workspaceartifactstore`);
  const container = datastore ? String(propertiesOf(datastore.body).containerName) : "azureml";
  return { container, path: `ExperimentRun/dcid.${body.name}` };
}

/** The URI of an input's files, which may be named by the asset that has them. */
function assetUriOf(store: Store, field: string, uri: string): string {
  const id = uri.replace(/^azureml:(?=\/subscriptions\/)/i, "");
  if (!id.startsWith("/")) return uri;
  const asset = store.get(id), held = asset && propertiesOf(asset.body);
  const found = held?.dataUri ?? held?.modelUri;
  if (found === undefined) throw gone(field, uri);
  return String(found);
}

function environmentOf(store: Store, id: string): JobSpec["environment"] {
  const found = store.get(id);
  if (!found) throw gone("environment", id);
  const { build, image } = propertiesOf(found.body);
  if (image) return { image: String(image) };
  const place = build ? blobPlace(String((build as JsonRecord).contextUri)) : undefined;
  if (place) return { ...place, dockerfile: String((build as JsonRecord).dockerfilePath) };
  throw new JobError("UserError", "environment must have an image, or a build context in Blob");
}

function gone(field: string, id: unknown): JobError {
  return new JobError("UserError", `${field} must name what is there: ${id}`);
}
