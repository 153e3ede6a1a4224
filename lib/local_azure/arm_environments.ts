/** Environments: an image, or a folder to build one from, and how the container is asked. */

import type { JsonRecord } from "lib/core/mod.ts";
import { type AssetKind } from "./arm_assets.ts";
import { frontEndError } from "./arm_error.ts";
import type { Fields } from "./fields.ts";
import { blobPlace } from "./storage_account.ts";

/** The kind `environments`. */
export const ENVIRONMENTS: AssetKind = {
  plural: "environments",
  singular: "Environment",
  fixed: ["build", "image", "condaFile", "inferenceConfig", "osType"],
  changed({ name, version }) {
    const message =
      `Environment ${name} with version ${version} is already registered and cannot ` +
      "be changed.";
    return frontEndError(409, "UserError", message);
  },
  properties({ fields }) {
    const image = fields.text("image"), build = buildOf(fields);
    if ((image === undefined) === (build === undefined)) {
      throw fields.refuse("image", "must be given, or build, but not both");
    }
    const condaFile = fields.text("condaFile");
    if (condaFile !== undefined && !image) {
      throw fields.refuse("condaFile", "must not be given without image");
    }
    const inferenceConfig = inferenceOf(fields);
    return {
      environmentType: "UserCreated",
      osType: fields.oneOf("osType", ["Linux", "Windows"]) ?? "Linux",
      ...image ? { image } : {},
      ...condaFile ? { condaFile } : {},
      ...build ? { build } : {},
      ...inferenceConfig ? { inferenceConfig } : {},
    };
  },
  containerProperties: () => ({}),
};

function buildOf(fields: Fields): JsonRecord | undefined {
  if (fields.raw("build") === undefined) return undefined;
  const build = fields.object("build"), contextUri = build.required("contextUri");
  if (!blobPlace(contextUri)?.path && !/^https:\/\/github\.com\//.test(contextUri)) {
    const rule = "must be the https URL of a folder of blobs, or of a GitHub repository";
    throw build.refuse("contextUri", rule);
  }
  return { contextUri, dockerfilePath: build.text("dockerfilePath") || "Dockerfile" };
}

function inferenceOf(fields: Fields): JsonRecord | undefined {
  if (fields.raw("inferenceConfig") === undefined) return undefined;
  const config = fields.object("inferenceConfig");
  const routes = ["livenessRoute", "readinessRoute", "scoringRoute"].flatMap((name) => {
    if (config.raw(name) === undefined) return [];
    const route = config.object(name), path = route.required("path");
    if (!path.startsWith("/")) throw route.refuse("path", "must begin with a slash");
    const port = route.whole("port", { least: 1, most: 65_535 });
    if (port === undefined) throw route.refuse("port", "must be given");
    return [[name, { path, port }]];
  });
  return Object.fromEntries(routes);
}
