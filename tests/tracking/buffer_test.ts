import assert from "node:assert/strict";
import { join } from "node:path";
import { createTracking, type Fetch, type Tracking, TrackingError } from "lib/tracking/mod.ts";
import { hostMlflow, type MlflowHost } from "../local_azure/mlflow_host.ts";

/** A server that can go away, and a client of it with a buffer. */
interface Fickle extends AsyncDisposable {
  readonly host: MlflowHost;
  readonly tracking: Tracking;
  readonly folder: string;
  /** What it said of kept writes that were refused. */
  readonly said: string[];
  /**
   * `here`; `away`: nothing reaches it; `deaf`: what is sent is done, and the answer is lost; or
   * `away after N` more requests.
   */
  state: "here" | "away" | "deaf" | number;
  /** Another client with the same buffer, as a process that starts later. */
  again(): Tracking;
  /** The lines kept. */
  kept(): string[];
}

async function fickle(options: { pauseSeconds?: number } = {}): Promise<Fickle> {
  const host = await hostMlflow(), folder = await Deno.makeTempDir({ prefix: "tracking-buffer-" });
  const said: string[] = [];
  const through: Fetch = async (url, init) => {
    if (typeof self.state === "number" && self.state-- === 0) self.state = "away";
    if (self.state === "away") throw new TypeError("connection refused");
    const response = await fetch(url, init);
    if (self.state !== "deaf") return response;
    await response.body?.cancel();
    throw new TypeError("connection reset");
  };
  const buffer = { folder, pauseSeconds: 0, ...options, say: (line: string) => said.push(line) };
  const again = () =>
    createTracking({
      ...{ fetch: through, plainFetch: through, baseUrl: host.base, clock: host.clock },
      buffer,
    });
  const self: Fickle = {
    ...{ host, folder, said, again, tracking: again(), state: "here" },
    kept: () =>
      [...Deno.readDirSync(folder)].filter(({ name }) => /^[0-9a-f]{16}\.jsonl$/.test(name))
        .flatMap(({ name }) => Deno.readTextFileSync(join(folder, name)).split("\n"))
        .filter((line) => line !== ""),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
  return self;
}

const AT = "2026-01-01T00:00:00.000Z";

/** Logs a run with everything that a run can have. */
async function logAll(tracking: Tracking, between: (step: number) => void = () => {}) {
  const run = await tracking.startRun({ experiment: "iris", name: "parent", tags: { team: "a" } });
  between(0);
  await run.logParams({ seed: 7 });
  between(1);
  for (let step = 0; step < 5; step++) {
    await run.logMetrics({ loss: 1 / (step + 1) }, { step });
    between(2 + step);
  }
  await run.logArtifact("notes/é.txt", "hello");
  between(7);
  await run.setTags({ team: "b" });
  between(8);
  const child = await tracking.startRun({ experiment: "iris", name: "child", parent: run.runId });
  between(9);
  await child.finish("FAILED");
  between(10);
  await run.setTags({ team: "c" });
  await run.finish();
  return { run, child };
}

/** All that the server has of {@linkcode logAll}, held against what there must be. */
async function assertAll({ host }: Pick<Fickle, "host">): Promise<void> {
  const tracking = createTracking({ fetch, baseUrl: host.base });
  const runs = await tracking.searchRuns({
    ...{ experiments: ["iris"], orderBy: [{ by: "run_name" }] },
  });
  assert.deepEqual(runs.map(({ name, status }) => `${name} ${status}`), [
    "child FAILED",
    "parent FINISHED",
  ]);
  const [child, parent] = runs;
  assert.equal(child.tags["mlflow.parentRunId"], parent.runId);
  assert.deepEqual(parent.params, { seed: "7" });
  assert.equal(parent.tags.team, "c");
  assert.equal(parent.startedAt, AT); // when it was, not when it was sent
  assert.deepEqual(
    await tracking.metricHistory(parent.runId, "loss"),
    [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5].map((value, step) => ({ value, step, at: AT })),
  );
  const path = `${parent.artifactUri.replace("mlflow-artifacts:/", "")}/notes/%C3%A9.txt`;
  assert.equal((await host.get(`/api/2.0/mlflow-artifacts/artifacts/${path}`)).text, "hello");
  const { body } = await host.post("runs/search", {
    ...{ experiment_ids: [parent.experimentId], run_view_type: "ALL" },
  });
  assert.equal(body.runs.length, 2);
}

Deno.test("buffer: a run that begins while the server is away arrives whole when it is back", async () => {
  await using server = await fickle();
  server.state = "away";
  const { run } = await logAll(server.tracking);
  assert.match(run.runId, /^kept-/);
  await assert.rejects(server.tracking.getRun(run.runId), { code: "UNREACHABLE" });
  assert.deepEqual(await server.tracking.flush(), { sent: 0, left: 13, refused: [] });
  server.state = "here";
  server.host.clock.advance(3_600_000);
  assert.equal((await server.tracking.getRun(run.runId)).name, "parent"); // by the id that it had
  await assertAll(server);
  assert.deepEqual(server.kept(), []);
});

Deno.test("buffer: the server goes away at any moment of a run and comes back at any other", async () => {
  for (let from = 0; from <= 10; from++) {
    await using server = await fickle();
    await logAll(server.tracking, (step) => {
      if (step === from) server.state = "away";
      if (step === from + 3) server.state = "here";
    });
    server.state = "here";
    await server.again().flush(); // as the next program does at its start
    await assertAll(server);
  }
});

Deno.test("buffer: an answer that is lost doubles nothing", async () => {
  for (let from = 0; from <= 10; from++) {
    await using server = await fickle();
    if (from === 0) server.state = "deaf";
    await logAll(server.tracking, (step) => {
      if (step === from) server.state = "deaf";
      if (step === from + 2) server.state = "here";
    });
    server.state = "here";
    await server.again().flush();
    await assertAll(server);
  }
});

Deno.test("buffer: the server goes away again and again while it is sent", async () => {
  await using server = await fickle();
  server.state = "away";
  await logAll(server.tracking);
  let left = 13;
  for (let turns = 0; left > 0; turns++) {
    assert.ok(turns < 30);
    server.state = 5; // requests, then it is away: as many as the start of a nested run takes
    const flushed = await server.again().flush();
    assert.equal(flushed.left, left - flushed.sent);
    left = flushed.left;
  }
  await assertAll(server);
});

Deno.test("buffer: a process that is killed while it sends loses nothing and doubles nothing", async () => {
  await using server = await fickle();
  // between client and server: kills the client at one of its requests, before or after that was done
  let child: Deno.ChildProcess | undefined, requests = 0, kills = 0;
  const between = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url), { method, headers } = request;
    const body = method === "GET" ? undefined : await request.bytes();
    const isLast = ++requests === 1 + kills % 7, isBefore = kills % 2 === 0;
    if (isLast && isBefore) child!.kill("SIGKILL");
    const answer = isLast && isBefore
      ? new Response(null, { status: 503 })
      : await fetch(server.host.base + pathname + search, { method, headers, body });
    if (isLast && !isBefore) child!.kill("SIGKILL");
    return answer;
  });
  const base = `http://127.0.0.1:${between.addr.port}`, { folder } = server;
  const away: Fetch = () => Promise.reject(new TypeError("connection refused"));
  const { clock } = server.host, buffer = { folder, pauseSeconds: 0 };
  await logAll(createTracking({ fetch: away, baseUrl: base, clock, buffer }));
  const script = join(import.meta.dirname!, "flush_child.ts");
  const args = ["run", "--quiet", "--no-check", "--frozen", "-A", script, base, folder];
  for (;;) {
    assert.ok(kills < 40);
    requests = 0;
    child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
    const { signal, code, stdout } = await child.output();
    if (signal === "SIGKILL") {
      kills++;
      continue;
    }
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)).left, 0);
    break;
  }
  assert.ok(kills >= 4, `${kills}`);
  await between.shutdown();
  await assertAll(server);
});

Deno.test("buffer: two programs keep and send through one file", async () => {
  await using server = await fickle();
  server.state = "away";
  const clients = [server.tracking, server.again(), server.again()];
  const runs = await Promise.all(
    clients.map((tracking, i) => tracking.startRun({ experiment: "many", name: `run ${i}` })),
  );
  await Promise.all(runs.map((run, i) => run.logParams({ i })));
  server.state = "here";
  const flushed = await Promise.all(clients.map((tracking) => tracking.flush()));
  assert.equal(flushed.reduce((sum, { sent }) => sum + sent, 0), 6);
  // each goes on with its own run, whoever has sent its start
  await Promise.all(runs.map((run, i) => run.logMetrics({ i })));
  const found = await server.tracking.searchRuns({
    ...{ experiments: ["many"], orderBy: [{ by: "run_name" }] },
  });
  const seen = found.map(({ name, params, metrics }) => [name, params.i, metrics.i]);
  assert.deepEqual(seen, [["run 0", "0", 0], ["run 1", "1", 1], ["run 2", "2", 2]]);
});

Deno.test("buffer: what the server refuses later is said, kept aside, and holds up nothing", async () => {
  await using server = await fickle();
  const run = await server.tracking.startRun({ experiment: "a", name: "r" });
  await run.logParams({ seed: 7 });
  server.state = "away";
  await run.logParams({ seed: 8 });
  await run.logMetrics({ loss: 1 });
  server.state = "here";
  const { sent, left, refused } = await server.tracking.flush();
  assert.deepEqual([sent, left, refused.length], [1, 0, 1]);
  assert.match(refused[0], /^Cannot log parameters to run r: Changing param values is not allowed/);
  assert.match(server.said[0], /^Not logged: Cannot log parameters to run r: Changing/);
  const [aside] = [...Deno.readDirSync(server.folder)].filter(({ name }) => /refused/.test(name));
  const line = JSON.parse(Deno.readTextFileSync(join(server.folder, aside.name)));
  assert.deepEqual(line.entry.body.params, [{ key: "seed", value: "8" }]);
  const { params, metrics } = await server.tracking.getRun(run.runId);
  assert.deepEqual([params, metrics], [{ seed: "7" }, { loss: 1 }]);
  // what is refused now is an error now, as without a buffer
  await assert.rejects(run.logParams({ seed: 9 }), { code: "INVALID_PARAMETER_VALUE" });
  assert.deepEqual(server.kept(), []);
});

Deno.test("buffer: what is kept waits for a token that holds", async () => {
  await using server = await fickle();
  server.state = "away";
  await server.tracking.startRun({ experiment: "a", name: "r" });
  const expired: Fetch = () => Promise.resolve(new Response("{}", { status: 401 }));
  const { folder, host: { base: baseUrl } } = server;
  const late = createTracking({ fetch: expired, baseUrl, buffer: { folder } });
  assert.deepEqual(await late.flush(), { sent: 0, left: 1, refused: [] });
  server.state = "here";
  assert.deepEqual(await server.tracking.flush(), { sent: 1, left: 0, refused: [] });
});

Deno.test("buffer: half a line of a process that died while it wrote is dropped", async () => {
  await using server = await fickle();
  server.state = "away";
  const run = await server.tracking.startRun({ experiment: "a", name: "r" });
  const [{ name }] = [...Deno.readDirSync(server.folder)], path = join(server.folder, name);
  await Deno.writeTextFile(path, '{"id":"x","entry":{"kind":"po', { append: true });
  await run.logMetrics({ loss: 1 });
  assert.equal(server.kept().length, 2);
  server.state = "here";
  assert.deepEqual(await server.again().flush(), { sent: 2, left: 0, refused: [] });
});

Deno.test("buffer: only the owner reads it, no token is in it, and it belongs to one server", async () => {
  await using server = await fickle();
  const away: Fetch = () => Promise.reject(new TypeError("connection refused"));
  const authorised: Fetch = (url, init) =>
    away(url, { ...init, headers: { authorization: "Bearer secret-of-the-test" } });
  const { folder } = server, buffer = { folder };
  const elsewhere = createTracking({ fetch: authorised, baseUrl: "http://127.0.0.1:1", buffer });
  await elsewhere.startRun({ experiment: "a" });
  const [line] = server.kept();
  assert.equal(line.includes("secret"), false);
  const [{ name }] = [...Deno.readDirSync(folder)];
  if (Deno.build.os !== "windows") {
    assert.equal(Deno.statSync(join(folder, name)).mode! & 0o777, 0o600);
  }
  assert.deepEqual(await server.tracking.flush(), { sent: 0, left: 0, refused: [] });
  assert.deepEqual(server.kept(), [line]);
});

Deno.test("buffer: after a failure nothing is asked for a while, and a mute server counts as away", async () => {
  await using server = await fickle({ pauseSeconds: 5 });
  let asked = 0;
  const mute: Fetch = (_url, init) => {
    asked++;
    return new Promise((_resolve, reject) =>
      init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason))
    );
  };
  const { folder, host: { clock } } = server;
  const tracking = createTracking({
    ...{ fetch: mute, baseUrl: server.host.base, clock },
    buffer: { folder, timeoutSeconds: 0.05, pauseSeconds: 5 },
  });
  const keeper = setInterval(() => {}, 10); // the time-out alone keeps no program alive
  const run = await tracking.startRun({ experiment: "a" });
  await run.logMetrics({ a: 1 });
  assert.equal(asked, 1);
  clock.advance(5_000);
  await run.logMetrics({ a: 2 });
  assert.equal(asked, 2);
  await assert.rejects(tracking.searchRuns({ experiments: ["a"] }), TrackingError);
  clearInterval(keeper);
  assert.deepEqual(await server.tracking.flush(), { sent: 3, left: 0, refused: [] });
});

Deno.test("buffer: a deleted run stays deleted", async () => {
  await using server = await fickle();
  server.state = "deaf";
  const run = await server.tracking.startRun({ experiment: "a", name: "r" });
  server.state = "away";
  await server.tracking.deleteRun(run.runId);
  server.state = "here";
  assert.deepEqual(await server.tracking.flush(), { sent: 2, left: 0, refused: [] });
  assert.deepEqual(await server.tracking.searchRuns({ experiments: ["a"] }), []);
  await server.tracking.restoreRun(run.runId);
  assert.equal((await server.tracking.searchRuns({ experiments: ["a"] })).length, 1);
});
