/**
 * The workflows really run, on this machine: every job, every task, every notebook. What is not proven
 * here is told in `act.ts`, and that GitHub's own runners have never run them.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { getEndpoint, listModelVersions, openAzureAt } from "lib/azure/mod.ts";
import { readProvenance } from "lib/lifecycle/provenance.ts";
import { ROOT, type Run, runWorkflow, withChanged } from "./act.ts";
import { ACT, ignore } from "./act_program.ts";
import { type Cloud, openCloud, TRUSTED } from "./cloud.ts";
import { writeLastRun } from "./last_run.ts";
import { findPlanted, makeReplay, plantedTable } from "./planted.ts";

/** The endpoint that notebook 03 makes. */
const ENDPOINT = "iris-demo";

function act(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

/** What a failed assertion needs to be understood: the end of the log. */
function told(run: Run): string {
  const lines = run.log.split("\n").filter((line) => !/unable to get git re/.test(line));
  return lines.slice(-120).join("\n");
}

/** The good run, made once; its artifacts are there until the process ends. */
let good: Promise<{ run: Run; artifacts: string }> | undefined;

function goodRun(): Promise<{ run: Run; artifacts: string }> {
  return good ??= (async () => {
    const artifacts = await Deno.makeTempDir({ prefix: "artifacts-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(artifacts, { recursive: true }));
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

/** A rollout that fails when green has all the traffic. */
const BREAK = {
  file: "lib/lifecycle/traffic.ts",
  from: "    const answers = await countAnswers(",
  to: '    if (green === 100) throw new Error("the error rate is too high");\n' +
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

      // a rollout that breaks at 100 %: back to blue, and the run is red
      await withChanged([BREAK], async (root) => {
        const run = await runWorkflow(ACT, "deploy.yml", "workflow_dispatch", { ...given, root });
        assert.equal(run.code, 1);
        assert.deepEqual(run.jobs, { endpoint: "failure" });
        assert.match(run.log, /the error rate is too high/, told(run));
        assert.match(run.summary, /## ✅ Rolled back: `iris-demo`/, told(run));
        assert.match(run.summary, /\| green \| 100 \| 0 \|/);
        assert.deepEqual(await traffic(), { blue: 100 });
      });

      // by hand, to what was asked for
      const inputs = { reason: "a | `drill`", to: "green" };
      const back = await runWorkflow(ACT, "rollback.yml", "workflow_dispatch", {
        ...given,
        inputs,
      });
      assert.equal(back.code, 0, told(back));
      assert.match(back.summary, /✅ Rolled back[^]*Why: `a drill`/);
      assert.deepEqual(await traffic(), { green: 100 });

      await wrongSubject(cloud);
      assert.deepEqual(await traffic(), { green: 100 });
    } finally {
      await cloud.close();
    }
  },
);

/** A job of another environment or branch gets no further than the sign-in. */
async function wrongSubject({ job, vars, env }: Cloud): Promise<void> {
  job.subject = TRUSTED.replace("environment:production", "ref:refs/heads/main");
  const run = await runWorkflow(ACT, "deploy.yml", "workflow_dispatch", { vars, env });
  assert.equal(run.code, 1);
  assert.deepEqual(run.jobs, { endpoint: "failure" });
  assert.match(run.log, /AADSTS700213: .*subject 'repo:octo@1\/mlops@2:ref:refs\/heads\/main'/);
  assert.doesNotMatch(run.log, /Task deploy/);
}

/**
 * ci.yml runs with a `deno` that does none of its three long tasks: they are what runs around this
 * test, and would run it again. Proven is what the workflow makes of them.
 */
async function runCi(failing: string): Promise<Run> {
  const folder = await Deno.makeTempDir({ prefix: "ci-" });
  try {
    const script = `#!/bin/bash
case "$1 $2" in
  "task $FAILING") exit 1 ;;
  "task check" | "task local-azure:stop") ;;
  "task test") echo "the last line of the tests" ;;
  "task demo") mkdir -p out/notebooks; echo page > out/notebooks/index.html; echo {} > out/summary.json ;;
  *) exec "${Deno.execPath()}" "$@" ;;
esac
`;
    await Deno.writeTextFile(join(folder, "deno"), script, { mode: 0o755 });
    const pull_request = {
      ...{ number: 1, head: { ref: "topic", repo: { fork: true } }, base: { ref: "main" } },
    };
    const given = { payload: { pull_request }, path: [folder], env: { FAILING: failing } };
    return await runWorkflow(ACT, "ci.yml", "pull_request", given);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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

/**
 * monitor.yml runs over records: of the monitoring as agreed, of the rest from the good run. Proven is
 * what the workflow makes of them; the notebook is not run.
 */
async function runMonitor(
  { drift, branch, exit = 0, event = "workflow_dispatch" }: {
    drift: string;
    branch: string;
    exit?: number;
    event?: string;
  },
): Promise<Run> {
  const replay = await makeReplay((await goodRun()).artifacts);
  try {
    const record = {
      drift: { state: drift },
      response: { branch, because: ["as planned", "twice"] },
    };
    const env = { MONITOR: JSON.stringify(record), MONITOR_EXIT: String(exit) };
    return await runWorkflow(ACT, "monitor.yml", event, { path: [replay], env });
  } finally {
    await Deno.remove(replay, { recursive: true });
  }
}

act("monitor.yml: drift whose answer is a new model is a green run that trains one", async () => {
  const run = await runMonitor({ drift: "drift", branch: "retrain", exit: 3 });
  assert.equal(run.code, 0, told(run));
  const jobs = { watch: "success", train: "success", gate: "success", endpoint: "success" };
  assert.deepEqual(run.jobs, jobs);
  assert.match(run.summary, /## Monitoring: ❌ drift[^]*Why: `as planned; twice`/);
});

act(
  "monitor.yml: no drift, or drift with another answer, trains nothing; a fault is red",
  async () => {
    for (
      const [given, code, jobs] of [
        [{ drift: "none", branch: "ignore" }, 0, { watch: "success" }],
        [{ drift: "drift", branch: "fix-data", exit: 3 }, 0, { watch: "success" }],
        [{ drift: "none", branch: "retrain", exit: 1 }, 1, { watch: "failure" }],
        [{ drift: "drift", branch: "retrain", exit: 3, event: "schedule" }, 0, {}], // a fork's clock
      ] as const
    ) {
      const run = await runMonitor(given);
      assert.equal(run.code, code, told(run));
      assert.deepEqual(run.jobs, jobs, told(run));
    }
  },
);

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
