import assert from "node:assert/strict";
import { type Files, makeSigningKey, signEvidence, verifyEvidence } from "lib/lifecycle/mod.ts";

const OF = {
  ...{ name: "iris", version: "3", digest: "d".repeat(64) },
  registeredAt: "2026-01-02T03:04:05.000Z",
};
const key = await makeSigningKey(), { publicKey } = key, WANTED = { ...OF, publicKey };
const bytes = (text: string) => new TextEncoder().encode(text);
const signed = await signEvidence(
  { "index.html": bytes("<p>page"), "costs.json": bytes("{}") },
  { ...OF, key },
);

/** What the verification of changed files says. */
async function told(change: Files | string, wanted = WANTED): Promise<string> {
  const { [typeof change === "string" ? change : ""]: _gone, ...files } = signed;
  const all = typeof change === "string" ? files : { ...signed, ...change };
  return await verifyEvidence(all, wanted).then(() => "passed", (error) => {
    assert.equal(error.name, "BadInput");
    assert.ok(!error.message.includes("\n"));
    return error.message;
  });
}

Deno.test("verifyEvidence() passes what was signed, and gives back the list of files", async () => {
  const { files, name, version } = await verifyEvidence(signed, WANTED);
  assert.deepEqual([name, version, Object.keys(files)], ["iris", "3", [
    "costs.json",
    "index.html",
  ]]);
});

Deno.test("signEvidence(): the same files and key give the same bytes", async () => {
  const { "evidence.json": _m, "evidence.sig": _s, ...files } = signed;
  assert.deepEqual(await signEvidence(files, { ...OF, key }), signed);
});

Deno.test("verifyEvidence() names the file that was changed, taken away or added", async () => {
  for (const file of Object.keys(signed)) {
    assert.equal(await told(file), `${file} must be there`);
    const changed = signed[file].slice();
    changed[0] ^= 1;
    const said = await told({ [file]: changed });
    assert.ok(said.includes(file) && said !== "passed", `${file}: ${said}`);
  }
  assert.equal(await told({ "costs.json": bytes("{ }") }), "costs.json must be as it was signed");
  assert.match(await told({ "stray.txt": bytes("") }), /^stray.txt must not be in the folder/);
});

Deno.test("verifyEvidence() refuses a pack that somebody else signed, whatever key it names itself", async () => {
  const { "evidence.json": _m, "evidence.sig": _s, ...files } = signed;
  const forged = await signEvidence(files, { ...OF, key: await makeSigningKey() });
  assert.match(await told(forged), /^evidence.json must be as evidence.sig signs it with the key /);
});

Deno.test("verifyEvidence() refuses the pack of another version or of other bytes", async () => {
  const of = (more: object) => told({}, { ...WANTED, ...more });
  assert.equal(await of({ version: "4" }), 'evidence.json /version must be 4: got "3"');
  assert.match(await of({ digest: "e".repeat(64) }), /^evidence.json \/digest must be e{64}: got/);
  assert.equal(await of({ publicKey: "x" }), "public key must be an Ed25519 key in base64url");
});

Deno.test("signEvidence() never tells the private key, neither in the files nor when it is broken", async () => {
  const all = Object.values(signed).map((file) => new TextDecoder().decode(file)).join("");
  assert.ok(all.includes(publicKey) && !all.includes(key.privateKey));
  const broken = { publicKey, privateKey: "secret!" };
  await assert.rejects(signEvidence({}, { ...OF, key: broken }), (error: Error) => {
    assert.equal(error.message, "signing key must be an Ed25519 key in base64url");
    return true;
  });
  const taken = signEvidence({ "evidence.sig": bytes("") }, { ...OF, key });
  await assert.rejects(taken, /evidence.sig must not be among the files/);
});
