import assert from "node:assert/strict";
import { type CiRun, judgeCiRun, readCiRun } from "../../scripts/ci_run.ts";

const HERE = { commit: "c".repeat(40), lockfile: "l" };
const RUN: CiRun = {
  ...{ ...HERE, workflow: "train.yml", seconds: 20, at: "2026-01-01T00:00:00Z", tool: "act" },
  jobs: { train: "success", gate: "success", endpoint: "success" },
  digests: { trained: "d", gated: "d", served: "d" },
};

Deno.test("CI/CD runs: met by a green run of this very commit and lockfile", () => {
  const { state, evidence } = judgeCiRun(RUN, HERE);
  assert.equal(state, "met");
  assert.match(evidence, /train success, gate success, endpoint success; model trained d/);
});

Deno.test("CI/CD runs: not shown by no run, another commit's, or one of changed files", () => {
  const dirty = `${HERE.commit}-dirty`;
  for (
    const [run, here] of [
      [undefined, HERE],
      [RUN, { ...HERE, commit: "other" }],
      [RUN, { ...HERE, lockfile: "other" }],
      [{ ...RUN, commit: dirty }, { ...HERE, commit: dirty }],
      [{ ...RUN, commit: null }, { ...HERE, commit: null }],
    ] as const
  ) {
    const { state, evidence } = judgeCiRun(run, here);
    assert.equal(state, "not shown here");
    assert.match(evidence, /deno task test workflows/);
  }
});

Deno.test("CI/CD runs: missed by a failed job, no job, or a model that changed on the way", () => {
  const missed = (change: Partial<CiRun>) => judgeCiRun({ ...RUN, ...change }, HERE).state;
  assert.equal(missed({ jobs: { ...RUN.jobs, gate: "failure" } }), "missed");
  assert.equal(missed({ jobs: {} }), "missed");
  assert.equal(missed({ digests: { ...RUN.digests, served: "e" } }), "missed");
});

Deno.test("a record that is not there is none, a broken one is told", async () => {
  assert.equal(await readCiRun("no/such/file"), undefined);
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "{");
  await assert.rejects(readCiRun(path), { name: "BadInput" });
  await Deno.remove(path);
});
