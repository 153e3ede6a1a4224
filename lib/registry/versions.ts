/** Versions of models and where they came from. */

import { BadInput, canonicalJson, type Clock, type Json } from "lib/core/mod.ts";
import { ConflictError, type DocumentStore, NEW } from "./document_store.ts";
import { NotFoundError } from "./not_found_error.ts";
import { digestEntry, digestFolder, isDigest, pathsOf, stemOf } from "./paths.ts";
import { toJson } from "./plain.ts";
import type { ModelVersion, Origin } from "./records.ts";

/** Versions of models. */
export interface Versions {
  /**
   * Remembers a version. The same record again is no change, whoever says it.
   *
   * @throws {ConflictError} If the version is there and is another.
   * @throws {BadInput} If name, version or digest is malformed, or something that says where it came
   * from is missing.
   */
  register(version: Omit<ModelVersion, "registeredAt">): Promise<ModelVersion>;
  /**
   * One version.
   *
   * @throws {NotFoundError} If it was never registered here.
   */
  version(name: string, version: string): Promise<ModelVersion>;
  /** All versions of a model by their number; numbers may be missing. */
  versions(name: string): Promise<ModelVersion[]>;
  /** The version with the highest number, if there is one. */
  latest(name: string): Promise<ModelVersion | undefined>;
  /** Versions of any model whose bytes have that digest, by name and number. */
  versionsWithDigest(digest: string): Promise<ModelVersion[]>;
  /**
   * Run, rows and code behind a version.
   *
   * @throws {NotFoundError} If it was never registered here.
   */
  origin(name: string, version: string): Promise<Origin>;
}

const ORIGIN = ["runId", "datasetDigest", "commit", "lockfile"] as const;

/** The versions that lie in a store. */
export function createVersions(store: DocumentStore, clock: Clock): Versions {
  async function find(name: string, version: string): Promise<ModelVersion | undefined> {
    const found = await store.read(pathsOf(name).version(version));
    return found && modelVersion(found.value);
  }

  async function version(name: string, version: string): Promise<ModelVersion> {
    const found = await find(name, version);
    if (found) return found;
    throw new NotFoundError(`version ${version} of ${name}`);
  }

  async function register(given: Omit<ModelVersion, "registeredAt">): Promise<ModelVersion> {
    const { name, version } = given, path = pathsOf(name).version(version);
    const entries = digestsOf(given).map((digest) => digestEntry(digest, name, version));
    for (const field of ORIGIN) {
      if (given[field]) continue;
      throw new BadInput({ field: `${name}:${version} ${field}`, rule: "must be given" });
    }
    const record = toJson({ ...given, registeredAt: clock.now().toISOString() });
    // first the entries: one that leads to nothing does no harm, a version that is not found would
    await Promise.all(entries.map((entry) => store.write(entry, { name, version })));
    try {
      await store.write(path, record, { ifMatch: NEW });
      return modelVersion(record);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const there = await find(name, version);
      if (
        there && canonicalJson({ ...record, registeredAt: there.registeredAt }) ===
          canonicalJson(there)
      ) return there;
      const expected = null, found = there?.digest;
      throw new ConflictError({ path, expected, found }, { cause: error });
    }
  }

  async function versions(name: string): Promise<ModelVersion[]> {
    const numbers = await numbersOf(name);
    return await Promise.all(numbers.map((number) => version(name, String(number))));
  }

  async function numbersOf(name: string): Promise<number[]> {
    const paths = await store.list(pathsOf(name).versions);
    return paths.map((path) => Number(stemOf(path))).sort((a, b) => a - b);
  }

  return {
    register,
    version,
    versions,
    async latest(name) {
      const last = (await numbersOf(name)).at(-1);
      return last === undefined ? undefined : await version(name, String(last));
    },
    async versionsWithDigest(digest) {
      const folder = digestFolder(digest), paths = await store.list(folder);
      const entries = paths.map((path) => path.slice(folder.length).split("/"))
        .filter(({ length }) => length === 2); // longer ones are of deployments
      const found = await Promise.all(entries.map(([name, file]) => find(name, stemOf(file))));
      return found.flatMap((one) => one?.digest === digest ? [one] : [])
        .sort((a, b) =>
          a.name === b.name ? Number(a.version) - Number(b.version) : a.name < b.name ? -1 : 1
        );
    },
    async origin(name, number) {
      const { runId, datasetDigest, commit, lockfile } = await version(name, number);
      return { runId, datasetDigest, commit, lockfile };
    },
  };
}

/** The digests by which a version is found; what is none, e.g. of an older record, is left out. */
export function digestsOf(
  { digest, datasetDigest, lockfile }: Pick<ModelVersion, "digest" | "datasetDigest" | "lockfile">,
): string[] {
  return [...new Set([digest, ...[datasetDigest, lockfile].filter(isDigest)])];
}

function modelVersion(value: Json): ModelVersion {
  return value as unknown as ModelVersion;
}
