/** Finds imports in source text and judges them against the table. */

import type { Room } from "./rooms.ts";

/** One import of one file. */
export interface Import {
  /** The file, from the root, e.g. `lib/core/mod.ts`. */
  readonly file: string;
  /** What it imports, as written. */
  readonly specifier: string;
}

/** Every static and dynamic import and re-export of a source, comments left out. */
export function importsOf(file: string, source: string): Import[] {
  const code = source.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const pattern =
    /^\s*(?:import|export)\s+(?:[\w*{}\s,$]+?\s+from\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
  return [...code.matchAll(pattern)].map(([, statically, dynamically]) => ({
    file,
    specifier: statically ?? dynamically,
  }));
}

/**
 * What is wrong with an import of a file in `lib/`.
 *
 * @returns The reason, or nothing if the table allows it.
 */
export function importFault(
  { file, specifier }: Import,
  rooms: Readonly<Record<string, Room>>,
): string | undefined {
  const room = file.split("/")[1], allowed = rooms[room];
  if (!allowed) return `${room} is no room of the table`;
  if (/^(npm|jsr|https?):/.test(specifier)) return "pin it in deno.json and import it by name";
  if (specifier.startsWith("./")) {
    return specifier.slice(2).includes("/") ? "a room is flat" : undefined;
  }
  if (specifier.startsWith("../../data/")) {
    return ["data", "azure"].includes(room) ? undefined : "only data and azure may";
  }
  if (specifier.startsWith("..")) return "another room is imported as lib/ROOM/mod.ts";
  const other = /^lib\/(\w+)\/(.+)$/.exec(specifier);
  if (other) {
    if (other[1] === room) return "inside a room imports are relative";
    if (other[2] !== "mod.ts") return "another room is imported by its front door, mod.ts";
    return allowed.rooms.includes(other[1]) ? undefined : `${room} may not import ${other[1]}`;
  }
  const isAllowed = allowed.packages.some((name) =>
    specifier === name || specifier.startsWith(`${name}/`)
  );
  return isAllowed ? undefined : `${room} may not import ${specifier}`;
}
