/** Deployments as containers: images that buildah builds, entered by chroot. */

import { join } from "node:path";
import { buildahImages } from "./buildah_images.ts";
import { type ChildRuntime, runtimeOf, type RuntimeOptions } from "./child_runtime.ts";

/**
 * Makes a runtime whose deployments are containers. Beside how their images are made it is
 * {@linkcode createRuntime}: the same probes, logs, restarts, and end by process number.
 *
 * @param options See {@linkcode RuntimeOptions}; `bases` is the storage of base images, which is only
 * read, see {@linkcode storageOf}.
 *
 * @example
 * ```ts ignore
 * const runtime = createBuildahRuntime({ ...options, bases: storageOf(baseImageStore()) });
 * ```
 */
export function createBuildahRuntime(
  options: RuntimeOptions & { readonly bases: string },
): ChildRuntime {
  const { folder, port: localPort, blobs, bases } = options;
  return runtimeOf(
    options,
    (record) => buildahImages({ folder: join(folder, "images"), bases, localPort, blobs, record }),
  );
}
