/** Artifacts: files of runs, as bytes on disk. */

import { randomUUID } from "node:crypto";
import { dirname, extname, join } from "node:path";
import type { JsonRecord } from "lib/core/mod.ts";
import { artifactFolder, checkArtifactPath, pathInUri } from "./mlflow_artifact_paths.ts";
import type { Call, Mlflow, Routes, Scope } from "./mlflow_context.ts";
import { absent, invalid } from "./mlflow_error.ts";
import { blobEntries, readBlob } from "./mlflow_run_blobs.ts";
import { artifactUri, filled, runIdIn, runOf, shownArtifactUri } from "./mlflow_run_body.ts";
import { OWNER_FILE, OWNER_FOLDER } from "./owner_only.ts";
import { bodyChunks } from "./request_text.ts";

/** One entry of a folder. */
interface Entry extends JsonRecord {
  /** Below the folder that was asked for. */
  readonly path: string;
  readonly is_dir: boolean;
}

/** The operation that lists a run's artifacts. */
export const ARTIFACT_ROUTES: Routes = { "GET artifacts/list": listOfRun };

/** Lists a folder of the workspace's artifacts: `path` in the query. */
export async function listArtifacts(mlflow: Mlflow, scope: Scope, path: string) {
  const entries = await entriesOf(mlflow, scope, checkArtifactPath(path));
  return filled("files", entries);
}

/** Keeps a file; its bytes are read as they come. */
export async function putArtifact(
  mlflow: Mlflow,
  scope: Scope,
  path: string,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
): Promise<void> {
  const target = join(artifactFolder(mlflow, scope), filePath(path));
  const temporary = join(mlflow.folder, `.${randomUUID()}.tmp`);
  await Deno.mkdir(mlflow.folder, { recursive: true, mode: OWNER_FOLDER });
  try {
    using file = await Deno.open(temporary, { createNew: true, write: true, mode: OWNER_FILE });
    for await (const chunk of bodyChunks(body)) await writeAll(file, chunk);
    await file.sync();
    await placed(() => moved(temporary, target));
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Moves a file to its place, again if somebody removes the folder in that very moment. */
async function moved(from: string, to: string): Promise<void> {
  for (let tries = 10;; tries--) {
    try {
      await Deno.mkdir(dirname(to), { recursive: true, mode: OWNER_FOLDER });
      return await Deno.rename(from, to);
    } catch (error) {
      if (tries === 0 || !(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

async function writeAll(file: Deno.FsFile, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
}

/** A file as it is answered: never as a page that a browser would run. */
export async function getArtifact(mlflow: Mlflow, scope: Scope, path: string): Promise<Response> {
  const target = join(artifactFolder(mlflow, scope), filePath(path));
  const info = await Deno.stat(target).catch((error) => {
    if (!isMissing(error)) throw error;
  });
  if (info && !info.isFile) {
    throw invalid(`Artifact path refers to a directory, not a file: '${path}'`);
  }
  const file = info && await Deno.open(target).catch((error) => { // it may have been removed since
    if (!isMissing(error)) throw error;
  });
  if (!file) {
    const bytes = await readBlob(mlflow, filePath(path));
    if (!bytes) throw absent(`No such artifact: '${path}'`);
    return fileAnswer(bytes as BodyInit, bytes.length, target);
  }
  const { size } = await file.stat(); // or replaced
  return fileAnswer(file.readable, size, target);
}

function fileAnswer(body: BodyInit, size: number, name: string): Response {
  return new Response(body, {
    headers: {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "content-length": String(size),
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff",
    },
  });
}

/** Removes a file or a folder; that there is none is no error. */
export async function deleteArtifact(mlflow: Mlflow, scope: Scope, path: string): Promise<void> {
  const target = join(artifactFolder(mlflow, scope), filePath(path));
  const gone = join(mlflow.folder, `.${randomUUID()}.tmp`);
  try {
    await Deno.rename(target, gone); // at once, so that nobody writes into it while it is removed
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await Deno.remove(gone, { recursive: true });
}

/** Whether there is a file at that path of the workspace's artifacts. */
export async function hasArtifact(mlflow: Mlflow, scope: Scope, path: string): Promise<boolean> {
  const target = join(artifactFolder(mlflow, scope), filePath(path));
  const isFile = await Deno.stat(target).then(({ isFile }) => isFile, (error) => {
    if (isMissing(error)) return false;
    throw error;
  });
  return isFile || await readBlob(mlflow, filePath(path)) !== undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  ".txt": "text/plain",
  ".json": "text/plain",
  ".csv": "text/plain",
  ".md": "text/plain",
  ".yaml": "text/plain",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

async function listOfRun({ mlflow, scope, given }: Call): Promise<JsonRecord> {
  const run = runOf(mlflow, scope, runIdIn(given)), root = artifactUri(run);
  const path = checkArtifactPath(given.text("path") ?? "");
  const entries = await entriesOf(mlflow, scope, join(pathInUri(root)!, path));
  const files = entries.map((entry) => ({
    ...entry,
    path: path ? `${path}/${entry.path}` : entry.path,
  }));
  return { root_uri: shownArtifactUri(run, scope), ...filled("files", files) };
}

async function entriesOf(mlflow: Mlflow, scope: Scope, path: string): Promise<Entry[]> {
  const folder = join(artifactFolder(mlflow, scope), path), entries: Entry[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const { size } = await Deno.stat(join(folder, name));
      entries.push({
        path: name,
        is_dir: isDirectory,
        ...(isDirectory ? {} : { file_size: size }),
      });
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const names = new Set(entries.map(({ path }) => path));
  const blobs = (await blobEntries(mlflow, path)).filter(({ path }) => !names.has(path));
  entries.push(...blobs.map((entry) => ({ ...entry })));
  return entries.sort((a, b) => a.path < b.path ? -1 : 1);
}

function filePath(path: string): string {
  const checked = checkArtifactPath(path);
  if (checked !== "" && !path.endsWith("/")) return checked;
  throw invalid("Artifact path must include a filename (cannot end with '/').");
}

/** Runs `body`; that a file stands where a folder should, or the reverse, is the client's mistake. */
async function placed(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    const { NotADirectory, IsADirectory, AlreadyExists } = Deno.errors;
    if ([NotADirectory, IsADirectory, AlreadyExists].some((kind) => error instanceof kind)) {
      throw invalid("Invalid path: a file and a folder cannot have the same name");
    }
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
