/** Tells Jupyter programs about the Deno kernel, without writing into anybody's home folder. */

import { join } from "node:path";

/**
 * Writes `kernels/deno/kernel.json` under a Jupyter data folder; `JUPYTER_PATH` or `JUPYTER_DATA_DIR`
 * set to that folder makes Jupyter find it.
 *
 * `deno jupyter --install` is not used: it writes to the home folder, and leaves `interrupt_mode`
 * out, so that the stop button kills the kernel (denoland/deno#24491).
 *
 * @param folder The data folder; made if need be.
 */
export async function writeKernelspec(folder: string): Promise<void> {
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: "message",
    env: { NO_COLOR: "1" }, // results would carry colour codes
  };
  await Deno.mkdir(join(folder, "kernels/deno"), { recursive: true });
  await Deno.writeTextFile(join(folder, "kernels/deno/kernel.json"), JSON.stringify(spec, null, 1));
}

// `scripts/kernelspec.ts FOLDER`, for a machine that is the project's own (`.devcontainer/`)
if (import.meta.main) await writeKernelspec(Deno.args[0]);
