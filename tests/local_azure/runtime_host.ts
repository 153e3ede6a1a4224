/** A runtime in this process, or in one that can be killed. */

import { createLogger, systemClock } from "lib/core/mod.ts";
import { createBuildahRuntime } from "lib/local_azure/buildah_runtime.ts";
import {
  type ChildRuntime,
  createRuntime,
  type RuntimeOptions,
} from "lib/local_azure/child_runtime.ts";
import { openStore, type Store } from "lib/local_azure/store.ts";
import { context, memoryBlobs, specOf } from "./deployments.ts";

/** A runtime on a folder of its own. */
export interface RuntimeHost extends AsyncDisposable {
  readonly runtime: ChildRuntime;
  readonly store: Store;
  readonly folder: string;
  readonly logged: string[];
}

/** The port that children take for Local Azure's. */
export const LOCAL_PORT = 7999;

/** Opens a runtime over blobs in memory. */
export function hostRuntime(
  folder: string,
  texts: Record<string, string> = context(),
  open: (options: RuntimeOptions) => ChildRuntime = createRuntime,
): RuntimeHost {
  const store = openStore(`${folder}/store.sqlite`, () => Date.now()), logged: string[] = [];
  const log = createLogger({ write: (line) => logged.push(line) });
  const blobs = memoryBlobs(texts);
  const runtime = open({
    folder,
    store,
    clock: systemClock,
    log,
    port: LOCAL_PORT,
    blobs,
  });
  return {
    ...{ runtime, store, folder, logged },
    async [Symbol.asyncDispose]() {
      await runtime.close();
      store.close();
    },
  };
}

/** A runtime whose images are built, from the base images of a store. */
export function withImages(bases: string): (options: RuntimeOptions) => ChildRuntime {
  return (options) => createBuildahRuntime({ ...options, bases });
}

// As a program: `runtime_host.ts FOLDER [BASES]` starts two deployments, tells when, and waits to be
// killed; with a store of base images they are built.
if (import.meta.main) {
  const [folder, bases] = Deno.args;
  const { runtime } = hostRuntime(folder, context(), bases ? withImages(bases) : createRuntime);
  console.log("opened");
  await Promise.all([runtime.start(specOf("blue")), runtime.start(specOf("green"))]);
  console.log("ready");
  setTimeout(() => {}, 1e9);
}
