import assert from "node:assert/strict";
import { GROUP, HOME, hostControl, WORKSPACE } from "./control_host.ts";

function cluster(more: object = {}) {
  const scaleSettings = { maxNodeCount: 4, minNodeCount: 1 };
  const properties = { vmSize: "Standard_DS3_v2", scaleSettings, ...more };
  return { location: "eastus", properties: { computeType: "AmlCompute" as const, properties } };
}

Deno.test("computes: the SDK makes, scales, lists and deletes a cluster", async () => {
  await using host = await hostControl();
  const { computeOperations } = host.ml, at = [GROUP, WORKSPACE, "cpu-cluster"] as const;
  const made = await computeOperations.beginCreateOrUpdateAndWait(...at, cluster() as never);
  assert.equal(made.id, `${HOME}/computes/cpu-cluster`);
  const { properties } = (await host.arm("GET", "/computes/cpu-cluster")).body;
  assert.deepEqual(
    [properties.provisioningState, properties.properties.allocationState],
    ["Succeeded", "Steady"],
  );
  assert.equal(properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown, "PT120S");
  await computeOperations.beginUpdateAndWait(...at, {
    properties: { scaleSettings: { maxNodeCount: 2, minNodeCount: 0 } },
  });
  const all = await Array.fromAsync(computeOperations.list(GROUP, WORKSPACE));
  // deno-lint-ignore no-explicit-any -- one of several kinds
  const { scaleSettings, currentNodeCount } = (all[0].properties as any).properties;
  assert.deepEqual([all.length, scaleSettings.maxNodeCount, currentNodeCount], [1, 2, 0]);
  assert.deepEqual(await Array.fromAsync(computeOperations.listNodes(...at)), []);
  await assert.rejects(computeOperations.beginStartAndWait(...at), { code: "UserError" });
  await assert.rejects(computeOperations.listKeys(...at), { statusCode: 400 });
  await computeOperations.beginDeleteAndWait(...at, "Delete");
  await computeOperations.beginDeleteAndWait(...at, "Delete");
  await assert.rejects(computeOperations.get(...at), { statusCode: 404, code: "NotFound" });
});

Deno.test("computes: an instance is stopped, started and started again", async () => {
  await using host = await hostControl();
  const { computeOperations } = host.ml, at = [GROUP, WORKSPACE, "notebook-vm"] as const;
  const body = {
    location: "eastus",
    properties: { computeType: "ComputeInstance", properties: { vmSize: "Standard_DS3_v2" } },
  };
  await computeOperations.beginCreateOrUpdateAndWait(...at, body as never);
  const state = async () =>
    (await host.arm("GET", "/computes/notebook-vm")).body.properties.properties.state;
  assert.equal(await state(), "Running");
  await computeOperations.beginStopAndWait(...at);
  assert.equal(await state(), "Stopped");
  await computeOperations.beginStartAndWait(...at);
  assert.equal(await state(), "Running");
  await computeOperations.beginRestartAndWait(...at);
  assert.equal(await state(), "Running");
});

Deno.test("computes: the codes and headers of PUT and DELETE", async () => {
  await using host = await hostControl();
  const put = () => host.arm("PUT", "/computes/cpu", cluster());
  const made = await put();
  assert.deepEqual([made.status, made.body.properties.provisioningState], [201, "Creating"]);
  const poll = await host.call("GET", made.headers.get("azure-asyncoperation")!);
  assert.deepEqual([poll.status, poll.body.status], [200, "Succeeded"]);
  assert.equal((await put()).status, 200);
  await host.call("GET", made.headers.get("azure-asyncoperation")!);
  const gone = await host.arm("DELETE", "/computes/cpu?underlyingResourceAction=Delete");
  assert.equal(gone.status, 202);
  assert.ok(gone.headers.get("azure-asyncoperation") && gone.headers.get("location"));
});

Deno.test("computes: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  await host.ml.computeOperations.beginCreateOrUpdateAndWait(
    ...[GROUP, WORKSPACE, "cpu"] as const,
    cluster() as never,
  );
  const refusal = async (body: object, name = "cpu") => {
    const { status, body: answer } = await host.arm("PUT", `/computes/${name}`, body);
    return `${status} ${answer.error?.message}`;
  };
  const kind = (computeType?: string) => refusal({ properties: { computeType } });
  assert.match(await refusal(cluster(), "1-cpu"), /^400 compute name must be .*: got "1-cpu"/);
  assert.match(await kind(), /^400 properties.computeType must be given/);
  assert.match(await kind("AKS"), /^400 .*must be one of AmlCompute, ComputeInstance: Local Azure/);
  assert.match(await refusal(cluster({ vmSize: "big" })), /vmSize must be the size of a virtual/);
  assert.match(
    await refusal(cluster({ vmSize: "Standard_DS2_v2" })),
    /^400 properties.properties.vmSize must stay Standard_DS3_v2: it cannot be changed/,
  );
  const scale = (scaleSettings: object) => refusal(cluster({ scaleSettings }));
  assert.match(await scale({}), /scaleSettings.maxNodeCount must be given/);
  assert.match(
    await scale({ maxNodeCount: 1, minNodeCount: 2 }),
    /minNodeCount must be at most maxNodeCount, 1: got 2/,
  );
  assert.match(
    await scale({ maxNodeCount: 1, nodeIdleTimeBeforeScaleDown: "2 minutes" }),
    /nodeIdleTimeBeforeScaleDown must be an ISO 8601 duration/,
  );
  for (const query of ["", "?underlyingResourceAction=Detach"]) {
    const { status, body } = await host.arm("DELETE", `/computes/cpu${query}`);
    assert.equal(status, 400);
    assert.match(body.error.message, /^underlyingResourceAction must be Delete/);
  }
});
