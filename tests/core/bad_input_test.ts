import assert from "node:assert/strict";
import { BadInput, show } from "../../lib/core/mod.ts";

Deno.test("BadInput says field, rule and value in one line", () => {
  const error = new BadInput({ field: "a.csv line 4", rule: "must be a number", value: "x\ny" });
  assert.equal(error.message, String.raw`a.csv line 4 must be a number: got "x\ny"`);
  assert.equal(error.name, "BadInput");
  assert.ok(error instanceof Error);
  assert.deepEqual(error.parts, { field: "a.csv line 4", rule: "must be a number", value: "x\ny" });
});

Deno.test("BadInput shows no value where it was given none, and undefined where it was given that", () => {
  assert.equal(new BadInput({ field: "f", rule: "must be there" }).message, "f must be there");
  const given = new BadInput({ field: "f", rule: "must be there", value: undefined });
  assert.equal(given.message, "f must be there: got undefined");
});

Deno.test("BadInput carries its cause", () => {
  const cause = new SyntaxError("no JSON");
  assert.equal(new BadInput({ field: "f", rule: "must be JSON" }, { cause }).cause, cause);
});

Deno.test("show() writes values as JSON, and numbers that JSON does not have by their name", () => {
  const shown: [value: unknown, text: string][] = [
    ["a", '"a"'],
    [1.5, "1.5"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [12n, "12"],
    [null, "null"],
    [undefined, "undefined"],
    [[1, "a"], '[1,"a"]'],
    [{ a: NaN }, '{"a":null}'],
    [Symbol("s"), "Symbol(s)"],
  ];
  for (const [value, text] of shown) assert.equal(show(value), text);
});

Deno.test("show() cuts at 80 characters", () => {
  const whole = "x".repeat(78); // with its quotes 80
  assert.equal(show(whole), `"${whole}"`);
  const cut = show("x".repeat(79));
  assert.equal(cut, `"${"x".repeat(78)}…`);
  assert.equal(cut.length, 80);
  assert.equal(show(Array(1000).fill(0)).length, 80);
});
