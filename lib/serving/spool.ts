/**
 * What is collected and not yet in Blob: files in a folder, so that a crash of the process loses none of
 * it. A line is written before its answer is sent, and lies in the operating system's memory then: it
 * outlives the process, but not a power cut, nor the disk of an instance that is taken away: on Azure a
 * container's disk goes with the container.
 */

import type { CollectedLine } from "./records.ts";

/** A closed file of the spool. */
export interface Segment {
  /** Names it for {@linkcode Spool.read} and {@linkcode Spool.remove}. */
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
  /** Whether a process that is gone has left it: some of it may be in Blob already. */
  readonly isLeft: boolean;
}

/** Lines that wait for Blob. */
export interface Spool {
  /** Bytes of all that waits. */
  readonly bytes: number;
  /** Keeps lines: all of them, or none where there is no room. Throws where the disk fails. */
  append(lines: readonly CollectedLine[]): boolean;
  /** Closes the file that is written to, and gives all closed files, the oldest first. */
  seal(): readonly Segment[];
  /** The lines of a closed file; a last line that a crash cut off is left out. */
  read(segment: Segment): readonly CollectedLine[];
  /** Throws a closed file away. */
  remove(segment: Segment): void;
  /** Lets go of the folder. What is left waits for the next process. */
  close(): void;
}

/** Options of {@linkcode openSpool}. */
export interface SpoolOptions {
  /** Folder that processes share; made where it is missing. */
  readonly folder: string;
  /** This process's own name in it. */
  readonly instance: string;
  /** Most bytes that wait. */
  readonly maxBytes: number;
  /** A file is closed at this size, in bytes. Default 4 MB. */
  readonly segmentBytes?: number;
}

const LOCK = "lock", SUFFIX = ".jsonl";

/**
 * Opens a spool, and takes over what processes that are gone have left in its folder. A process holds a
 * lock on its own part for as long as it lives, however it ends.
 *
 * @param options See {@linkcode SpoolOptions}.
 * @returns See {@linkcode Spool}.
 * @throws {Error} If the folder cannot be written.
 *
 * @example
 * ```ts ignore
 * // writes files
 * const spool = openSpool({ folder: "/tmp/collector", instance: "i1", maxBytes: 64_000_000 });
 * ```
 */
export function openSpool(
  { folder, instance, maxBytes, segmentBytes = 4_000_000 }: SpoolOptions,
): Spool {
  const own = `${folder}/${instance}`, encoder = new TextEncoder();
  const locks = new Map<string, Deno.FsFile>();
  const sealed: Segment[] = [];
  Deno.mkdirSync(own, { recursive: true, mode: 0o700 }); // rows are nobody else's business
  if (!hold(own)) {
    throw new Error(`Cannot open the spool as ${own} must be this process's own: it is held`);
  }
  adopt();
  let active: { path: string; file: Deno.FsFile; bytes: number } | undefined, written = 0;
  let bytes = sealed.reduce((sum, segment) => sum + segment.bytes, 0);

  /** Takes a part's lock, if nobody has it. */
  function hold(part: string): boolean {
    const file = Deno.openSync(`${part}/${LOCK}`, { write: true, create: true });
    const isHeld = file.tryLockSync(true);
    if (isHeld) locks.set(part, file);
    else file.close();
    return isHeld;
  }

  function adopt(): void {
    for (const { name, isDirectory } of [...Deno.readDirSync(folder)].sort(byName)) {
      const part = `${folder}/${name}`;
      // a part without a file may belong to a process that is just beginning
      if (!isDirectory || part === own || filesOf(part).length === 0) continue;
      try {
        if (!hold(part)) continue;
      } catch (error) {
        if (error instanceof Deno.errors.PermissionDenied) continue; // another user's
        throw error;
      }
      for (const path of filesOf(part)) {
        sealed.push({ file: path, bytes: Deno.statSync(path).size, isLeft: true });
      }
    }
  }

  function seal(): readonly Segment[] {
    if (active) {
      active.file.close();
      sealed.push({ file: active.path, bytes: active.bytes, isLeft: false });
      active = undefined;
    }
    return [...sealed];
  }

  function begin(): NonNullable<typeof active> {
    const path = `${own}/${String(++written).padStart(8, "0")}${SUFFIX}`;
    return { path, file: Deno.openSync(path, { append: true, create: true }), bytes: 0 };
  }

  return {
    get bytes() {
      return bytes;
    },
    append(lines) {
      const text = lines.map(({ path, id, line }) => `${path}\t${id}\t${line}\n`).join("");
      const piece = encoder.encode(text);
      if (bytes + piece.length > maxBytes) return false;
      active ??= begin();
      try {
        for (let at = 0; at < piece.length;) at += active.file.writeSync(piece.subarray(at));
      } catch (error) {
        // a torn line would spoil the next one: back to where it was, and on in another file
        active.file.truncateSync(active.bytes);
        seal();
        throw error;
      }
      active.bytes += piece.length;
      bytes += piece.length;
      if (active.bytes >= segmentBytes) seal();
      return true;
    },
    seal,
    read({ file }) {
      // after the last line's end comes nothing, or what a crash has cut off
      return Deno.readTextFileSync(file).split("\n").slice(0, -1).flatMap((kept) => {
        const [, path, id, line] = /^([^\t]+)\t([^\t]+)\t(\{.*\})$/s.exec(kept) ?? [];
        return line === undefined ? [] : [{ path, id, line }];
      });
    },
    remove(segment) {
      Deno.removeSync(segment.file);
      sealed.splice(sealed.findIndex(({ file }) => file === segment.file), 1);
      bytes -= segment.bytes;
      const part = segment.file.slice(0, segment.file.lastIndexOf("/"));
      if (part !== own && filesOf(part).length === 0) discard(part);
    },
    close() {
      seal();
      const isEmpty = filesOf(own).length === 0;
      for (const part of [...locks.keys()]) {
        if (part === own && isEmpty) discard(part);
        else letGo(part);
      }
    },
  };

  function letGo(part: string): void {
    locks.get(part)?.close();
    locks.delete(part);
  }

  /** Removes a part before its lock is let go, so that nobody takes it over meanwhile. */
  function discard(part: string): void {
    Deno.removeSync(part, { recursive: true });
    letGo(part);
  }
}

/** Files with lines, the oldest first. */
function filesOf(part: string): string[] {
  try {
    return [...Deno.readDirSync(part)]
      .filter(({ name }) => name.endsWith(SUFFIX))
      .map(({ name }) => `${part}/${name}`)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return []; // its process has just tidied up
    throw error;
  }
}

function byName(a: Deno.DirEntry, b: Deno.DirEntry): number {
  return a.name < b.name ? -1 : 1;
}
