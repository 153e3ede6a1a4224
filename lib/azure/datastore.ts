/** Where the workspace keeps its files: the default datastore. Keys are never asked for. */

import type { Azure } from "./open_azure.ts";
import { operationError } from "./operation.ts";

/** A blob datastore. */
export interface Datastore {
  /** Its name, e.g. `workspaceblobstore`. */
  readonly name: string;
  /** Storage account. */
  readonly account: string;
  /** Blob container in it. */
  readonly container: string;
  /** `https://ACCOUNT.blob.core.windows.net/CONTAINER`. */
  readonly url: string;
}

/**
 * The workspace's default datastore.
 *
 * @param azure The target.
 * @returns See {@linkcode Datastore}; it holds names only, we reach Blob with our own identity.
 * @throws {OperationError} If there is none, it is no blob store, or it may not be read.
 *
 * @example
 * ```ts ignore
 * const { account, container } = await defaultDatastore(azure);
 * ```
 */
export async function defaultDatastore(
  { ml, target }: Pick<Azure, "ml" | "target">,
): Promise<Datastore> {
  const action = "read the default datastore", { resourceGroup, workspace } = target;
  try {
    for await (
      const { name, properties } of ml.datastores.list(resourceGroup, workspace, {
        isDefault: true,
      })
    ) {
      // deno-lint-ignore no-explicit-any -- one of several kinds, told apart by what they have
      const { accountName: account, containerName: container, endpoint } = properties as any;
      if (!account || !container) {
        const error = Object.assign(new Error(`${name} is a ${properties.datastoreType}`), {
          code: "NoBlobStore",
        });
        throw operationError(action, error);
      }
      const url = `https://${account}.blob.${endpoint ?? "core.windows.net"}/${container}`;
      return { name: name!, account, container, url };
    }
  } catch (error) {
    throw operationError(action, error as Error);
  }
  const error = Object.assign(new Error("the workspace has none"), { code: "NotFound" });
  throw operationError(action, error);
}
