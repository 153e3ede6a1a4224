/** Code: a folder of blobs that a job or a deployment brings along. */

import { type AssetKind } from "./arm_assets.ts";
import { userError } from "./arm_error.ts";
import { blobPlace } from "./storage_account.ts";

/** The kind `codes`. */
export const CODES: AssetKind = {
  plural: "codes",
  singular: "Code",
  fixed: ["codeUri"],
  changed: () => userError("Asset paths cannot be updated."),
  properties({ fields }) {
    const codeUri = fields.required("codeUri");
    if (!blobPlace(codeUri)?.path) {
      throw fields.refuse("codeUri", "must be the https URL of a folder of blobs");
    }
    return { codeUri };
  },
  containerProperties: () => ({}),
};
