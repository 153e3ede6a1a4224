import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, digestOf, sha256 } from "../../lib/core/mod.ts";

Deno.test("sha256() gives the digests of FIPS 180-4's examples", () => {
  const examples: [text: string, digest: string][] = [
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    [
      "a".repeat(1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ],
  ];
  for (const [text, digest] of examples) assert.equal(sha256(text), digest);
});

Deno.test("sha256() of a text is that of its UTF-8 bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      assert.equal(sha256(text), sha256(new TextEncoder().encode(text)));
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("sha256() reads the bytes of a view, not of the whole buffer under it", () => {
  const bytes = new TextEncoder().encode("xxabcxx");
  assert.equal(sha256(bytes.subarray(2, 5)), sha256("abc"));
});

Deno.test("digestOf() is the SHA-256 of the canonical JSON", () => {
  assert.equal(digestOf([]), sha256("[]"));
  assert.equal(digestOf({ b: 1, a: [null, "é"] }), sha256('{"a":[null,"é"],"b":1}'));
  assert.throws(() => digestOf(undefined), TypeError);
});

Deno.test("digestOf() tells values apart exactly where their canonical JSON differs", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      assert.equal(digestOf(a) === digestOf(b), canonicalJson(a) === canonicalJson(b));
    }),
    { seed: 1, numRuns: 200 },
  );
});
