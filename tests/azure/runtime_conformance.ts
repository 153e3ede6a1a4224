/** What a runtime must do with the deployment of the chapters: the same questions for each of them. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { deployVersion, ensureEnvironment, smokeTest } from "lib/lifecycle/mod.ts";
import type { RuntimeName } from "lib/local_azure/mod.ts";
import { ownWorkspace, prepared, registerForest } from "./own_workspace.ts";

const ENDPOINT = "conformance";

/** Puts all questions to a runtime, in a Local Azure of its own. */
export async function checkRuntime(test: Deno.TestContext, runtime: RuntimeName): Promise<void> {
  await using own = await ownWorkspace(runtime);
  const { workspace } = own, open = workspace.azure;
  const { candidate: { model }, version } = await registerForest(workspace, 1);
  const environment = await ensureEnvironment(workspace);
  await azure.ensureEndpoint(open, { name: ENDPOINT, description: "d", tags: {} });
  const at = { endpoint: ENDPOINT, deployment: "blue" }, log = { ...at, name: "blue" };

  await test.step("a deployment comes up", async () => {
    await deployVersion(workspace, { ...at, version, environment });
    const found = await azure.getDeployment(open, log);
    assert.deepEqual([found?.state, found?.tags.digest], ["Succeeded", version.digest]);
  });

  const { primary: key } = await azure.endpointKeys(open, ENDPOINT);
  const { scoringUrl: url } = (await azure.getEndpoint(open, ENDPOINT))!;

  await test.step("it serves the registered bytes and scores as offline", async () => {
    const samples = prepared.holdout;
    const { servedDigest, rows, skewed, passed } = await smokeTest(workspace, {
      ...{ url, key, deployment: "blue", model, samples },
    });
    assert.deepEqual([servedDigest, skewed, passed], [version.digest, [], true]);
    assert.equal(rows, samples.y.length);
  });

  await test.step("a wrong number of columns is 424, and the container's own 400", async () => {
    const response = await open.fetch(url, {
      method: "POST",
      headers: {
        "authorization": `Bearer ${key}`,
        "content-type": "application/json",
        "azureml-model-deployment": "blue",
      },
      body: JSON.stringify({ input_data: { columns: ["a", "b"], index: [0], data: [[1, 2]] } }),
    });
    assert.equal(response.status, 424);
    assert.equal(response.headers.get("ms-azureml-model-error-statuscode"), "400");
    assert.match(await response.text(), /must have sepal_length/);
  });

  await test.step("its log can be read", async () => {
    const lines = (await azure.deploymentLog(open, log, { tail: 200 })).join("\n");
    assert.match(lines, /UserContainerStart: Succeeded/);
    assert.match(lines, /Name: ContainerReady/);
    assert.match(lines, /serving/);
    assert.ok(lines.includes(version.digest));
  });

  await test.step("it goes, and leaves nothing behind", async () => {
    await azure.deleteDeployment(open, log);
    assert.equal(await azure.getDeployment(open, log), undefined);
    assert.deepEqual([...Deno.readDirSync(`${own.folder}/deployments`)], []);
    const images = `${own.folder}/images/storage/vfs/dir`;
    if (runtime === "buildah") assert.deepEqual([...Deno.readDirSync(images)], []);
  });
}
