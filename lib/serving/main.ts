/** What the container runs; `settings.ts` lists the variables that it reads. */

import { serve } from "./serve.ts";

await serve({
  openSink: async (target) => (await import("./azure_blob.ts")).openAppendSink(target),
  openMonitor: async (target) => (await import("./azure_monitor.ts")).openMonitor(target),
});
