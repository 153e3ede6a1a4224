/** Lineage from a digest: every version and deployment that some bytes touched, from the registry alone. */

import type { DeploymentRecord, ModelVersion } from "lib/registry/mod.ts";
import type { Workspace } from "./workspace.ts";

/** What a digest is the digest of. */
export type DigestKind = "model" | "rows" | "lockfile" | "image";

/** A version that a digest touched. */
export interface TouchedVersion {
  /** The version with its run, rows, commit and lockfile. */
  readonly version: ModelVersion;
  /** Everywhere that it was deployed to; of an image, only where it ran that. */
  readonly deployments: readonly DeploymentRecord[];
}

/** What a digest touched. */
export interface DigestTrace {
  /** The digest. */
  readonly digest: string;
  /** What it is the digest of; null where nothing is known of it. */
  readonly kind: DigestKind | null;
  /** By name and number. */
  readonly versions: readonly TouchedVersion[];
  /** What does not fit, one line each. */
  readonly findings: readonly string[];
}

/**
 * Every version and every deployment that a digest touched: of a model's bytes, of the rows that models
 * learnt from, of a lockfile, or of an image. The registry answers from its indexes: what is read grows
 * with what is found, and not with the number of versions.
 *
 * @param workspace Whose registry.
 * @param digest 64 hexadecimal digits.
 * @returns What it touched; a digest that nobody knows is a finding.
 * @throws {BadInput} If the digest is malformed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore, createRegistry } from "lib/registry/mod.ts";
 * import { traceDigest } from "lib/lifecycle/mod.ts";
 *
 * const registry = createRegistry({ store: createMemoryStore() });
 * const rows = "d".repeat(64), name = "iris", version = "1";
 * await registry.register({
 *   ...{ name, version, digest: "a".repeat(64), datasetDigest: rows, lockfile: "b".repeat(64) },
 *   ...{ runId: "r1", commit: "c0ffee", signature: {}, metrics: {} },
 * });
 * const { kind, versions } = await traceDigest({ registry }, rows);
 * assert.deepEqual([kind, versions.map(({ version }) => version.version)], ["rows", ["1"]]);
 * ```
 */
export async function traceDigest(
  { registry }: Pick<Workspace, "registry">,
  digest: string,
): Promise<DigestTrace> {
  const { versions: touched, deployments } = await registry.touchedBy(digest);
  const versions = touched.map((version) => ({
    version,
    deployments: deployments.filter((one) =>
      one.name === version.name && one.version === version.version
    ),
  }));
  const kind = kindOf(digest, versions);
  const findings = kind ? [] : [
    `Nothing is known of ${digest}: it is no registered model, and no rows, lockfile or image of one.`,
  ];
  return { digest, kind, versions, findings };
}

function kindOf(digest: string, [first]: readonly TouchedVersion[]): DigestKind | null {
  if (!first) return null;
  const { version } = first;
  if (version.digest === digest) return "model";
  if (version.datasetDigest === digest) return "rows";
  return version.lockfile === digest ? "lockfile" : "image";
}
