/**
 * Deployments as child processes of Local Azure: what was uploaded becomes a folder that stands for the
 * image, and its command a Deno program with the permissions of a container.
 *
 * Needs the permissions `run` (to start Deno through `/bin/sh`, and to end processes by number), `read`
 * and `write` of the folder, `net` for 127.0.0.1, and all of them to read `/proc`.
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BlobFiles } from "./blob_files.ts";
import { type DeploymentSlot, openSlot, type RunningChild } from "./deployment_slot.ts";
import { folderImages } from "./folder_images.ts";
import type { Images } from "./images.ts";
import type { Ground } from "./parts.ts";
import { createProcessRecord, type ProcessRecord } from "./process_record.ts";
import { remove } from "./remove.ts";
import { DeploymentError, type DeploymentSpec, type Runtime } from "./runtime.ts";

/** What a runtime is made of. */
export type RuntimeOptions =
  & Pick<Ground, "folder" | "store" | "clock" | "log" | "port">
  & { readonly blobs: BlobFiles };

/** A runtime whose deployments are processes. */
export interface ChildRuntime extends Runtime {
  /** As `Runtime` has it. */
  start(spec: DeploymentSpec, signal?: AbortSignal): Promise<RunningChild>;
  /** As `Runtime` has it. */
  get(id: string): RunningChild | undefined;
}

/**
 * Makes a runtime. Processes that a killed Local Azure left behind are ended before anything is
 * started; what ran before comes up again when `start` is called with the specs that were kept.
 *
 * @param options See {@linkcode RuntimeOptions}.
 * @returns See {@linkcode ChildRuntime}. Its files lie in FOLDER/deployments, Deno's own in FOLDER/deno.
 *
 * @example
 * ```ts ignore
 * const runtime = createRuntime({ folder, store, clock, log, port: 7070, blobs: blob.files });
 * const { port } = await runtime.start(spec);
 * await runtime.close();
 * ```
 */
export function createRuntime(options: RuntimeOptions): ChildRuntime {
  const { folder, port: localPort, blobs } = options;
  const home = join(folder, "deployments"), denoDir = join(folder, "deno");
  return runtimeOf(options, () => folderImages({ home, denoDir, localPort, blobs }));
}

/**
 * A runtime over whatever makes images.
 *
 * @param options See {@linkcode RuntimeOptions}.
 * @param openImages Makes images; is given what remembers processes.
 */
export function runtimeOf(
  { folder, store, clock, log }: Omit<RuntimeOptions, "port" | "blobs">,
  openImages: (record: ProcessRecord) => Images,
): ChildRuntime {
  const home = join(folder, "deployments");
  const record = createProcessRecord(store), slots = new Map<string, DeploymentSlot>();
  const images = openImages(record);
  let isClosed = false;

  /** Ends what an earlier run left, and removes its images; logs stay, and what was in `/tmp`. */
  async function clean(): Promise<void> {
    const pids = await record.endOrphans();
    if (pids.length > 0) log.warn("ended processes that an earlier run had left", { pids });
    await Deno.mkdir(home, { recursive: true });
    await images.clean();
  }

  const cleaned = clean();
  cleaned.catch((error) => log.error("an earlier run could not be cleaned up", { error }));

  function slotOf(id: string): DeploymentSlot {
    let slot = slots.get(id);
    if (!slot) {
      slot = openSlot({ folder: join(home, folderName(id)), images, record, clock });
      slots.set(id, slot);
    }
    return slot;
  }

  return {
    async start(spec, signal) {
      await cleaned;
      if (isClosed) throw new DeploymentError("OperationCanceled", "Local Azure is ending");
      return await slotOf(spec.id.toLowerCase()).start(spec, signal);
    },
    get: (id) => (slots.get(id) ?? slots.get(id.toLowerCase()))?.running,
    async stop(id) {
      await cleaned;
      const key = id.toLowerCase();
      await slots.get(key)?.close();
      await remove(join(home, folderName(key)));
      slots.delete(key);
    },
    logs: (id, options) => slotOf(id.toLowerCase()).logs(options),
    ...images.open && {
      async openImage(source, options) {
        await cleaned;
        return await images.open!(source, options);
      },
    },
    async close() {
      isClosed = true;
      await cleaned.catch(() => {}); // it was told of
      await Promise.all([...slots.values()].map((slot) => slot.close()));
      await images.close();
    },
  };
}

/** A folder's name for a deployment: its own and its endpoint's, and what makes it the only one. */
function folderName(id: string): string {
  const parts = id.split("/"), hash = createHash("sha256").update(id).digest("hex").slice(0, 12);
  const name = `${parts.at(-3)}.${parts.at(-1)}`.replace(/[^\w.-]/g, "_");
  return `${name.slice(0, 100)}.${hash}`;
}
