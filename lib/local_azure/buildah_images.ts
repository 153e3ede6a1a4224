/**
 * Images that are really built, by buildah, from the Dockerfile that was uploaded: every instruction of
 * it, `RUN` included. A container is a writable copy of its image, entered by {@linkcode chrootCommand}.
 *
 * Unlike Azure: the machine's network is shared, so the program must listen on `$PORT`; memory and
 * processors are not limited; the build's cache lives no longer than a deployment that uses the image.
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BlobFiles } from "./blob_files.ts";
import { type Buildah, DONE, openBuildah } from "./buildah.ts";
import { checkVariables, childEnvironment } from "./child_environment.ts";
import { chrootCommand } from "./chroot_command.ts";
import { inStage } from "./container_log.ts";
import { findContext, MODELS, placeModel, writeContext } from "./image.ts";
import { findUser, type ImageConfig, readImageConfig, type UserIds } from "./image_config.ts";
import { imagePath } from "./image_path.ts";
import type { Image, Images } from "./images.ts";
import type { ProcessRecord } from "./process_record.ts";
import { remove } from "./remove.ts";
import { DeploymentError, type DeploymentSpec } from "./runtime.ts";

/** What {@linkcode buildahImages} needs to know. */
export interface BuildahImagesOptions {
  /** Where images are kept while something uses them; removed with all in it. */
  readonly folder: string;
  /** A store of base images that is only read. */
  readonly bases: string;
  /** Local Azure's port. */
  readonly localPort: number;
  /** Where contexts and models are read from. */
  readonly blobs: BlobFiles;
  /** Remembers processes. */
  readonly record: ProcessRecord;
}

/** Lines of a build that an error shows. */
const SHOWN_LINES = 10;

/** An image, and how many containers have been made from it. */
interface Built {
  readonly tag: string;
  users: number;
  /** Whether it was there before, and stays. */
  readonly isBorrowed?: true;
}

/** A container that is there and does not run yet. */
interface Made {
  readonly root: string;
  readonly config: ImageConfig;
  readonly user: UserIds;
}

/** Images of a store in a folder. */
export function buildahImages(options: BuildahImagesOptions): Images {
  const { folder, bases, localPort, blobs, record } = options;
  const buildah = openBuildah({ folder, bases }, record);
  const built = new Map<string, Built>();
  let turn: Promise<unknown> = Promise.resolve(), made = 0;

  /** One build at a time: two that want the same image make it once. */
  function inTurn<T>(body: () => Promise<T>): Promise<T> {
    const mine = turn.then(body, body);
    turn = mine.catch(() => {});
    return mine;
  }

  /** The image of a context: there already, or built now. */
  async function imageOf(
    source: DeploymentSpec["context"],
    place: string,
    { say, signal }: { say: (message: string) => void; signal: AbortSignal },
  ): Promise<Built> {
    const context = join(place, "context");
    await Deno.mkdir(context);
    try {
      const { name, files } = await findContext(blobs, { context: source });
      await writeContext(context, blobs, { context: source }, files);
      const digest = await digestOf(context, [...files.keys()], name);
      const there = built.get(digest);
      if (there) {
        there.users++;
        say(`Container image ${there.tag} is there already`);
        return there;
      }
      const tag = `localhost/local-azure:${digest}`;
      const { ended, output } = await buildah.run(
        ["bud", "--isolation", "chroot", "--tag", tag, "--file", join(context, name), context],
        { signal },
      );
      await Deno.writeTextFile(join(place, "build.log"), output);
      if (ended !== DONE) {
        const last = output.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
        throw new DeploymentError("ImageBuildFailure", `The build of ${name} failed:\n${last}`);
      }
      const image: Built = { tag, users: 1 };
      built.set(digest, image);
      say(`Container image ${tag} was built`);
      return image;
    } finally {
      await remove(context);
    }
  }

  /** Has an image here: one that is here already, or out of its registry. */
  async function fetched(image: string, signal: AbortSignal): Promise<void> {
    const here = ["inspect", "--type", "image", "--", image];
    if ((await buildah.run(here, { signal })).ended === DONE) return;
    const { ended, output } = await buildah.run(["pull", "--", image], { signal });
    if (ended === DONE) return;
    const last = output.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
    throw new DeploymentError("ImageBuildFailure", `Image ${image} cannot be had:\n${last}`);
  }

  async function containerOf(
    { tag }: Built,
    container: string,
    signal: AbortSignal,
  ): Promise<Made> {
    await told(buildah, ["from", "--pull-never", "--name", container, "--", tag], signal);
    const root = (await told(buildah, ["mount", container], signal)).trim().split("\n").at(-1)!;
    const config = readImageConfig(
      await told(buildah, ["inspect", "--type", "image", "--", tag], signal),
    );
    checkVariables(config.env);
    const user = findUser(config.user, {
      passwd: await textOf(join(root, "etc/passwd")),
      group: await textOf(join(root, "etc/group")),
    });
    return { root, config, user };
  }

  async function dispose(image: Built, container: string, place: string): Promise<void> {
    await inTurn(async () => {
      await buildah.run(["rm", container]); // fails where it was not made
      if (image.isBorrowed || --image.users > 0) return;
      for (const [digest, one] of built) if (one === image) built.delete(digest);
      await buildah.run(["rmi", image.tag]);
    });
    await remove(join(place, "model"));
  }

  return {
    async prepare(options) {
      const { spec, folder: place, log, signal } = options, container = `c${++made}`;
      let image: Built | undefined;
      const give = async () => {
        if (image) await dispose(image, container, place);
      };
      try {
        const { root, config, user } = await inStage(log, "UserContainerImagePull", async () => {
          log.event("Pulling", "Start pulling container image");
          const say = (message: string) => log.event("Pulled", message);
          image = await inTurn(() => imageOf(spec.context, place, { say, signal }));
          return await containerOf(image, container, signal);
        });
        const modelDir = await inStage(log, "ModelDownload", async () => {
          const { model } = spec, files = join(place, "model");
          if (!model) return undefined;
          log.event("Downloading", `Start downloading model ${model.name}:${model.version}`);
          const modelDir = await placeModel(files, blobs, spec);
          log.event("Downloaded", "Model is downloaded");
          return modelDir!.slice(files.length);
        });
        const from = imagePath(join(place, "model"), "/", MODELS);
        const shown = modelDir === undefined
          ? {}
          : { shown: { from, to: MODELS, isWritable: false } };
        return imageFrom(give, (port) => {
          const env = childEnvironment(config, spec, {
            ...{ root: "/", port, localPort, modelDir, denoDir: undefined, hasPackageJson: true },
          });
          return chrootCommand(config, env, { root, user, ...shown });
        });
      } catch (error) {
        await give();
        throw signal.aborted ? canceled() : error;
      }
    },
    async open(source, { folder: place, signal }) {
      const container = `c${++made}`;
      let image: Built | undefined;
      const give = async () => {
        if (image) await dispose(image, container, place);
      };
      try {
        if ("image" in source) await fetched(source.image, signal);
        image = "image" in source
          ? { tag: source.image, users: 1, isBorrowed: true }
          : await inTurn(() => imageOf(source, place, { say() {}, signal }));
        const { root, config, user } = await containerOf(image, container, signal);
        return {
          user,
          command(line, { env, workdir, shown }) {
            const words = ["/bin/sh", "-c", line], all = { ...config.env, ...env };
            return chrootCommand({ words, workdir }, all, { root, user, shown });
          },
          remove: give,
        };
      } catch (error) {
        await give();
        throw signal.aborted ? canceled() : error;
      }
    },
    clean: () => remove(folder),
    close: () => remove(folder),
  };
}

function imageFrom(give: () => Promise<void>, command: Image["command"]): Image {
  let given: Promise<void> | undefined;
  return { command, remove: () => given ??= give() };
}

function canceled(): DeploymentError {
  return new DeploymentError("OperationCanceled", "The start was given up");
}

/** What a command that must succeed says. */
async function told(
  buildah: Buildah,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const { ended, output } = await buildah.run(args, { signal });
  if (ended === DONE) return output;
  throw new DeploymentError(
    "InternalServerError",
    `buildah ${args[0]} ended with ${ended}: ${output.trim()}`,
  );
}

/** Equal for contexts whose files, names and Dockerfile are equal. */
async function digestOf(folder: string, files: string[], dockerfile: string): Promise<string> {
  const hash = createHash("sha256").update(`${dockerfile}\0`);
  for (const file of files.sort()) {
    const bytes = await Deno.readFile(join(folder, ...file.split("/")));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex").slice(0, 32);
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
