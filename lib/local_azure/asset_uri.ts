/** Where the files of an asset lie, in the spellings that clients use, and in the one that is kept. */

import { type Arm, propertiesOf } from "./arm_context.ts";
import { userError } from "./arm_error.ts";
import { DATASTORE } from "./arm_datastores.ts";
import { type BlobPlace, blobPlace } from "./storage_account.ts";
import type { Store, Stored } from "./store.ts";

/**
 * The one spelling of an asset's URI:
 * `azureml://subscriptions/{s}/resourceGroups/{rg}/workspaces/{ws}/datastores/{ds}/paths/…`.
 *
 * @param arm The control plane's inside.
 * @param workspace The workspace that the asset lies in.
 * @param uri As the client wrote it: short or long `azureml://`, or a blob's `https://` URL.
 * @param field How the client knows it.
 * @throws {ArmError} 400 if it is none of these, or names a datastore that is not there.
 */
export function assetUri(
  { store }: Pick<Arm, "store">,
  workspace: Stored,
  uri: string,
  field: string,
): string {
  const place = parsed(store, workspace, uri);
  if (!place) {
    const rule =
      "must be azureml://datastores/NAME/paths/… or the URL of a blob of the workspace's " +
      "storage account";
    throw userError({ field, rule, value: uri });
  }
  const { datastore, path } = place;
  if (!store.get(`${workspace.id}/datastores/${datastore}`)) {
    throw userError({ field, rule: "must name a datastore that is there", value: uri });
  }
  const [, , subscription, , group] = workspace.id.split("/");
  return `azureml://subscriptions/${subscription}/resourceGroups/${group}/workspaces/` +
    `${workspace.body.name}/datastores/${datastore}/paths/${path}`;
}

/** The blobs behind a URI that was kept; nothing if its datastore is gone or no blob container. */
export function placeOf(store: Store, workspace: Stored, uri: string): BlobPlace | undefined {
  const place = parsed(store, workspace, uri);
  const datastore = place && store.get(`${workspace.id}/datastores/${place.datastore}`);
  const container = datastore && propertiesOf(datastore.body).containerName;
  if (!place || typeof container !== "string") return undefined;
  return { container, path: place.path.replace(/\/+$/, "") };
}

function parsed(
  store: Store,
  workspace: Stored,
  uri: string,
): { datastore: string; path: string } | undefined {
  const short = /^azureml:\/\/datastores\/([^/]+)\/paths\/(.+)$/i.exec(uri);
  if (short) return { datastore: short[1], path: short[2] };
  const job = /^azureml:\/\/jobs\/([^/]+)\/outputs\/([^/]+)(?:\/paths\/(.*))?$/i.exec(uri);
  if (job) return outputOf(store, workspace, job);
  const long =
    /^azureml:\/\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/(?:providers\/[^/]+\/)?workspaces\/([^/]+)\/datastores\/([^/]+)\/paths\/(.+)$/i
      .exec(uri);
  if (long) {
    const [, subscription, group, name, datastore, path] = long;
    const id = workspace.id.toLowerCase().split("/");
    const same = [id[2], id[4], id[8]].join() === [subscription, group, name].join().toLowerCase();
    return same ? { datastore, path } : undefined;
  }
  const place = blobPlace(uri);
  if (!place || !place.path) return undefined;
  const datastore = store.list({ type: DATASTORE, parent: workspace.id })
    .find(({ body }) => propertiesOf(body).containerName === place.container);
  const slash = uri.endsWith("/") ? "/" : "";
  return datastore && { datastore: String(datastore.body.name), path: place.path + slash };
}

/** Where an output of a job lies, or something in it: `azureml://jobs/JOB/outputs/NAME/paths/…`. */
function outputOf(
  store: Store,
  workspace: Stored,
  [, job, output, below = ""]: readonly string[],
): { datastore: string; path: string } | undefined {
  const found = store.get(`${workspace.id}/jobs/${job}`);
  const outputs = found && propertiesOf(found.body).outputs as Record<string, { uri: string }>;
  if (!outputs || !Object.hasOwn(outputs, output)) return undefined;
  const { uri } = outputs[output], place = parsed(store, workspace, uri);
  return place &&
    { ...place, path: below === "" ? place.path : `${place.path.replace(/\/*$/, "/")}${below}` };
}
