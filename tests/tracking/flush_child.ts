/** A process that sends what a buffer keeps, to be killed while it does: `flush_child.ts BASE FOLDER`. */

import { createTracking } from "lib/tracking/mod.ts";

const [baseUrl, folder] = Deno.args;
const tracking = createTracking({ fetch, baseUrl, buffer: { folder } });
console.log(JSON.stringify(await tracking.flush()));
