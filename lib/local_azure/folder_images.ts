/**
 * Images as folders: what the Dockerfile copies lies in one, and the program is a Deno program of this
 * machine that may read little else. Nothing is built, so there is no `RUN`.
 */

import { dirname, join } from "node:path";
import type { BlobFiles } from "./blob_files.ts";
import { childArguments } from "./child_arguments.ts";
import { checkVariables, childEnvironment } from "./child_environment.ts";
import { inStage } from "./container_log.ts";
import { type DenoProgram, readDenoCommand } from "./deno_command.ts";
import type { Dockerfile } from "./dockerfile.ts";
import { makeImage, readContext } from "./image.ts";
import { imagePath } from "./image_path.ts";
import type { Image, ImageOptions, Images } from "./images.ts";
import { adoptTemporary, keepTemporary } from "./left_temporary.ts";
import { remove } from "./remove.ts";
import type { Command } from "./runtime.ts";

/** What {@linkcode folderImages} needs to know. */
export interface FolderImagesOptions {
  /** The folder of all deployments: `HOME/DEPLOYMENT/GENERATION`. */
  readonly home: string;
  /** Deno's own folder for all children. */
  readonly denoDir: string;
  /** Local Azure's port. */
  readonly localPort: number;
  /** Where contexts and models are read from. */
  readonly blobs: BlobFiles;
}

/** Images as folders called `root`, each in its generation's folder. */
export function folderImages({ home, denoDir, localPort, blobs }: FolderImagesOptions): Images {
  async function make({ spec, folder, log }: ImageOptions): Promise<Image> {
    const root = join(folder, "root");
    const read = await inStage(log, "UserContainerImagePull", async () => {
      log.event("Pulling", "Start pulling container image");
      const { dockerfile, files } = await readContext(blobs, spec);
      const program = readDenoCommand(dockerfile.command);
      checkVariables(dockerfile.env);
      const { deno } = Deno.version;
      log.event("Pulled", `Base image ${dockerfile.base} stands for this machine's Deno ${deno}`);
      return { dockerfile, program, files };
    });
    const modelDir = await inStage(log, "ModelDownload", async () => {
      const { model } = spec;
      if (model) log.event("Downloading", `Start downloading model ${model.name}:${model.version}`);
      const modelDir = await makeImage(root, blobs, spec, read);
      if (model) log.event("Downloaded", "Model is downloaded");
      return modelDir;
    });
    await adoptTemporary(dirname(folder), root);
    const place = { ...read, root, modelDir, denoDir, localPort, spec, log };
    return {
      command: (port) => commandOf(place, port),
      async remove() {
        await keepTemporary(folder);
        await remove(root);
      },
    };
  }

  return {
    async prepare(options) {
      try {
        return await make(options);
      } catch (error) {
        await remove(join(options.folder, "root"));
        throw error;
      }
    },
    async clean() {
      for await (const deployment of Deno.readDir(home)) {
        for await (const generation of Deno.readDir(join(home, deployment.name))) {
          const place = join(home, deployment.name, generation.name);
          await keepTemporary(place);
          await remove(join(place, "root"));
        }
      }
    },
    close: () => Promise.resolve(), // folders stay until the next start, as logs do
  };
}

interface Place extends Pick<ImageOptions, "spec" | "log"> {
  readonly dockerfile: Dockerfile;
  readonly program: DenoProgram;
  readonly root: string;
  readonly modelDir: string | undefined;
  readonly denoDir: string;
  readonly localPort: number;
}

function commandOf(place: Place, port: number): Command {
  const { spec, dockerfile, program, root, modelDir, denoDir, localPort, log } = place;
  const { workdir } = dockerfile;
  const folders = foldersAbove(imagePath(root, workdir, program.script), root);
  const hasConfig = hasAny(folders, ["deno.json", "deno.jsonc"]);
  const hasPackageJson = hasAny(folders, ["package.json"]);
  const { args, refused } = childArguments(program, { root, workdir, port, localPort, hasConfig });
  if (refused.length > 0) {
    log.event("Narrowed", `Permissions that are not given here: ${refused.join(", ")}`);
  }
  return {
    words: [Deno.execPath(), ...args],
    env: childEnvironment(dockerfile, spec, {
      ...{ root, port, localPort, modelDir, denoDir, hasPackageJson },
    }),
    cwd: imagePath(root, "/", workdir),
  };
}

/** The folders from a file's up to the root: where Deno looks for configuration of the image's own. */
export function foldersAbove(file: string, root: string): string[] {
  const folders: string[] = [];
  for (let at = file.lastIndexOf("/"); at >= root.length; at = file.lastIndexOf("/", at - 1)) {
    folders.push(file.slice(0, at));
  }
  return folders;
}

/** Whether one of the folders has a file of one of the names. */
export function hasAny(folders: readonly string[], names: readonly string[]): boolean {
  return folders.some((folder) =>
    names.some((name) => {
      try {
        return Deno.statSync(`${folder}/${name}`).isFile;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
    })
  );
}
