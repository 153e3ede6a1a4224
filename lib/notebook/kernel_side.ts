/** What a cell finds around it: the kernel's public and internal interfaces, if there is a kernel. */

/** The part of the kernel's internals that this room leans on (Deno 2.9.6; a test holds it there). */
export interface KernelInternals {
  /** Shows the value of a cell's last expression; the kernel calls it at the end of each cell. */
  broadcastResult(count: number, result: unknown): Promise<void>;
}

/**
 * The kernel's interface for showing things.
 *
 * @returns `Deno.jupyter`; nothing outside a kernel, where reading it throws.
 */
export function kernelApi(): typeof Deno.jupyter | undefined {
  try {
    return Deno.jupyter;
  } catch {
    return undefined;
  }
}

/**
 * The kernel's internals.
 *
 * @returns The object whose method may be replaced; nothing outside a kernel, or if a new Deno has
 * other internals.
 */
export function kernelInternals(): KernelInternals | undefined {
  // deno-lint-ignore no-explicit-any -- internals have no types
  const deno = Deno as any;
  const internals = deno[deno.internal]?.jupyter;
  return typeof internals?.broadcastResult === "function" ? internals : undefined;
}

/**
 * Does something once in a kernel, however often and from wherever it is asked for.
 *
 * @param name What is done.
 * @param work Does it.
 */
export function onceInKernel(name: string, work: () => void): void {
  const done = Symbol.for(`mlops.notebook.${name}`), kernel = globalThis as Record<symbol, unknown>;
  if (!kernelApi() || kernel[done]) return;
  kernel[done] = true;
  work();
}
