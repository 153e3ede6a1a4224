/** What a model takes and what it gives: the promise between training and serving. */

import type { Feature } from "lib/core/mod.ts";

/** A model's signature. Letters: d inputs, k classes. */
export interface Signature {
  /** The d inputs, all finite numbers, in the order in which the model takes them. */
  readonly inputs: readonly Feature[];
  /** The k classes of the answer, in the order of its probabilities. */
  readonly classes: readonly string[];
}

/**
 * The signature of a model for these columns and classes.
 *
 * @param columns Features and classes, e.g. of the samples that it was trained on.
 * @returns A plain copy of what a caller has to keep to.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { signatureOf } from "lib/model/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * assert.deepEqual(signatureOf({ features, classes: ["a", "b"] }).inputs, features);
 * ```
 */
export function signatureOf(
  { features, classes }: { features: readonly Feature[]; classes: readonly string[] },
): Signature {
  return {
    inputs: features.map(({ name, unit, min, max }) => ({ name, unit, min, max })),
    classes: [...classes],
  };
}

/**
 * What a caller of one model would trip over when it meets another.
 *
 * @param pair The model that callers know and the one that would take its place.
 * @returns A sentence for each difference in names, order, units and classes; empty if the second can
 * stand in for the first. Ranges may differ: they describe, they do not bind.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { signatureDifferences } from "lib/model/mod.ts";
 *
 * const cm = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const mm = { inputs: [{ name: "length", unit: "mm", min: 0, max: 90 }], classes: ["a", "b"] };
 * assert.deepEqual(signatureDifferences({ known: cm, next: mm }), ["input 1 length: unit cm became mm"]);
 * ```
 */
export function signatureDifferences(
  { known, next }: { known: Signature; next: Signature },
): string[] {
  const differences: string[] = [];
  if (known.inputs.length !== next.inputs.length) {
    differences.push(`${known.inputs.length} inputs became ${next.inputs.length}`);
  }
  known.inputs.forEach((input, i) => {
    const other = next.inputs[i];
    if (!other) return;
    const place = `input ${i + 1} ${input.name}`;
    if (other.name !== input.name) differences.push(`${place}: became ${other.name}`);
    else if (other.unit !== input.unit) {
      differences.push(`${place}: unit ${input.unit} became ${other.unit}`);
    }
  });
  if (known.classes.join("\n") !== next.classes.join("\n")) {
    differences.push(`classes ${known.classes.join(", ")} became ${next.classes.join(", ")}`);
  }
  return differences;
}
