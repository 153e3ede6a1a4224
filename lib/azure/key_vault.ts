/** Secrets in the workspace's key vault. */

import { absent } from "./assets.ts";
import type { Azure } from "./open_azure.ts";

/** Keeps a secret under a name; an older value stays as an older version. */
export async function putSecret({ secrets }: Azure, name: string, value: string): Promise<void> {
  await secrets.setSecret(name, value);
}

/** The present value of a secret; undefined if there is none. */
export async function getSecret({ secrets }: Azure, name: string): Promise<string | undefined> {
  const found = await secrets.getSecret(name).catch(absent);
  return found?.value;
}

/** Removes a secret for good, so that its name is free; one that is not there counts as removed. */
export async function deleteSecret({ secrets }: Azure, name: string): Promise<void> {
  const poller = await secrets.beginDeleteSecret(name).catch(absent);
  await poller?.pollUntilDone();
  await secrets.purgeDeletedSecret(name).catch(absent); // else the vault keeps it, and its name
}
