/** Keeps a cell of imports silent. */

import { kernelInternals, onceInKernel } from "./kernel_side.ts";

/**
 * Shows nothing where a cell's value is a module: the kernel takes the last import of a cell for its
 * result, and would show `[Module: null prototype] {}` under it.
 *
 * Leans on the same internal as `settle`, and does nothing where that is missing, or outside a kernel.
 */
export function installQuietImports(): void {
  onceInKernel("quiet-imports", () => {
    const internals = kernelInternals();
    if (!internals) return;
    const show = internals.broadcastResult.bind(internals);
    internals.broadcastResult = async (count, result) => {
      const isModule = Object.prototype.toString.call(result) === "[object Module]";
      await show(count, isModule ? undefined : result); // called all the same: others count cells by it
    };
  });
}
