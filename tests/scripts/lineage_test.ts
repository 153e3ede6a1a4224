import assert from "node:assert/strict";
import { runScript } from "./task.ts";

Deno.test("lineage wants one of --request and --digest, before anything is opened", async () => {
  for (const args of [[], ["--request", "r", "--digest", "d"], ["words"]]) {
    const { code, out, err } = await runScript("lineage", ...args);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
    assert.match(err, /^lineage: lineage must be given --request ID or --digest SHA256/);
  }
});

Deno.test("evidence and verify-evidence say what they do, and refuse words", async () => {
  for (const [script, task] of [["evidence", "evidence"], ["verify_evidence", "verify-evidence"]]) {
    const help = await runScript(script, "--help");
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`^deno task ${task} `));
    const words = await runScript(script, "iris");
    assert.deepEqual([words.code, words.out], [2, ""]);
    assert.match(words.err, new RegExp(`^${task}: ${task} must be given flags only: got "iris"`));
  }
});

Deno.test("evidence refuses a descriptor that is not there", async () => {
  const { code, err } = await runScript("evidence", "--dataset", "no/such.json");
  assert.equal(code, 2);
  assert.match(err, /^evidence: dataset descriptor must be a file that can be read: got/);
});
