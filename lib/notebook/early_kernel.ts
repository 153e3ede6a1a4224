/** Kernels that start before their notebook's turn, while another notebook works. */

import { dirname, resolve } from "node:path";
import { codeCells } from "./code_cells.ts";
import { Kernel } from "./kernel.ts";
import { sourceOf } from "./nbformat.ts";
import { readNotebook } from "./read_notebook.ts";
import type { RunOptions } from "./run.ts";

/** A kernel for one notebook. */
export interface EarlyKernel {
  /** The kernel, once it answers. From now on its log goes to `onLog`, what it has said so far too. */
  take(onLog: (line: string) => void): Promise<Kernel>;
  /** Ends it, started or not. */
  stop(): Promise<void>;
}

/** Kernels by notebook. Those that nobody took end with this. */
export interface EarlyKernels extends AsyncDisposable {
  /** Starts the kernel of a notebook that is probably the next. */
  prepare(path: string): void;
  /** The kernel that was started for it, if one was. It is the caller's from now on. */
  take(path: string): EarlyKernel | undefined;
}

/** An import of a cell: the module's name. */
const IMPORT = /^import\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["'];?\s*$/gm;

/**
 * Starts a kernel and has it load the modules that the notebook imports. Nothing of the notebook is run:
 * a cell that imports them finds them loaded, or fails as it would have.
 *
 * @param path The notebook.
 * @param options Environment and signal, as for `runNotebook`.
 * @returns See {@linkcode EarlyKernel}.
 *
 * @example
 * ```ts
 * import { runNotebook, startEarly } from "lib/notebook/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".ipynb" });
 * const cells = [{ cell_type: "code", source: "6 * 7" }];
 * await Deno.writeTextFile(path, JSON.stringify({ nbformat: 4, cells }));
 * await runNotebook(path, { early: startEarly(path) });
 * await Deno.remove(path);
 * ```
 */
export function startEarly(
  path: string,
  { env, signal }: Pick<RunOptions, "env" | "signal"> = {},
): EarlyKernel {
  const unwanted = new AbortController(), said: string[] = [];
  let onLog = (line: string): void => void said.push(line);
  const started = start();
  started.catch(() => {}); // whoever takes it is told
  return {
    take(listener) {
      said.splice(0).forEach(listener);
      onLog = listener;
      return started;
    },
    async stop() {
      unwanted.abort(new Error("the kernel was not wanted"));
      await started.then((kernel) => kernel.stop({ kill: true }), () => {});
    },
  };

  async function start(): Promise<Kernel> {
    const kernel = await Kernel.start({
      cwd: dirname(resolve(path)),
      env,
      signal: AbortSignal.any([unwanted.signal, ...(signal ? [signal] : [])]),
      onLog: (line) => onLog(line),
    });
    const cells = codeCells(await readNotebook(path)).map(({ cell }) => sourceOf(cell));
    const names = cells.flatMap((source) => [...source.matchAll(IMPORT)].map(([, name]) => name));
    const loads = [...new Set(names)].map((name) => `import(${JSON.stringify(name)})`);
    await kernel.execute(`await Promise.allSettled([${loads}]); undefined`, { silent: true });
    return kernel;
  }
}

/**
 * Kernels for notebooks that come later: at most one for each.
 *
 * @param options Environment and signal, as for `runNotebook`.
 * @returns See {@linkcode EarlyKernels}.
 *
 * @example
 * ```ts
 * import { openEarlyKernels } from "lib/notebook/mod.ts";
 *
 * await using kernels = openEarlyKernels();
 * kernels.take("notebooks/00_start_here.ipynb"); // undefined: nobody has prepared it
 * ```
 */
export function openEarlyKernels(
  options: Pick<RunOptions, "env" | "signal"> = {},
): EarlyKernels {
  const waiting = new Map<string, EarlyKernel>();
  return {
    prepare(path) {
      if (!waiting.has(path)) waiting.set(path, startEarly(path, options));
    },
    take(path) {
      const kernel = waiting.get(path);
      waiting.delete(path);
      return kernel;
    },
    async [Symbol.asyncDispose]() {
      const left = [...waiting.values()];
      waiting.clear();
      await Promise.all(left.map((kernel) => kernel.stop()));
    },
  };
}
