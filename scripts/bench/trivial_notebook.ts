/** Notebooks that do nothing but put out: each cell prints one line and returns one value. */

import type { Json } from "lib/core/mod.ts";

const KERNELS = {
  deno: { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } },
  python: { kernelspec: { display_name: "Python", language: "python", name: "python3" } },
};

/**
 * A notebook of trivial cells, two outputs a cell.
 *
 * @param options Number of `cells`, and the `kernel` that is to run it.
 * @returns The notebook, nbformat 4.5.
 */
export function trivialNotebook(
  { cells, kernel }: { cells: number; kernel: "deno" | "python" },
): { readonly [key: string]: Json } {
  const print = kernel === "deno" ? "console.log" : "print";
  return {
    cells: Array.from({ length: cells }, (_, i) => ({
      ...{ cell_type: "code", id: `c${i}`, metadata: {}, execution_count: null, outputs: [] },
      source: `${print}("line ${i}")\n${i} * 2`,
    })),
    ...{ metadata: KERNELS[kernel], nbformat: 4, nbformat_minor: 5 },
  };
}
