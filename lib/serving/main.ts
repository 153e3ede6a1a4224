/** What the container runs; `settings.ts` lists the variables that it reads. */

import { serve } from "./serve.ts";

await serve(async (target) => (await import("./azure_blob.ts")).openAppendSink(target));
