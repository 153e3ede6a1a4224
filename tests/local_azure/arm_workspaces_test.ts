import assert from "node:assert/strict";
import {
  deploymentDraft,
  endpointDraft,
  GROUP,
  HOME,
  hostControl,
  registerAssets,
  SUBSCRIPTION,
  WORKSPACE,
} from "./control_host.ts";

const ARM = "https://management.azure.com", VERSION = "api-version=2022-10-01";
const RG = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-local`;

/** What a workspace needs beside itself. */
const COMPANIONS = {
  storageAccount: `${RG}/providers/Microsoft.Storage/storageAccounts/devstoreaccount1`,
  keyVault: `${RG}/providers/Microsoft.KeyVault/vaults/kv-local`,
  applicationInsights: `${RG}/providers/Microsoft.Insights/components/appi-local`,
};
const DRAFT = { location: "East US", identity: { type: "SystemAssigned" }, ...COMPANIONS };

Deno.test("default workspace: is there from the start with containers and four datastores", async () => {
  await using host = await hostControl();
  const { workspaceId } = await host.ml.workspaces.get(GROUP, WORKSPACE);
  assert.deepEqual(host.containers, [`azureml-blobstore-${workspaceId}`, "azureml"]);
  const names: string[] = [];
  for await (const one of host.ml.datastores.list(GROUP, WORKSPACE)) names.push(one.name!);
  assert.deepEqual(names, [
    "workspaceblobstore",
    "workspaceartifactstore",
    "workspacefilestore",
    "workspaceworkingdirectory",
  ]);
});

Deno.test("workspaces: PUT is 202 without a body, with both poll URLs, and Azure's fields afterwards", async () => {
  await using host = await hostControl();
  const { location, identity, ...properties } = DRAFT;
  const url =
    `${ARM}${RG}/providers/Microsoft.MachineLearningServices/workspaces/mlw-two?${VERSION}`;
  const { status, headers, text } = await host.call("PUT", url, {
    body: { location, identity, properties },
  });
  assert.deepEqual([status, text], [202, ""]);
  const operations = `${ARM}/subscriptions/${SUBSCRIPTION}/providers/` +
    "Microsoft.MachineLearningServices/locations/eastus/workspaceOperationsStatus/";
  const status_ = headers.get("azure-asyncoperation")!, result = headers.get("location")!;
  assert.ok(status_.startsWith(operations) && status_.endsWith(`?${VERSION}&type=async`), status_);
  assert.ok(result.startsWith(operations) && result.endsWith("&type=location"), result);
  const poll = await host.call("GET", status_);
  assert.deepEqual(poll.body, { status: "Succeeded", percentComplete: 100 });
  assert.equal((await host.call("GET", result)).body.name, "mlw-two");
  const { body } = await host.call("GET", url), { workspaceId } = body.properties;
  assert.match(workspaceId, /^[\da-f-]{36}$/);
  assert.equal(body.location, "eastus");
  assert.equal(
    body.properties.mlFlowTrackingUri,
    "azureml://eastus.api.azureml.ms/mlflow/v1.0" + body.id,
  );
  assert.equal(body.properties.discoveryUrl, "https://eastus.api.azureml.ms/discovery");
  assert.equal(body.properties.containerRegistry, null);
  assert.deepEqual(body.sku, { name: "Basic", tier: "Basic" });
  assert.deepEqual(Object.keys(body.systemData).length, 6);
  assert.ok(host.containers.includes(`azureml-blobstore-${workspaceId}`));
});

Deno.test("workspaces: the SDK makes, changes, lists and deletes one", async () => {
  await using host = await hostControl();
  const { ml } = host;
  const made = await ml.workspaces.beginCreateOrUpdateAndWait(GROUP, "mlw-two", DRAFT);
  assert.deepEqual([made.provisioningState, made.friendlyName], ["Succeeded", "mlw-two"]);
  const again = await ml.workspaces.beginCreateOrUpdateAndWait(GROUP, "MLW-TWO", {
    ...DRAFT,
    description: "x",
  });
  assert.deepEqual([again.workspaceId, again.name, again.description], [
    made.workspaceId,
    "mlw-two",
    "x",
  ]);
  const changed = await ml.workspaces.beginUpdateAndWait(GROUP, "mlw-two", {
    tags: { a: "b" },
    description: "y",
  });
  assert.deepEqual([changed.tags, changed.description], [{ a: "b" }, "y"]);
  const names: string[] = [];
  for await (const one of ml.workspaces.listByResourceGroup(GROUP)) names.push(one.name!);
  for await (const one of ml.workspaces.listBySubscription()) names.push(one.name!);
  assert.deepEqual(names, ["mlw-local", "mlw-two", "mlw-local", "mlw-two"]);
  await ml.workspaces.beginDeleteAndWait(GROUP, "mlw-two");
  await assert.rejects(ml.workspaces.get(GROUP, "mlw-two"), {
    statusCode: 404,
    code: "ResourceNotFound",
  });
  await ml.workspaces.beginDeleteAndWait(GROUP, "mlw-two"); // 204
});

Deno.test("workspaces: deleting one ends its deployments", async () => {
  await using host = await hostControl();
  const { ml } = host;
  await registerAssets(host);
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", endpointDraft());
  await ml.onlineDeployments.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    "blue",
    deploymentDraft(),
  );
  await ml.workspaces.beginDeleteAndWait(GROUP, WORKSPACE);
  assert.deepEqual(host.runtime.stopped, [
    `${HOME}/onlineEndpoints/flowers/deployments/blue`.toLowerCase(),
  ]);
});

Deno.test("workspaces: each broken rule is refused", async () => {
  await using host = await hostControl();
  const { location, identity, ...properties } = DRAFT;
  const put = async (name: string, body: object) => {
    const url =
      `${ARM}${RG}/providers/Microsoft.MachineLearningServices/workspaces/${name}?${VERSION}`;
    const answer = await host.call("PUT", url, { body });
    return `${answer.status} ${answer.body.error.code} ${answer.body.error.message}`;
  };
  assert.match(
    await put("ab", { location, identity, properties }),
    /^400 ValidationError workspace name must be 3 to 33/,
  );
  assert.match(
    await put("mlw-two", { identity, properties }),
    /^400 ValidationError location must be given/,
  );
  assert.match(
    await put("mlw-two", { location, properties }),
    /^400 ValidationError identity.type must be given/,
  );
  assert.equal(
    await put("mlw-two", {
      location,
      identity,
      properties: { ...properties, keyVault: undefined },
    }),
    "400 ValidationError Missing dependent resources in workspace json",
  );
  assert.match(
    await put("mlw-two", {
      location,
      identity,
      properties: { ...properties, storageAccount: `${RG}/x` },
    }),
    /storageAccount must be the id of a Microsoft.Storage\/storageAccounts that is there: got ".*\/x"/,
  );
  assert.match(
    await put(WORKSPACE, { ...DRAFT, location: "westus", properties }),
    /^409 InvalidResourceLocation/,
  );
  assert.match(
    await put("mlw-two", { location: 5 }),
    /^400 ValidationError location must be a text: got 5/,
  );
});

Deno.test("workspaces: keys under the names of the service and of the SDK", async () => {
  await using host = await hostControl();
  const { status, body } = await host.arm("POST", "/listKeys");
  assert.equal(status, 200);
  assert.equal(body.userStorageArmId, COMPANIONS.storageAccount);
  assert.equal(body.userStorageResourceId, COMPANIONS.storageAccount);
  assert.match(body.userStorageKey, /^Eby8/);
  assert.match(body.appInsightsInstrumentationKey, /^[\da-f-]{36}$/);
});

Deno.test("companions: can be looked at, and are not made", async () => {
  await using host = await hostControl();
  const get = async (id: string) =>
    (await host.call("GET", `${ARM}${id}?${VERSION}`)).body.properties;
  assert.equal((await get(COMPANIONS.keyVault)).vaultUri, "https://kv-local.vault.azure.net/");
  assert.match(
    (await get(COMPANIONS.applicationInsights)).ConnectionString,
    /^InstrumentationKey=.*eastus-0\.in\.applicationinsights/,
  );
  assert.match(
    (await get(COMPANIONS.storageAccount)).primaryEndpoints.blob,
    /^https:\/\/devstoreaccount1\.blob/,
  );
  const keys = await host.call("POST", `${ARM}${COMPANIONS.storageAccount}/listKeys?${VERSION}`);
  assert.match(keys.body.keys[0].value, /^Eby8/);
  const none = await host.call("GET", `${ARM}${COMPANIONS.keyVault}2?${VERSION}`);
  assert.deepEqual([none.status, none.body.error.code], [404, "ResourceNotFound"]);
  const made = await host.call("PUT", `${ARM}${COMPANIONS.keyVault}2?${VERSION}`, { body: {} });
  assert.equal(made.status, 400);
  assert.match(made.body.error.message, /Microsoft.KeyVault\/vaults.*kv-local2/);
});

Deno.test("resource groups: made, looked at, listed; deleting one deletes what is in it", async () => {
  await using host = await hostControl();
  const url = (name: string) =>
    `${ARM}/subscriptions/${SUBSCRIPTION}/resourcegroups/${name}?${VERSION}`;
  const made = await host.call("PUT", url("rg-two"), {
    body: { location: "West Europe", tags: { a: "b" } },
  });
  assert.equal(made.status, 201);
  assert.deepEqual(made.body, {
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-two`,
    name: "rg-two",
    type: "Microsoft.Resources/resourceGroups",
    location: "westeurope",
    tags: { a: "b" },
    properties: { provisioningState: "Succeeded" },
  });
  assert.equal(
    (await host.call("PUT", url("RG-two"), { body: { location: "westeurope" } })).status,
    200,
  );
  assert.equal((await host.call("HEAD", url("rg-two"))).status, 204);
  assert.equal((await host.call("HEAD", url("rg-three"))).status, 404);
  const list = await host.call("GET", url(""));
  assert.deepEqual(list.body.value.map(({ name }: { name: string }) => name), [
    "rg-local",
    "rg-two",
  ]);
  const moved = await host.call("PUT", url("rg-two"), { body: { location: "eastus" } });
  assert.deepEqual([moved.status, moved.body.error.code], [409, "InvalidResourceGroupLocation"]);
  for (const [name, body] of [["rg three", { location: "eastus" }], ["rg-three", {}]] as const) {
    const { status, body: { error } } = await host.call("PUT", url(encodeURIComponent(name)), {
      body,
    });
    assert.deepEqual([status, error.code], [400, "InvalidResourceGroup"], name);
  }
  await host.ml.workspaces.beginCreateOrUpdateAndWait("rg-two", "mlw-two", {
    ...DRAFT,
    location: "westeurope",
  });
  const deleted = await host.call("DELETE", url("rg-two"));
  assert.equal(deleted.status, 202);
  assert.equal((await host.call("GET", deleted.headers.get("location")!)).status, 200);
  assert.equal((await host.call("GET", url("rg-two"))).status, 404);
  await assert.rejects(host.ml.workspaces.get("rg-two", "mlw-two"), {
    code: "ResourceGroupNotFound",
  });
});

Deno.test("workspaces: diagnosis, keys in step, and the account's key, through the SDK", async () => {
  await using host = await hostControl();
  const { workspaces } = host.ml, at = ["rg-local", "mlw-local"] as const;
  const { value } = await workspaces.beginDiagnoseAndWait(...at, { parameters: { value: {} } });
  assert.deepEqual([value!.storageAccountResults, value!.keyVaultResults], [[], []]);
  await workspaces.beginResyncKeysAndWait(...at);
  const { userStorageKey } = await workspaces.listStorageAccountKeys(...at);
  assert.equal(userStorageKey, (await workspaces.listKeys(...at)).userStorageKey);
  for (const what of ["diagnose", "resyncKeys", "listStorageAccountKeys"]) {
    const url = `https://management.azure.com/subscriptions/00000000-0000-0000-0000-000000000000` +
      `/resourceGroups/rg-local/providers/Microsoft.MachineLearningServices/workspaces/none/${what}`;
    assert.equal((await host.call("POST", `${url}?api-version=2022-10-01`)).status, 404);
  }
});
