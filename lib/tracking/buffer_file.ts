/** What could not be sent yet, in a file: written before the caller goes on, read back in order. */

import { type JsonRecord, sha256 } from "lib/core/mod.ts";
import { isRecord } from "./rest.ts";

/** What became of an entry that was handed over: sent; the server is away; or refused, and why. */
export type Sent = "sent" | "away" | { readonly refused: string };

/** What became of the kept entries. */
export interface Flushed {
  /** Entries that the server has now. */
  readonly sent: number;
  /** Entries that are still kept, as the server is away. */
  readonly left: number;
  /** What the server refused, one line each: moved to the file `….refused.jsonl`, not sent again. */
  readonly refused: readonly string[];
}

/** The file. Several processes may use it at once: each step of it holds a lock. */
export interface BufferFile {
  /** Where it is. */
  readonly path: string;
  /** Whether nothing is kept; one look at the file's size. */
  isEmpty(): Promise<boolean>;
  /** Keeps an entry: when this returns, it survives the end of the process, and of the machine. */
  append(entry: JsonRecord): Promise<void>;
  /**
   * Hands over what is kept, the oldest first, until one entry cannot be sent.
   *
   * An entry is marked after it was sent. A process that is killed in between leaves one entry that is
   * handed over again: sending twice must do no harm.
   *
   * @param send Sends one entry; `all` has all entries of the file, also those that are sent.
   */
  drain(send: (entry: JsonRecord, all: readonly JsonRecord[]) => Promise<Sent>): Promise<Flushed>;
}

/** Only the owner reads and writes: what is logged is nobody else's business. */
const FILE_MODE = 0o600, FOLDER_MODE = 0o700;

/** The file for one server, `FOLDER/DIGEST.jsonl`; what is kept for one server never goes to another. */
export function bufferFile(folder: string, baseUrl: string): BufferFile {
  const stem = `${folder}/${sha256(baseUrl).slice(0, 16)}`, path = `${stem}.jsonl`;

  async function locked<T>(work: (file: Deno.FsFile) => Promise<T>): Promise<T> {
    await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const file = await Deno.open(path, { create: true, ...READ_WRITE, mode: FILE_MODE });
    try {
      await file.lock(true); // ends with the file, and with the process however it ends
      return await work(file);
    } finally {
      file.close();
    }
  }

  return {
    path,
    async isEmpty() {
      return await sizeOf(path) === 0;
    },
    append: (entry) =>
      locked(async (file) => {
        await cutTornLine(file);
        await writeLine(file, { id: crypto.randomUUID(), entry });
        await file.syncData();
      }),
    async drain(send) {
      if (await sizeOf(path) === 0) return { sent: 0, left: 0, refused: [] };
      return await locked(async (file) => {
        const lines = await cutTornLine(file), done = new Set(lines.map((line) => line.done));
        const kept = lines.filter(({ id }) => id !== undefined);
        const all = kept.map(({ entry }) => entry as JsonRecord), refused: string[] = [];
        let sent = 0, left = 0;
        for (const { id, entry } of kept) {
          if (done.has(id)) continue;
          const result = left > 0 ? "away" : await send(entry as JsonRecord, all);
          if (result === "away") {
            left++;
            continue;
          }
          if (result === "sent") sent++;
          else {
            refused.push(result.refused);
            await keepRefused(`${stem}.refused.jsonl`, { ...result, entry });
          }
          await writeLine(file, { done: id });
        }
        if (left === 0) await file.truncate(0);
        return { sent, left, refused };
      });
    },
  };
}

const READ_WRITE = { read: true, write: true } as const;

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * The file's lines; it stands at its end afterwards. What follows the last line end was never
 * acknowledged, as the process ended while it wrote: it goes.
 */
async function cutTornLine(file: Deno.FsFile): Promise<JsonRecord[]> {
  await file.seek(0, Deno.SeekMode.Start);
  const bytes = new Uint8Array((await file.stat()).size);
  let length = 0;
  while (length < bytes.length) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  const end = bytes.subarray(0, length).lastIndexOf(0x0a) + 1;
  if (end < length) await file.truncate(end);
  await file.seek(end, Deno.SeekMode.Start);
  const text = new TextDecoder().decode(bytes.subarray(0, end));
  return text.split("\n").filter((line) => line !== "").map(parsedLine);
}

/** A line; one that somebody else has spoilt is an entry that the server will refuse. */
function parsedLine(line: string, i: number): JsonRecord {
  try {
    const value = JSON.parse(line);
    if (isRecord(value)) return value;
  } catch {
    // as below
  }
  return { id: `spoilt ${i}`, entry: { spoilt: line } };
}

async function writeLine(file: Deno.FsFile, line: JsonRecord): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(line) + "\n");
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

async function keepRefused(path: string, line: JsonRecord): Promise<void> {
  const options = { append: true, create: true, mode: FILE_MODE };
  await Deno.writeTextFile(path, JSON.stringify(line) + "\n", options);
}
