/**
 * The runner's half inside the kernel, imported before the first cell: the same as `setup.ts`, for
 * notebooks that forget it; but no settling, since the runner knows by itself when all outputs have
 * come; and the kernel ends when the runner was killed.
 *
 * Works at import, once, and only in a kernel.
 *
 * @module
 */

import { installCap } from "./cap.ts";
import { installGuard } from "./guard.ts";
import { onceInKernel } from "./kernel_side.ts";
import { installQuietImports } from "./quiet_imports.ts";
import { declareSettled } from "./settle.ts";

installGuard();
installCap();
installQuietImports();
declareSettled();
onceInKernel("parent", () => {
  const parent = Deno.ppid;
  setInterval(() => {
    if (Deno.ppid !== parent) Deno.exit(1);
  }, 1000).unref();
});
