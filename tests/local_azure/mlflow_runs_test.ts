import assert from "node:assert/strict";
import { type Answer, hostMlflow, type MlflowHost } from "./mlflow_host.ts";

async function newRun({ post }: MlflowHost, more: Record<string, unknown> = {}): Promise<string> {
  const { body } = await post("runs/create", { experiment_id: "0", start_time: 1_000, ...more });
  return body.run.info.run_id;
}

async function dataOf({ get }: MlflowHost, id: string) {
  const { data } = (await get(`runs/get?run_id=${id}&run_uuid=${id}`)).body.run;
  const map = (list: { key: string; value: unknown }[] = []) =>
    Object.fromEntries(list.map(({ key, value }) => [key, value]));
  return { metrics: map(data.metrics), params: map(data.params), tags: map(data.tags) };
}

Deno.test("runs: made with a name, with the name in a tag, or under an invented one", async () => {
  await using host = await hostMlflow();
  const { get, post } = host;
  const { body: { run } } = await post("runs/create", {
    ...{ experiment_id: "0", user_id: "u", run_name: "first", start_time: "1000" },
    tags: [{ key: "a", value: "b" }],
  });
  const id = run.info.run_id;
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.deepEqual(run, {
    info: {
      ...{ run_id: id, run_uuid: id, run_name: "first", experiment_id: "0", user_id: "u" },
      ...{ status: "RUNNING", start_time: 1000, lifecycle_stage: "active" },
      artifact_uri: `mlflow-artifacts:/0/${id}/artifacts`,
    },
    data: { tags: [{ key: "a", value: "b" }, { key: "mlflow.runName", value: "first" }] },
    inputs: {},
  });
  assert.deepEqual((await get(`runs/get?run_uuid=${id}`)).body, { run });

  const tagged = await newRun(host, { tags: [{ key: "mlflow.runName", value: "tagged" }] });
  assert.equal((await get(`runs/get?run_id=${tagged}`)).body.run.info.run_name, "tagged");
  const invented = await newRun(host);
  const { info } = (await get(`runs/get?run_id=${invented}`)).body.run;
  assert.match(info.run_name, /^[a-z]+-[a-z]+-\d+$/);
  assert.equal((await dataOf(host, invented)).tags["mlflow.runName"], info.run_name);
  const both = await post("runs/create", {
    ...{ experiment_id: "0", run_name: "x" },
    tags: [{ key: "mlflow.runName", value: "y" }],
  });
  assert.equal(both.brief, "400 INVALID_PARAMETER_VALUE");
});

Deno.test("runs: ended, renamed by either way, deleted and restored", async () => {
  await using host = await hostMlflow();
  const { get, post } = host, run_id = await newRun(host, { run_name: "a" });
  const ended = await post("runs/update", { run_id, status: "FINISHED", end_time: 2_000 });
  assert.equal(ended.body.run_info.status, "FINISHED");
  assert.equal(ended.body.run_info.end_time, 2_000);
  await post("runs/update", { run_id, run_name: "b" });
  assert.equal((await dataOf(host, run_id)).tags["mlflow.runName"], "b");
  await post("runs/set-tag", { run_id, key: "mlflow.runName", value: "c" });
  const { info } = (await get(`runs/get?run_id=${run_id}`)).body.run;
  assert.deepEqual([info.run_name, info.status, info.end_time], ["c", "FINISHED", 2_000]);

  assert.equal((await post("runs/delete", { run_id })).brief, "200");
  const metric = { key: "m", value: 1, timestamp: 1 };
  const writes: Promise<Answer>[] = [
    post("runs/log-metric", { run_id, ...metric }),
    post("runs/log-parameter", { run_id, key: "p", value: "1" }),
    post("runs/set-tag", { run_id, key: "t", value: "1" }),
    post("runs/delete-tag", { run_id, key: "mlflow.runName" }),
    post("runs/log-batch", { run_id, metrics: [metric] }),
    post("runs/log-inputs", { run_id, datasets: [] }),
    post("runs/update", { run_id, status: "FAILED" }),
  ];
  for (const answer of await Promise.all(writes)) {
    assert.equal(answer.brief, "400 INVALID_PARAMETER_VALUE");
    assert.match(answer.body.message, /must be in the 'active' state. Current state is deleted/);
  }
  assert.equal((await post("runs/restore", { run_id })).brief, "200");
  assert.deepEqual((await dataOf(host, run_id)).metrics, {});
  assert.equal((await post("runs/log-metric", { run_id, ...metric })).brief, "200");
});

Deno.test("metrics: numbers in every spelling, NaN and the infinities both ways", async () => {
  await using host = await hostMlflow();
  const run_id = await newRun(host);
  const spelt: [key: string, value: string, expected: unknown][] = [
    ["number", "1.5", 1.5],
    ["text", '"1.5e3"', 1500],
    ["nan", '"NaN"', "NaN"],
    ["bareNan", "NaN", "NaN"],
    ["NaN or Infinity", "NaN", "NaN"],
    ["up", '"Infinity"', Number.MAX_VALUE],
    ["bareUp", "Infinity", Number.MAX_VALUE],
    ["down", '"-Infinity"', -Number.MAX_VALUE],
    ["bareDown", "-Infinity", -Number.MAX_VALUE],
  ];
  for (const [key, value] of spelt) {
    const body =
      `{"run_id":"${run_id}","key":"${key}","value":${value},"timestamp":"5","step":"2"}`;
    const json = { "content-type": "application/json; charset=utf-8" };
    assert.equal((await host.call("POST", "runs/log-metric", body, json)).brief, "200", key);
  }
  const { metrics } = await dataOf(host, run_id);
  assert.deepEqual(metrics, Object.fromEntries(spelt.map(([key, , expected]) => [key, expected])));
  const history = await host.get(`metrics/get-history?run_id=${run_id}&metric_key=nan`);
  assert.deepEqual(history.body, {
    metrics: [{ key: "nan", value: "NaN", timestamp: 5, step: 2 }],
  });
});

Deno.test("metrics: the latest has the highest step, then timestamp, then value", async () => {
  await using host = await hostMlflow();
  const run_id = await newRun(host);
  const points = [[1, 10, 1], [9, 5, 2], [3, 6, 2], [4, 6, 2], [4, 6, 2], [2, 6, 2]];
  for (const [value, timestamp, step] of points) {
    await host.post("runs/log-metric", { run_id, key: "m", value, timestamp, step });
  }
  const { data } = (await host.get(`runs/get?run_id=${run_id}`)).body.run;
  assert.deepEqual(data.metrics, [{ key: "m", value: 4, timestamp: 6, step: 2 }]);
  const { metrics } = (await host.get(`metrics/get-history?run_id=${run_id}&metric_key=m`)).body;
  // by timestamp, step and value; the point that came twice is there once
  assert.deepEqual(
    metrics.map((one: Record<string, number>) => [one.value, one.timestamp, one.step]),
    [[9, 5, 2], [2, 6, 2], [3, 6, 2], [4, 6, 2], [1, 10, 1]],
  );
});

Deno.test("metrics: among equal steps and times NaN counts as 0, and does not push out what is there", async () => {
  await using host = await hostMlflow();
  const run_id = await newRun(host);
  const logged = { above: [5, "NaN"], below: [-5, "NaN"], zero: ["NaN", 0], twice: ["NaN", "NaN"] };
  for (const [key, values] of Object.entries(logged)) {
    for (const value of values) {
      await host.post("runs/log-metric", { run_id, key, value, timestamp: 1 });
    }
  }
  const { metrics } = await dataOf(host, run_id);
  assert.deepEqual(metrics, { above: 5, below: "NaN", zero: "NaN", twice: "NaN" });
  const { body } = await host.get(`metrics/get-history?run_id=${run_id}&metric_key=twice`);
  assert.equal(body.metrics.length, 1);
});

Deno.test("metrics: history comes in pages of at most 25,000, all of it without a number", async () => {
  await using host = await hostMlflow();
  const run_id = await newRun(host);
  const batches = Array.from({ length: 26 }, (_, batch) =>
    Array.from({ length: 1_000 }, (_, i) => {
      const step = batch * 1_000 + i;
      return { key: "m", value: step, timestamp: step, step };
    }));
  for (const metrics of batches) await host.post("runs/log-batch", { run_id, metrics });
  const page = (query: string) =>
    host.get(`metrics/get-history?run_id=${run_id}&metric_key=m&${query}`);
  const whole = (await page("")).body;
  assert.equal(whole.metrics.length, 26_000);
  assert.equal(whole.next_page_token, undefined);
  const first = (await page("max_results=26000")).body;
  assert.equal(first.metrics.length, 25_000);
  const rest = (await page(`max_results=26000&page_token=${first.next_page_token}`)).body;
  assert.deepEqual([...first.metrics, ...rest.metrics], whole.metrics);
  assert.equal(rest.next_page_token, undefined);
  assert.deepEqual((await page("max_results=2&page_token=")).body.metrics, [
    { key: "m", value: 0, timestamp: 0, step: 0 },
    { key: "m", value: 1, timestamp: 1, step: 1 },
  ]);
  assert.deepEqual((await host.get("metrics/get-history?run_id=zz&metric_key=m")).body, {});
});

Deno.test("params and tags: cut to their limits, by characters and not by halves of them", async () => {
  await using host = await hostMlflow();
  const { post } = host, run_id = await newRun(host);
  await post("runs/log-parameter", { run_id, key: "p", value: "🌷".repeat(6_001) });
  await post("runs/set-tag", { run_id, key: "t", value: "v".repeat(8_001) });
  await post("runs/log-batch", {
    run_id,
    params: [{ key: "q", value: "w".repeat(6_001) }],
    tags: [{ key: "u", value: "x".repeat(8_001) }],
  });
  const { params, tags } = await dataOf(host, run_id);
  assert.equal(params.p, "🌷".repeat(6_000));
  assert.equal(params.q, "w".repeat(6_000));
  assert.deepEqual([String(tags.t).length, String(tags.u).length], [8_000, 8_000]);
  // the same value again is no change, though it is cut again
  const again = await post("runs/log-parameter", { run_id, key: "p", value: "🌷".repeat(7_000) });
  assert.equal(again.brief, "200");
});

Deno.test("log-batch: all or nothing", async () => {
  await using host = await hostMlflow();
  const { post } = host, run_id = await newRun(host);
  await post("runs/log-parameter", { run_id, key: "p", value: "1" });
  const before = await dataOf(host, run_id);
  const good = {
    metrics: [{ key: "m", value: 1, timestamp: 1, step: 1 }],
    params: [{ key: "new", value: "1" }],
    tags: [{ key: "t", value: "1" }],
  };
  for (
    const bad of [
      { params: [...good.params, { key: "p", value: "2" }] },
      { params: [...good.params, ...good.params] },
      { metrics: [...good.metrics, { key: "../up", value: 1, timestamp: 1 }] },
      { metrics: [...good.metrics, { key: "n", value: "x", timestamp: 1 }] },
      { tags: [...good.tags, { key: "a*b", value: "1" }] },
    ]
  ) {
    const answer = await post("runs/log-batch", { run_id, ...good, ...bad });
    assert.equal(answer.brief, "400 INVALID_PARAMETER_VALUE", JSON.stringify(bad));
    assert.deepEqual(await dataOf(host, run_id), before);
  }
  assert.deepEqual((await post("runs/log-batch", { run_id, ...good })).body, {});
  const after = await dataOf(host, run_id);
  assert.deepEqual(after.metrics, { m: 1 });
  assert.deepEqual(after.params, { p: "1", new: "1" });
  assert.equal(after.tags.t, "1");
});

Deno.test("log-inputs: kept once by name and digest, and shown with the run", async () => {
  await using host = await hostMlflow();
  const { get, post } = host, run_id = await newRun(host);
  const dataset = {
    ...{ name: "iris", digest: "abc", source_type: "local", source: "{}" },
    ...{ schema: "s", profile: "p" },
  };
  const tags = [{ key: "mlflow.data.context", value: "train" }];
  for (let i = 0; i < 2; i++) {
    await post("runs/log-inputs", { run_id, datasets: [{ tags, dataset }] });
  }
  await post("runs/log-inputs", { run_id, datasets: [{ dataset: { name: "a", digest: "b" } }] });
  const { inputs } = (await get(`runs/get?run_id=${run_id}`)).body.run;
  assert.deepEqual(inputs, {
    dataset_inputs: [{ dataset: { name: "a", digest: "b" } }, { tags, dataset }],
  });
});

Deno.test("runs: what was acknowledged is there after the file was opened again", async () => {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-mlflow-" });
  try {
    const store = `${folder}/store.sqlite`;
    let run_id: string;
    {
      await using host = await hostMlflow({ store });
      run_id = await newRun(host);
      await host.post("runs/log-metric", { run_id, key: "m", value: 2, timestamp: 1 });
    }
    await using host = await hostMlflow({ store });
    assert.deepEqual((await dataOf(host, run_id)).metrics, { m: 2 });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
