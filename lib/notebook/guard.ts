/** Makes an error that nobody caught visible, where the kernel would swallow it or hang. */

import { kernelApi, onceInKernel } from "./kernel_side.ts";

/**
 * From now on a rejected promise that nobody awaits, and an exception in a timer, is shown as an
 * error of the cell: in JupyterLab in red under it, and in the runner the cell has failed.
 *
 * Without it Deno 2.9.6 says nothing of the first and hangs for ever on the second. Does nothing
 * outside a kernel.
 *
 * @example
 * ```ts
 * import { installGuard } from "lib/notebook/mod.ts";
 *
 * installGuard(); // no kernel here: nothing happens
 * ```
 */
export function installGuard(): void {
  onceInKernel("guard", () => {
    addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      report("a promise that nobody awaited", event.reason);
    });
    addEventListener("error", (event) => {
      event.preventDefault();
      report("a timer or an event", event.error);
    });
  });
}

function report(where: string, thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  console.error(`Not caught, in ${where}:`);
  kernelApi()?.broadcast("error", {
    ename: error.name,
    evalue: error.message,
    traceback: (error.stack ?? "").split("\n"),
  });
}
