/** Lineage of real answers of a real deployment in a Local Azure, and back from a digest. */

import assert from "node:assert/strict";
import { take } from "lib/core/mod.ts";
import {
  collectedRows,
  scoreRows,
  serveLive,
  traceDigest,
  traceRequest,
} from "lib/lifecycle/mod.ts";
import { ownWorkspace, prepared, registerForest } from "./own_workspace.ts";

Deno.test("lineage: from an answer to everything it came from, and back from each digest", async (t) => {
  await using own = await ownWorkspace();
  const { workspace } = own, { registry, azure } = workspace;
  const { version } = await registerForest(workspace, 7);
  const live = await serveLive(workspace, { name: "iris-live", version, by: "test" });
  const { predictions } = await scoreRows(workspace, {
    ...{ url: live.url, key: await live.key(), samples: take(prepared.holdout, [0, 1, 2]) },
  });
  const ids = predictions.map(({ correlationId }) => correlationId);
  const place = { endpoint: live.name, deployment: live.deployment };
  const rows = await collectedRows(workspace, { ...place, ids, timeoutMs: 15_000 });
  assert.equal(rows.length, 3);

  await t.step("a row's id leads to deployment, version, run, rows, code and image", async () => {
    const trace = await traceRequest(workspace, { id: ids[1] });
    assert.deepEqual(trace.findings, []);
    const [row, ...more] = trace.answer!.rows;
    assert.deepEqual([row.correlationId, more, row.outputs.label], [
      ids[1],
      [],
      predictions[1].label,
    ]);
    assert.equal(row.inputs!.petal_length, prepared.holdout.x[6]);
    assert.deepEqual(trace.version, version);
    assert.equal(trace.run?.tags.modelDigest, version.digest);
    assert.equal(trace.rows?.rows.holdout, 60);
    assert.match(trace.deployment!.image!, /^[0-9a-f]{64}$/);
    assert.ok(Date.parse(trace.deployment!.at) < Date.parse(trace.answer!.time));
  });

  await t.step("a request's id leads to all of its rows", async () => {
    const { answer } = await traceRequest(workspace, { id: ids[0] });
    const whole = await traceRequest(workspace, { id: answer!.requestId, endpoint: "iris-live" });
    assert.deepEqual(whole.answer!.rows.map(({ correlationId }) => correlationId), ids);
  });

  await t.step("rows, model, lockfile and image lead back to the deployment", async () => {
    const [{ image }] = await registry.deployedTo("iris-live", live.deployment);
    const { digest, datasetDigest, lockfile } = version, times: number[] = [];
    for (const one of [digest, datasetDigest, lockfile, image!]) {
      const started = performance.now();
      const { versions, findings } = await traceDigest(workspace, one);
      times.push(performance.now() - started);
      assert.deepEqual(findings, []);
      assert.deepEqual(versions.map(({ version }) => version.version), ["1"]);
      assert.equal(versions[0].deployments[0].deployment, live.deployment);
    }
    console.log(`traced in ${times.map((ms) => ms.toFixed(1)).join(", ")} ms`);
  });

  const blob = (path: string, record: object) =>
    azure.blobs.getBlockBlobClient(path)
      .uploadData(new TextEncoder().encode(JSON.stringify(record) + "\n"));
  const logged = (id: string, deployment: string, modelversion: string) => {
    const path =
      `modelDataCollector/iris-live/${deployment}/model_outputs/2026/01/02/03/${id}.jsonl`;
    const data = [{ correlation_id: id, label: "setosa" }];
    return blob(path, {
      id,
      data,
      modelversion,
      xrequestid: `r-${id}`,
      time: "2026-01-02T03:04:05Z",
    });
  };

  await t.step("a version that is not in the registry is a gap, told in one line", async () => {
    await logged("gap-1", live.deployment, "9");
    await logged("gap-3", "nobodys", "9");
    const { findings } = await traceRequest(workspace, { id: "gap-1" });
    assert.deepEqual(findings, [
      "The inputs of gap-1 were never collected, only the outputs.",
      `Nobody wrote down that iris:9 was deployed to ${live.deployment} of iris-live.`,
      "iris:9 answered, and is not in the registry, which has 1.",
    ]);
    const none = await traceRequest(workspace, { id: "gap-3" });
    assert.deepEqual(none.findings.slice(1), [
      "nobodys of iris-live answered with version 9, and nothing says of which model.",
    ]);
    await registry.recordDeployment({
      ...{ name: "iris", version: "1", endpoint: "iris-live", deployment: "other" },
      ...{ environment: "e:1", image: "0".repeat(64) },
    });
    await logged("gap-2", "other", "1");
    const old = await traceRequest(workspace, { id: "gap-2" });
    assert.equal(old.version?.version, "1");
  });

  await t.step("an id that was answered and never collected, refused, or never sent", async () => {
    const record = {
      window: { name: "w1", from: "2026-01-02T03:00:00Z", to: "2026-01-02T04:00:00Z" },
      ...{ sentAt: "2026-01-02T03:04:05Z", deployment: "blue", ms: 3, refused: [] },
    };
    const sent = (id: string, status: number) =>
      blob(`callers/iris-live/20260102T03/${id}.jsonl`, {
        ...{ ...record, requestId: `r-${id}`, status, correlationIds: [id] },
      });
    await sent("lost-1", 200);
    await sent("late-1", 503);
    const finding = async (id: string) => (await traceRequest(workspace, { id })).findings;
    assert.deepEqual(await finding("lost-1"), [
      "lost-1 was answered by blue of iris-live, but was never collected (sent 2026-01-02T03:04:05Z).",
    ]);
    assert.deepEqual(await finding("late-1"), [
      "late-1 was sent to iris-live at 2026-01-02T03:04:05Z, and was not answered (status 503).",
    ]);
    assert.deepEqual(await finding("lost"), [
      "Nobody knows lost: it is in no inference log and in no caller's record of any endpoint.",
    ]);
    await assert.rejects(traceRequest(workspace, { id: " " }), /request id must be 1 to 256 char/);
  });

  await t.step("a run and a training record that are gone are findings", async () => {
    const { registeredAt: _at, ...known } = version;
    await registry.register({ ...known, version: "2", runId: "0".repeat(32) });
    await registry.recordDeployment({
      ...{ name: "iris", version: "2", endpoint: "iris-live", deployment: "third" },
      ...{ environment: "e:1", image: "0".repeat(64) },
    });
    await logged("run-1", "third", "2");
    const { run, rows, findings } = await traceRequest(workspace, { id: "run-1" });
    assert.deepEqual([run, rows], [null, null]);
    assert.deepEqual(findings.slice(1).toSorted(), [
      `The run ${"0".repeat(32)} of iris:2 is not on the tracking server.`,
      "The training record of iris:2 is not in the datastore.",
    ]);
  });
});
