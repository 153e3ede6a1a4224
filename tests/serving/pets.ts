/** A model of two inputs and two classes, and what the tests of this room share. */

import { forestJson, MODEL_FORMAT, modelBytes, readModel } from "lib/model/mod.ts";

const stump = {
  splitColumn: 0,
  splitValue: 2.5,
  left: { distribution: [[1, 0]] },
  right: { distribution: [[0, 1]] },
};
const range = { unit: "cm", min: 0, max: 9 };

/** What the model takes and gives. */
export const SIGNATURE = {
  inputs: [{ name: "length", ...range }, { name: "width", ...range }],
  classes: ["short", "long"],
};

/** The model's bytes: short up to a length of 2.5 cm, else long. */
export const PETS_BYTES = modelBytes({
  format: MODEL_FORMAT,
  name: "pets",
  signature: SIGNATURE,
  forest: forestJson([stump], 2),
});

/** The model. */
export const PETS = readModel(PETS_BYTES);

/** A test that may touch nothing. */
export function pure(name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}
