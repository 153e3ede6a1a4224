/** Exit codes and output of the tasks preflight and rollback, and the yes that kernels inherit. */

import assert from "node:assert/strict";
import { Kernel } from "lib/notebook/mod.ts";
import { fromCheckout } from "lib/lifecycle/mod.ts";
import { runScript } from "./task.ts";

/** Runs something with these variables set. */
async function withEnv<T>(values: Record<string, string>, run: () => Promise<T>): Promise<T> {
  for (const [name, value] of Object.entries(values)) Deno.env.set(name, value);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(values)) Deno.env.delete(name);
  }
}

Deno.test("preflight with half of the cloud's settings: exit 2, and the findings as JSON", async () => {
  const env = { MLOPS_TARGET: "cloud", AZURE_RESOURCE_GROUP: "g" };
  const { code, out } = await withEnv(env, () => runScript("preflight", "--json"));
  const findings = JSON.parse(out);
  assert.equal(code, 2);
  assert.equal(findings.length, 9);
  assert.equal(findings[0].state, "failed");
  assert.match(findings[0].mend, /^export MLOPS_TARGET=cloud /);
});

Deno.test("rollback in the cloud with half of the settings is one line and exit 2", async () => {
  const { code, err } = await withEnv({ MLOPS_TARGET: "cloud" }, () => runScript("rollback"));
  assert.equal(code, 2);
  assert.match(
    err,
    /^rollback: AZURE_SUBSCRIPTION_ID, .* must be set, as MLOPS_TARGET is cloud\n$/,
  );
});

for (const name of ["preflight", "rollback"]) {
  Deno.test(`${name} tells its usage, and refuses what it does not know`, async () => {
    const help = await runScript(name, "--help");
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`^deno task ${name} `));
    for (const wrong of ["stray", "--colour"]) {
      const { code, out } = await runScript(name, wrong);
      assert.deepEqual([code, out], [2, ""]);
    }
  });
}

Deno.test("a kernel inherits MLOPS_YES, which --yes sets", async () => {
  await withEnv({ MLOPS_YES: "1" }, async () => {
    const kernel = await Kernel.start({ cwd: fromCheckout("notebooks") });
    try {
      const cell = 'if (Deno.env.get("MLOPS_YES") !== "1") throw new Error("no")';
      assert.equal((await kernel.execute(cell)).status, "ok");
    } finally {
      await kernel.stop();
    }
  });
});
