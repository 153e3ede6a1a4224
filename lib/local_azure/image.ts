/** The image of a deployment as a folder: files of its build context and its model, out of Blob. */

import { dirname, join, posix } from "node:path";
import type { BlobFiles } from "./blob_files.ts";
import { type Dockerfile, readDockerfile } from "./dockerfile.ts";
import type { Copy } from "./dockerfile_copy.ts";
import { buildFailure } from "./dockerfile_failure.ts";
import { imagePath, pathBelow } from "./image_path.ts";
import { DeploymentError, type DeploymentSpec } from "./runtime.ts";

/** Where Azure ML puts models. */
export const MODELS = "/var/azureml-app/azureml-models";

/** Blobs read at once. */
const AT_ONCE = 8;

/** Files of a context or a model: relative path → the blob's name. */
export type Files = ReadonlyMap<string, string>;

/**
 * Finds a deployment's build context and reads its Dockerfile.
 *
 * @returns The Dockerfile's path in the context, its text, and all files.
 * @throws {DeploymentError} `ImageBuildFailure`, if there is no Dockerfile.
 */
export async function findContext(
  blobs: BlobFiles,
  { context }: Pick<DeploymentSpec, "context">,
): Promise<{ name: string; text: string; files: Files }> {
  const { container, path } = context, name = posix.normalize(context.dockerfile);
  const files = await filesBelow(blobs, container, path);
  const blob = files.get(name);
  const bytes = blob === undefined ? undefined : await blobs.read(container, blob);
  if (!bytes) {
    const where = `${container}/${path}`;
    throw new DeploymentError("ImageBuildFailure", `There is no ${name} in the context ${where}`);
  }
  return { name, text: new TextDecoder().decode(bytes), files };
}

/**
 * Reads a deployment's Dockerfile.
 *
 * @throws {DeploymentError} `ImageBuildFailure`, if it is not there or cannot be followed.
 */
export async function readContext(
  blobs: BlobFiles,
  spec: DeploymentSpec,
): Promise<{ dockerfile: Dockerfile; files: Files }> {
  const { text, files } = await findContext(blobs, spec);
  return { dockerfile: readDockerfile(text), files };
}

/** Writes all files of a build context into a folder. */
export async function writeContext(
  folder: string,
  blobs: BlobFiles,
  { context }: Pick<DeploymentSpec, "context">,
  files: Files,
): Promise<void> {
  const writes = [...files].map(([path, blob]): [string, string] => [
    join(folder, ...path.split("/")),
    blob,
  ]);
  await write(blobs, context.container, new Map(writes));
}

/**
 * Makes the folder that stands for the image's `/`: what the Dockerfile copies, its working folder,
 * `/tmp`, and the model where Azure ML puts it.
 *
 * @param root The folder; it must not be there yet.
 * @param blobs Where the files come from.
 * @param spec Names context and model.
 * @param read See {@linkcode readContext}.
 * @returns The folder that `AZUREML_MODEL_DIR` names, if there is a model: below it lies the uploaded
 * file or folder under its own last name.
 * @throws {DeploymentError} `ImageBuildFailure` if a file to copy is not there, `BadArgument` if the
 * model is not, or if a blob's name would leave its folder.
 */
export async function makeImage(
  root: string,
  blobs: BlobFiles,
  spec: Pick<DeploymentSpec, "context" | "model">,
  { dockerfile, files }: { dockerfile: Dockerfile; files: Files },
): Promise<string | undefined> {
  for (const path of [dockerfile.workdir, "/tmp"]) {
    await Deno.mkdir(imagePath(root, "/", path), { recursive: true });
  }
  for (const copy of dockerfile.copies) {
    const { container } = spec.context, place = (path: string) => imagePath(root, "/", path);
    try {
      const isFolder = copy.target.endsWith("/") || await isDirectory(place(copy.target));
      await write(blobs, container, copied({ ...copy, isFolder }, files, place));
    } catch (error) {
      if (error instanceof DeploymentError) throw error;
      throw buildFailure(copy.line, "COPY", `failed: ${(error as Error).message}`);
    }
  }
  return await placeModel(root, blobs, spec);
}

/**
 * Puts the model where Azure ML puts it: NAME/VERSION in {@linkcode MODELS}, below a folder.
 *
 * @param root The folder that stands for `/`.
 * @param blobs Where the files come from.
 * @param spec Names the model.
 * @returns The folder that `AZUREML_MODEL_DIR` names, if there is a model.
 * @throws {DeploymentError} `BadArgument` if the model is not there, or a name would leave its folder.
 */
export async function placeModel(
  root: string,
  blobs: BlobFiles,
  { model }: Pick<DeploymentSpec, "model">,
): Promise<string | undefined> {
  if (!model) return undefined;
  const path = `${MODELS}/${pathBelow(model.name, "")}/${pathBelow(model.version, "")}`;
  const folder = imagePath(root, "/", path);
  await writeModel(folder, blobs, model);
  return folder;
}

async function writeModel(
  folder: string,
  blobs: BlobFiles,
  { container, path, name, version }: NonNullable<DeploymentSpec["model"]>,
): Promise<void> {
  const last = path.split("/").at(-1)!;
  const names = (await blobs.list(container, path))
    .filter((blob) => blob === path || blob.startsWith(`${path}/`));
  if (names.length === 0) {
    const where = `${container}/${path}`;
    throw new DeploymentError(
      "BadArgument",
      `Unable to download user model: ${name} version ${version} has no files at ${where}`,
    );
  }
  const writes = names.map((blob): [string, string] => {
    const below = blob === path ? pathBelow(last, "") : `${last}/${pathBelow(blob, path)}`;
    return [join(folder, ...below.split("/")), blob];
  });
  await write(blobs, container, new Map(writes));
}

async function filesBelow(blobs: BlobFiles, container: string, folder: string): Promise<Files> {
  const prefix = folder === "" ? "" : `${folder}/`;
  const names = await blobs.list(container, prefix);
  return new Map(names.map((name) => [pathBelow(name, folder), name]));
}

/** File on this machine → blob, for what one COPY asks for. */
function copied(
  { line, sources, target, isFolder }: Copy & { isFolder: boolean },
  files: Files,
  place: (path: string) => string,
): Map<string, string> {
  const writes = new Map<string, string>();
  const matched = sources.map((source) => ({ source, found: matches(source, files) }));
  for (const { source, found } of matched) {
    if (found.length === 0) {
      throw buildFailure(line, "COPY", `failed: there is no ${source} in the build context`);
    }
    if (found.length > 1 && !isFolder && found.every(({ below }) => below === undefined)) {
      throw buildFailure(line, "COPY", `of several files needs a target that ends in /: ${target}`);
    }
    for (const { path, below } of found) {
      const inside = below ?? (isFolder ? posix.basename(path) : "");
      writes.set(place(posix.join(target, inside)), files.get(path)!);
    }
  }
  return writes;
}

/** Files that a source names: itself, or what lies below it, with their place below. */
function matches(source: string, files: Files): { path: string; below?: string }[] {
  if (source === ".") return [...files.keys()].map((path) => ({ path, below: path }));
  const pattern = new RegExp(`^${globOf(source)}(?:/(.+))?$`);
  return [...files.keys()].flatMap((path) => {
    const match = pattern.exec(path);
    return match ? [{ path, below: match[1] }] : [];
  });
}

/** A pattern of Go's `filepath.Match` as a regular expression. */
function globOf(source: string): string {
  return source.replace(/\[\^?[^\]/]+\]|\\?[^]/g, (part) => {
    if (part.length > 1 && part.startsWith("[")) return part;
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    return part.replace(/^\\/, "").replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  });
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function write(
  blobs: BlobFiles,
  container: string,
  writes: ReadonlyMap<string, string>,
): Promise<void> {
  const left = [...writes];
  async function work(): Promise<void> {
    for (let next; (next = left.pop());) {
      const [path, name] = next, bytes = await blobs.read(container, name);
      if (!bytes) {
        throw new DeploymentError("BadArgument", `Blob ${container}/${name} is gone`);
      }
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeFile(path, bytes);
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, work));
}
