/** `deno task gate` as a person runs it: its exit codes are what a workflow goes by. */

import assert from "node:assert/strict";
import { ownCheckout } from "./own_checkout.ts";

Deno.test("gate exits 3 with the gate's sentence when it refuses, and the champion stays", async () => {
  await using checkout = await ownCheckout();
  const first = await checkout.run("gate", ["--json"]);
  assert.equal(first.code, 0, first.err);
  const promoted = JSON.parse(first.out);
  assert.deepEqual([promoted.gate.decision, promoted.champion], ["promote", "1"]);

  const second = await checkout.run("gate", ["--set", "trees=1", "--set", "seed=2", "--json"]);
  assert.equal(second.code, 3, second.err);
  const refused = JSON.parse(second.out), lines = second.err.trim().split("\n");
  assert.equal(refused.gate.decision, "refuse");
  assert.equal(lines.at(-1), `gate: ${refused.gate.sentence}`);
  assert.equal(lines.filter((line) => line.startsWith("gate: ")).length, 1);
  assert.doesNotMatch(second.err, /\n {4}at /, "a stack trace was printed");
  assert.deepEqual([refused.champion, refused.modelVersion], ["1", "2"]);

  const word = ["--override", "Ada: a drill with one tree"];
  const third = await checkout.run("gate", [
    "--set",
    "trees=1",
    "--set",
    "seed=2",
    ...word,
    "--json",
  ]);
  assert.equal(third.code, 0, third.err);
  const overruled = JSON.parse(third.out);
  assert.deepEqual([overruled.champion, overruled.gate.override.by], ["2", "Ada"]);
  assert.match(
    overruled.gate.sentence,
    /^Refused by .*; overruled by Ada: a drill with one tree\.$/,
  );
});

Deno.test("gate and deploy exit 2 at a word without name and reason, before anything runs", async () => {
  await using checkout = await ownCheckout();
  for (const [task, flag] of [["gate", "--override"], ["deploy", "--approve"]]) {
    const { code, out, err } = await checkout.run(task, [flag, "yes"]);
    const line = `${task}: ${flag} must be "name: reason": got "yes"\n`;
    assert.deepEqual([code, out, err], [2, "", line]);
  }
  await assert.rejects(Deno.stat(`${checkout.root}/out`), Deno.errors.NotFound);
});

Deno.test("gate and deploy exit 2 with one line that names the missing settings of the cloud", async () => {
  await using checkout = await ownCheckout();
  const half = { MLOPS_TARGET: "cloud", AZURE_SUBSCRIPTION_ID: "s", AZURE_RESOURCE_GROUP: "" };
  for (const task of ["gate", "deploy"]) {
    const { code, out, err } = await checkout.run(task, [], half);
    assert.deepEqual([code, out, err], [
      2,
      "",
      `${task}: AZURE_RESOURCE_GROUP, AZURE_ML_WORKSPACE must be set, as MLOPS_TARGET is cloud\n`,
    ]);
  }
  await assert.rejects(Deno.stat(`${checkout.root}/.local`), Deno.errors.NotFound);
  await assert.rejects(Deno.stat(`${checkout.root}/out`), Deno.errors.NotFound);
});
