/** The key that signs evidence: made once, and kept as a secret of the workspace's key vault. */

import { type Azure, getSecret, putSecret } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import { makeSigningKey, type SigningKey } from "./evidence_signature.ts";

/** Name of the secret. */
export const SIGNING_KEY = "evidence-signing-key";

/**
 * The workspace's key; the first who asks makes it.
 *
 * @param azure Whose key vault.
 * @returns The key with its private half.
 * @throws {BadInput} If the secret is something else.
 *
 * @example
 * ```ts ignore
 * const key = await signingKey(azure);
 * ```
 */
export async function signingKey(azure: Azure): Promise<SigningKey> {
  const there = await readKey(azure);
  if (there) return there;
  const { publicKey, privateKey } = await makeSigningKey();
  await putSecret(azure, SIGNING_KEY, JSON.stringify({ publicKey, privateKey }));
  return (await readKey(azure))!; // read again: of two who make one at once, the last one's counts
}

/**
 * The public half alone, with which evidence is verified.
 *
 * @param azure Whose key vault.
 * @returns The key's public half.
 * @throws {BadInput} If there is no key: nothing was ever signed here.
 *
 * @example
 * ```ts ignore
 * await verifyEvidence(files, { ...version, publicKey: await publicKeyOf(azure) });
 * ```
 */
export async function publicKeyOf(azure: Azure): Promise<string> {
  const key = await readKey(azure);
  if (key) return key.publicKey;
  const rule = "must be in the key vault: deno task evidence makes it";
  throw new BadInput({ field: `secret ${SIGNING_KEY}`, rule });
}

async function readKey(azure: Azure): Promise<SigningKey | undefined> {
  const text = await getSecret(azure, SIGNING_KEY);
  if (text === undefined) return undefined;
  const isHalf = (half: unknown) => typeof half === "string" && /^[\w-]{43}$/.test(half);
  try {
    const { publicKey, privateKey } = JSON.parse(text);
    if (isHalf(publicKey) && isHalf(privateKey)) return { publicKey, privateKey };
  } catch { // told below, without the text: it may be a secret
  }
  const rule = "must hold publicKey and privateKey of an Ed25519 key";
  throw new BadInput({ field: `secret ${SIGNING_KEY}`, rule });
}
