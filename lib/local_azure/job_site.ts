/** Where a job runs: a folder on this machine that its program takes for `/mnt/azureml/cr/j/NAME`. */

import { join } from "node:path";
import type { BlobFiles } from "./blob_files.ts";
import { childArguments } from "./child_arguments.ts";
import { checkVariables } from "./child_environment.ts";
import { readDenoCommand } from "./deno_command.ts";
import { readDockerfile } from "./dockerfile.ts";
import { foldersAbove, hasAny } from "./folder_images.ts";
import { findContext, makeImage } from "./image.ts";
import type { UserIds } from "./image_config.ts";
import { imagePath } from "./image_path.ts";
import type { Images } from "./images.ts";
import { plainWords } from "./job_command.ts";
import { JobError } from "./job_error.ts";
import { JOB_HOME, type JobSpec } from "./job_spec.ts";
import { type Command, DeploymentError } from "./runtime.ts";

/** A place that has been prepared. */
export interface JobSite {
  /** Path of the job's own folder on this machine. */
  readonly home: string;
  /**
   * How a command is started there.
   *
   * @param line The command, paths as the program knows them.
   * @param env All of its variables, paths alike.
   */
  command(line: string, env: Readonly<Record<string, string>>): Command;
  /** Hands the folder over to whoever the program runs as, once all is in it. */
  handOver(): Promise<void>;
  /** Lets go of what it takes beside the folder. */
  close(): Promise<void>;
}

/** The folder of a job as its program knows it. */
export function jobHome({ name }: Pick<JobSpec, "name">): string {
  return `${JOB_HOME}/${name}`;
}

/** The working folder of a job's program, with its code. */
export function jobWorkdir(spec: Pick<JobSpec, "name">): string {
  return `${jobHome(spec)}/exe/wd`;
}

/** Images that this machine's Deno stands for. */
const DENO_IMAGE = /^(?:docker\.io\/|mcr\.microsoft\.com\/)?denoland\/deno(?:[:@]|$)/;

/**
 * Why a job cannot be run as a process of this machine.
 *
 * @param spec The job; inputs may still be unfilled.
 * @returns One sentence; undefined if it can.
 */
export function childRefusal({ command, environment }: JobSpec): string | undefined {
  if ("image" in environment && !DENO_IMAGE.test(environment.image)) {
    return `The environment's image ${environment.image} is not here: Local Azure runs jobs with ` +
      "this machine's Deno, for an image denoland/deno or a build context that asks for no more";
  }
  if (/^\s*deno\s+run\s/.test(command)) return undefined;
  return `The command is no Deno program: Local Azure runs "deno run …" and, without an image, ` +
    `nothing else: it is ${JSON.stringify(command.slice(0, 60))}`;
}

/** What {@linkcode openChildSite} needs. */
export interface ChildSiteOptions {
  /** The job's folder, absolute and without links; it is there and empty. */
  readonly folder: string;
  readonly blobs: BlobFiles;
  /** Deno's own folder for all children. */
  readonly denoDir: string;
  /** Local Azure's port. */
  readonly localPort: number;
}

/**
 * A place for a Deno program: the environment's Dockerfile is followed as for a deployment, and the
 * program may read what is there, write its outputs and `/tmp`, and reach Local Azure.
 *
 * @throws {JobError} `ImageBuildFailure`, if the Dockerfile asks for more.
 */
export async function openChildSite(
  spec: JobSpec,
  { folder, blobs, denoDir, localPort }: ChildSiteOptions,
): Promise<JobSite> {
  const root = join(folder, "root"), real = (path: string) => imagePath(root, "/", path);
  const imageEnv = await translated(() => makeRoot(spec, root, blobs));
  const virtual = jobHome(spec), home = real(virtual), workdir = jobWorkdir(spec);
  // paths that the job named become this machine's, where they are not already
  const onMachine = (text: string) =>
    text.split(home).map((part) => part.replaceAll(virtual, home)).join(home);
  const writable = [`${virtual}/out`, `${workdir}/outputs`, `${workdir}/logs`];
  for (const path of [...writable, workdir, "/tmp"]) {
    await Deno.mkdir(real(path), { recursive: true });
  }
  return {
    home,
    handOver: () => Promise.resolve(), // it runs as this process does
    close: () => Promise.resolve(),
    command(line, env) {
      const program = programIn(line);
      const folders = foldersAbove(imagePath(root, workdir, program.script), root);
      const { args, refused } = childArguments(program, {
        ...{ root, workdir, localPort, port: localPort, writable },
        hasConfig: hasAny(folders, ["deno.json", "deno.jsonc"]),
      });
      const given = Object.entries(env).map(([key, value]) => [key, onMachine(value)]);
      const hasPackageJson = hasAny(folders, ["package.json"]);
      return {
        words: [Deno.execPath(), ...args.map(onMachine)],
        env: {
          ...imageEnv,
          ...Object.fromEntries(given),
          DENO_DIR: denoDir,
          TMPDIR: real("/tmp"),
          ...hasPackageJson ? {} : { DENO_NO_PACKAGE_JSON: "1" },
          ...refused.length > 0 ? { LOCAL_AZURE_NOT_GIVEN: refused.join(", ") } : {},
        },
        cwd: real(workdir),
      };
    },
  };
}

/**
 * A place in an image: any command, by the image's shell, with the rights of the image's user. The
 * job's folder is shown at its path.
 *
 * @param openImage Makes the image.
 * @throws {DeploymentError} `ImageBuildFailure`, if it cannot be built or fetched.
 */
export async function openImageSite(
  spec: JobSpec,
  { folder, signal }: { folder: string; signal: AbortSignal },
  openImage: NonNullable<Images["open"]>,
): Promise<JobSite> {
  const image = await openImage(spec.environment, { folder, signal });
  const home = join(folder, "home"), wd = join(home, "exe/wd"), out = join(home, "out");
  for (const path of [out, join(wd, "outputs"), join(wd, "logs")]) {
    await Deno.mkdir(path, { recursive: true });
  }
  return {
    home,
    async handOver() {
      for (const path of [wd, out]) await chownAll(path, image.user);
    },
    close: image.remove,
    command: (line, env) =>
      image.command(line, {
        env: { ...env, TMPDIR: "/tmp" },
        workdir: jobWorkdir(spec),
        shown: { from: home, to: jobHome(spec), isWritable: true },
      }),
  };
}

async function chownAll(path: string, { uid, gid }: UserIds): Promise<void> {
  await Deno.chown(path, uid, gid);
  for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
    if (isDirectory) await chownAll(join(path, name), { uid, gid });
    else if (isFile) await Deno.chown(join(path, name), uid, gid);
  }
}

async function makeRoot(
  spec: JobSpec,
  root: string,
  blobs: BlobFiles,
): Promise<Readonly<Record<string, string>>> {
  if ("image" in spec.environment) return {};
  const context = { context: spec.environment };
  const { text, files } = await findContext(blobs, context);
  // whatever it would start does not matter; a job names its own command
  const dockerfile = readDockerfile(`${text}\nCMD ["deno", "run", "job"]`);
  checkVariables(dockerfile.env);
  await makeImage(root, blobs, context, { dockerfile, files });
  return dockerfile.env;
}

function programIn(line: string) {
  try {
    return readDenoCommand({ line: 1, words: plainWords(line) });
  } catch (error) {
    if (!(error instanceof DeploymentError)) throw error;
    const message = error.message.replace(/^Dockerfile line 1: CMD /, "The command ");
    throw new JobError("UserError", message);
  }
}

async function translated<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof DeploymentError) throw new JobError(error.code, error.message);
    throw error;
  }
}
