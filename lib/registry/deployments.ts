/** Deployments: which version was put where, in which image. Entries are added and never changed. */

import type { Clock, JsonRecord } from "lib/core/mod.ts";
import { append, readEntries } from "./append.ts";
import type { DocumentStore } from "./document_store.ts";
import { checkDigest, digestEntry, digestFolder, padded, pathsOf, placeFolder } from "./paths.ts";
import type { DeploymentRecord, ModelVersion } from "./records.ts";
import { digestsOf, type Versions } from "./versions.ts";

/** What a digest touched. */
export interface Touched {
  /** Versions, by name and number. */
  readonly versions: readonly ModelVersion[];
  /** Deployments of them, by version, place and time. */
  readonly deployments: readonly DeploymentRecord[];
}

/** What was deployed, and what a digest touched. */
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
  /**
   * Versions of any model that a digest touched, as their bytes, their rows, their lockfile or their
   * image, with everywhere that they were deployed to. Found by an index: what is read grows with what
   * is found, and not with all versions.
   *
   * @throws {BadInput} If the digest is malformed.
   */
  touchedBy(digest: string): Promise<Touched>;
}

/** The deployments that lie in a store. */
export function createDeployments(
  store: DocumentStore,
  clock: Clock,
  versions: Versions,
): Deployments {
  type Stored = DeploymentRecord & JsonRecord;

  async function versionAt(path: string): Promise<ModelVersion | undefined> {
    const found = await store.read(path);
    return found?.value as unknown as ModelVersion | undefined;
  }

  return {
    async recordDeployment({ name, version, endpoint, deployment, environment, image }) {
      const folder = placeFolder(endpoint, deployment);
      if (image !== null) checkDigest(image);
      const of = digestsOf(await versions.version(name, version));
      const digests = image === null ? of : [...of, image];
      let number = 0;
      const path = (next: number) => `${folder}${padded(number = next)}.json`;
      const record = await append<Stored>(store, folder, path, () => ({
        ...{ name, version, endpoint, deployment, environment, image },
        at: clock.now().toISOString(),
      }));
      const place = `${endpoint}/${deployment}/${padded(number)}.json`;
      await Promise.all(
        digests.map((digest) =>
          store.write(digestEntry(digest, name, `${version}/${place}`), record)
        ),
      );
      return record;
    },
    async deployedTo(endpoint, deployment) {
      const folder = placeFolder(endpoint, deployment);
      return (await readEntries<Stored>(store, folder)).map(({ value }) => value);
    },
    async touchedBy(digest) {
      const folder = digestFolder(digest), paths = await store.list(folder);
      // the paths say it all, so that everything is read in one round
      const names = paths.map((path) =>
        path.slice(folder.length).replace(/\.json$/, "").split("/")
      );
      const places = paths.filter((_, i) => names[i].length > 2);
      const documents = new Set(names.map(([name, version]) => pathsOf(name).version(version)));
      const [found, deployments] = await Promise.all([
        Promise.all([...documents].map(versionAt)),
        Promise.all(places.map(async (path) => (await store.read(path))!.value as Stored)),
      ]);
      const isTouched = (one: ModelVersion) =>
        digestsOf(one).includes(digest) ||
        deployments.some((ran) =>
          ran.image === digest && ran.name === one.name && ran.version === one.version
        );
      return {
        versions: found.flatMap((one) => one && isTouched(one) ? [one] : []).sort(byNumber),
        deployments,
      };
    },
  };
}

function byNumber(a: ModelVersion, b: ModelVersion): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return Number(a.version) - Number(b.version);
}
