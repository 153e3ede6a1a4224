import assert from "node:assert/strict";
import { conversion, convert } from "../../lib/data/mod.ts";

Deno.test("conversion() knows the factors that definitions give", () => {
  const factors: [from: string, to: string, factor: number][] = [
    ["mm", "cm", 0.1],
    ["cm", "mm", 10],
    ["km", "m", 1000],
    ["in", "cm", 2.54],
    ["ft", "in", 12],
    ["g", "kg", 0.001],
    ["lb", "oz", 16],
    ["lb", "kg", 0.45359237],
    ["ml", "l", 0.001],
    ["d", "h", 24],
    ["min", "s", 60],
    ["%", "", 0.01],
    ["", "%", 100],
  ];
  for (const [from, to, factor] of factors) assert.equal(conversion({ from, to }), factor, from);
});

Deno.test("conversion() is 1 within any unit, known or not, and nothing across families", () => {
  assert.equal(conversion({ from: "parsec", to: "parsec" }), 1);
  for (const [from, to] of [["mm", "kg"], ["m", "min"], ["parsec", "m"], ["", "m"], ["MM", "cm"]]) {
    assert.equal(conversion({ from, to }), undefined, `${from} to ${to}`);
  }
});

Deno.test("conversion() takes no unit from what objects inherit", () => {
  assert.equal(conversion({ from: "toString", to: "cm" }), undefined);
  assert.equal(conversion({ from: "constructor", to: "valueOf" }), undefined);
});

Deno.test("convert() gives the number that a person would write down", () => {
  for (const [from, to, digits] of [["mm", "cm", 1], ["%", "", 2], ["g", "kg", 3]] as const) {
    const factor = conversion({ from, to })!;
    for (let i = -999; i <= 999; i++) {
      assert.equal(convert(i, factor), Number(`${i}e-${digits}`) + 0, `${i} ${from}`);
    }
  }
});

Deno.test("convert() leaves a value in its own unit to the last bit", () => {
  assert.equal(convert(0.1 + 0.2, 1), 0.30000000000000004);
});
