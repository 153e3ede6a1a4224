/** Promotion with real containers behind a real Local Azure: the gate's decision, and a person's word. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { DEFAULT_POLICY, overrule } from "lib/gate/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { openFront } from "./front.ts";

const ENDPOINT = "iris-promote";
const front = await openFront();
const open = await azure.openAzureAt(front.port);
const workspace = await lifecycle.openWorkspace({ azure: open });
const { registry } = workspace;
const prepared = await lifecycle.prepare("data/iris.dataset.json", { seed: 7 });
const policy = { ...DEFAULT_POLICY, approval: "production" } as const;
const why = { endpoint: ENDPOINT, by: "test", reason: "smoke test passed" };
const approval = {
  ...{ by: "Ada", reason: "looked at the table", at: "2026-01-01T00:00:00.000Z" },
  from: "command line",
} as const;

const champion = await lifecycle.makeChampion(workspace, { prepared, seed: 7, trees: 9 });
const candidate = await lifecycle.trainCandidate(prepared, { seed: 7, trees: 1 });
const second = await lifecycle.registerTrained(workspace, { prepared, candidate, seed: 7 });

Deno.test("promote: set up a champion and a version that nobody has gated", async () => {
  await azure.ensureEndpoint(open, { name: ENDPOINT, description: "d", tags: { owner: "demo" } });
  const environment = await lifecycle.ensureEnvironment(workspace);
  const draft = { endpoint: ENDPOINT, environment };
  await Promise.all([
    lifecycle.deployVersion(workspace, { ...draft, deployment: "blue", version: champion.version }),
    lifecycle.deployVersion(workspace, { ...draft, deployment: "green", version: second }),
  ]);
});

Deno.test("promote() moves nothing without the approval that the policy asks for", async () => {
  await assert.rejects(lifecycle.promote(workspace, { ...why, deployment: "blue", policy }), {
    name: "BadInput",
    message:
      /^approval of iris:1 must be given, as the policy asks for it: --approve "name: reason"/,
  });
  assert.equal(await registry.production("iris"), null);
  await assert.rejects(
    lifecycle.promote(workspace, { ...why, deployment: "red", policy, approval }),
    {
      name: "BadInput",
      message: /^deployment red of iris-promote must be there/,
    },
  );
});

Deno.test("promote() writes approval and decision into production's history", async () => {
  await lifecycle.promote(workspace, { ...why, deployment: "blue", policy, approval });
  const [change] = await registry.productionHistory("iris");
  assert.deepEqual([change.to, change.approval, change.decision], ["1", approval, "iris/1/1"]);
  assert.deepEqual((await azure.getEndpoint(open, ENDPOINT))?.traffic, { blue: 100 });
});

Deno.test("promote() refuses who was not gated, and who was refused; not who was overruled", async () => {
  const green = { ...why, deployment: "green", policy, approval };
  await assert.rejects(
    lifecycle.promote(workspace, green),
    /^GateRefused: iris:2 .* Nobody has asked/,
  );
  const models = { challenger: candidate.model, champion: champion.model };
  const decision = lifecycle.gateModel(prepared, models, { ...DEFAULT_POLICY, classFloor: 1 });
  const kept = { version: second, against: champion.version };
  await lifecycle.keepDecision(workspace, { ...kept, decision });
  await assert.rejects(lifecycle.promote(workspace, green), /^GateRefused: iris:2 .* refuses it/);
  assert.equal(await registry.production("iris"), "1");
  const person = { by: "Ada", reason: "the first one is broken", at: approval.at };
  await lifecycle.keepDecision(workspace, { ...kept, decision: overrule(decision, person) });
  await lifecycle.promote(workspace, green);
  const last = (await registry.productionHistory("iris")).at(-1)!;
  assert.deepEqual([last.to, last.decision], ["2", "iris/2/2"]);
});

Deno.test("the Local Azure of promote ends", async () => {
  await front[Symbol.asyncDispose]();
});
