import assert from "node:assert/strict";
import { sbomOf } from "lib/lifecycle/mod.ts";

const OF = {
  ...{ name: "iris", version: "3", digest: "d".repeat(64) },
  registeredAt: "2026-01-02T03:04:05.000Z",
};

interface Component {
  readonly "bom-ref": string;
  readonly purl: string;
  readonly hashes?: readonly { alg: string; content: string }[];
}

const LOCKFILE = await Deno.readTextFile(new URL("../../deno.lock", import.meta.url));

Deno.test("sbomOf() lists every package of this project's lockfile, with its hash", () => {
  const { npm } = JSON.parse(LOCKFILE), sbom = sbomOf(LOCKFILE, OF);
  const components = sbom.components as unknown as Component[];
  assert.equal(components.length, Object.keys(npm).length);
  const azure = components.find(({ purl }) => purl === "pkg:npm/%40azure/storage-blob@12.34.0")!;
  const [algorithm, base64] = npm["@azure/storage-blob@12.34.0"].integrity.split(/-(.*)/s);
  assert.equal(algorithm, "sha512");
  assert.equal(azure.hashes?.[0].alg, "SHA-512");
  const bytes = azure.hashes![0].content.match(/../g)!.map((hex) => parseInt(hex, 16));
  assert.equal(btoa(String.fromCharCode(...bytes)), base64);
});

Deno.test("sbomOf(): what depends on what leads to packages that are in the list, from the model on", () => {
  const { components, dependencies } = sbomOf(LOCKFILE, OF) as unknown as {
    components: Component[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  const refs = new Set(components.map((one) => one["bom-ref"]));
  assert.equal(refs.size, components.length, "each ref once");
  const [model, ...others] = dependencies;
  assert.equal(model.ref, "model:iris@3");
  assert.equal(model.dependsOn.length, Object.keys(JSON.parse(LOCKFILE).specifiers).length);
  for (const { ref, dependsOn } of others) {
    assert.ok(refs.has(ref), ref);
    for (const other of dependsOn) assert.ok(refs.has(other), `${ref} → ${other}`);
  }
  const reached = new Set<string>(), next = [...model.dependsOn];
  for (let ref; (ref = next.pop()) !== undefined;) {
    if (reached.has(ref)) continue;
    reached.add(ref);
    next.push(...others.find((one) => one.ref === ref)!.dependsOn);
  }
  assert.ok(reached.size > 0.9 * refs.size, `${reached.size} of ${refs.size}`);
});

Deno.test("sbomOf(): peers in a key are no part of the version, and the same input gives the same bytes", () => {
  const key = "@a/b@1.0.0_@c+d@2.0.0";
  const text = JSON.stringify({ version: "5", npm: { [key]: {} } });
  const sbom = sbomOf(text, OF), [component] = sbom.components as unknown as Component[];
  assert.equal(component.purl, "pkg:npm/%40a/b@1.0.0");
  assert.equal(component["bom-ref"], `npm:${key}`);
  assert.deepEqual(sbomOf(text, OF), sbom);
  assert.match(
    String(sbom.serialNumber),
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const other = sbomOf(text, { ...OF, version: "4" });
  assert.notEqual(other.serialNumber, sbom.serialNumber);
});

Deno.test("sbomOf() refuses what is no lockfile that it knows", () => {
  assert.throws(() => sbomOf("{", OF), /lockfile must be JSON/);
  assert.throws(() => sbomOf("null", OF), /lockfile must be of version "5"/);
  assert.throws(() => sbomOf('{"version":"4"}', OF), /lockfile must be of version "5": got "4"/);
});
