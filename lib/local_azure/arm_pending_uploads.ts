/**
 * Where the files of an asset may be put before there is one: a container of their own, and what opens
 * it. Clients put a folder there under its own name, and two folders of one name must not mix.
 */

import { sha256 } from "lib/core/mod.ts";
import { type Arm, propertiesOf, workspaceOf } from "./arm_context.ts";
import { userError } from "./arm_error.ts";
import { answer, type Call, type Route } from "./arm_router.ts";
import { containerSas } from "./blob_sas.ts";
import { fieldsOf } from "./fields.ts";
import { ACCOUNT, type BlobPlace, blobPlace } from "./storage_account.ts";
import type { Stored } from "./store.ts";

/** How long what was handed out is good for, in hours. */
const HOURS = 24;

/** Kinds of assets that files can be brought along for, in API versions from 2023 on. */
const KINDS = ["codes", "data", "models", "environments"];

/** Their operations. */
export function pendingUploadRoutes({ store, clock, ensureContainer }: Arm): Route[] {
  async function start(call: Call): Promise<Response> {
    const workspace = workspaceOf(store, call.params);
    const fields = fieldsOf(call.body, userError);
    fields.oneOf("pendingUploadType", ["None", "TemporaryBlobReference"]);
    const pendingUploadId = fields.text("pendingUploadId") ?? crypto.randomUUID();
    const container = containerOf(workspace, pendingUploadId);
    await ensureContainer(container);
    const blobUri = `https://${ACCOUNT}.blob.core.windows.net/${container}`;
    return answer(200, {
      pendingUploadId,
      pendingUploadType: "TemporaryBlobReference",
      blobReferenceForConsumption: {
        blobUri,
        storageAccountArmId: null,
        credential: {
          credentialType: "SAS",
          sasUri: `${blobUri}?${containerSas(container, clock.now(), HOURS)}`,
        },
      },
    });
  }

  return KINDS.map((kind) => ({
    method: "POST",
    path: `~/${kind}/{name}/versions/{version}/startPendingUpload`,
    handle: start,
  }));
}

/** Name of the container of one upload: as long as a name may be, 63 characters. */
function containerOf({ body }: Stored, uploadId: string): string {
  return `${propertiesOf(body).workspaceId}-${sha256(uploadId).slice(0, 26)}`;
}

/** Where files of an upload into the workspace lie; undefined for any other address. */
export function uploadPlace({ body }: Stored, uri: string): BlobPlace | undefined {
  const place = blobPlace(uri);
  return place?.container.startsWith(`${propertiesOf(body).workspaceId}-`) ? place : undefined;
}
