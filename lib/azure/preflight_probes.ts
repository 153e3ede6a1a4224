/** The looks that a preflight takes: each does what the demo will do, and leaves nothing behind. */

import type { TokenCredential } from "@azure/identity";
import type { ContainerClient } from "@azure/storage-blob";
import { getEndpoint } from "./endpoint.ts";
import { deleteSecret, getSecret, putSecret } from "./key_vault.ts";
import { ARM_SCOPE, type Azure } from "./open_azure.ts";

/** Who the credential says we are, from the token's own claims; they are shown, not trusted. */
export async function whoAmI(
  credential: TokenCredential,
): Promise<{ name: string; objectId: string }> {
  const token = await credential.getToken(ARM_SCOPE).catch((cause) => {
    throw new Error(signInFailure(cause), { cause });
  });
  const [, payload] = token!.token.split(".");
  const bytes = Uint8Array.fromBase64(payload, { alphabet: "base64url" });
  const { upn, unique_name, appid, oid } = JSON.parse(new TextDecoder().decode(bytes));
  return {
    name: upn ?? unique_name ?? appid ?? oid ?? "an identity without a name",
    objectId: oid,
  };
}

/** The chain of credentials tells each member's reason on a line of its own: which were tried. */
function signInFailure({ message }: Error): string {
  const [line] = message.split("\n");
  const tried = new Set([...message.matchAll(/\b([A-Z]\w+Credential)\b/g)].map(([, name]) => name));
  tried.delete("ChainedTokenCredential");
  tried.delete("DefaultAzureCredential");
  return tried.size > 1 ? `no credential works here (tried ${[...tried].join(", ")})` : line;
}

/** Writes a blob, reads it back and deletes it. */
export async function probeBlob(container: ContainerClient): Promise<string> {
  const name = `mlops/preflight/${crypto.randomUUID()}.txt`, text = `preflight ${name}`;
  const blob = container.getBlockBlobClient(name);
  await blob.uploadData(new TextEncoder().encode(text));
  try {
    const read = new TextDecoder().decode(await blob.downloadToBuffer());
    if (read !== text) throw new Error(`what was read back differs from what was written: ${name}`);
  } finally {
    await blob.delete();
  }
  return `a blob was written, read back and deleted in ${container.url}`;
}

/** Keeps a secret, reads it back and removes it for good. */
export async function probeVault(azure: Pick<Azure, "secrets">): Promise<string> {
  const name = `preflight-${crypto.randomUUID()}`, value = crypto.randomUUID();
  await putSecret(azure as Azure, name, value);
  try {
    if (await getSecret(azure as Azure, name) !== value) {
      throw new Error(`the secret that was read back differs from what was written: ${name}`);
    }
  } finally {
    await deleteSecret(azure as Azure, name);
  }
  return `a secret was written, read back and removed in ${azure.secrets.vaultUrl}`;
}

/** Whether an endpoint's name is free in the workspace, or the endpoint is ours by its tag. */
export async function probeEndpoint(
  azure: Pick<Azure, "ml" | "target">,
  { name, owner }: { name: string; owner: string },
): Promise<string> {
  const found = await getEndpoint(azure as Azure, name);
  if (!found) return `${name} is free in the workspace (the region is asked when it is made)`;
  const other = found.tags.owner;
  if (other === owner) return `${name} is ours (owner ${owner}), ${found.state}`;
  const whose = other === undefined ? "nobody by its tags" : other;
  throw new Error(`${name} is there and belongs to ${whose}, not to ${owner}`);
}

/** Cores of an instance type and the family whose quota they count in. */
const SIZES: Readonly<Record<string, { family: string; cores: number }>> = {
  Standard_DS2_v2: { family: "DSv2", cores: 2 },
};

/** What a look at the quota found: undefined `free` where it says nothing about this machine. */
export interface QuotaLook {
  /** Cores that are left. */
  readonly free?: number;
  /** Cores that are needed. */
  readonly needed: number;
  /** The family, e.g. `DSv2`. */
  readonly family: string;
  /** Why nothing is known. */
  readonly why?: string;
}

/**
 * Cores that are left for machines of a type, in a region.
 *
 * The service keeps a fifth more than is asked for, for its own upgrades.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas
 */
export async function lookAtQuota(
  ml: Azure["ml"],
  { region, instanceType, instances }: { region: string; instanceType: string; instances: number },
): Promise<QuotaLook> {
  const size = SIZES[instanceType];
  if (!size) {
    return { needed: 0, family: "", why: `the cores of ${instanceType} are not known here` };
  }
  const { family, cores } = size, needed = Math.ceil(1.2 * instances) * cores;
  const wanted = new RegExp(`standard[ _]?${family}[ _]?family`, "i");
  try {
    for await (const { name, limit, currentValue } of ml.usages.list(region)) {
      if (!wanted.test(name?.value ?? "") && !wanted.test(name?.localizedValue ?? "")) continue;
      return { needed, family, free: Number(limit) - Number(currentValue) };
    }
  } catch (error) {
    const { statusCode, message } = error as Error & { statusCode?: number };
    const said = statusCode === undefined ? message : `${statusCode}`;
    return { needed, family, why: `the quota could not be read (${said})` };
  }
  return { needed, family, why: `the quota list of ${region} has no line for ${family}` };
}
