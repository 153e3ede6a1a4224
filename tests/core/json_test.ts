import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "../../lib/core/mod.ts";

Deno.test("canonicalJson() writes the sample of RFC 8785, section 3.2.2", () => {
  const sample = JSON.parse(
    String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`,
  );
  assert.equal(
    canonicalJson(sample),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],` +
      String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

Deno.test("canonicalJson() sorts keys as RFC 8785, section 3.2.3", () => {
  const sample = JSON.parse(
    String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }`,
  );
  assert.deepEqual(canonicalJson(sample).match(/(?<=:")[^"]+/g), [
    "Carriage Return",
    "One",
    "Control",
    "Latin Small Letter O With Diaeresis",
    "Euro Sign",
    "Emoji: Grinning Face",
    "Hebrew Letter Dalet With Dagesh",
  ]);
});

Deno.test("canonicalJson() spells numbers as RFC 8785, appendix B", () => {
  const spellings: [bits: string, text: string][] = [
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ];
  for (const [bits, text] of spellings) {
    const number = new DataView(BigUint64Array.of(BigInt(`0x${bits}`)).buffer).getFloat64(0, true);
    assert.equal(canonicalJson(number), text, bits);
  }
});

Deno.test("canonicalJson() gives what JSON.parse() takes back", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "grapheme" }), (value) => {
      // JSON has one zero
      const expected = JSON.parse(JSON.stringify(value));
      assert.deepEqual(JSON.parse(canonicalJson(value)), expected);
      assert.equal(canonicalJson(JSON.parse(canonicalJson(value))), canonicalJson(value));
    }),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("canonicalJson() does not care in which order keys were set", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (record) => {
      const turned = Object.fromEntries(Object.entries(record).reverse());
      assert.equal(canonicalJson(turned), canonicalJson(record));
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("canonicalJson() gives unequal values unequal texts", () => {
  const texts = [1, "1", [1], { 1: 1 }, null, "null", true, [], {}, [[]], "", [null], { a: null }];
  assert.equal(new Set(texts.map(canonicalJson)).size, texts.length);
});

Deno.test("canonicalJson() leaves out keys that are undefined, as JSON does", () => {
  assert.equal(canonicalJson({ b: undefined, a: { c: undefined } }), '{"a":{}}');
});

Deno.test("canonicalJson() keeps a key called __proto__", () => {
  assert.equal(canonicalJson(JSON.parse('{"__proto__":1}')), '{"__proto__":1}');
});

Deno.test("canonicalJson() refuses what JSON cannot hold, and says where", () => {
  class Point {
    x = 1;
  }
  const refused: [value: unknown, message: string][] = [
    [NaN, "/ must be plain data: NaN"],
    [undefined, "/ must be plain data: undefined"],
    [{ a: [1, { b: Infinity }] }, "/a/1/b must be plain data: Infinity"],
    [[1, undefined], "/1 must be plain data: undefined"],
    // deno-lint-ignore no-sparse-arrays -- a hole is what is to be refused
    [[1, , 3], "/1 must be plain data: undefined"],
    [{ big: 12n }, "/big must be plain data: 12"],
    [{ at: new Date(0) }, "/at must be plain data: Date"],
    [{ map: new Map() }, "/map must be plain data: Map"],
    [{ x: Float64Array.of(1) }, "/x must be plain data: Float64Array"],
    [[new Point()], "/0 must be plain data: Point"],
    [{ s: Symbol("s") }, "/s must be plain data: Symbol(s)"],
    [{ o: Object.create(null) }, "/o must be plain data: an object without Object.prototype"],
  ];
  for (const [value, message] of refused) {
    assert.throws(() => canonicalJson(value), {
      name: "TypeError",
      message: `Cannot write canonical JSON as ${message}`,
    });
  }
  assert.throws(() => canonicalJson({ f: () => 1 }), /TypeError: .* as \/f must be plain data: /);
});

Deno.test("canonicalJson() refuses half a surrogate pair, as RFC 8785 section 3.2.2.2 asks", () => {
  for (const value of [["a\ud800b"], { "\udc00": 1 }]) {
    assert.throws(() => canonicalJson(value), {
      name: "TypeError",
      message:
        /^Cannot write canonical JSON as \/\S+ must be plain data: text with half a surrogate/,
    });
  }
});
