/** Deployments: which version was put where, in which image. Entries are added and never changed. */

import type { Clock, JsonRecord } from "lib/core/mod.ts";
import { append, readEntries } from "./append.ts";
import type { DocumentStore } from "./document_store.ts";
import { imageFolder, pathsOf, placePaths } from "./paths.ts";
import type { DeploymentRecord } from "./records.ts";
import type { Versions } from "./versions.ts";

/** What was deployed: found by place, by version and by image, each by an index of its own. */
export interface Deployments {
  /**
   * Writes down that a version is deployed.
   *
   * @throws {NotFoundError} If the version was never registered.
   * @throws {BadInput} If a name or the image's digest is malformed.
   */
  recordDeployment(deployment: Omit<DeploymentRecord, "at">): Promise<DeploymentRecord>;
  /** Everything that was deployed to a place, the first first. */
  deployedTo(endpoint: string, deployment: string): Promise<DeploymentRecord[]>;
  /** Everywhere that a version was deployed to, by place and time. */
  deploymentsOf(name: string, version: string): Promise<DeploymentRecord[]>;
  /** Everything that ran an image, by place and time. */
  deploymentsWithImage(digest: string): Promise<DeploymentRecord[]>;
}

/** The deployments that lie in a store. */
export function createDeployments(
  store: DocumentStore,
  clock: Clock,
  versions: Versions,
): Deployments {
  type Stored = DeploymentRecord & JsonRecord;

  async function recordsIn(folder: string): Promise<DeploymentRecord[]> {
    const paths = await store.list(folder);
    return await Promise.all(
      paths.map(async (path) => (await store.read(path))!.value as unknown as DeploymentRecord),
    );
  }

  return {
    async recordDeployment(given) {
      const { name, version, endpoint, deployment, environment, image } = given;
      const paths = placePaths(endpoint, deployment), images = imageFolder(image);
      await versions.version(name, version);
      let number = 0;
      const record = await append<Stored>(store, paths.folder, paths.entry, (_last, next) => {
        number = next;
        const at = clock.now().toISOString();
        return { name, version, endpoint, deployment, environment, image, at };
      });
      const folders = [pathsOf(name).deployments(version), images];
      await Promise.all(
        folders.map((folder) => store.write(paths.under(folder, number), record)),
      );
      return record;
    },
    async deployedTo(endpoint, deployment) {
      const { folder } = placePaths(endpoint, deployment);
      return (await readEntries<Stored>(store, folder)).map(({ value }) => value);
    },
    deploymentsOf: (name, version) => recordsIn(pathsOf(name).deployments(version)),
    deploymentsWithImage: (digest) => recordsIn(imageFolder(digest)),
  };
}
