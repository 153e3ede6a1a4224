/** Models: files in a datastore under a name and a number. */

import { type AssetKind } from "./arm_assets.ts";
import { userError } from "./arm_error.ts";
import { assetUri } from "./asset_uri.ts";

/** The kind `models`. */
export const MODELS: AssetKind = {
  plural: "models",
  singular: "Model",
  version: { pattern: /^[1-9]\d{0,9}$/, rule: "must be a whole number above 0" },
  fixed: ["modelUri", "modelType"],
  changed: () => userError("Asset paths cannot be updated."),
  properties({ arm, workspace, fields }) {
    const types = ["custom_model", "mlflow_model", "triton_model"] as const;
    return {
      modelType: fields.oneOf("modelType", types) ?? "custom_model",
      modelUri: assetUri(arm, workspace, fields.required("modelUri"), fields.path("modelUri")),
      flavors: fields.object("flavors").record,
      jobName: fields.text("jobName") ?? null,
    };
  },
  containerProperties: () => ({}),
};
