/** An evidence pack as a folder on this machine. */

import { join } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import type { ModelVersion, Registry } from "lib/registry/mod.ts";
import type { Files } from "./evidence_signature.ts";
import { replaceFolder } from "./files.ts";
import { OUT } from "./paths.ts";

/**
 * Where a version's pack is written: `out/evidence/NAME-VERSION`.
 *
 * @param version The version.
 * @returns The folder, absolute.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { evidencePath } from "lib/lifecycle/mod.ts";
 *
 * assert.match(evidencePath({ name: "iris", version: "3" }), /out.evidence.iris-3$/);
 * ```
 */
export function evidencePath({ name, version }: Pick<ModelVersion, "name" | "version">): string {
  return join(OUT, "evidence", `${name}-${version}`);
}

/**
 * Writes a pack; what was in the folder before is gone.
 *
 * @param folder Where to.
 * @param files The pack.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fromCheckout, readEvidenceFolder, writeEvidenceFolder } from "lib/lifecycle/mod.ts";
 *
 * const folder = fromCheckout("out/example/evidence");
 * await writeEvidenceFolder(folder, { "a.txt": Uint8Array.of(1) });
 * assert.deepEqual(await readEvidenceFolder(folder), { "a.txt": Uint8Array.of(1) });
 * ```
 */
export async function writeEvidenceFolder(folder: string, files: Files): Promise<void> {
  await replaceFolder(folder, files);
}

/**
 * Reads every file of a folder.
 *
 * @param folder The folder.
 * @returns Its files; undefined where there is no such folder.
 * @throws {BadInput} If it has a folder in it, which nobody can have signed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readEvidenceFolder } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(await readEvidenceFolder("no/such/folder"), undefined);
 * ```
 */
export async function readEvidenceFolder(folder: string): Promise<Files | undefined> {
  const files: Record<string, Uint8Array> = {};
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile) throw new BadInput({ field: name, rule: "must be a file that somebody signed" });
      files[name] = await Deno.readFile(join(folder, name));
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return files;
}

/**
 * The version that is meant where none is named: the champion, or else the newest.
 *
 * @param registry Whose versions.
 * @param choice Name of the model; its version, if one is named.
 * @returns The version.
 * @throws {NotFoundError} If that version was never registered.
 * @throws {BadInput} If the model has no version at all.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore, createRegistry } from "lib/registry/mod.ts";
 * import { chosenVersion } from "lib/lifecycle/mod.ts";
 *
 * const registry = createRegistry({ store: createMemoryStore() });
 * await assert.rejects(chosenVersion(registry, { name: "iris" }), /model iris must have a version/);
 * ```
 */
export async function chosenVersion(
  registry: Registry,
  { name, version }: { readonly name: string; readonly version?: string },
): Promise<ModelVersion> {
  if (version !== undefined) return await registry.version(name, version);
  const champion = await registry.alias(name, "champion");
  const found = champion
    ? await registry.version(name, champion.version)
    : await registry.latest(name);
  if (found) return found;
  throw new BadInput({
    field: `model ${name}`,
    rule: "must have a version: deno task gate makes one",
  });
}
