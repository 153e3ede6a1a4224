/** Where the registry's documents lie, and which names may be part of a path. */

import { BadInput } from "lib/core/mod.ts";
import type { Alias } from "./records.ts";

/** All aliases. */
export const ALIASES: readonly Alias[] = ["champion", "challenger"];

const NAME = /^[a-zA-Z0-9][\w.-]{0,254}$/;

/** Checks a model's name by Azure ML's rule. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  const rule = "must be 1 to 255 letters, digits, -, . or _ and begin with a letter or digit";
  throw new BadInput({ field: "model name", rule, value: name });
}

/** Checks a version. */
export function checkVersion(version: string): void {
  if (/^[1-9]\d{0,9}$/.test(version)) return;
  const rule = "must be a whole number from 1 on, as a text";
  throw new BadInput({ field: "model version", rule, value: version });
}

/** Checks a digest. */
export function checkDigest(digest: string): void {
  if (isDigest(digest)) return;
  throw new BadInput({ field: "digest", rule: "must be 64 hexadecimal digits", value: digest });
}

/** Whether a text is a digest. */
export function isDigest(digest: string): boolean {
  return /^[0-9a-f]{64}$/.test(digest);
}

/** Checks an alias. */
export function checkAlias(alias: string): void {
  if (ALIASES.includes(alias as Alias)) return;
  throw new BadInput({ field: "alias", rule: `must be ${ALIASES.join(" or ")}`, value: alias });
}

/** Paths of a model's documents. */
export function pathsOf(name: string) {
  checkName(name);
  const root = `models/${name}`;
  return {
    versions: `${root}/versions/`,
    version(version: string) {
      checkVersion(version);
      return `${root}/versions/${version}.json`;
    },
    aliases: `${root}/aliases.json`,
    production: `${root}/production/`,
    change: (sequence: number) => `${root}/production/${padded(sequence)}.json`,
    decisions(version: string) {
      checkVersion(version);
      return `${root}/decisions/${version}/`;
    },
    decision: (version: string, number: number) =>
      `${root}/decisions/${version}/${padded(number)}.json`,
  };
}

/** Folder of what was deployed to one place. */
export function placeFolder(endpoint: string, deployment: string): string {
  for (const [field, value] of Object.entries({ endpoint, deployment })) {
    if (/^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/.test(value)) continue;
    const rule = "must be 3 to 32 letters, digits or -, begin with a letter and not end with -";
    throw new BadInput({ field, rule, value });
  }
  return `deployments/${endpoint}/${deployment}/`;
}

/** Folder of the entries that say which versions and deployments a digest touched. */
export function digestFolder(digest: string): string {
  checkDigest(digest);
  return `digests/${digest}/`;
}

/** The entry for one version. */
export function digestEntry(digest: string, name: string, version: string): string {
  return `${digestFolder(digest)}${name}/${version}.json`;
}

/** Last part of a path without `.json`. */
export function stemOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.json$/, "");
}

/** So that paths in the order of their letters are in the order of their numbers. */
export function padded(number: number): string {
  return String(number).padStart(8, "0");
}
