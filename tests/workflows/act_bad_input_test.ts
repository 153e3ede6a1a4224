/** Bad input to workflows that really run: each is refused in one line, or does no harm. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { runWorkflow, withChanged } from "./act.ts";
import { act, keptArtifacts, runCi, told } from "./act_case.ts";
import { ACT } from "./act_program.ts";
import { makeReplay } from "./planted.ts";

/** Names of the variables, each with no value, as GitHub hands on one that is not set. */
const EMPTY = {
  ...{ AZURE_CLIENT_ID: "", AZURE_TENANT_ID: "", AZURE_SUBSCRIPTION_ID: "" },
  ...{ AZURE_RESOURCE_GROUP: "", AZURE_ML_WORKSPACE: "" },
};

act(
  "empty variables are unset ones: the gate runs on Local Azure; half of them is an error",
  async () => {
    const empty = await runWorkflow(ACT, "validate.yml", "workflow_dispatch", { vars: EMPTY });
    assert.equal(empty.code, 0, told(empty));
    assert.deepEqual(empty.jobs, { gate: "success" });
    assert.equal(empty.outputs.gate.decision, "promote");

    for (const vars of [{ ...EMPTY, AZURE_ML_WORKSPACE: "mlw" }, { AZURE_ML_WORKSPACE: "mlw" }]) {
      const half = await runWorkflow(ACT, "validate.yml", "workflow_dispatch", { vars });
      assert.equal(half.code, 1);
      assert.deepEqual(half.jobs, { gate: "failure" });
      assert.match(
        half.log,
        /\[gate\] gate: AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP must be set/,
        told(half),
      );
    }
  },
);

act(
  "a model of another commit, and one that is missing, get no further than the gate's door",
  async () => {
    // one real training; what comes after it is never reached
    const artifacts = await keptArtifacts();
    const file = ".github/workflows/train.yml", go = "== 'true'\n    permissions";
    await withChanged([{ file, from: go, to: go.replace("true", "never") }], async (root) => {
      const run = await runWorkflow(ACT, "train.yml", "workflow_dispatch", { artifacts, root });
      assert.deepEqual([run.code, run.jobs], [0, { train: "success" }], told(run));
    });
    const replay = await makeReplay(artifacts), upload = "      - name: Upload the model\n";
    try {
      const sed = `sed -i 's/"commit": .*/"commit": "${"f".repeat(40)}",/' out/model/training.json`;
      const another = { file, from: upload, to: `      - run: |\n          ${sed}\n${upload}` };
      await withChanged([another], async (root) => {
        const given = { root, path: [replay] };
        const run = await runWorkflow(ACT, "train.yml", "workflow_dispatch", given);
        assert.deepEqual(run.jobs, { train: "success", gate: "failure" }, told(run));
        assert.match(run.log, /verify-bundle: out\/model must come from commit .*: got "f{40}"/);
      });
      const gone = { file, from: upload, to: `      - run: rm -r out/model\n${upload}` };
      await withChanged([gone], async (root) => {
        const given = { root, path: [replay] };
        const run = await runWorkflow(ACT, "train.yml", "workflow_dispatch", given);
        assert.deepEqual(run.jobs, { train: "failure" }, told(run));
        assert.match(run.log, /no files found at out\/model/);
      });
      const unsent = { file, from: "name: model\n", to: "name: model-of-train\n" };
      await withChanged([unsent], async (root) => {
        const given = { root, path: [replay] };
        const run = await runWorkflow(ACT, "train.yml", "workflow_dispatch", given);
        assert.deepEqual(run.jobs, { train: "success", gate: "failure" }, told(run));
        assert.match(run.log, /artifact not found for name: model/);
      });
    } finally {
      await Deno.remove(replay, { recursive: true });
    }
  },
);

act("a branch and an input with shell characters are text, and run nothing", async () => {
  const folder = await Deno.makeTempDir({ prefix: "shell-" }), mark = join(folder, "ran");
  const evil = `x";touch\${IFS}${mark};$(touch ${mark})\`touch ${mark}\`'&&touch ${mark}|#`;
  try {
    const ci = await runCi("none", { branch: evil });
    assert.equal(ci.code, 0, told(ci));
    // a rollback without an endpoint is refused, after it was given the reason
    const inputs = { reason: evil, to: evil, endpoint: evil };
    const back = await runWorkflow(ACT, "rollback.yml", "workflow_dispatch", { inputs });
    assert.deepEqual(back.jobs, { rollback: "failure" });
    assert.match(back.log, /\[rollback\] rollback: --endpoint must be/, told(back));
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

act("a secret of one letter masks the log, and changes nothing else", async () => {
  const run = await runCi("none", { secrets: { SHORT: "e" } });
  assert.equal(run.code, 0, told(run));
  const jobs = { check: "success", test: "success", notebooks: "success", ok: "success" };
  assert.deepEqual(run.jobs, jobs);
  assert.equal(run.summary.trim(), "the last line of the tests");
});
