/** Data assets: a file, a folder or a table in a datastore under a name and a version. */

import { type AssetKind } from "./arm_assets.ts";
import { propertiesOf } from "./arm_context.ts";
import { userError } from "./arm_error.ts";
import { assetUri } from "./asset_uri.ts";
import type { Fields } from "./fields.ts";

/** The kind `data`. */
export const DATA: AssetKind = {
  plural: "data",
  singular: "Data",
  fixed: ["dataUri", "dataType"],
  changed: () => userError("Asset paths cannot be updated."),
  properties({ arm, workspace, fields, container }) {
    const dataType = typeOf(fields);
    const held = container && propertiesOf(container.body).dataType;
    if (held !== undefined && held !== dataType) {
      throw fields.refuse("dataType", `must be ${held}, as in the other versions`);
    }
    const uri = fields.required("dataUri");
    const dataUri = /^https?:/.test(uri) && !/\.blob\.core\.windows\.net\//.test(uri)
      ? uri // a public file that is only referred to
      : assetUri(arm, workspace, uri, fields.path("dataUri"));
    return { dataType, dataUri };
  },
  containerProperties: (fields) => ({ dataType: typeOf(fields) }),
};

function typeOf(fields: Fields): string {
  const type = fields.oneOf("dataType", ["uri_file", "uri_folder", "mltable"]);
  if (!type) throw fields.refuse("dataType", "must be one of uri_file, uri_folder, mltable");
  return type;
}
