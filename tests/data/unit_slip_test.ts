import assert from "node:assert/strict";
import { conversion, decimalsOf, roundTo, unitSlip } from "../../lib/data/mod.ts";

Deno.test("unitSlip() knows another unit for every unit that can be converted", () => {
  const units = "mm cm dm m km in ft mg g kg t oz lb ml cl dl l ms s min h d %".split(" ");
  for (const unit of [...units, ""]) {
    const slip = unitSlip({ unit });
    assert.ok(slip.unit !== null && slip.unit !== unit, unit);
    assert.equal(slip.factor, conversion({ from: unit, to: slip.unit }));
    assert.notEqual(slip.factor, 1);
  }
  for (const unit of ["mg/l", "constructor"]) {
    assert.deepEqual(unitSlip({ unit }), { factor: 10, unit: null });
  }
});

Deno.test("decimalsOf() finds the decimals of whole, written and computed numbers", () => {
  assert.equal(decimalsOf([]), 0);
  assert.equal(decimalsOf([-3, 1e6, 0]), 0);
  assert.equal(decimalsOf([0.1 + 0.2, 4.5]), 1);
  assert.equal(decimalsOf([0.1184, 0.05]), 4);
  assert.equal(decimalsOf([0.00001]), 5);
  assert.equal(decimalsOf([Math.PI]), 9);
  assert.ok(Object.is(roundTo(-0.04, 1), 0));
});
