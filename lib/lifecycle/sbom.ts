/** The parts list of a model's code, from the lockfile: CycloneDX, so that any scanner reads it. */

import { BadInput, digestOf, type JsonRecord, sha256 } from "lib/core/mod.ts";

/** Whose parts list it is. */
export interface SbomOf {
  /** Name of the model. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  /** When it was registered, in ISO 8601: the list's own time. */
  readonly registeredAt: string;
}

/** A package as the lockfile names it. */
interface LockedPackage {
  readonly integrity?: string;
  readonly dependencies?: readonly string[];
}

/** The part of `deno.lock` that is read. */
interface Lockfile {
  readonly version: string;
  readonly specifiers?: Readonly<Record<string, string>>;
  readonly npm?: Readonly<Record<string, LockedPackage>>;
}

/**
 * Makes a software bill of materials of every npm package in a lockfile, those for tests included: the
 * lockfile does not tell them apart. The same lockfile and model give the same bytes.
 *
 * @param lockfile Text of `deno.lock`, of version 5.
 * @param of See {@linkcode SbomOf}.
 * @returns A CycloneDX 1.6 document.
 * @throws {BadInput} If the text is no such lockfile.
 * @see https://cyclonedx.org/docs/1.6/json/ and the package URL specification (ECMA-427).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sbomOf } from "lib/lifecycle/mod.ts";
 *
 * const lockfile = JSON.stringify({ version: "5", specifiers: { "npm:a@^1": "1.2.0" }, npm: { "a@1.2.0": {} } });
 * const of = { name: "iris", version: "1", digest: "d".repeat(64), registeredAt: "2026-01-01T00:00:00.000Z" };
 * const { components } = sbomOf(lockfile, of);
 * assert.deepEqual(components, [{ type: "library", "bom-ref": "npm:a@1.2.0", name: "a", version: "1.2.0", purl: "pkg:npm/a@1.2.0" }]);
 * ```
 */
export function sbomOf(lockfile: string, of: SbomOf): JsonRecord {
  const { specifiers = {}, npm = {} } = read(lockfile), keys = Object.keys(npm).sort();
  const { name, version, digest, registeredAt } = of, root = `model:${name}@${version}`;
  const byName = Map.groupBy(keys, (key) => partsOf(key).name);
  const refOf = (dependency: string) => {
    // written in full, or by its name alone where there is only one
    const key = npm[dependency] ? dependency : byName.get(dependency)?.[0];
    return key === undefined ? [] : [`npm:${key}`];
  };
  const direct = Object.entries(specifiers).filter(([specifier]) => specifier.startsWith("npm:"))
    .flatMap(([specifier, version]) => refOf(`${partsOf(specifier.slice(4)).name}@${version}`));
  const dependencies = keys.map((key) => ({
    ref: `npm:${key}`,
    dependsOn: sorted((npm[key].dependencies ?? []).flatMap(refOf)),
  }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(digestOf([sha256(lockfile), root, digest, registeredAt]))}`,
    version: 1,
    metadata: {
      timestamp: registeredAt,
      component: {
        ...{ type: "machine-learning-model", "bom-ref": root, name, version },
        hashes: [{ alg: "SHA-256", content: digest }],
      },
      properties: [{ name: "deno:lockfile:sha256", value: sha256(lockfile) }],
    },
    components: keys.map((key) => component(key, npm[key])),
    dependencies: [{ ref: root, dependsOn: sorted(direct) }, ...dependencies],
  };
}

function read(text: string): Lockfile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadInput({ field: "lockfile", rule: "must be JSON" }, { cause });
  }
  const version = (value as Lockfile | null)?.version;
  if (version === "5") return value as Lockfile;
  throw new BadInput({ field: "lockfile", rule: 'must be of version "5"', value: version });
}

/** Name and version of a key: `@a/b@1.0.0_@c+d@2.0.0` is b of @a in 1.0.0, beside a peer. */
function partsOf(key: string): { name: string; version: string } {
  const at = key.indexOf("@", 1);
  if (at < 0) return { name: key, version: "" };
  return { name: key.slice(0, at), version: key.slice(at + 1).split("_")[0] };
}

function component(key: string, { integrity }: LockedPackage): JsonRecord {
  const { name, version } = partsOf(key);
  const [algorithm, base64] = integrity?.split(/-(.*)/s) ?? [];
  const bytes = base64 && Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return {
    ...{ type: "library", "bom-ref": `npm:${key}`, name, version },
    // the @ of a scope is written %40, the slash behind it is not
    purl: `pkg:npm/${name.replace("@", "%40")}@${encodeURIComponent(version)}`,
    ...(bytes && {
      hashes: [{
        alg: algorithm.toUpperCase().replace("SHA", "SHA-"),
        content: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
      }],
    }),
  };
}

/** A UUID of version 8 (RFC 9562, own making) from a digest. */
function uuidOf(digest: string): string {
  const variant = (8 + parseInt(digest[16], 16) % 4).toString(16);
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`];
  return [...parts, `${variant}${digest.slice(17, 20)}`, digest.slice(20, 32)].join("-");
}

function sorted(refs: readonly string[]): string[] {
  return [...new Set(refs)].sort();
}
