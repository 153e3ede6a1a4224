/** Mirrored traffic through the adapters: real endpoint, real containers, and what both collected. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import {
  collectedRows,
  deployVersion,
  ensureEnvironment,
  scoreRows,
  type Workspace,
} from "lib/lifecycle/mod.ts";
import { ownWorkspace, prepared, registerForest } from "./own_workspace.ts";

const ENDPOINT = "pets-m", ROWS = 40;

Deno.test("setMirrorTraffic() copies requests whose logs join, and nothing else about the endpoint changes", async (test) => {
  await using own = await ownWorkspace();
  const { workspace } = own, open = workspace.azure;
  await azure.ensureEndpoint(open, { name: ENDPOINT, description: "d", tags: { owner: "test" } });
  const environment = await ensureEnvironment(workspace);
  for (const [i, deployment] of ["blue", "green"].entries()) {
    const { version } = await registerForest(workspace, i);
    await deployVersion(workspace, { endpoint: ENDPOINT, deployment, version, environment });
  }
  const before = await azure.setTraffic(open, ENDPOINT, { blue: 100 });
  const { primary: key } = await azure.endpointKeys(open, ENDPOINT);

  await test.step("the live rules, tags and keys stay", async () => {
    assert.deepEqual(await azure.setMirrorTraffic(open, ENDPOINT, { green: 50 }), { green: 50 });
    assert.deepEqual(await azure.getEndpoint(open, ENDPOINT), before);
    assert.deepEqual((await azure.endpointKeys(open, ENDPOINT)).primary, key);
    const { properties } = await open.ml.onlineEndpoints
      .get(open.target.resourceGroup, open.target.workspace, ENDPOINT);
    assert.deepEqual([properties.description, properties.authMode], ["d", "Key"]);
  });

  await test.step("blue answers all, and green's log joins with the answers", async () => {
    const ids = await askOneByOne(workspace, { url: before.scoringUrl, key });
    const parts = { endpoint: ENDPOINT, ids };
    const live = await collectedRows(workspace, {
      ...parts,
      deployment: "blue",
      timeoutMs: 20_000,
    });
    assert.deepEqual(live.map(({ correlationId }) => correlationId), ids);
    // half of them will never come; so it waits until time is up
    const copies = await collectedRows(workspace, {
      ...{ ...parts, deployment: "green", timeoutMs: 4000 },
    });
    // 20 on average; outside of 5 to 35 once in a million runs
    assert.ok(copies.length >= 5 && copies.length <= 35, `${copies.length} of ${ROWS} copied`);
    const inputs = new Map(live.map((row) => [row.correlationId, row.inputs]));
    for (const { correlationId, inputs: copied } of copies) {
      assert.deepEqual(copied, inputs.get(correlationId));
    }
  });

  await test.step("what the service refuses is one line, and the mirror stays", async () => {
    const refused: [shares: Record<string, number>, reason: RegExp][] = [
      [
        { blue: 10 },
        /mirrorTraffic.blue must be 0, since the deployment has live traffic: got 10$/,
      ],
      [{ green: 51 }, /mirrorTraffic.green must be 50 percent or less: got 51$/],
      [{ red: 10 }, /mirrorTraffic.red must name a deployment of the endpoint \(blue, green\)/],
    ];
    for (const [shares, reason] of refused) {
      await assert.rejects(azure.setMirrorTraffic(open, ENDPOINT, shares), (error: Error) => {
        assert.ok(error instanceof azure.OperationError);
        assert.match(
          error.message,
          /^Cannot set mirrored traffic of pets-m: BadRequest: properties\./,
        );
        assert.match(error.message, reason);
        return true;
      });
    }
    await assert.rejects(
      azure.setMirrorTraffic(open, "none-e", { green: 10 }),
      /^OperationError: Cannot read endpoint none-e: \w+: /,
    );
    assert.deepEqual(await azure.getMirrorTraffic(open, ENDPOINT), { green: 50 });
  });

  await test.step("setTraffic() keeps the mirror, and ends it once its deployment answers", async () => {
    assert.deepEqual((await azure.setTraffic(open, ENDPOINT, {})).traffic, {});
    assert.deepEqual(await azure.getMirrorTraffic(open, ENDPOINT), { green: 50 });
    const half = await azure.setTraffic(open, ENDPOINT, { blue: 90, green: 10 });
    assert.deepEqual(half.traffic, { blue: 90, green: 10 });
    assert.deepEqual(await azure.getMirrorTraffic(open, ENDPOINT), {});
    assert.equal(half.tags.owner, "test");
  });

  await test.step("no shares end it", async () => {
    await azure.setTraffic(open, ENDPOINT, { blue: 100 });
    await azure.setMirrorTraffic(open, ENDPOINT, { green: 5 });
    assert.deepEqual(await azure.setMirrorTraffic(open, ENDPOINT, {}), {});
    assert.deepEqual((await azure.getEndpoint(open, ENDPOINT))!.traffic, { blue: 100 });
    await azure.deleteDeployment(open, { endpoint: ENDPOINT, name: "green" });
  });
});

/** Sends rows one by one, and gives their correlation ids as blue's answers name them. */
async function askOneByOne(
  workspace: Workspace,
  { url, key }: { url: string; key: string },
): Promise<string[]> {
  const { holdout } = prepared, d = holdout.features.length, ids: string[] = [];
  for (let i = 0; i < ROWS; i++) {
    const samples = {
      ...holdout,
      x: holdout.x.slice(i * d, i * d + d),
      y: holdout.y.slice(i, i + 1),
    };
    const { predictions, deployment } = await scoreRows(workspace, { url, key, samples });
    assert.equal(deployment, "blue");
    ids.push(...predictions.map(({ correlationId }) => correlationId));
  }
  return ids;
}
