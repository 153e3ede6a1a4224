import assert from "node:assert/strict";
import { featureLabel, formatCount, formatPercent, readable, sentence } from "lib/view/mod.ts";

Deno.test("featureLabel() reads like words, with the unit if there is one", () => {
  assert.equal(featureLabel({ name: "petal_length", unit: "cm" }), "petal length (cm)");
  assert.equal(featureLabel({ name: "ratio", unit: "" }), "ratio");
  assert.equal(readable("__"), "__");
});

Deno.test("sentence() begins with a capital, but leaves pH alone", () => {
  assert.equal(sentence("petal length is best"), "Petal length is best");
  assert.equal(sentence("pH is best"), "pH is best");
  assert.equal(sentence(""), "");
});

Deno.test("formatCount() sets thousands apart", () => {
  assert.deepEqual([0, 999, 1234567].map(formatCount), ["0", "999", "1,234,567"]);
});

Deno.test("formatPercent() never makes a share look like none or all", () => {
  assert.deepEqual(
    [0, 1e-6, 0.004, 0.0094, 0.0096, 0.5, 0.9904, 0.9906, 0.9999, 1].map(formatPercent),
    ["0 %", "<0.1 %", "0.4 %", "0.9 %", "1 %", "50 %", "99 %", "99.1 %", ">99.9 %", "100 %"],
  );
});
