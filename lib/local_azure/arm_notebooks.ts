/**
 * The notebook service of a workspace, which is not there. The strict mode says so; the lenient mode
 * answers in the service's shape, so that clients of the shape can be tried: what it hands out opens
 * nothing.
 */

import { type Arm, propertiesOf, workspaceOf } from "./arm_context.ts";
import { frontEndError } from "./arm_error.ts";
import { answer, type Call, type Route } from "./arm_router.ts";
import { newKey } from "./endpoint_key.ts";
import type { JsonRecord } from "lib/core/mod.ts";

/** How long a token is said to be good for, in seconds. */
const TOKEN_SECONDS = 28_800;

/** Their operations. */
export function notebookRoutes({ store, lenient }: Arm): Route[] {
  function infoOf({ params }: Call): JsonRecord {
    const { notebookInfo } = propertiesOf(workspaceOf(store, params).body);
    if (lenient) return notebookInfo as JsonRecord;
    const message = "The notebook service of the workspace is not available: Local Azure has none.";
    throw frontEndError(400, "NotebookServiceNotAvailable", message);
  }

  function prepare(call: Call): Response {
    const { fqdn, resourceId, notebookPreparationError } = infoOf(call);
    return answer(200, { fqdn, resourceId, notebookPreparationError });
  }

  function keys(call: Call): Response {
    infoOf(call);
    return answer(200, { primaryAccessKey: newKey(), secondaryAccessKey: newKey() });
  }

  function token(call: Call): Response {
    const { fqdn, resourceId } = infoOf(call);
    return answer(200, {
      ...{ notebookResourceId: resourceId, hostName: fqdn, publicDns: fqdn },
      ...{ accessToken: newKey(), tokenType: "Bearer", expiresIn: TOKEN_SECONDS },
      ...{ refreshToken: newKey(), scope: "aznb_identity" },
    });
  }

  return [
    { method: "POST", path: "~/prepareNotebook", handle: prepare },
    { method: "POST", path: "~/listNotebookKeys", handle: keys },
    { method: "POST", path: "~/listNotebookAccessToken", handle: token },
  ];
}
