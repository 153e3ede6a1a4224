import assert from "node:assert/strict";
import { type Signature, signatureDifferences, signatureOf } from "../../lib/model/mod.ts";

const known: Signature = {
  inputs: [
    { name: "length", unit: "cm", min: 0, max: 9 },
    { name: "width", unit: "cm", min: 0, max: 5 },
  ],
  classes: ["a", "b"],
};
const [length, width] = known.inputs;

const differences = (next: Partial<Signature>) =>
  signatureDifferences({ known, next: { ...known, ...next } });

Deno.test("signatureOf() copies, and leaves out what a caller need not know", () => {
  const columns = { features: [{ ...length, csvUnit: "mm" }], classes: ["a", "b"] };
  const signature = signatureOf(columns);
  assert.deepEqual(signature, { inputs: [length], classes: ["a", "b"] });
  columns.classes.push("c");
  assert.deepEqual(signature.classes, ["a", "b"]);
});

Deno.test("signatureDifferences() finds none between equals, nor where ranges differ", () => {
  assert.deepEqual(differences({}), []);
  assert.deepEqual(differences({ inputs: [{ ...length, min: -5, max: 500 }, width] }), []);
});

Deno.test("signatureDifferences() names another input, another order and another unit", () => {
  assert.deepEqual(differences({ inputs: [length, { ...width, name: "depth" }] }), [
    "input 2 width: became depth",
  ]);
  assert.deepEqual(differences({ inputs: [width, length] }), [
    "input 1 length: became width",
    "input 2 width: became length",
  ]);
  assert.deepEqual(differences({ inputs: [{ ...length, unit: "mm" }, width] }), [
    "input 1 length: unit cm became mm",
  ]);
});

Deno.test("signatureDifferences() counts inputs that came or went", () => {
  assert.deepEqual(differences({ inputs: [length] }), ["2 inputs became 1"]);
  assert.deepEqual(differences({ inputs: [length, width, { ...width, name: "depth" }] }), [
    "2 inputs became 3",
  ]);
});

Deno.test("signatureDifferences() names classes that changed, their order included", () => {
  assert.deepEqual(differences({ classes: ["a", "b", "c"] }), ["classes a, b became a, b, c"]);
  assert.deepEqual(differences({ classes: ["b", "a"] }), ["classes a, b became b, a"]);
  assert.deepEqual(differences({ classes: ["a, b"] }), ["classes a, b became a, b"]);
});

Deno.test("signatureDifferences() tells everything at once", () => {
  assert.equal(differences({ inputs: [{ ...width, unit: "mm" }], classes: ["a"] }).length, 3);
});
