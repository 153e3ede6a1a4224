import assert from "node:assert/strict";
import { createLogger, manualClock } from "lib/core/mod.ts";
import { openStore } from "lib/local_azure/mod.ts";
import { createOperations } from "../../lib/local_azure/operations.ts";
import {
  type ControlHost,
  deploymentDraft,
  endpointDraft,
  failing,
  fakeRuntime,
  GROUP,
  held,
  HOME,
  hostControl,
  registerAssets,
  WORKSPACE,
} from "./control_host.ts";

const ID = `${HOME}/onlineEndpoints/flowers/deployments/blue`.toLowerCase();

function engine() {
  const clock = manualClock("2026-01-01T00:00:00Z");
  const store = openStore(":memory:", () => clock.now().getTime());
  const lines: string[] = [], log = createLogger({ clock, write: (line) => lines.push(line) });
  return { clock, store, lines, operations: createOperations({ store, clock, log }) };
}

Deno.test("operations: outcome and what it wrote are there together, or neither is", async () => {
  const { store, operations, lines } = engine();
  operations.register("bad", {
    run: () =>
      Promise.resolve(() => {
        store.put({ id: "/a", type: "t", parent: "", body: {}, hidden: {} });
        throw new Error("disk full");
      }),
    failed: () => {},
  });
  const { id } = operations.begin({ kind: "bad", target: "/a", doing: "Creating" });
  const ended = await operations.settled(id, 1000);
  assert.deepEqual([ended?.status, ended?.error?.message], ["Failed", "disk full"]);
  assert.equal(store.get("/a"), undefined);
  assert.match(lines.join(), /operation ended without success/);
  store.close();
});

Deno.test("operations: if the resource cannot be written, there is no operation", () => {
  const { store, operations } = engine();
  operations.register("x", { run: () => Promise.resolve(() => {}), failed: () => {} });
  const write = () => {
    throw new Error("no");
  };
  assert.throws(
    () => operations.begin({ kind: "x", target: "/a", doing: "Creating" }, write),
    /no/,
  );
  assert.equal(operations.running("/a"), undefined);
  store.close();
});

Deno.test("operations: ended ones are forgotten after a week", async () => {
  const { clock, store, operations } = engine();
  operations.register("x", { run: () => Promise.resolve(() => {}), failed: () => {} });
  const begin = (target: string) => operations.begin({ kind: "x", target, doing: "Creating" }).id;
  const first = begin("/a");
  await operations.settled(first, 1000);
  clock.advance(7 * 86_400_000);
  const second = begin("/b");
  assert.ok(operations.get(first));
  await operations.settled(second, 1000);
  clock.advance(1);
  await operations.settled(begin("/c"), 1000);
  assert.equal(operations.get(first), undefined);
  assert.ok(operations.get(second));
  store.close();
});

Deno.test("operations: an unknown one is 404", async () => {
  await using host = await hostControl();
  for (
    const kind of [
      "mfeOperationsStatus/oe:x:",
      "mfeOperationResults/od:x:",
      "workspaceOperationsStatus/",
    ]
  ) {
    const url = `https://management.azure.com${HOME.split("/resourceGroups")[0]}/providers/` +
      `Microsoft.MachineLearningServices/locations/eastus/${kind}${crypto.randomUUID()}?api-version=2022-10-01`;
    const { status, body } = await host.call("GET", url);
    assert.deepEqual([status, body.error.code], [404, "OperationNotFound"], kind);
  }
});

async function prepared(host: ControlHost): Promise<void> {
  await registerAssets(host);
  await host.ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft(),
  );
}

const deploy = ({ ml }: ControlHost) =>
  ml.onlineDeployments.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    "blue",
    deploymentDraft(),
  );

Deno.test("restart: what ran comes up again, and requests to the endpoint wait for it", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using host = await hostControl({ folder });
    await prepared(host);
    await deploy(host);
  }
  const runtime = fakeRuntime(), hold = held();
  runtime.behaviour.set("blue", hold.wait);
  await using host = await hostControl({
    ...{ folder, runtime },
    services: () => [{
      hosts: ["*.inference.ml.azure.com"],
      handle: () => Promise.resolve(new Response(String(runtime.get(ID)?.ready))),
    }],
  });
  const since = performance.now(); // the control plane does not wait
  assert.equal((await host.arm("GET", "/onlineEndpoints/flowers")).status, 200);
  assert.ok(performance.now() - since < 5000);
  setTimeout(hold.release, 50);
  const { text } = await host.call("POST", "https://flowers.eastus.inference.ml.azure.com/score", {
    body: {},
  });
  assert.equal(text, "true");
  assert.deepEqual(runtime.started.map(({ id }) => id), [ID]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("restart: one that does not come up is Failed until it does", async () => {
  const folder = await Deno.makeTempDir();
  const state = async (runtime = fakeRuntime()) => {
    await using host = await hostControl({ folder, runtime });
    if (
      runtime.behaviour.size === 0 &&
      (await host.arm("GET", "/onlineEndpoints/flowers")).status === 404
    ) {
      await prepared(host);
      await deploy(host);
    }
    for (let i = 0; runtime.started.length === 0 && i < 100; i++) {
      await new Promise((done) => setTimeout(done, 5));
    }
    return (await host.arm("GET", "/onlineEndpoints/flowers/deployments/blue")).body.properties
      .provisioningState;
  };
  assert.equal(await state(), "Succeeded");
  const broken = fakeRuntime();
  broken.behaviour.set("blue", failing("ResourceNotReady", "no"));
  assert.equal(await state(broken), "Failed");
  assert.equal(await state(), "Succeeded");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("restart: one that was still coming up when Local Azure ended is not Failed", async () => {
  const folder = await Deno.makeTempDir(), slow = fakeRuntime();
  {
    await using host = await hostControl({ folder });
    await prepared(host);
    await deploy(host);
  }
  slow.behaviour.set("blue", held().wait);
  {
    await using _host = await hostControl({ folder, runtime: slow });
  }
  const store = openStore(`${folder}/store.sqlite`, () => 0), { body, hidden } = store.get(ID)!;
  assert.equal((body.properties as Record<string, unknown>).provisioningState, "Succeeded");
  assert.equal(hidden.lost, undefined);
  store.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("restart: the default workspace is the one that it was", async () => {
  const folder = await Deno.makeTempDir(), ids: (string | undefined)[] = [];
  for (let i = 0; i < 2; i++) {
    await using host = await hostControl({ folder });
    ids.push((await host.ml.workspaces.get(GROUP, WORKSPACE)).workspaceId);
  }
  assert.equal(ids[0], ids[1]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("restart: an operation that was cut off is taken up, and its poll URL still works", async () => {
  const folder = await Deno.makeTempDir(), runtime = fakeRuntime();
  let poll = "";
  {
    await using host = await hostControl({ folder, runtime });
    await prepared(host);
    runtime.behaviour.set("blue", held().wait);
    const path = "/onlineEndpoints/flowers/deployments/blue";
    const { headers } = await host.arm("PUT", path, deploymentDraft());
    poll = headers.get("azure-asyncoperation")!;
    assert.equal((await host.arm("GET", path)).body.properties.provisioningState, "Creating");
  }
  await using host = await hostControl({ folder });
  assert.equal((await host.call("GET", poll)).body.status, "Succeeded");
  assert.deepEqual(host.runtime.started.map(({ id }) => id), [ID]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("restart: an update waits until its deployment is up as it was, and a failed one leaves it", async () => {
  const folder = await Deno.makeTempDir(), first = fakeRuntime();
  {
    await using host = await hostControl({ folder, runtime: first });
    await prepared(host);
    await deploy(host);
    first.behaviour.set("blue", held().wait);
    await host.arm("PUT", "/onlineEndpoints/flowers/deployments/blue", {
      ...deploymentDraft({ environmentVariables: { NEW: "1" } }),
    });
  }
  const second = fakeRuntime(), hold = held();
  let starts = 0;
  second.behaviour.set("blue", (signal) => starts++ === 0 ? Promise.resolve() : hold.wait(signal));
  await using host = await hostControl({ folder, runtime: second });
  for (let i = 0; second.started.length < 2 && i < 200; i++) {
    await new Promise((done) => setTimeout(done, 5));
  }
  assert.deepEqual(second.started.map(({ environmentVariables }) => environmentVariables), [{}, {
    NEW: "1",
  }]);
  const { properties } = (await host.arm("GET", "/onlineEndpoints/flowers/deployments/blue")).body;
  assert.equal(properties.provisioningState, "Updating");
  await Deno.remove(folder, { recursive: true });
});
