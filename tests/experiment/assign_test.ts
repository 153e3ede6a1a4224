import assert from "node:assert/strict";
import fc from "fast-check";
import { type ArmShare, assign, srmEvidence, unitPlace } from "lib/experiment/mod.ts";

const two = (b: number): ArmShare[] => [{ arm: "a", share: 1 - b }, { arm: "b", share: b }];
const share = fc.double({ min: 0, max: 1, noNaN: true });

Deno.test("assign(): who is in B stays in B when its share grows", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), share, share, (unit, salt, one, other) => {
      const [few, many] = [Math.min(one, other), Math.max(one, other)];
      if (assign(unit, { salt, arms: two(few) }) !== "b") return;
      assert.equal(assign(unit, { salt, arms: two(many) }), "b");
    }),
    { numRuns: 500 },
  );
});

Deno.test("assign(): with three arms, nobody leaves the last one when it grows", () => {
  const arms = (c: number) => [
    { arm: "a", share: (1 - c) / 2 },
    { arm: "b", share: (1 - c) / 2 },
    { arm: "c", share: c },
  ];
  fc.assert(
    fc.property(fc.string(), share, share, (unit, one, other) => {
      const [few, many] = [Math.min(one, other), Math.max(one, other)];
      if (assign(unit, { salt: "s", arms: arms(few) }) !== "c") return;
      assert.equal(assign(unit, { salt: "s", arms: arms(many) }), "c");
    }),
  );
});

Deno.test("assign(): 0 % is nobody, 100 % is everybody", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (unit, salt) => {
      assert.equal(assign(unit, { salt, arms: two(0) }), "a");
      assert.equal(assign(unit, { salt, arms: two(1) }), "b");
    }),
  );
});

Deno.test("assign(): 20,000 units split as configured, and independently under another salt", () => {
  const arms = two(0.1), counts = [0, 0];
  let both = 0;
  for (let i = 0; i < 20_000; i++) {
    const one = assign(`user ${i}`, { salt: "one", arms });
    counts[one === "b" ? 1 : 0]++;
    if (one === "b" && assign(`user ${i}`, { salt: "two", arms }) === "b") both++;
  }
  assert.ok(srmEvidence({ counts, shares: [0.9, 0.1] }) < Math.log(100), String(counts));
  assert.ok(both > 140 && both < 260, `${both} of 200 expected`); // 200 ± 4 deviations
});

Deno.test("unitPlace() is the same for ever: these places are those of the first version", () => {
  const places = ["user 1", "", "Zoë"].map((unit) => unitPlace(unit, "iris").toFixed(9));
  assert.deepEqual(places, PLACES);
});

Deno.test("unitPlace() does not take the end of a salt for the beginning of a unit", () => {
  assert.notEqual(unitPlace("b:c", "a"), unitPlace("c", "a:b"));
});

Deno.test("assign() wants shares of 1 in sum and names that differ", () => {
  const arms = [{ arm: "a", share: 0.5 }, { arm: "b", share: 0.4 }];
  assert.throws(() => assign("u", { salt: "s", arms }), /shares must be from 0 to 1, and 1 in sum/);
  const same = [{ arm: "a", share: 0.5 }, { arm: "a", share: 0.5 }];
  assert.throws(() => assign("u", { salt: "s", arms: same }), /arms must have names that differ/);
});

const PLACES = ["0.867712817", "0.348977103", "0.745801529"];
