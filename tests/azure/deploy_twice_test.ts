/** Two who deploy at once: each is served or told, and nothing half-made is left. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { deployVersion, ensureEnvironment, smokeTest } from "lib/lifecycle/mod.ts";
import { ownWorkspace, prepared, registerForest } from "./own_workspace.ts";

const ENDPOINT = "pets-d";

Deno.test("two deploys at once: to two names both come up; to one name the later is told in one line", async (test) => {
  await using own = await ownWorkspace();
  const { workspace } = own, open = workspace.azure;
  const [one, two] = [await registerForest(workspace, 1), await registerForest(workspace, 2)];
  const draft = { name: ENDPOINT, description: "d", tags: {} };

  await test.step("the endpoint is made once", async () => {
    const made = await Promise.allSettled([1, 2].map(() => azure.ensureEndpoint(open, draft)));
    const refused = made.filter((one) => one.status === "rejected");
    assert.ok(refused.length <= 1);
    for (const { reason } of refused) {
      assert.match(reason.message, /^Cannot create endpoint pets-d: Conflict: [^\n]+$/);
    }
    assert.equal((await azure.ensureEndpoint(open, draft)).state, "Succeeded");
  });

  const [environment] = await Promise.all([
    ensureEnvironment(workspace),
    ensureEnvironment(workspace), // the same context at the same time is registered once
  ]);
  const { primary: key } = await azure.endpointKeys(open, ENDPOINT);
  const { scoringUrl: url } = (await azure.getEndpoint(open, ENDPOINT))!;
  const deploy = (deployment: string, { version }: typeof one) =>
    deployVersion(workspace, { endpoint: ENDPOINT, deployment, version, environment });
  const serves = async (deployment: string, { candidate: { model } }: typeof one) => {
    const samples = prepared.holdout;
    return (await smokeTest(workspace, { url, key, deployment, model, samples })).passed;
  };

  await test.step("two names", async () => {
    await Promise.all([deploy("blue", one), deploy("green", two)]);
    assert.deepEqual([await serves("blue", one), await serves("green", two)], [true, true]);
    assert.equal(await serves("blue", two), false); // the smoke test can tell them apart
  });

  await test.step("one name", async () => {
    const results = await Promise.allSettled([deploy("red", one), deploy("red", two)]);
    const lost = results.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
    assert.equal(lost.length, 1, "one of the two is to be told");
    assert.ok(lost[0] instanceof azure.OperationError);
    assert.match(lost[0].message, /^Cannot deploy red to pets-d: Conflict: [^\n]+$/);
    const winner = results[0].status === "fulfilled" ? one : two;
    const red = await azure.getDeployment(open, { endpoint: ENDPOINT, name: "red" });
    assert.equal(red?.state, "Succeeded");
    assert.equal(red.tags.digest, winner.version.digest);
    assert.equal(await serves("red", winner), true);
    // the one who was told tries again, and is served
    const loser = winner === one ? two : one;
    await deploy("red", loser);
    assert.equal(await serves("red", loser), true);
    const names = (await azure.listDeployments(open, ENDPOINT)).map(({ name }) => name).sort();
    assert.deepEqual(names, ["blue", "green", "red"]);
  });

  await test.step("two who set the traffic: one rule holds, whole", async () => {
    const wanted: Record<string, number>[] = [{ blue: 100 }, { green: 100 }];
    const results = await Promise.allSettled(
      wanted.map((traffic) => azure.setTraffic(open, ENDPOINT, traffic)),
    );
    for (const result of results) {
      if (result.status === "fulfilled") continue;
      assert.match(result.reason.message, /^Cannot set traffic of pets-d: Conflict: [^\n]+$/);
    }
    const { traffic, state } = (await azure.getEndpoint(open, ENDPOINT))!;
    assert.ok(wanted.some((one) => JSON.stringify(one) === JSON.stringify(traffic)));
    assert.equal(state, "Succeeded");
  });
});
