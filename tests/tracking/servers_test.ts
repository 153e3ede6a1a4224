// The same steps against Local Azure and against a real `mlflow server`; and that one goes away in mid-run.

import assert from "node:assert/strict";
import { createTracking } from "lib/tracking/mod.ts";
import { startMlflowServer } from "../../scripts/mlflow_server.ts";
import { type PythonEnv, pythonEnv } from "../../scripts/python_env.ts";
import { hostMlflow } from "../local_azure/mlflow_host.ts";
import { requires } from "../require.ts";
import { caller, STEPS } from "./steps.ts";

let env: PythonEnv | undefined;
try {
  env = await pythonEnv("mlflow-server");
} catch (error) {
  console.error((error as Error).message);
}
const ignore = requires("python", env !== undefined);

async function runSteps(t: Deno.TestContext, base: string): Promise<void> {
  const tracking = createTracking({ fetch, baseUrl: base }), server = { base, tracking };
  for (const { name, run } of STEPS) {
    await t.step(name, () => run({ ...server, call: caller(base) }));
  }
}

Deno.test("the steps against Local Azure", async (t) => {
  await using host = await hostMlflow();
  await runSteps(t, host.base);
});

Deno.test({
  name: "the steps against a real mlflow server, which then goes away in mid-run and comes back",
  ignore,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "mlflow-server-" });
    let server = await startMlflowServer({ env: env!, folder });
    try {
      await runSteps(t, server.base);
      await t.step("away in mid-run: nothing lost, nothing doubled", async () => {
        const port = Number(new URL(server.base).port);
        const buffer = { folder: `${folder}/buffer`, pauseSeconds: 0 };
        const tracking = createTracking({ fetch, baseUrl: server.base, buffer });
        const before = await tracking.startRun({ experiment: "away", name: "before" });
        await before.logMetrics({ loss: 1 }, { step: 1 });
        await server.stop();
        await before.logMetrics({ loss: 0.5 }, { step: 2 });
        await before.logArtifact("note.txt", "kept");
        await before.finish();
        const during = await tracking.startRun({
          ...{ experiment: "away", name: "during", parent: before.runId },
        });
        await during.logParams({ seed: 7 });
        await during.finish();
        server = await startMlflowServer({ env: env!, folder, port });
        // twice from the start, as if the first process had been killed before it marked anything
        const [{ name: file }] = [...Deno.readDirSync(buffer.folder)];
        const kept = await Deno.readTextFile(`${buffer.folder}/${file}`);
        assert.deepEqual(await tracking.flush(), { sent: 6, left: 0, refused: [] });
        await Deno.writeTextFile(`${buffer.folder}/${file}`, kept);
        const later = createTracking({ fetch, baseUrl: server.base, buffer });
        assert.deepEqual(await later.flush(), { sent: 6, left: 0, refused: [] });
        const runs = await later.searchRuns({
          ...{ experiments: ["away"], orderBy: [{ by: "run_name" }] },
        });
        assert.deepEqual(runs.map(({ name, status }) => [name, status]), [
          ["before", "FINISHED"],
          ["during", "FINISHED"],
        ]);
        const history = await later.metricHistory(before.runId, "loss");
        assert.deepEqual(history.map(({ value, step }) => [value, step]), [[1, 1], [0.5, 2]]);
        assert.deepEqual(runs[1].params, { seed: "7" });
        assert.equal(runs[1].tags["mlflow.parentRunId"], before.runId);
        const { body } = await caller(server.base)("GET", `artifacts/list?run_id=${before.runId}`);
        assert.deepEqual(body.files.map(({ path }: { path: string }) => path), ["note.txt"]);
      });
    } finally {
      await server.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
