/** `deno task bench demo`: how long the whole demo takes. */

import { quantile } from "lib/core/mod.ts";
import { inTurn, output } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";

const REPEATS = 3;

/**
 * Times `deno task demo` as a person starts it, after one run that fills the caches.
 *
 * @param say Takes a line of progress.
 * @returns One row. There is no peer yet: none does the same work.
 */
export async function benchDemo(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), command = [Deno.execPath(), "task", "--quiet", "demo"];
  say("demo: one run to warm up, then three");
  await output({ command });
  const [seconds] = await inTurn([async () => {
    const begin = performance.now();
    await output({ command });
    return (performance.now() - begin) / 1000;
  }], { repeats: REPEATS, since });
  return [row({
    bench: "demo",
    what: "deno task demo, whole process, caches warm, median",
    ...{ unit: "s", better: "less", summary: (figures) => quantile(figures, 0.5) },
    ours: { name: `Deno ${Deno.version.deno}`, all: seconds },
  })];
}
