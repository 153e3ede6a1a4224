/** Components: the description of a step that jobs are made of, under a name and a version. */

import type { JsonRecord } from "lib/core/mod.ts";
import { type AssetKind } from "./arm_assets.ts";
import { frontEndError } from "./arm_error.ts";

/** What a step may be. */
const TYPES = ["command", "parallel", "pipeline", "spark", "automl", "import", "sweep"] as const;

/** The kind `components`. The description is kept as it came; nothing here runs it. */
export const COMPONENTS: AssetKind = {
  plural: "components",
  singular: "Component",
  fixed: ["componentSpec"],
  // the words are Local Azure's: no contract has the service's
  changed({ name, version }) {
    const message = `Component ${name} with version ${version} is already registered and cannot ` +
      "be changed.";
    return frontEndError(409, "UserError", message);
  },
  properties({ fields }) {
    const given = fields.raw("componentSpec");
    if (given === undefined) throw fields.refuse("componentSpec", "must be given");
    const spec = fields.object("componentSpec");
    spec.oneOf("type", TYPES);
    return { componentSpec: spec.record as JsonRecord };
  },
  containerProperties: () => ({}),
};
