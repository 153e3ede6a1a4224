/**
 * The base image of the deployments, made on this machine where no registry can be reached: a few of
 * Debian's packages and the Deno that runs this. It goes by the name of the official image and is not
 * it: what is in it is what {@linkcode PACKAGES} names.
 */

import { basename, join } from "node:path";
import { DONE, openBuildah } from "./buildah.ts";
import { remove } from "./remove.ts";

/** Enough for a shell and its usual programs, and for what Deno is linked against. */
export const PACKAGES = [
  ...["base-files", "dash", "coreutils"],
  ...["libc6", "libgcc-s1", "libacl1", "libattr1", "libselinux1", "libpcre2-8-0", "libgmp10"],
] as const;

const DOCKERFILE = `FROM scratch
LABEL made.from="Debian packages and the Deno of this machine; not the official image"
COPY root /
COPY deno /usr/bin/deno
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DENO_DIR=/deno-dir/
CMD ["deno", "--version"]
`;

/** The official image's user has the same numbers. */
const PASSWD = "root:x:0:0:root:/root:/bin/sh\ndeno:x:1993:1993::/home/deno:/bin/sh\n" +
  "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";
const GROUP = "root:x:0:\ndeno:x:1993:\nnogroup:x:65534:\n";

/** Name of the image for a version of Deno. */
export function baseImageName(version: string = Deno.version.deno): string {
  return `docker.io/denoland/deno:${version}`;
}

/** Where base images are kept: one store for all checkouts, outside them. */
export function baseImageStore(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") || "/root", ".cache");
  return join(cache, "mlops-demo-images");
}

/** The part of a store that holds its images, for those who only read them. */
export function storageOf(store: string): string {
  return join(store, "storage");
}

/**
 * Makes the base image where it is not there yet. Needs root, buildah and apt.
 *
 * @param store Where it is kept. Default: {@linkcode baseImageStore}.
 * @returns Its name, and whether it was made now.
 * @throws {Error} If a program fails; with what it said.
 *
 * @example
 * ```ts ignore
 * const { name } = await makeBaseImage(); // docker.io/denoland/deno:2.9.6
 * ```
 */
export async function makeBaseImage(
  store: string = baseImageStore(),
): Promise<{ name: string; isNew: boolean }> {
  const name = baseImageName(), buildah = openBuildah({ folder: store }, NO_RECORD);
  await Deno.mkdir(store, { recursive: true });
  using lock = await Deno.open(join(store, "lock"), { create: true, write: true, read: true });
  await lock.lock(true); // whoever comes second finds it made
  if ((await buildah.run(["inspect", "--type", "image", name])).ended === DONE) {
    return { name, isNew: false };
  }
  const context = await Deno.makeTempDir({ prefix: "base-image-" });
  try {
    await fill(context);
    const { ended, output } = await buildah.run(["bud", "--tag", name, context]);
    if (ended !== DONE) throw failure("buildah", output);
    return { name, isNew: true };
  } finally {
    await remove(context);
  }
}

async function fill(context: string): Promise<void> {
  const root = join(context, "root"), archives = join(context, "packages");
  await Deno.mkdir(root);
  await Deno.mkdir(archives);
  const download = () => run("apt-get", ["download", "-qq", ...PACKAGES], archives);
  await download().catch(async () => {
    await run("apt-get", ["update", "-qq"], archives); // lists may be missing, or name what is gone
    await download();
  });
  for await (const { name } of Deno.readDir(archives)) {
    await run("dpkg-deb", ["--extract", join(archives, name), root], context);
  }
  for (const unread of ["doc", "man", "locale"]) await remove(join(root, "usr/share", unread));
  await Deno.writeTextFile(join(root, "etc/passwd"), PASSWD);
  await Deno.writeTextFile(join(root, "etc/group"), GROUP);
  for (const owned of ["deno-dir", "home/deno"]) {
    await Deno.mkdir(join(root, owned));
    await Deno.chown(join(root, owned), 1993, 1993);
  }
  await Deno.copyFile(await Deno.realPath(Deno.execPath()), join(context, "deno"));
  await Deno.chmod(join(context, "deno"), 0o755);
  await Deno.writeTextFile(join(context, "Dockerfile"), DOCKERFILE);
}

async function run(program: string, args: string[], cwd: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd, stdin: "null" })
    .output();
  const text = new TextDecoder();
  if (!success) throw failure(program, text.decode(stderr) + text.decode(stdout));
}

function failure(program: string, output: string): Error {
  const last = output.trim().split("\n").slice(-10).join("\n");
  return new Error(`Cannot make the base image as ${basename(program)} failed: ${last}`);
}

/** It is made by a script that somebody waits for: nothing outlives it. */
const NO_RECORD = { add() {}, remove() {}, endOrphans: () => Promise.resolve([]) };
