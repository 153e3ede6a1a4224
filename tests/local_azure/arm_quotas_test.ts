import assert from "node:assert/strict";
import {
  type ControlHost,
  deploymentDraft,
  endpointDraft,
  GROUP,
  hostControl,
  registerAssets,
  SUBSCRIPTION,
  WORKSPACE,
} from "./control_host.ts";

const LOCATION = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/providers/` +
  "Microsoft.MachineLearningServices/locations/eastus";

async function dsv2(host: ControlHost): Promise<string> {
  for await (const { name, currentValue, limit } of host.ml.usages.list("eastus")) {
    if (name?.value === "standardDSv2Family") return `${currentValue} of ${limit}`;
  }
  assert.fail("no line for the family");
}

Deno.test("quotas: usage counts deployments with a fifth in reserve, and clusters' nodes", async () => {
  await using host = await hostControl();
  await registerAssets(host);
  assert.equal(await dsv2(host), "0 of 300");
  const { ml } = host, at = [GROUP, WORKSPACE, "flowers"] as const;
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(...at, endpointDraft());
  const blue = { ...deploymentDraft(), sku: { name: "Default", capacity: 3 } };
  await ml.onlineDeployments.beginCreateOrUpdateAndWait(...at, "blue", blue);
  assert.equal(await dsv2(host), "16 of 300"); // 3 machines and one in reserve, 4 cores each
  const scaleSettings = { maxNodeCount: 4, minNodeCount: 2 };
  await ml.computeOperations.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "cpu", {
    location: "eastus",
    properties: {
      computeType: "AmlCompute",
      properties: { vmSize: "Standard_DS2_v2", scaleSettings },
    },
  });
  assert.equal(await dsv2(host), "20 of 300");
  await ml.onlineDeployments.beginDeleteAndWait(...at, "blue");
  assert.equal(await dsv2(host), "4 of 300");
});

Deno.test("quotas: a deployment that finds no cores fails with OutOfQuota, and may be tried again", async () => {
  await using host = await hostControl();
  await registerAssets(host);
  const { ml } = host, at = [GROUP, WORKSPACE, "flowers"] as const;
  const family = `${
    LOCATION.slice("https://management.azure.com".length)
  }/quotas/standardDSv2Family`;
  const set = await ml.quotas.update("eastus", { value: [{ id: family, limit: 12 }] });
  assert.deepEqual([set.value![0].limit, set.value![0].status], [12, "Success"]);
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(...at, endpointDraft());
  await ml.onlineDeployments.beginCreateOrUpdateAndWait(...at, "blue", deploymentDraft());
  await assert.rejects(
    ml.onlineDeployments.beginCreateOrUpdateAndWait(...at, "green", deploymentDraft()),
    /OutOfQuota.*Not enough quota available for Standard_DS3_v2 in SubscriptionId 0{8}.*usage\/limit: 8\/12\. Additional needed: 8/,
  );
  assert.equal(host.runtime.started.length, 1);
  const scaled = { ...deploymentDraft(), sku: { name: "Default", capacity: 2 } };
  // its own cores are not counted twice, a third machine would be one too many
  await ml.onlineDeployments.beginCreateOrUpdateAndWait(...at, "blue", scaled);
});

Deno.test("quotas: limits and sizes; each broken rule is 400", async () => {
  await using host = await hostControl();
  const limits = await Array.fromAsync(host.ml.quotas.list("East US"));
  assert.ok(limits.every(({ limit, unit }) => limit === 300 && unit === "Count"));
  const { value } = await host.ml.virtualMachineSizes.list("eastus");
  const size = value!.find(({ name }) => name === "Standard_DS2_v2")!;
  assert.deepEqual([size.vCPUs, size.memoryGB, size.family], [2, 7, "standardDSv2Family"]);
  const refusal = async (body: object) => {
    const url = `${LOCATION}/updateQuotas?api-version=2022-10-01`;
    const { status, body: answer } = await host.call("POST", url, { body });
    return `${status} ${answer.error.message}`;
  };
  assert.match(await refusal({}), /^400 value must be a list of limits/);
  assert.match(
    await refusal({ value: [{ id: "x/y", limit: 1 }] }),
    /^400 value\[0\].id must end with/,
  );
  const id = "x/standardDSv2Family";
  assert.match(await refusal({ value: [{ id }] }), /^400 value\[0\].limit must be given/);
  assert.match(await refusal({ value: [{ id, limit: -1 }] }), /limit must be a whole number/);
  assert.match(await refusal({ value: [7] }), /^400 value\[0\] must be an object: got 7/);
});
