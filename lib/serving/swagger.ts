/** The service's description for machines. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { ModelDocument } from "lib/model/mod.ts";

/** An OpenAPI document, as far as it is read here. */
export interface OpenApi {
  /** Version of the format. */
  readonly openapi: string;
  /** What it describes. */
  readonly info: { readonly title: string; readonly version: string };
  /** Its paths. */
  readonly paths: JsonRecord;
}

/**
 * An OpenAPI description of `/score` for a model.
 *
 * @param document The model's name and signature.
 * @returns OpenAPI 3.0, as plain data.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { swagger } from "lib/serving/mod.ts";
 *
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * assert.equal(swagger({ name: "pets", signature }).info.title, "pets");
 * ```
 */
export function swagger(
  { name, signature }: Pick<ModelDocument, "name" | "signature">,
): OpenApi {
  const columns = signature.inputs.map((input) => input.name);
  const row = signature.inputs.map(({ min, max }) => (min + max) / 2);
  const inputs = signature.inputs.map(({ name, unit }) => unit ? `${name} in ${unit}` : name);
  return {
    openapi: "3.0.3",
    info: { title: name, version: "1" },
    paths: {
      "/score": {
        post: {
          summary: `Class of each row: ${signature.classes.join(", ")}`,
          description: `Inputs: ${inputs.join(", ")}`,
          requestBody: {
            content: {
              "application/json": { example: { input_data: { columns, index: [0], data: [row] } } },
            },
          },
          responses: { "200": { description: "label and probabilities of each row" } },
        },
      },
    },
  };
}
