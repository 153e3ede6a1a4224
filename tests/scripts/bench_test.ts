import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { loaded, rawLoaded } from "../../scripts/bench/load.ts";
import { forestRow, type ForestSide, forestText } from "../../scripts/bench/forest_row.ts";
import { inTurn, jsonOutput, ours, output } from "../../scripts/bench/measure.ts";
import { irisLike, wideRows } from "../../scripts/bench/peers/iris_like.ts";
import { row, rowText } from "../../scripts/bench/row.ts";
import { sameRows } from "../../scripts/bench/same_rows.ts";
import { trivialNotebook } from "../../scripts/bench/trivial_notebook.ts";

const BENCH = resolve(import.meta.dirname!, "../../scripts/bench/bench.ts");
const min = (figures: readonly number[]) => Math.min(...figures);
const max = (figures: readonly number[]) => Math.max(...figures);

Deno.test("row() gives a ratio above 1 to the better side, be less or more better", () => {
  const sides = { ours: { name: "we", all: [3, 2] }, peer: { name: "they", all: [8, 9] } };
  const parts = { bench: "b", what: "w", unit: "s", ...sides };
  assert.equal(row({ ...parts, better: "less", summary: min }).ratio, 4);
  const more = row({ ...parts, better: "more", summary: max });
  assert.deepEqual([more.ours, more.peer, more.ratio, more.repeats], [3, 9, 0.3333, 2]);
});

Deno.test("row() has no ratio without a peer, or over a zero", () => {
  const parts = { bench: "b", what: "w", unit: "s", better: "less", summary: min } as const;
  const alone = row({ ...parts, ours: { name: "we", all: [2] } });
  assert.deepEqual([alone.peer, alone.peerSide, alone.ratio], [null, null, null]);
  const none = row({ ...parts, ours: { name: "we", all: [0] }, peer: { name: "t", all: [5] } });
  assert.equal(none.ratio, null);
  assert.match(rowText([alone]), /^b: w\n {2}we 2 s, no peer \(n = 1\)$/);
  assert.match(rowText([none]), /we 0 s, t 5 s \(n = 1\)$/);
});

Deno.test("inTurn() asks the sides in turn, and stops when time is up", async () => {
  const asked: string[] = [];
  const side = (name: string) => () => Promise.resolve(asked.push(name));
  const figures = await inTurn([side("a"), side("b")], { repeats: 2, since: performance.now() });
  assert.deepEqual(asked, ["a", "b", "a", "b"]);
  assert.deepEqual(figures, [[1, 3], [2, 4]]);
  const late = performance.now() - 9 * 60_000;
  assert.deepEqual(await inTurn([side("a")], { repeats: 5, since: late }), [[5]]);
});

Deno.test("irisLike() makes the rows that iris_like.py makes", () => {
  // golden values printed by scripts/bench/peers/iris_like.py with numpy 2.4.6
  const { x, y } = irisLike(300);
  close(x.reduce((sum, value) => sum + value, 0), 4145.870769856196);
  close(x[0], 4.553736968514586);
  close(x.at(-1)!, 2.257609202178933);
  assert.equal(y[299], 2);
  close(irisLike(5, 43).x.reduce((sum, value) => sum + value, 0), 68.60596156523629);
});

Deno.test("wideRows() makes the rows that iris_like.py makes", () => {
  // golden values printed by scripts/bench/peers/iris_like.py with numpy 2.4.6
  const { x } = wideRows(60);
  close(x.reduce((sum, value) => sum + value, 0), 1254.2053755701572);
  close(x[4], -0.6838195080301489);
  close(x.at(-1)!, -0.7287121979726074);
});

Deno.test("forestRow() takes the fastest, pairs the accuracies and finds the exponent", () => {
  const side = (fitSeconds: number[], accuracies: number[]): ForestSide => ({
    ...{
      fitSeconds,
      fitCpuSeconds: fitSeconds.map((it) => it / 2),
      accuracies,
      nodes: 5,
      checksum: 1,
      rowTreesPerSecond: 2e6,
    },
    ...{ peakMegabytes: 60, version: "v" },
  });
  const size = { data: "made", rows: 100, features: 4 };
  const small = forestRow({
    ...size,
    ours: [side([3, 1], [0.5, 0.7]), side([2, 4], [0, 0])],
    peer: [side([8, 4, 5], [0.5, 0.6, 0.9])],
  });
  assert.deepEqual([small.ours, small.peer, small.ratioWarm, small.ratioCold], [1, 4, 0.25, 0.25]);
  assert.deepEqual([small.ratioCpuWarm, small.ratioCpuCold], [0.25, 0.25]);
  assert.deepEqual([small.accuracyOurs, small.accuracyPeer, small.seeds], [0.6, 0.55, 2]);
  assert.deepEqual([small.accuracyError, small.exponent], [0.05, null]);
  const sides = { ours: [side([100], [1])], peer: [side([40], [1])] };
  const large = forestRow({ ...size, rows: 1000, ...sides, smaller: small });
  assert.deepEqual([large.exponent, large.exponentPeer, large.accuracyError], [2, 1, null]);
  assert.match(forestText([small, large]), /fit 1 s against 4 s, ratio 0.25; cold 2 s against 8 s/);
});

Deno.test("sameRows() refuses to compare unlike rows", () => {
  sameRows(4139.12345, 4139.12346);
  assert.throws(() => sameRows(4139.1, 4139.2), /must have the same rows: 4139\.1 and 4139\.2/);
});

Deno.test("our side of bench runner keeps both outputs of every cell", async () => {
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    const path = join(folder, "trivial.ipynb"), out = join(folder, "out");
    await Deno.writeTextFile(path, JSON.stringify(trivialNotebook({ cells: 4, kernel: "deno" })));
    await output(ours("run_notebook.ts", path, out));
    const { cells } = JSON.parse(await Deno.readTextFile(join(out, "trivial.ipynb")));
    const kinds = (cells as { outputs: { output_type: string }[] }[]).map(({ outputs }) =>
      outputs.map(({ output_type }) => output_type).sort()
    );
    assert.deepEqual(kinds, Array(4).fill(["execute_result", "stream"]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("our side of bench forest and predict learns, on the rows it says", async () => {
  interface Said {
    readonly accuracy: number;
    readonly checksum: number;
  }
  const trained = await jsonOutput<ForestSide>(ours("forest.ts", "made", "60", "4", "5", "3"));
  assert.ok(trained.accuracies.every((found) => found > 0.85), `${trained.accuracies}`);
  assert.deepEqual([trained.fitSeconds.length, trained.accuracies.length], [3, 3]);
  assert.ok(trained.nodes > 25 && trained.rowTreesPerSecond > 1e5);
  close(trained.checksum, irisLike(120).x.reduce((sum, value) => sum + value, 0));
  const predicted = await jsonOutput<Said>(ours("predict.ts", "60", "90", "5"));
  assert.ok(predicted.accuracy > 0.85, `accuracy ${predicted.accuracy}`);
});

Deno.test("our side of bench drift finds the shifted columns", async () => {
  interface Said {
    readonly drifted: number;
    readonly distance: number;
    readonly permutations: number;
  }
  const { drifted, distance, permutations } = await jsonOutput<Said>(ours("drift.ts", "400", "3"));
  assert.deepEqual([drifted, permutations], [1, 1999]);
  assert.ok(Math.abs(distance - 0.5) < 0.2, `distance ${distance}`);
});

for (
  const [args, line] of [
    [
      ["nobody"],
      "bench: NAME must be one of runner, demo, forest, predict, serve, local-azure, simulate, drift, " +
      "gate, pipeline, workflows, tracking: " +
      'got "nobody"\n',
    ],
    [["--fast"], "bench: --fast must be one of --help, --debug, --json\n"],
  ] as const
) {
  Deno.test(`bench ${args.join(" ")} is refused in one line, with exit code 2`, async () => {
    const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", BENCH, ...args] });
    const { code, stdout, stderr } = await child.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.deepEqual([code, out, err], [2, "", line]);
  });
}

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)), `${actual}`);
}

Deno.test("the load of bench serve counts answers, latencies and what failed", async () => {
  let asked = 0, most = 0, underWay = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    most = Math.max(most, ++underWay);
    const isRight = request.headers.get("host") === "h" && await request.text() === "[1]";
    await new Promise((resolve) => setTimeout(resolve, 5));
    underWay--;
    return new Response("x", { status: isRight && asked++ % 10 !== 9 ? 200 : 500 });
  });
  try {
    const found = await loaded({
      ...{ port: server.addr.port, host: "h", path: "/score", headers: {}, body: "[1]" },
      ...{ connections: 4, seconds: 0.5, warmSeconds: 0 },
    });
    assert.equal(most, 4);
    assert.ok(found.p50 >= 4 && found.p99 >= found.p50, JSON.stringify(found));
    assert.ok(Math.abs(found.failed - asked / 10) <= 1, `${found.failed} of ${asked}`);
    // what was answered in that time, give or take how long the last ones took
    assert.ok(
      found.perSecond > 0.5 * 0.9 * asked / 0.5 && found.perSecond <= 0.9 * (asked + 4) / 0.5,
    );
  } finally {
    await server.shutdown();
  }
});

Deno.test("the load of bench local-azure counts answers of every form, and tells its own cost", async () => {
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const isRight = request.headers.get("host") === "h" && await request.text() === "[1]";
    const turn = asked++ % 10, large = "y".repeat(50_000);
    const body = turn < 3 ? new Blob(["in chunks"]).stream() : turn < 5 ? large : "x";
    return new Response(body, { status: isRight && turn !== 9 ? 200 : 500 });
  });
  try {
    const found = await rawLoaded({
      ...{ port: server.addr.port, host: "h", path: "/score", headers: {}, body: "[1]" },
      ...{ connections: 4, seconds: 0.5, warmSeconds: 0 },
    });
    assert.equal(found.answered + found.failed, asked); // it waits for each answer
    assert.ok(found.failed > 0 && Math.abs(found.failed - asked / 10) <= 1, `${found.failed}`);
    assert.ok(found.p50 > 0 && found.p99 >= found.p50 && found.busy > 0 && found.busy < 2);
    assert.ok(found.perSecond > 0 && found.perSecond <= found.answered / 0.5);
  } finally {
    await server.shutdown();
  }
});
