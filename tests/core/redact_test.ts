import assert from "node:assert/strict";
import fc from "fast-check";
import { redact } from "../../lib/core/mod.ts";

const MASK = "[redacted]";

Deno.test("redact() hides the value under every telling key, whatever its kind", () => {
  const keys = [
    "password",
    "dbPasswd",
    "clientSecret",
    "access_token",
    "tokens",
    "apiKey",
    "api-key",
    "api_key",
    "primaryKey",
    "secondary_key",
    "accountKey",
    "sharedAccessKey",
    "access-key",
    "Authorization",
    "credential",
    "credentials",
    "connectionString",
    "connection-string",
    "CONNECTION_STRING",
    "sig",
  ]; // deno-fmt-ignore-line
  for (const key of keys) {
    for (const value of ["x", 1, true, { deep: "x" }, ["x"]]) {
      assert.deepEqual(redact({ [key]: value }), { [key]: MASK }, key);
    }
  }
});

Deno.test("redact() leaves harmless keys, and null and undefined under telling ones", () => {
  const harmless = {
    passed: true,
    key: "a",
    keys: 3,
    signature: "s",
    design: 1,
    password: null,
    token: undefined,
  };
  assert.deepEqual(redact(harmless), harmless);
});

Deno.test("redact() finds tokens by their looks inside a text", () => {
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl-_x";
  const texts: [given: string, expected: string][] = [
    [`Authorization: Bearer abc.def-123`, `Authorization: ${MASK}`],
    ["Basic dXNlcjpwYXNz== sent", `${MASK} sent`],
    [`got ${jwt}, twice ${jwt}`, `got ${MASK}, twice ${MASK}`],
    [`${jwt.split(".").slice(0, 2).join(".")}.`, MASK],
    ["https://x/y?sv=1&sig=a%2Fb%3D&se=2", `https://x/y?sv=1&sig=${MASK}&se=2`],
    ["https://x/y?sig=abc", `https://x/y?sig=${MASK}`],
    ["AccountName=a;AccountKey=Zm9v==;E=b", `AccountName=a;AccountKey=${MASK};E=b`],
    ["Endpoint=x;SharedAccessKey=abc=", `Endpoint=x;SharedAccessKey=${MASK}`],
    ["instrumentationkey=0000-1;x=1", `instrumentationkey=${MASK};x=1`],
  ];
  for (const [given, expected] of texts) assert.equal(redact(given), expected);
});

Deno.test("redact() leaves texts that only resemble a token", () => {
  const texts = [
    "Basic facts",
    "the bearer of news",
    "?signal=1",
    "eyJhbGci",
    "MyAccountKey: none",
  ];
  for (const text of texts) assert.equal(redact(text), text);
});

Deno.test("redact() blots out known secrets wherever they stand, and leaves short ones", () => {
  const secrets = ["hunter", "short", ""];
  assert.equal(redact("hunter-hunter short", secrets), `${MASK}-${MASK} short`);
  assert.deepEqual(redact({ note: ["a hunter"] }, secrets), { note: [`a ${MASK}`] });
  assert.equal(redact("a.c a+c abc", ["a.c a+"]), `${MASK}c abc`);
});

Deno.test("redact() leaves no tail of a secret that begins with another secret", () => {
  assert.equal(redact("key abcdefghij.", ["abcdef", "abcdefghij"]), `key ${MASK}.`);
});

Deno.test("redact() lets no known secret through, whatever the data", () => {
  const secret = "s3cr3t-value";
  const text = fc.string().map((other) => other + secret + other);
  const data = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      text,
      fc.integer(),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-f]{1,3}$/), tie("node"), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(data, (value) => {
      assert.ok(!JSON.stringify(redact(value, [secret])).includes(secret));
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("redact() goes through arrays and objects, and copies them", () => {
  const given = { a: [{ b: { secret: "x", c: "Bearer abcdefgh" } }, 1, null], d: true };
  const before = structuredClone(given);
  assert.deepEqual(redact(given), { a: [{ b: { secret: MASK, c: MASK } }, 1, null], d: true });
  assert.deepEqual(given, before);
});

Deno.test("redact() keeps name and message of an error and hides the secret in it", () => {
  const error = new TypeError("cannot open https://x?sig=abc with hunter22");
  assert.deepEqual(redact({ error }, ["hunter22"]), {
    error: { name: "TypeError", message: `cannot open https://x?sig=${MASK} with ${MASK}` },
  });
});

Deno.test("redact() writes dates, URLs and large integers as JSON would want them", () => {
  const given = { at: new Date(0), url: new URL("https://x/?sig=abc"), bytes: 2n ** 64n };
  assert.deepEqual(redact(given), {
    at: "1970-01-01T00:00:00.000Z",
    url: `https://x/?sig=${MASK}`,
    bytes: "18446744073709551616",
  });
});

Deno.test("redact() leaves the rest of plain data as it is", () => {
  for (const value of [1.5, true, null, undefined, "plain", [], {}]) {
    assert.deepEqual(redact(value), value);
  }
});
