/** A rollout whose documents lie in Blob, written by the real SDK to a real Local Azure of its own. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { manualClock } from "lib/core/mod.ts";
import { readRollout, resumeRollout, runRollout } from "lib/lifecycle/mod.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { ConflictError } from "lib/registry/mod.ts";
import { createWorld, Killed, mortal } from "../lifecycle/rollout_world.ts";

const clock = manualClock("2026-01-01T00:00:00Z");

Deno.test("over Blob: a killed rollout is resumed to the same end, and two drivers are one too many", async () => {
  const folder = await Deno.makeTempDir();
  const local = await openLocalAzure({ folder, port: 0 });
  try {
    const store = azure.blobDocuments(await azure.openAzureAt(local.port));
    const planOf = (id: string) => ({ endpoint: `iris-${id}`, id, blue: "blue", green: "green" });
    const whole = createWorld(() => "good");
    const expected = await runRollout(planOf("whole"), { store, port: whole.port, clock });
    assert.equal(expected.state, "done");
    for (const dieAt of [3, 9, 14, 21, 30, 41]) {
      const plan = planOf(`at-${dieAt}`), world = createWorld(() => "good");
      await assert.rejects(
        runRollout(plan, { ...mortal(store, world.port, dieAt), clock }),
        Killed,
      );
      const options = { store, port: world.port, clock };
      const ends = await Promise.allSettled([
        resumeRollout(plan, options),
        resumeRollout(plan, options),
      ]);
      for (const end of ends) {
        if (end.status === "rejected") assert.ok(end.reason instanceof ConflictError, end.reason);
      }
      assert.ok(ends.some(({ status }) => status === "fulfilled"));
      const record = await readRollout(store, plan);
      assert.deepEqual(record, { ...expected, ...plan, drivers: record!.drivers });
      assert.deepEqual(world.state, whole.state);
    }
  } finally {
    await local.close();
    await Deno.remove(folder, { recursive: true });
  }
});
