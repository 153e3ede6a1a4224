import assert from "node:assert/strict";
import { BadInput } from "lib/core/mod.ts";
import { createTracking, type Tracking, TrackingError } from "lib/tracking/mod.ts";
import { AZURE_HOST, hostMlflow, type MlflowHost } from "../local_azure/mlflow_host.ts";

const GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-local";
const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-local`;

function trackingAt(host: MlflowHost): Tracking {
  return createTracking({ fetch, baseUrl: `${host.base}/`, clock: host.clock });
}

/** The client as it talks to Azure ML: host and path of the cloud, and a token. */
function trackingInAzure(host: MlflowHost, audience = "https://management.azure.com"): Tracking {
  const id = WORKSPACE;
  host.store.put({ id, type: "workspaces", parent: GROUP, body: { id }, hidden: {} });
  const { token } = host.tokens.mint(audience);
  const authorised = (url: string, init: RequestInit = {}) => {
    const { host: named, pathname, search } = new URL(url);
    const headers = { ...init.headers, "x-host": named, authorization: `Bearer ${token}` };
    return fetch(`${host.base}${pathname}${search}`, { ...init, headers });
  };
  const baseUrl = `https://${AZURE_HOST}/mlflow/v2.0${id}`;
  return createTracking({ fetch: authorised, baseUrl, clock: host.clock });
}

Deno.test("tracking: a run from its start to its end, at 127.0.0.1 and as in Azure", async () => {
  for (const connect of [trackingAt, trackingInAzure]) {
    await using host = await hostMlflow();
    const tracking = connect(host), tags = { datasetDigest: "ab12", team: "é" };
    const isPlain = connect === trackingAt;
    const run = await tracking.startRun({ experiment: "iris", name: "first", tags });
    assert.deepEqual(run.started, {
      ...{ runId: run.runId, experimentId: "1", name: "first", status: "RUNNING" },
      ...{ startedAt: "2026-01-01T00:00:00.000Z", endedAt: null },
      artifactUri: isPlain
        ? `mlflow-artifacts:/1/${run.runId}/artifacts`
        : `azureml://${AZURE_HOST}/mlflow/v2.0${WORKSPACE}/experiments/1/runs/${run.runId}/artifacts`,
      ...{ metrics: {}, params: {} },
      tags: { ...tags, "mlflow.runName": "first" },
    });
    await run.logParams({ seed: 7, forest: { trees: 50, features: ["a", "b"], depth: null } });
    await run.logMetrics({ accuracy: 0.9, loss: 0.5 });
    host.clock.advance(1_000);
    await run.logMetrics({ loss: 0.25 }, { step: 1 });
    await run.setTags({ team: "b", note: "n" });
    if (isPlain) { // Azure's way, the run history, is in tests/local_azure/run_history_test.ts
      await run.logArtifact("plots/a b é.svg", "<svg/>");
      await run.logArtifact("model.bin", new Uint8Array([1, 2, 3]));
      const listed = await host.get(`artifacts/list?run_id=${run.runId}&path=plots`);
      assert.equal(listed.body.files[0].path, "plots/a b é.svg");
    }
    await run.finish();
    const record = await tracking.getRun(run.runId);
    assert.deepEqual(record, {
      ...run.started,
      ...{ status: "FINISHED", endedAt: "2026-01-01T00:00:01.000Z" },
      metrics: { accuracy: 0.9, loss: 0.25 },
      params: {
        ...{ seed: "7", "forest.trees": "50", "forest.depth": "null" },
        "forest.features": '["a","b"]',
      },
      tags: { datasetDigest: "ab12", team: "b", note: "n", "mlflow.runName": "first" },
    });
    assert.deepEqual(JSON.parse(JSON.stringify(record)), record);
    assert.deepEqual(await tracking.metricHistory(run.runId, "loss"), [
      { value: 0.5, step: 0, at: "2026-01-01T00:00:00.000Z" },
      { value: 0.25, step: 1, at: "2026-01-01T00:00:01.000Z" },
    ]);
    assert.deepEqual(await tracking.metricHistory(run.runId, "none"), []);
    const failed = await tracking.startRun({ experiment: "iris" });
    await failed.finish("FAILED");
    assert.equal((await tracking.getRun(failed.runId)).status, "FAILED");
  }
});

Deno.test("tracking: everything arrives, however much there is", async () => {
  await using host = await hostMlflow();
  const tracking = trackingAt(host), run = await tracking.startRun({ experiment: "big" });
  const settings = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, i]));
  await run.logParams(settings);
  const long = Object.fromEntries(
    Array.from({ length: 250 }, (_, i) => [`t${i}`, "é".repeat(8_000)]),
  );
  await run.setTags(long); // 4 MB of JSON
  const points = Array.from({ length: 26_000 }, (_, step) => ({
    ...{ key: "loss", value: Math.cos(step), step },
    at: new Date(1_700_000_000_000 + step).toISOString(),
  }));
  await run.logPoints(points);
  const { params, tags, metrics } = await tracking.getRun(run.runId);
  assert.deepEqual(
    params,
    Object.fromEntries(Object.entries(settings).map(([k, v]) => [k, `${v}`])),
  );
  const { "mlflow.runName": _name, ...set } = tags;
  assert.deepEqual(set, long);
  assert.deepEqual(metrics, { loss: Math.cos(25_999) });
  const history = await tracking.metricHistory(run.runId, "loss");
  assert.deepEqual(history, points.map(({ value, step, at }) => ({ value, step, at })));
});

Deno.test("tracking: what the server would lose or cut is refused, and nothing of it logged", async () => {
  await using host = await hostMlflow();
  const tracking = trackingAt(host), run = await tracking.startRun({ experiment: "a" });
  const at = "2026-01-01T00:00:00Z";
  for (
    const [attempt, message] of [
      [
        () => run.logMetrics({ good: 1, loss: NaN }),
        "metric loss must be a finite number: got NaN",
      ],
      [
        () => run.logMetrics({ good: 1, loss: -Infinity }),
        "metric loss must be a finite number: got -Infinity",
      ],
      [
        () => run.logMetrics({ loss: 1 }, { step: 1.5 }),
        "metric loss, step must be a whole number: got 1.5",
      ],
      [
        () => run.logPoints([{ key: "loss", value: 1, step: 0, at: "soon" }]),
        'metric loss, at must be an instant in ISO 8601, from 1970 on: got "soon"',
      ],
      [
        () => run.logParams({ good: 1, a: { b: 1 }, "a.b": 2 }),
        'parameter a.b must come once only: got "2"',
      ],
      [
        () => run.logParams({ good: 1, long: "x".repeat(6_001) }),
        /^parameter long must have at most 6000 characters/,
      ],
      [
        () => run.setTags({ good: "1", long: "x".repeat(8_001) }),
        /^tag long must have at most 8000 characters/,
      ],
      [
        () => tracking.startRun({ experiment: "b", tags: { long: "x".repeat(8_001) } }),
        /^tag long must have at most 8000 characters/,
      ],
    ] as const
  ) {
    await assert.rejects(attempt, (error) => {
      assert.ok(error instanceof BadInput);
      if (typeof message === "string") assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    });
  }
  await run.logPoints([{ key: "kept", value: 1, step: 0, at }]);
  const { metrics, params, tags } = await tracking.getRun(run.runId);
  assert.deepEqual([metrics, params], [{ kept: 1 }, {}]);
  assert.equal("good" in tags, false);
  await assert.rejects(tracking.searchRuns({ experiments: ["b"] }), { code: ABSENT });
});

const ABSENT = "RESOURCE_DOES_NOT_EXIST";

Deno.test("tracking: searches filter, order and stop at the limit", async () => {
  await using host = await hostMlflow();
  for (const tracking of [trackingAt(host), trackingInAzure(host)]) {
    const experiment = crypto.randomUUID();
    for (
      const [name, accuracy] of [["a", 0.7], ["b", undefined], ["c", 0.9], ["d", 0.8]] as const
    ) {
      host.clock.advance(1_000);
      const run = await tracking.startRun({ experiment, name, tags: { digest: name } });
      if (accuracy !== undefined) await run.logMetrics({ "val/accuracy": accuracy });
      await run.logParams({ name });
    }
    const names = async (more: Partial<Parameters<Tracking["searchRuns"]>[0]>) =>
      (await tracking.searchRuns({ experiments: [experiment], ...more })).map(({ name }) => name)
        .join("");
    assert.equal(await names({}), "dcba"); // the newest first
    assert.equal(await names({ limit: 3 }), "dcb");
    assert.equal(await names({ limit: 0 }), "");
    const accuracy = "metrics.val/accuracy";
    assert.equal(await names({ filter: 'metrics."val/accuracy" >= 0.8' }), "dc");
    assert.equal(await names({ filter: "tags.digest = 'a'" }), "a");
    assert.equal(await names({ orderBy: [{ by: accuracy, descending: true }] }), "cdab");
    assert.equal(await names({ orderBy: [{ by: accuracy }], limit: 2 }), "ad");
    assert.equal(await names({ orderBy: [{ by: "start_time" }], limit: 2 }), "ab");
    assert.equal(await names({ orderBy: [{ by: "run_name", descending: true }] }), "dcba");
    assert.equal(await names({ orderBy: [{ by: "params.name" }] }), "abcd");
    await assert.rejects(names({ orderBy: [{ by: "accuracy" }] }), {
      name: "BadInput",
      message: /^orderBy must be start_time, .*: got "accuracy"$/,
    });
    await assert.rejects(names({ filter: "nonsense" }), { code: "INVALID_PARAMETER_VALUE" });
    await assert.rejects(names({ experiments: ["nope"] }), { code: ABSENT, status: 404 });
  }
});

Deno.test("tracking: searches go over pages", async () => {
  await using host = await hostMlflow();
  const tracking = trackingAt(host);
  await tracking.ensureExperiment("many");
  for (let i = 0; i < 1_003; i++) {
    await host.post("runs/create", { experiment_id: "1", start_time: i, run_name: String(i) });
  }
  const search = { experiments: ["many"], orderBy: [{ by: "start_time" }] };
  const two = await tracking.searchRuns({ ...search, limit: 1_002 });
  assert.deepEqual(two.map(({ name }) => name), Array.from({ length: 1_002 }, (_, i) => String(i)));
  const all = await tracking.searchRuns({ ...search, limit: Infinity });
  assert.equal(all.length, 1_003);
  const sorted = await tracking.searchRuns({ ...search, orderBy: [{ by: "tags.mlflow.runName" }] });
  assert.deepEqual(sorted.slice(0, 3).map(({ name }) => name), ["0", "1", "10"]);
  assert.equal(sorted.length, 1_000);
});

Deno.test("tracking: an experiment is made once, also by many at the same time", async () => {
  await using host = await hostMlflow();
  const tracking = trackingAt(host);
  const all = await Promise.all(
    Array.from({ length: 8 }, () => tracking.ensureExperiment("a/b é")),
  );
  assert.deepEqual(new Set(all.map(({ experimentId }) => experimentId)), new Set(["1"]));
  await host.post("experiments/delete", { experiment_id: "1" });
  await assert.rejects(tracking.ensureExperiment("a/b é"), {
    code: "DELETED",
    message: "Cannot make experiment a/b é: experiment a/b é is deleted; restore it, or take " +
      "another name (DELETED)",
  });
});

Deno.test("tracking: errors carry what was done, the server's code and its words", async () => {
  await using host = await hostMlflow();
  const tracking = trackingAt(host), run = await tracking.startRun({ experiment: "a", name: "r" });
  await run.logParams({ seed: 7 });
  await assert.rejects(run.logParams({ seed: 8 }), (error) => {
    assert.ok(error instanceof TrackingError);
    assert.equal(error.code, "INVALID_PARAMETER_VALUE");
    assert.equal(error.status, 400);
    assert.match(error.message, /^Cannot log parameters to run r: Changing param values is not/);
    return true;
  });
  await assert.rejects(tracking.getRun("7"), {
    message: "Cannot read run 7: Run with id=7 not found (RESOURCE_DOES_NOT_EXIST)",
  });
  for (const path of ["../x", "a/../../x", "/x", "a//b", "", "a/.", "a\\..\\x"]) {
    await assert.rejects(run.logArtifact(path, "x"), { name: "BadInput" });
  }
  await assert.rejects(run.logArtifact("%2e%2e/x", "x"), { code: "INVALID_PARAMETER_VALUE" });
  const wrongToken = trackingInAzure(host, "https://vault.azure.net");
  await assert.rejects(wrongToken.getRun("7"), { code: "UNAUTHENTICATED", status: 401 });
  const elsewhere = createTracking({ fetch, baseUrl: `${host.base}/nowhere` });
  await assert.rejects(elsewhere.getRun("7"), { code: "HTTP_404" });
  const page = () => Promise.resolve(new Response("<html>sign in</html>"));
  const portal = createTracking({ fetch: page, baseUrl: "http://127.0.0.1" });
  await assert.rejects(portal.getRun("7"), { code: "HTTP_200", message: /is no JSON object/ });
  const azure = () =>
    Promise.resolve(
      Response.json({ error: { code: "Throttled", message: "slow" } }, { status: 429 }),
    );
  const busy = createTracking({ fetch: azure, baseUrl: "http://127.0.0.1" });
  await assert.rejects(busy.getRun("7"), { message: "Cannot read run 7: slow (Throttled)" });
});

Deno.test("tracking: NaN of another client is null, a large number of it is a number", async () => {
  await using host = await hostMlflow();
  const tracking = trackingAt(host), run = await tracking.startRun({ experiment: "a" });
  const metric = { run_id: run.runId, timestamp: 1, step: 0 };
  await host.post("runs/log-metric", { ...metric, key: "nan", value: "NaN" });
  await host.post("runs/log-metric", { ...metric, key: "inf", value: "Infinity" });
  const { metrics } = await tracking.getRun(run.runId);
  assert.deepEqual(metrics, { nan: null, inf: Number.MAX_VALUE });
  const [point] = await tracking.metricHistory(run.runId, "nan");
  assert.equal(point.value, null);
  const found = await tracking.searchRuns({
    ...{ experiments: ["a"], orderBy: [{ by: "metrics.nan" }] },
  });
  assert.equal(found.length, 1);
});
