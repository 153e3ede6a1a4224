/**
 * `deno task bench local-azure`: Local Azure with 10,000 resources, and its scoring router beside the
 * servers behind it, asked directly by the same generator in the same run.
 */

import { quantile } from "lib/core/mod.ts";
import { rawLoaded, type RawLoadResult } from "./load.ts";
import { type FullAzure, fullAzure, type Server } from "./local_azure_side.ts";
import { inTurn } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";

const CONNECTIONS = 32, REPEATS = 5, SECONDS = 3, WARM_SECONDS = 2;

/** Requests that have been scored before memory is looked at. */
const SCORED = 100_000;

const DENO = `Deno ${Deno.version.deno}`, OURS = `Local Azure, ${DENO}`;

const median = (figures: readonly number[]) => quantile(figures, 0.5);

/**
 * Measures.
 *
 * @param say Takes a line of progress.
 * @returns Rows without a peer for what only Local Azure does; with the server behind the router as the
 * peer for the load, where a ratio of 1 would mean that the router costs nothing.
 */
export async function benchLocalAzure(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now();
  await using full = await fullAzure(say);
  const rows = alone(full), { empty, scorer } = full;
  say(`local-azure: load with ${CONNECTIONS} at once`);
  for (const { direct, routed } of [empty, scorer]) {
    for (const server of [direct, routed]) await asked(server, WARM_SECONDS);
  }
  const microseconds: number[] = [];
  const routedEmpty = async () => {
    const before = await full.processorSeconds(), run = await asked(empty.routed, SECONDS);
    const after = await full.processorSeconds();
    if (before !== undefined) microseconds.push((after! - before) * 1e6 / run.answered);
    return run;
  };
  const direct = (server: Server) => () => asked(server, SECONDS);
  const runs = await inTurn(
    [direct(empty.direct), routedEmpty, direct(scorer.direct), direct(scorer.routed)],
    { repeats: REPEATS, since },
  );
  const load = Deno.loadavg()[0].toFixed(1);
  rows.push(
    ...compared("an empty server", runs[1], runs[0], `goal 0.2 of direct, 25,000/s; load ${load}`),
    ...compared("our scoring server", runs[3], runs[2], `goal 0.5 of direct; load ${load}`),
  );
  if (microseconds.length > 0) {
    const note = "all of its process, before an empty server";
    rows.push(one("processor time of a request", "µs", microseconds, note));
  }
  let scored = [...runs[1], ...runs[3]].reduce((sum, { answered }) => sum + answered, 0);
  for (say(`local-azure: on to ${SCORED} scored requests`); scored < SCORED;) {
    scored += (await asked(scorer.routed, SECONDS)).answered;
  }
  const note =
    `Azurite included; after ${full.resources} resources and ${scored} scored requests; ` +
    "goal < 400 MB";
  return [...rows, one("its memory then", "MB", [await full.memoryNow()], note)];
}

function asked(server: Server, seconds: number): Promise<RawLoadResult> {
  return rawLoaded({ ...server, connections: CONNECTIONS, seconds, warmSeconds: 0 });
}

/** A row of what only Local Azure does. */
function one(what: string, unit: string, all: readonly number[], note: string): BenchRow {
  return row({
    ...{ bench: "local-azure", what: `${what}, median`, unit, better: "less", summary: median },
    ...{ ours: { name: OURS, all }, note },
  });
}

function alone(full: FullAzure): BenchRow[] {
  const { putMs, getMs, listMs, startSeconds, bareStartSeconds, resources, noise } = full;
  const among = `among ${resources} resources; load ${noise}`;
  return [
    one("a resource made (PUT)", "ms", putMs, `${among}; durable before the answer; goal < 5 ms`),
    one("a resource read (GET)", "ms", getMs, `${among}; goal < 5 ms`),
    one("a page of 30 listed (GET)", "ms", listMs, `${among}; goal < 5 ms`),
    row({
      ...{ bench: "local-azure", what: "its start with that store, median", unit: "s" },
      ...{ better: "less", summary: median, ours: { name: OURS, all: startSeconds } },
      peer: { name: "the same with an empty store", all: bareStartSeconds },
      note: `to the first answer; goal < 1.5 s; load ${noise}`,
    }),
  ];
}

function compared(
  what: string,
  routed: readonly RawLoadResult[],
  direct: readonly RawLoadResult[],
  note: string,
): BenchRow[] {
  const all = (runs: readonly RawLoadResult[], key: keyof RawLoadResult) =>
    runs.map((run) => run[key]);
  const failed = [...routed, ...direct].reduce((sum, run) => sum + run.failed, 0);
  const busy = [routed, direct].map((runs) => median(all(runs, "busy")).toFixed(2));
  const figures = [
    ["requests a second", "req/s", "more", "perSecond"],
    ["p50", "ms", "less", "p50"],
    ["p99", "ms", "less", "p99"],
  ] as const;
  return figures.map(([figure, unit, better, key]) =>
    row({
      bench: "local-azure",
      what: `the router before ${what}, ${CONNECTIONS} at once: ${figure}, median of the runs`,
      ...{ unit, better, summary: median },
      ours: { name: OURS, all: all(routed, key) },
      peer: { name: `${what} asked directly`, all: all(direct, key) },
      note: key === "perSecond"
        ? `${note}; failed requests ${failed}; the generator took ${busy[0]} of ` +
          `${navigator.hardwareConcurrency} cores beside the router, ${busy[1]} directly`
        : key === "p99"
        ? "goal < 5 ms"
        : "",
    })
  );
}
