import assert from "node:assert/strict";
import { hostMlflow } from "./mlflow_host.ts";

Deno.test("speed: 10,000 metrics through log-batch in a second, and their history in another", async () => {
  await using host = await hostMlflow({ store: "disk" });
  const { post } = host;
  const { body: { run } } = await post("runs/create", { experiment_id: "0" });
  const { run_id } = run.info;
  const batches = Array.from(
    { length: 10 },
    (_, batch) =>
      Array.from({ length: 1_000 }, (_, i) => ({
        ...{ key: `loss ${i % 10}`, value: Math.sin(batch + i) },
        ...{ timestamp: 1_700_000_000_000 + i, step: batch * 1_000 + i },
      })),
  );
  const start = performance.now();
  for (const metrics of batches) {
    assert.equal((await post("runs/log-batch", { run_id, metrics })).status, 200);
  }
  const written = performance.now();
  let points = 0;
  for (let i = 0; i < 10; i++) {
    const { body } = await host.get(`metrics/get-history?run_id=${run_id}&metric_key=loss%20${i}`);
    points += body.metrics.length;
  }
  const read = performance.now();
  assert.equal(points, 10_000);
  assert.ok(written - start < 1_000, `writing took ${written - start} ms`);
  assert.ok(read - written < 1_000, `reading took ${read - written} ms`);
});

Deno.test("speed: a search among 1,000 runs", async () => {
  await using host = await hostMlflow();
  const { post } = host;
  for (let i = 0; i < 1_000; i++) {
    const { body: { run } } = await post("runs/create", { experiment_id: "0", start_time: i });
    const metrics = [{ key: "loss", value: i, timestamp: 1 }, {
      key: "acc",
      value: -i,
      timestamp: 1,
    }];
    const params = [{ key: "depth", value: String(i % 10) }];
    await post("runs/log-batch", { run_id: run.info.run_id, metrics, params });
  }
  const start = performance.now();
  const { body } = await post("runs/search", {
    ...{ experiment_ids: ["0"], max_results: 10, order_by: ["metrics.acc"] },
    filter: "metrics.loss >= 500 and params.depth LIKE '_' and tags.`mlflow.runName` != 'x'",
  });
  const took = performance.now() - start;
  assert.deepEqual(body.runs[0].data.metrics[1].value, 999);
  assert.ok(took < 200, `searching took ${took} ms`);
});
