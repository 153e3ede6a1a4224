/**
 * The model as bytes. The document holds what a prediction depends on and nothing else (no time, no
 * machine, no metric), so the same training gives the same bytes, and their SHA-256 names the model
 * everywhere: in the registry, in the container, in each answer.
 */

import { BadInput, canonicalJson, sha256 } from "lib/core/mod.ts";
import { type FlatForest, flattenForest } from "./forest.ts";
import type { ForestJson } from "./forest_json.ts";
import type { Signature } from "./signature.ts";
import { probabilities, vote, type Votes } from "./vote.ts";

/** Names the layout of the document. */
export const MODEL_FORMAT = "forest-model/1";

/** What `model.json` holds. */
export interface ModelDocument {
  /** Always {@linkcode MODEL_FORMAT}. */
  readonly format: typeof MODEL_FORMAT;
  /** The model's name: that of its dataset. */
  readonly name: string;
  /** What it takes and gives. */
  readonly signature: Signature;
  /** The trees. */
  readonly forest: ForestJson;
}

/** A model ready to predict. */
export interface Model {
  /** The document it came from. */
  readonly document: ModelDocument;
  /** SHA-256 of the document's bytes. */
  readonly digest: string;
  /** The trees in typed arrays. */
  readonly forest: FlatForest;
}

/** A model's answer to n rows: votes, labels and probabilities. */
export interface Prediction extends Votes {
  /** Share of the trees for each class, row after row. (n × k) */
  readonly probabilities: Float64Array;
}

/**
 * The bytes of a document: canonical JSON in UTF-8 and a line end.
 *
 * @param document See {@linkcode ModelDocument}.
 * @returns The bytes whose SHA-256 is the model's digest.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { forestJson, MODEL_FORMAT, modelBytes, readModel } from "lib/model/mod.ts";
 *
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const forest = forestJson([{ distribution: [[0, 1]] }], 1);
 * const bytes = modelBytes({ format: MODEL_FORMAT, name: "pets", signature, forest });
 * assert.equal(readModel(bytes).document.name, "pets");
 * ```
 */
export function modelBytes(document: ModelDocument): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalJson(document) + "\n");
}

/**
 * Reads a model and checks it.
 *
 * @param bytes What {@linkcode modelBytes} gave.
 * @param options `digest`: the digest that the bytes must have. Default: any.
 * @returns The model.
 * @throws {BadInput} If the digest is another, or the bytes are no model document.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readModel } from "lib/model/mod.ts";
 *
 * const bytes = new TextEncoder().encode("{}");
 * assert.throws(() => readModel(bytes, { digest: "00" }), /model digest must be 00: got "44136fa/);
 * assert.throws(() => readModel(bytes), /model \/format must be "forest-model\/1"/);
 * ```
 */
export function readModel(
  bytes: Uint8Array,
  { digest: wanted }: { digest?: string } = {},
): Model {
  const digest = sha256(bytes);
  if (wanted !== undefined && wanted !== digest) {
    throw new BadInput({ field: "model digest", rule: `must be ${wanted}`, value: digest });
  }
  let document: ModelDocument;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BadInput({ field: "model", rule: "must be a JSON document" }, { cause });
  }
  if (document?.format !== MODEL_FORMAT) {
    throw new BadInput({
      field: "model /format",
      rule: `must be "${MODEL_FORMAT}"`,
      value: document?.format,
    });
  }
  const { inputs, classes } = document.signature ?? {};
  if (!Array.isArray(inputs) || inputs.length === 0 || !Array.isArray(classes)) {
    throw new BadInput({
      field: "model /signature",
      rule: "must have inputs and classes",
      value: document.signature,
    });
  }
  const shape = { columns: inputs.length, classes: classes.length };
  return { document, digest, forest: flattenForest(document.forest, shape) };
}

/**
 * A model's answer.
 *
 * @param model The model.
 * @param x Values, row after row, in the signature's order; NaN is a missing one. (n × d)
 * @returns See {@linkcode Prediction}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { forestJson, MODEL_FORMAT, modelBytes, predict, readModel } from "lib/model/mod.ts";
 *
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const forest = forestJson([{ distribution: [[0, 1]] }], 1);
 * const model = readModel(modelBytes({ format: MODEL_FORMAT, name: "pets", signature, forest }));
 * assert.deepEqual([...predict(model, Float64Array.of(4)).probabilities], [0, 1]);
 * ```
 */
export function predict(model: Model, x: Float64Array): Prediction {
  const votes = vote(model.forest, x);
  return { ...votes, probabilities: probabilities(votes) };
}
