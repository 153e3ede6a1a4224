/**
 * The workflows really run, on this machine: every job, every task, every notebook. What is not proven
 * here is told in `act.ts`, and that GitHub's own runners have never run them.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type Azure,
  getEndpoint,
  listModelVersions,
  openAzureAt,
  takeLease,
} from "lib/azure/mod.ts";
import { readProvenance } from "lib/lifecycle/provenance.ts";
import { type Given, ROOT, type Run, runWorkflow, withChanged } from "./act.ts";
import { act, keptArtifacts, runCi, told } from "./act_case.ts";
import { ACT } from "./act_program.ts";
import { type Cloud, openCloud, TRUSTED } from "./cloud.ts";
import { writeLastRun } from "./last_run.ts";
import { findPlanted, plantedTable } from "./planted.ts";

/** The endpoint that notebook 03 makes. */
const ENDPOINT = "iris-demo";

/** The good run, made once; its artifacts are there until the process ends. */
let good: Promise<{ run: Run; artifacts: string }> | undefined;

function goodRun(): Promise<{ run: Run; artifacts: string }> {
  return good ??= (async () => {
    const artifacts = await keptArtifacts();
    return {
      run: await runWorkflow(ACT, "train.yml", "workflow_dispatch", { artifacts }),
      artifacts,
    };
  })();
}

act("train.yml in a fork: a good model goes from rows to an endpoint, on Local Azure", async () => {
  const before = await readProvenance();
  const { run } = await goodRun();
  const { train, gate, endpoint } = run.outputs;
  assert.equal(run.code, 0, told(run));
  assert.deepEqual(run.jobs, { train: "success", gate: "success", endpoint: "success" });
  assert.match(train["model-digest"], /^[0-9a-f]{64}$/);
  assert.equal(gate["model-digest"], train["model-digest"]);
  assert.equal(endpoint["served-digest"], train["model-digest"]);
  assert.deepEqual([gate.decision, gate["decision-id"]], ["promote", "iris/1/1"]);
  assert.deepEqual([endpoint.deployed, endpoint.deployment], ["true", "blue"]);
  assert.match(endpoint.url, /^https:\/\/iris-demo\..*\/score$/);
  for (
    const heading of ["## Trained `iris`", "## Gate: ✅ promote", "## Deployed to `iris-demo`"]
  ) {
    assert.ok(run.summary.includes(heading), run.summary);
  }
  assert.ok(new TextEncoder().encode(run.summary).length < 1024 * 1024);
  assert.equal(run.log.match(/Local Azure has ended/g)?.length, 2);
  await writeLastRun(run, { act: ACT, workflow: "train.yml", ...before });
});

act("train.yml: a bad model is refused, the run is green and nothing is deployed", async () => {
  const inputs = { seed: "16", trees: "1" };
  const run = await runWorkflow(ACT, "train.yml", "workflow_dispatch", { inputs });
  assert.equal(run.code, 0, told(run));
  assert.deepEqual(run.jobs, { train: "success", gate: "success" });
  const { decision, reasons } = run.outputs.gate;
  assert.deepEqual([decision, reasons], ["refuse", "Refused by classes."]);
  assert.match(run.summary, /## Gate: ❌ refuse[^]*\| classes \| ❌ refused \|/);
});

act("a bundle that was tampered with stops the gate before anything is registered", async () => {
  const change = [{
    file: ".github/workflows/train.yml",
    from: "      - name: Upload the model\n",
    to: "      - run: sed -i 's/petal_length/petal_lengtH/' out/model/model.json\n" +
      "      - name: Upload the model\n",
  }];
  await withChanged(change, async (root) => {
    const run = await runWorkflow(ACT, "train.yml", "workflow_dispatch", { root });
    assert.equal(run.code, 1);
    assert.deepEqual(run.jobs, { train: "success", gate: "failure" });
    assert.match(run.log, /\[gate\] verify-bundle: .*digest/i, told(run));
    assert.doesNotMatch(run.log, /\[gate\] Task gate/);
  });
});

act("a bundle that is another than the one that passed stops deploy.yml by itself", async () => {
  const change = [{
    file: ".github/workflows/deploy.yml",
    from: "      - id: bundle\n",
    // whole and honest, and not what was gated
    to: "      - run: deno task train --set seed=8\n      - id: bundle\n",
  }];
  await withChanged(change, async (root) => {
    const run = await runWorkflow(ACT, "train.yml", "workflow_dispatch", { root });
    assert.equal(run.code, 1);
    assert.deepEqual(run.jobs, { train: "success", gate: "success", endpoint: "failure" });
    assert.match(run.log, /\[endpoint\] verify-bundle: out\/model must hold the model/, told(run));
    assert.doesNotMatch(run.log, /\[endpoint\] Task (traffic|deploy)/);
  });
});

/** A service that rounds to single precision: the same model answers a little differently. */
const SKEW = {
  file: "lib/serving/answer.ts",
  from: "probabilities[i * k + c]])",
  to: "Math.fround(probabilities[i * k + c])])",
};

/** A rollout that fails when the second candidate has all the traffic. */
const BREAK = {
  file: "lib/lifecycle/traffic.ts",
  from: "    const answers = await countAnswers(",
  to: '    if (percent === 100) throw new Error("the error rate is too high");\n' +
    "    const answers = await countAnswers(",
};

act(
  "the cloud: signed in by subject, smoke test, rollout and rollback over one workspace",
  async () => {
    const cloud = await openCloud();
    try {
      const azure = await openAzureAt(cloud.port), given = { vars: cloud.vars, env: cloud.env };
      const traffic = async () => (await getEndpoint(azure, ENDPOINT))?.traffic;

      // a smoke test that finds skew: no traffic, and the run is red
      await withChanged([SKEW], async (root) => {
        const run = await runWorkflow(ACT, "deploy.yml", "workflow_dispatch", { ...given, root });
        assert.equal(run.code, 1);
        assert.deepEqual(run.jobs, { endpoint: "failure" });
        assert.match(run.log, /training\/serving skew/, told(run));
        assert.deepEqual(await traffic(), {});
      });

      // the fixed service: what the gate has registered is served
      const good = await runWorkflow(ACT, "train.yml", "workflow_dispatch", given);
      assert.equal(good.code, 0, told(good));
      assert.deepEqual(good.jobs, { train: "success", gate: "success", endpoint: "success" });
      assert.deepEqual(await traffic(), { blue: 100 });
      const digests = (await listModelVersions(azure, "iris")).map(({ tags }) => tags.digest);
      assert.ok(digests.includes(good.outputs.endpoint["served-digest"]));

      // the champion goes to the free slot, a rollout in the other breaks at 100 %: back, and red
      await withChanged([BREAK], async (root) => {
        const run = await runWorkflow(ACT, "deploy.yml", "workflow_dispatch", { ...given, root });
        assert.equal(run.code, 1);
        assert.deepEqual(run.jobs, { endpoint: "failure" });
        assert.match(run.log, /the error rate is too high/, told(run));
        assert.match(run.summary, /## ✅ Rolled back: `iris-demo`/, told(run));
        assert.match(run.summary, /\| blue \| 100 \| 0 \|/);
        assert.deepEqual(await traffic(), { green: 100 });
      });

      // by hand, to what was asked for
      const inputs = { reason: "a | `drill`", to: "blue" };
      const back = await runWorkflow(ACT, "rollback.yml", "workflow_dispatch", {
        ...given,
        inputs,
      });
      assert.equal(back.code, 0, told(back));
      assert.match(back.summary, /✅ Rolled back[^]*Why: `a drill`/);
      assert.deepEqual(await traffic(), { blue: 100 });

      await secondDeploy(azure, given);
      await wrongSubject(cloud);
      assert.deepEqual(await traffic(), { blue: 100 });
    } finally {
      await cloud.close();
    }
  },
);

/** While somebody else deploys, a run steps aside: green, nothing done, and it says who is at it. */
async function secondDeploy(azure: Azure, given: Given): Promise<void> {
  const since = "2026-03-02T00:00:00.000Z";
  const lease = await takeLease(azure, `deploy-${ENDPOINT}`, { by: "run 17 of Deploy", since });
  assert.ok("release" in lease);
  const run = await runWorkflow(ACT, "deploy.yml", "workflow_dispatch", given);
  await lease.release();
  assert.equal(run.code, 0, told(run));
  assert.deepEqual([run.jobs, run.outputs.endpoint.deployed], [{ endpoint: "success" }, "false"]);
  const why = /`deploy: steps aside: run 17 of Deploy has been deploying to iris-demo since 2026/;
  assert.match(run.summary, why, told(run));
}

/** A job of another environment or branch gets no further than the sign-in. */
async function wrongSubject({ job, vars, env }: Cloud): Promise<void> {
  job.subject = TRUSTED.replace("environment:production", "ref:refs/heads/main");
  const run = await runWorkflow(ACT, "deploy.yml", "workflow_dispatch", { vars, env });
  assert.equal(run.code, 1);
  assert.deepEqual(run.jobs, { endpoint: "failure" });
  assert.match(run.log, /AADSTS700213: .*subject 'repo:octo@1\/mlops@2:ref:refs\/heads\/main'/);
  assert.doesNotMatch(run.log, /Task deploy/);
}

act("ci.yml: green on a fork's pull request, which has neither variables nor secrets", async () => {
  const run = await runCi("none");
  assert.equal(run.code, 0, told(run));
  const jobs = { check: "success", test: "success", notebooks: "success", ok: "success" };
  assert.deepEqual(run.jobs, jobs);
  assert.equal(run.summary.trim(), "the last line of the tests");
});

act("ci.yml: one failing job makes the required one fail", async () => {
  for (const [task, job] of [["check", "check"], ["test", "test"], ["demo", "notebooks"]]) {
    const run = await runCi(task);
    assert.equal(run.code, 1);
    assert.deepEqual([run.jobs[job], run.jobs.ok], ["failure", "failure"], told(run));
  }
});

act("planted: each mistake in a workflow is found by one of the layers", async () => {
  const { artifacts } = await goodRun();
  const found = await findPlanted(artifacts);
  console.log(plantedTable(found));
  await Deno.mkdir(join(ROOT, "out/ci"), { recursive: true });
  await Deno.writeTextFile(join(ROOT, "out/ci/planted.txt"), plantedTable(found) + "\n");
  const missed = found.filter(({ seenBy }) => seenBy.length === 0).map(({ mistake }) => mistake);
  assert.deepEqual(missed, []);
  for (const { mistake, seenBy, by } of found) {
    assert.ok(seenBy.includes(by), `${mistake}: ${by} was to find it, found by ${seenBy}`);
  }
});
