/** Operations on computes and schedules that a crash cut off are finished by the next start. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { GROUP, HOME, hostControl, WORKSPACE } from "./control_host.ts";

/** Puts a finished resource back to where it was between the client's answer and the work. */
function cutOff(db: DatabaseSync, path: string): void {
  const key = `${HOME}${path}`.toLowerCase();
  const { body } = db.prepare("SELECT body FROM resources WHERE key = ?").get(key) as {
    body: string;
  };
  const wanted = JSON.parse(body);
  const properties = { ...wanted.properties, provisioningState: "Creating" };
  db.prepare("UPDATE resources SET body = ?, hidden = ? WHERE key = ?")
    .run(JSON.stringify({ ...wanted, properties }), JSON.stringify({ wanted }), key);
  const { changes } = db.prepare(
    "UPDATE operations SET status = 'Running', ended_at = NULL WHERE target = ?",
  ).run(key);
  assert.equal(changes, 1);
}

Deno.test("resume: a compute and a schedule that were being made are there after the next start", async () => {
  const folder = await Deno.makeTempDir({ prefix: "resume-" });
  try {
    let poll = "";
    {
      await using host = await hostControl({ folder });
      const { ml } = host, at = [GROUP, WORKSPACE] as const;
      await ml.environmentVersions.createOrUpdate(...at, "py", "1", {
        properties: { image: "python:3.12" },
      });
      const vmSize = "Standard_DS3_v2", scaleSettings = { maxNodeCount: 1 };
      await ml.computeOperations.beginCreateOrUpdateAndWait(...at, "cpu", {
        location: "eastus",
        properties: { computeType: "AmlCompute", properties: { vmSize, scaleSettings } },
      });
      const made = await host.arm("PUT", "/schedules/nightly", {
        properties: {
          trigger: { triggerType: "Recurrence", frequency: "Day", interval: 1 },
          action: {
            actionType: "CreateJob",
            jobDefinition: {
              ...{ jobType: "Command", command: "python train.py" },
              environmentId: `${HOME}/environments/py/versions/1`,
            },
          },
        },
      });
      poll = made.headers.get("azure-asyncoperation")!;
      assert.equal((await host.call("GET", poll)).body.status, "Succeeded");
    }
    const db = new DatabaseSync(`${folder}/store.sqlite`);
    for (const path of ["/computes/cpu", "/schedules/nightly"]) cutOff(db, path);
    db.close();
    await using host = await hostControl({ folder });
    assert.equal((await host.call("GET", poll)).body.status, "Succeeded");
    for (const path of ["/computes/cpu", "/schedules/nightly"]) {
      const { properties } = (await host.arm("GET", path)).body;
      assert.equal(properties.provisioningState, "Succeeded", path);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
