/** Reading blobs of lines that grow: each look downloads only what was added since the last one. */

import type { Workspace } from "./workspace.ts";

/** One line of a blob. */
export interface BlobLine {
  /** The blob. */
  readonly path: string;
  /** Number of the line, from 1. */
  readonly line: number;
  /** Its text, without the end. */
  readonly text: string;
  /** Whether it has no end: it is being written, or was cut off. */
  readonly isCut: boolean;
}

/** A folder of blobs that is looked at again and again. */
export interface BlobTail {
  /** The lines since the last look, those without an end left out. */
  look(): Promise<BlobLine[]>;
  /** The last lines that have no end (yet). */
  cut(): BlobLine[];
}

/** Downloads under way at once. */
const DOWNLOADS = 8;

/** End of a line, as a byte. */
const NEWLINE = 10;

/** What is known of one blob. */
interface Seen {
  /** Bytes that were read. */
  offset: number;
  /** Lines that were read. */
  lines: number;
  /** Bytes after the last end of a line. */
  rest: Uint8Array;
}

/**
 * Opens a folder of blobs of lines.
 *
 * @param workspace Where it is.
 * @param folder Its path, with a slash at the end.
 * @param options `writtenSince`: blobs that were last written earlier are passed over. `hours`: so are
 * folders of hours that are not among these (both included). Default none.
 * @returns See {@linkcode BlobTail}. A folder that is not there has no lines.
 *
 * @example
 * ```ts ignore
 * const lines = await tailBlobs(workspace, "modelDataCollector/iris-demo/").look();
 * ```
 */
export function tailBlobs(
  { azure }: Pick<Workspace, "azure">,
  folder: string,
  { writtenSince = new Date(0), hours }: {
    readonly writtenSince?: Date;
    readonly hours?: { readonly from: string; readonly to?: string };
  } = {},
): BlobTail {
  const seen = new Map<string, Seen>();
  const since = Math.floor(writtenSince.getTime() / 1000) * 1000; // the service tells whole seconds

  async function prefixes(): Promise<string[]> {
    if (!hours) return [folder];
    const { from, to = "~" } = hours; // ~ sorts after every digit
    return (await hoursOf(azure, folder)).filter((hour) => hour >= from && hour <= to)
      .map((hour) => `${folder}${hour}/`);
  }

  async function added(path: string, size: number): Promise<BlobLine[]> {
    const known = seen.get(path) ?? { offset: 0, lines: 0, rest: new Uint8Array() };
    seen.set(path, known);
    if (size <= known.offset) return [];
    const bytes = await azure.blobs.getBlobClient(path)
      .downloadToBuffer(known.offset, size - known.offset);
    known.offset = size;
    const all = new Uint8Array(known.rest.length + bytes.length);
    all.set(known.rest);
    all.set(bytes, known.rest.length);
    const end = all.lastIndexOf(NEWLINE) + 1;
    known.rest = all.slice(end);
    if (end === 0) return [];
    return new TextDecoder().decode(all.subarray(0, end - 1)).split("\n")
      .map((text) => ({ path, line: ++known.lines, text, isCut: false }));
  }

  return {
    async look() {
      const grown: { path: string; size: number }[] = [];
      for (const prefix of await prefixes()) {
        for await (const { name, properties } of azure.blobs.listBlobsFlat({ prefix })) {
          if (properties.lastModified.getTime() < since) continue;
          grown.push({ path: name, size: properties.contentLength ?? 0 });
        }
      }
      const found: BlobLine[][] = [];
      let next = 0;
      const lane = async () => {
        while (next < grown.length) {
          const i = next++;
          found[i] = await added(grown[i].path, grown[i].size);
        }
      };
      await Promise.all(Array.from({ length: DOWNLOADS }, lane));
      return found.flat();
    },
    cut() {
      return [...seen].flatMap(([path, { rest, lines }]) => {
        const text = new TextDecoder().decode(rest);
        return text === "" ? [] : [{ path, line: lines + 1, text, isCut: true }];
      });
    },
  };
}

/**
 * Names of the folders of hours in a folder, in order.
 *
 * @param azure Where it is.
 * @param folder Its path, with a slash at the end.
 * @returns Names such as `20260304T05`; what else lies there is left out.
 *
 * @example
 * ```ts ignore
 * const last = (await hoursOf(azure, "callers/iris-live/")).at(-1);
 * ```
 */
export async function hoursOf(
  { blobs }: Pick<Workspace["azure"], "blobs">,
  folder: string,
): Promise<string[]> {
  const names: string[] = [];
  for await (const item of blobs.listBlobsByHierarchy("/", { prefix: folder })) {
    const name = item.name.slice(folder.length, -1);
    if (item.kind === "prefix" && /^\d{8}T\d\d$/.test(name)) names.push(name);
  }
  return names.sort();
}
