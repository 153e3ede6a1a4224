/** Signed folders: a list of files by digest, signed with Ed25519, and the one call that verifies it. */

import { BadInput, type Json, sha256 } from "lib/core/mod.ts";
import { jsonText } from "./files.ts";

/** Files by their names. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** Who signs: the two halves of a key, as the base64url texts of a JSON Web Key. */
export interface SigningKey {
  /** The public half, `x` of the key: 43 characters. */
  readonly publicKey: string;
  /** The private half, `d` of the key: 43 characters. A secret. */
  readonly privateKey: string;
}

/** What is signed: which version, and each file by its digest. */
export interface EvidenceManifest {
  /** Format of this document. */
  readonly format: "mlops-evidence-1";
  /** Name of the model. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** SHA-256 of the model's bytes. */
  readonly digest: string;
  /** When the version was registered, in ISO 8601. */
  readonly registeredAt: string;
  /** The key that signs. */
  readonly key: { readonly algorithm: "Ed25519"; readonly publicKey: string };
  /** SHA-256 and size of each file. */
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
}

/** Names of the two files that hold the others together. */
export const MANIFEST = "evidence.json", SIGNATURE = "evidence.sig";

const ALGORITHM = "Ed25519";

/**
 * Makes a key pair.
 *
 * @returns See {@linkcode SigningKey}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeSigningKey } from "lib/lifecycle/mod.ts";
 *
 * assert.match((await makeSigningKey()).publicKey, /^[\w-]{43}$/);
 * ```
 */
export async function makeSigningKey(): Promise<SigningKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const { x, d } = await crypto.subtle.exportKey("jwk", (pair as CryptoKeyPair).privateKey);
  return { publicKey: x!, privateKey: d! };
}

/**
 * Adds the list of the files and its signature to them. Ed25519 has no chance in it: the same files and
 * the same key give the same bytes.
 *
 * @param files The files.
 * @param of The version that they are about, and the key.
 * @returns The files with `evidence.json` and `evidence.sig`.
 * @throws {BadInput} If a file has the name of one of the two.
 * @see Josefsson and Liusvaara (2017), RFC 8032.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeSigningKey, signEvidence, verifyEvidence } from "lib/lifecycle/mod.ts";
 *
 * const key = await makeSigningKey(), digest = "d".repeat(64);
 * const of = { name: "iris", version: "1", digest, registeredAt: "2026-01-01T00:00:00.000Z" };
 * const signed = await signEvidence({ "a.txt": Uint8Array.of(1) }, { ...of, key });
 * await verifyEvidence(signed, { ...of, publicKey: key.publicKey });
 * const changed = { ...signed, "a.txt": Uint8Array.of(2) };
 * await assert.rejects(verifyEvidence(changed, { ...of, publicKey: key.publicKey }), /a\.txt must be as it was signed/);
 * ```
 */
export async function signEvidence(
  files: Files,
  { key, ...of }: Pick<EvidenceManifest, "name" | "version" | "digest" | "registeredAt"> & {
    readonly key: SigningKey;
  },
): Promise<Files> {
  for (const name of [MANIFEST, SIGNATURE]) {
    if (name in files) throw new BadInput({ field: name, rule: "must not be among the files" });
  }
  const { name, version, digest, registeredAt } = of, { publicKey } = key;
  const listed = Object.keys(files).sort().map((file) => {
    return [file, { sha256: sha256(files[file]), bytes: files[file].length }] as const;
  });
  const manifest: EvidenceManifest = {
    ...{ format: "mlops-evidence-1", name, version, digest, registeredAt },
    ...{ key: { algorithm: ALGORITHM, publicKey }, files: Object.fromEntries(listed) },
  };
  const bytes = encode(jsonText(manifest));
  const signer = await importKey({ x: publicKey, d: key.privateKey }, "sign");
  const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM, signer, bytes));
  const text = btoa(String.fromCharCode(...signature));
  return { ...files, [MANIFEST]: bytes, [SIGNATURE]: encode(`${text}\n`) };
}

/** What a pack has to be. */
export interface EvidenceWanted {
  /** Name of the model. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** SHA-256 of the model's bytes, as the registry has it. */
  readonly digest: string;
  /** The public half of the key, from a place that is trusted: the pack's own word would prove nothing. */
  readonly publicKey: string;
}

/**
 * Verifies a pack: its signature, the version that it is about, and every file; none may be missing,
 * changed or added.
 *
 * @param files All files of the folder.
 * @param wanted See {@linkcode EvidenceWanted}.
 * @returns What was signed.
 * @throws {BadInput} In one line that names the first file that is not as it was signed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { verifyEvidence } from "lib/lifecycle/mod.ts";
 *
 * const wanted = { name: "iris", version: "1", digest: "d".repeat(64), publicKey: "A".repeat(43) };
 * await assert.rejects(verifyEvidence({}, wanted), { message: "evidence.json must be there" });
 * ```
 */
export async function verifyEvidence(
  files: Files,
  { name, version, digest, publicKey }: EvidenceWanted,
): Promise<EvidenceManifest> {
  const bad = (field: string, rule: string, value?: unknown) =>
    new BadInput({ field, rule, ...(value !== undefined && { value }) });
  for (const file of [MANIFEST, SIGNATURE]) if (!files[file]) throw bad(file, "must be there");
  const signature = fromBase64(new TextDecoder().decode(files[SIGNATURE]).trim());
  if (signature?.length !== 64) throw bad(SIGNATURE, "must be 64 bytes in base64");
  const verifier = await importKey({ x: publicKey }, "verify");
  const bytes = new Uint8Array(files[MANIFEST]); // a copy: it must not lie in shared memory
  if (!await crypto.subtle.verify(ALGORITHM, verifier, signature, bytes)) {
    throw bad(MANIFEST, `must be as ${SIGNATURE} signs it with the key ${publicKey}`);
  }
  const manifest: EvidenceManifest = JSON.parse(new TextDecoder().decode(bytes));
  const wanted = { name, version, digest };
  for (const field of ["name", "version", "digest"] as const) {
    const value = manifest[field] as Json;
    if (value !== wanted[field]) {
      throw bad(`${MANIFEST} /${field}`, `must be ${wanted[field]}`, value);
    }
  }
  for (const [file, { sha256: signed }] of Object.entries(manifest.files)) {
    if (!files[file]) throw bad(file, "must be there");
    if (sha256(files[file]) !== signed) throw bad(file, "must be as it was signed");
  }
  for (const file of Object.keys(files)) {
    if (file === MANIFEST || file === SIGNATURE || Object.hasOwn(manifest.files, file)) continue;
    throw bad(file, "must not be in the folder: nobody signed it");
  }
  return manifest;
}

async function importKey(
  half: { readonly x: string; readonly d?: string },
  use: "sign" | "verify",
): Promise<CryptoKey> {
  try {
    const jwk = { kty: "OKP", crv: ALGORITHM, ...half };
    return await crypto.subtle.importKey("jwk", jwk, ALGORITHM, false, [use]);
  } catch (cause) {
    const rule = "must be an Ed25519 key in base64url"; // its value is never told: it may be the secret
    throw new BadInput({ field: use === "sign" ? "signing key" : "public key", rule }, { cause });
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
