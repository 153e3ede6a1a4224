/** All parts together: the background process, the unmodified SDKs, real blobs, a real deployment. */

import assert from "node:assert/strict";
import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { clientEnvironment, ensureLocalAzure, stopLocalAzure } from "lib/azure/local.ts";
import { deploymentDraft, endpointDraft, GROUP, SUBSCRIPTION, WORKSPACE } from "./control_host.ts";
import { context, isAlive } from "./deployments.ts";
import { emulatorTransport } from "./emulator_transport.ts";

const PROBE = { initialDelay: "PT0S", period: "PT0.1S", timeout: "PT1S", failureThreshold: 100 };
const PROBES = { livenessProbe: PROBE, readinessProbe: PROBE };

Deno.test("whole: upload, register, deploy, score; kill -9 and the next start scores again", async () => {
  const checkout = await Deno.makeTempDir({ prefix: "whole-" });
  try {
    const { port, pid } = await ensureLocalAzure({ checkout });
    for (const [name, value] of Object.entries(clientEnvironment(port))) Deno.env.set(name, value);
    const options = { httpClient: emulatorTransport(`http://127.0.0.1:${port}`) };
    const credential = new DefaultAzureCredential();
    const ml = new AzureMachineLearningWorkspaces(credential, SUBSCRIPTION, options);

    const store = await ml.datastores.get(GROUP, WORKSPACE, "workspaceblobstore");
    const { accountName, containerName } = store.properties as Record<
      "accountName" | "containerName",
      string
    >;
    const account = `https://${accountName}.blob.core.windows.net`;
    const blobs = new BlobServiceClient(account, credential, options).getContainerClient(
      containerName,
    );
    const upload = (name: string, text: string) =>
      blobs.getBlockBlobClient(`LocalUpload/1/${name}`).uploadData(new TextEncoder().encode(text));
    for (const [name, text] of Object.entries(context())) {
      await upload(name.replace("code/up/ctx", "app"), text);
    }
    await upload("model/model.json", '{"trees":50}');

    const route = (path: string) => ({ path, port: 8080 });
    await ml.environmentVersions.createOrUpdate(GROUP, WORKSPACE, "env", "1", {
      properties: {
        build: { contextUri: `${blobs.url}/LocalUpload/1/app/` },
        inferenceConfig: {
          livenessRoute: route("/live"),
          readinessRoute: route("/ready"),
          scoringRoute: route("/score"),
        },
      },
    });
    await ml.modelVersions.createOrUpdate(GROUP, WORKSPACE, "iris", "1", {
      properties: { modelUri: "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model" },
    });
    await ml.onlineEndpoints.beginCreateOrUpdateAndWait(
      GROUP,
      WORKSPACE,
      "flowers",
      endpointDraft(),
    );
    const deploy = (name: string, environmentVariables: Record<string, string>) =>
      ml.onlineDeployments.beginCreateOrUpdateAndWait(
        ...[GROUP, WORKSPACE, "flowers", name] as const,
        deploymentDraft({ ...PROBES, environmentVariables }),
      );
    const since = performance.now();
    await deploy("blue", {});
    assert.ok(performance.now() - since < 1900, "the second poll has to find it ready");
    await assert.rejects(deploy("green", { START: "crash" }), /ResourceNotReady|crash/i);
    const failed = await ml.onlineDeployments.get(GROUP, WORKSPACE, "flowers", "green");
    assert.equal(failed.properties.provisioningState, "Failed");
    const logs = await ml.onlineDeployments.getLogs(GROUP, WORKSPACE, "flowers", "green", {
      tail: 50,
    });
    assert.match(logs.content!, /there is no such model/);

    await ml.onlineEndpoints.beginCreateOrUpdateAndWait(
      GROUP,
      WORKSPACE,
      "flowers",
      endpointDraft({ blue: 100 }),
    );
    const { scoringUri } = (await ml.onlineEndpoints.get(GROUP, WORKSPACE, "flowers")).properties;
    const { primaryKey } = await ml.onlineEndpoints.listKeys(GROUP, WORKSPACE, "flowers");
    const score = async (port: number) => {
      using client = Deno.createHttpClient({ allowHost: true });
      const { host, pathname } = new URL(scoringUri!);
      const response = await fetch(`http://127.0.0.1:${port}${pathname}`, {
        method: "POST",
        headers: {
          host,
          authorization: `Bearer ${primaryKey}`,
          "content-type": "application/json",
        },
        body: "[[5.1, 3.5, 1.4, 0.2]]",
        client,
      });
      const text = await response.text();
      assert.equal(response.status, 200, text);
      assert.equal(response.headers.get("azureml-model-deployment"), "blue");
      return JSON.parse(text) as { pid: number; modelDir: string; body: string };
    };
    const before = await score(port);
    assert.match(before.modelDir, /azureml-models\/iris\/1$/);
    assert.equal(await Deno.readTextFile(`${before.modelDir}/model/model.json`), '{"trees":50}');

    Deno.kill(pid, "SIGKILL");
    while (await isAlive(pid)) await new Promise((done) => setTimeout(done, 5));
    const again = await ensureLocalAzure({ checkout });
    assert.notEqual(again.pid, pid);
    const after = await score(again.port);
    assert.notEqual(after.pid, before.pid);
    assert.equal(await isAlive(before.pid), false);
    await stopLocalAzure({ checkout });
    assert.equal(await isAlive(after.pid), false);
  } finally {
    await stopLocalAzure({ checkout });
    await Deno.remove(checkout, { recursive: true });
  }
});
