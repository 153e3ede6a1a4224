/** Where the files of an asset may be put before there is one: a folder, and what opens it. */

import { type Arm, propertiesOf, workspaceOf } from "./arm_context.ts";
import { userError } from "./arm_error.ts";
import { answer, type Call, type Route } from "./arm_router.ts";
import { containerSas } from "./blob_sas.ts";
import { fieldsOf } from "./fields.ts";
import { ACCOUNT } from "./storage_account.ts";

/** How long what was handed out is good for, in hours. */
const HOURS = 24;

/** Kinds of assets that files can be brought along for, in API versions from 2023 on. */
const KINDS = ["codes", "data", "models", "environments"];

/** Their operations. */
export function pendingUploadRoutes({ store, clock }: Arm): Route[] {
  function start(kind: string, call: Call): Response {
    const { id } = workspaceOf(store, call.params), { name, version } = call.params;
    const fields = fieldsOf(call.body, userError);
    fields.oneOf("pendingUploadType", ["None", "TemporaryBlobReference"]);
    const datastore = store.get(`${id}/datastores/workspaceblobstore`)!;
    const container = String(propertiesOf(datastore.body).containerName);
    const pendingUploadId = fields.text("pendingUploadId") ?? crypto.randomUUID();
    const root = `https://${ACCOUNT}.blob.core.windows.net/${container}`;
    return answer(200, {
      pendingUploadId,
      pendingUploadType: "TemporaryBlobReference",
      blobReferenceForConsumption: {
        blobUri: `${root}/LocalUpload/${pendingUploadId}/${kind}-${name}-${version}`,
        storageAccountArmId: null,
        credential: {
          credentialType: "SAS",
          sasUri: `${root}?${containerSas(container, clock.now(), HOURS)}`,
        },
      },
    });
  }

  return KINDS.map((kind) => ({
    method: "POST",
    path: `~/${kind}/{name}/versions/{version}/startPendingUpload`,
    handle: (call) => start(kind, call),
  }));
}
