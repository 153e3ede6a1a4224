/**
 * buildah (https://buildah.io) as a program: images built and kept without a daemon. Used as root with
 * isolation `chroot` and storage driver `vfs`, which need neither user namespaces nor overlays, so that
 * it works in a container of CI too.
 */

import { join } from "node:path";
import { type Container, startContainer } from "./container.ts";
import type { ProcessRecord } from "./process_record.ts";

/** Where system programs lie, whatever the path of this process or of an image says. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Where images are kept. */
export interface ImageStore {
  /** A folder of this program's own; made where there is none. */
  readonly folder: string;
  /** The storage of a further store, which is only read: base images that are here already. */
  readonly bases?: string;
}

/** buildah over one store. */
export interface Buildah {
  /**
   * Runs one command of it.
   *
   * @param args E.g. `["rm", "name"]`.
   * @param options `signal` gives up; `onOutput` takes all that is written, in pieces.
   * @returns How it ended and all that it wrote to either stream.
   */
  run(
    args: readonly string[],
    options?: { signal?: AbortSignal; onOutput?: (bytes: Uint8Array) => void },
  ): Promise<{ ended: string; output: string }>;
}

/** How it ends when all went well. */
export const DONE = "exit code 0";

/**
 * buildah over a store.
 *
 * Each command runs in a process namespace of its own: when it is killed, or when this process is,
 * what a `RUN` has started ends too.
 *
 * @param store See {@linkcode ImageStore}.
 * @param record Remembers processes.
 */
export function openBuildah({ folder, bases }: ImageStore, record: ProcessRecord): Buildah {
  const registries = join(folder, "registries.conf");
  const global = [
    ...["--storage-driver", "vfs", "--root", join(folder, "storage")],
    ...["--runroot", join(folder, "run")],
  ];
  return {
    async run(args, { signal, onOutput } = {}) {
      signal?.throwIfAborted();
      await Deno.mkdir(join(folder, "tmp"), { recursive: true });
      const more = bases !== undefined && await isThere(bases)
        ? ["--storage-opt", `vfs.imagestore=${bases}`]
        : [];
      // a name without a registry means Docker Hub, as it does for Docker
      await Deno.writeTextFile(registries, 'unqualified-search-registries = ["docker.io"]\n');
      const decoder = new TextDecoder();
      let output = "";
      const command: Container = startContainer({
        words: ["/usr/bin/unshare", ...NAMESPACE, "buildah", ...global, ...more, ...args],
        env: {
          PATH: SYSTEM_PATH,
          HOME: folder,
          TMPDIR: join(folder, "tmp"),
          CONTAINERS_REGISTRIES_CONF: registries,
          BUILDAH_ISOLATION: "chroot",
        },
        cwd: "/",
      }, {
        onOutput(bytes) {
          output += decoder.decode(bytes, { stream: true });
          onOutput?.(bytes);
        },
        record,
      });
      const giveUp = () => void command.stop(0);
      signal?.addEventListener("abort", giveUp);
      try {
        const ended = await command.ended;
        signal?.throwIfAborted();
        return { ended, output };
      } finally {
        signal?.removeEventListener("abort", giveUp);
      }
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const NAMESPACE = ["--mount-proc", "--pid", "--fork", "--kill-child"];

/**
 * Why buildah cannot be used on this machine.
 *
 * @returns One sentence; undefined if it can.
 *
 * @example
 * ```ts ignore
 * const fault = await buildahFault(); // "buildah is not installed: apt-get install buildah"
 * ```
 */
export async function buildahFault(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return `it needs Linux: this is ${Deno.build.os}`;
  if (Deno.uid() !== 0) return "it needs root, to make namespaces and to change into an image";
  for (const program of ["buildah", "unshare", "setpriv"]) {
    if (!await works([program, "--version"])) {
      return `${program} is not installed: apt-get install buildah crun util-linux`;
    }
  }
  if (await works(["unshare", ...NAMESPACE, "true"])) return undefined;
  return "this machine lets root make no mount and process namespaces";
}

async function works([program, ...args]: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      ...{ args, env: { PATH: SYSTEM_PATH }, clearEnv: true },
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).output();
    return success;
  } catch (error) {
    const { NotFound, PermissionDenied } = Deno.errors;
    if (error instanceof NotFound || error instanceof PermissionDenied) return false;
    throw error;
  }
}
