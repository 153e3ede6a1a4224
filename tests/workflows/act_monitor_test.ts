/**
 * monitor.yml really runs: notebook 04 plays a scene, and what it answers decides what is run after it.
 * Two runs are whole; the other answers are told by records, over what the first run has left.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Run, runWorkflow } from "./act.ts";
import { act, keptArtifacts, told } from "./act_case.ts";
import { ACT } from "./act_program.ts";
import { makeReplay } from "./planted.ts";

/** The run of a world that changes, made once. */
let drift: Promise<{ run: Run; artifacts: string }> | undefined;

function driftRun(): Promise<{ run: Run; artifacts: string }> {
  return drift ??= (async () => {
    const artifacts = await keptArtifacts(), inputs = { scene: "concept-drift" };
    const given = { inputs, artifacts };
    return { artifacts, run: await runWorkflow(ACT, "monitor.yml", "workflow_dispatch", given) };
  })();
}

/** One file of an artifact, as JSON. */
async function artifact(folder: string, name: string, file: string) {
  const args = ["-xOf", join(folder, `${name}.tar`), `./${file}`];
  const { stdout } = await new Deno.Command("tar", { args }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

act(
  "monitor.yml: labels that change are answered by a model trained on them, gated, deployed",
  async () => {
    const { run, artifacts } = await driftRun(), { watch, train, gate, endpoint } = run.outputs;
    assert.equal(run.code, 0, told(run));
    const jobs = { watch: "success", train: "success", gate: "success", endpoint: "success" };
    assert.deepEqual(run.jobs, jobs);
    assert.equal(watch.branch, "retrain");

    // trained on the rows that the monitoring chose, and judged on rows of the same log
    const record = await artifact(artifacts, "train", "train.json");
    const rows = await artifact(artifacts, "retrain-rows", "iris.holdout.json");
    const inUse = await artifact(artifacts, "in-use", "training.json");
    assert.equal(train["dataset-digest"], record.datasetDigest);
    assert.notEqual(record.datasetDigest, inUse.datasetDigest);
    assert.deepEqual([record.holdout.sha256, record.holdout.rows], [rows.sha256, rows.rows]);

    // against the model in use, which loses on them
    const { gate: found, champion } = await artifact(artifacts, "gate", "gate.json");
    assert.equal(found.champion, inUse.modelDigest);
    assert.equal(watch.digest, inUse.modelDigest);
    assert.equal(found.holdout.rows, rows.rows);
    assert.deepEqual([gate.decision, champion, gate["decision-id"]], ["promote", "2", "iris/2/1"]);
    assert.equal(endpoint["served-digest"], train["model-digest"]);
    assert.match(run.summary, /## Monitoring: ❌ no drift, answer retrain/);
    assert.match(run.summary, /Why: `5 of the last 5 windows have a loss/);
  },
);

act("monitor.yml: a quiet day trains nothing", async () => {
  const run = await runWorkflow(ACT, "monitor.yml", "workflow_dispatch", {
    inputs: { scene: "none" },
  });
  assert.equal(run.code, 0, told(run));
  assert.deepEqual(run.jobs, { watch: "success" });
  assert.deepEqual([run.outputs.watch.drift, run.outputs.watch.branch], ["none", "ignore"]);
  assert.match(run.summary, /## Monitoring: ✅ no drift/);
});

act(
  "monitor.yml: another answer trains nothing, a fault is red, rows that are missing are a fault",
  async () => {
    const replay = await makeReplay((await driftRun()).artifacts);
    try {
      for (
        const [given, code, jobs] of [
          [{ state: "drift", branch: "fix-data", exit: 3 }, 0, { watch: "success" }],
          [{ state: "none", branch: "ignore", exit: 1 }, 1, { watch: "failure" }],
          [{ state: "drift", branch: "retrain", exit: 3 }, 1, { watch: "failure" }], // and no rows
          [{ state: "drift", branch: "retrain", exit: 3, event: "schedule" }, 0, {}], // a fork's clock
        ] as const
      ) {
        const { state, branch, exit } = given;
        const event = "event" in given ? given.event : "workflow_dispatch";
        const record = { drift: { state }, response: { branch, because: ["as planned", "twice"] } };
        const env = { MONITOR: JSON.stringify(record), MONITOR_EXIT: String(exit) };
        const run = await runWorkflow(ACT, "monitor.yml", event, { path: [replay], env });
        assert.equal(run.code, code, told(run));
        assert.deepEqual(run.jobs, jobs, told(run));
      }
    } finally {
      await Deno.remove(replay, { recursive: true });
    }
  },
);
