/** Traffic, production's history and rollback with real containers behind a real Local Azure. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { openFront } from "./front.ts";

const ENDPOINT = "iris-back";
const front = await openFront();
const open = await azure.openAzureAt(front.port);
const workspace = await lifecycle.openWorkspace({ azure: open });
const { registry } = workspace;
const prepared = await lifecycle.prepare("data/iris.dataset.json", { seed: 7 });

async function history() {
  const changes = await registry.productionHistory("iris");
  return changes.map(({ from, to, by }) => [from, to, by]);
}

Deno.test("rollback: set up two versions behind an endpoint", async () => {
  const blue = await lifecycle.makeChampion(workspace, { prepared, seed: 7, trees: 9 });
  const candidate = await lifecycle.trainCandidate(prepared, { seed: 7, trees: 5 });
  const green = await lifecycle.registerTrained(workspace, { prepared, candidate, seed: 7 });
  assert.deepEqual([blue.version.version, green.version], ["1", "2"]);
  await azure.ensureEndpoint(open, { name: ENDPOINT, description: "d", tags: { owner: "demo" } });
  await assert.rejects(lifecycle.rollback(workspace, { endpoint: ENDPOINT }), {
    name: "NothingToRollBack",
    message: /it has no deployment/,
  });
  const environment = await lifecycle.ensureEnvironment(workspace);
  const draft = { endpoint: ENDPOINT, environment };
  await Promise.all([
    lifecycle.deployVersion(workspace, { ...draft, deployment: "blue", version: blue.version }),
    lifecycle.deployVersion(workspace, { ...draft, deployment: "green", version: green }),
  ]);
});

Deno.test("moveTraffic() writes production only where one deployment gets all, and only changes", async () => {
  const why = { endpoint: ENDPOINT, by: "test", reason: "r" };
  await lifecycle.moveTraffic(workspace, { ...why, traffic: { blue: 100 } });
  await lifecycle.moveTraffic(workspace, { ...why, traffic: { blue: 90, green: 10 } });
  await lifecycle.moveTraffic(workspace, { ...why, traffic: { blue: 100 } });
  assert.deepEqual(await history(), [[null, "1", "test"]]);
  await lifecycle.moveTraffic(workspace, { ...why, traffic: { green: 100 } });
  assert.deepEqual(await history(), [[null, "1", "test"], ["1", "2", "test"]]);
});

Deno.test("rollback() goes back in one change, proves it and writes it down; then there is no more", async () => {
  const done = await lifecycle.rollback(workspace, { endpoint: ENDPOINT, reason: "error rate" });
  assert.deepEqual([done.from, done.to, done.deployment, done.verified], ["2", "1", "blue", true]);
  assert.deepEqual(done.before, { green: 100 });
  assert.deepEqual([done.answers, done.unanswered], [{ blue: 20 }, 0]);
  assert.deepEqual(done.servedDigests, [(await registry.version("iris", "1")).digest]);
  assert.ok(done.trafficSeconds > 0 && done.seconds > done.trafficSeconds);
  assert.match(
    lifecycle.rollbackSentence(done),
    /^iris-back: version 1 \(blue\) answers again after \d+\.\d\d s, 20 of 20 times, digest as registered$/,
  );
  assert.deepEqual((await azure.getEndpoint(open, ENDPOINT))?.traffic, { blue: 100 });
  const last = (await registry.productionHistory("iris")).at(-1)!;
  assert.deepEqual([last.from, last.to, last.by, last.reason, last.decision], [
    ...["2", "1", "rollback", "error rate"],
    null,
  ]);
  await assert.rejects(lifecycle.rollback(workspace, { endpoint: ENDPOINT }), {
    message: "Cannot roll back iris-back as nothing was in production before version 1",
  });
});

Deno.test("rollback() to a version that was asked for", async () => {
  const done = await lifecycle.rollback(workspace, { endpoint: ENDPOINT, to: "2", requests: 3 });
  assert.deepEqual([done.deployment, done.answers, done.verified], ["green", { green: 3 }, true]);
});

Deno.test("rollback() whose target does not answer says so, and is written down all the same", async () => {
  front.answer(({ path }) =>
    path === "/score" ? new Response("broken", { status: 424 }) : undefined
  );
  const done = await lifecycle.rollback(workspace, { endpoint: ENDPOINT, to: "blue", requests: 3 });
  front.answer(() => {});
  assert.deepEqual([done.verified, done.unanswered, done.servedDigests], [false, 3, []]);
  assert.match(
    lifecycle.rollbackSentence(done),
    /does not serve: 0 of 3 answers are its own, 3 are missing; served nothing/,
  );
  assert.equal(await registry.production("iris"), "1");
});

Deno.test("deployVersion() over a deployment with all traffic writes production", async () => {
  const version = await registry.version("iris", "2");
  const environment = await lifecycle.ensureEnvironment(workspace);
  const draft = { endpoint: ENDPOINT, environment, version };
  await lifecycle.deployVersion(workspace, { ...draft, deployment: "blue" });
  assert.deepEqual((await history()).at(-1), ["1", "2", "deploy"]);
});

Deno.test("rollback() of an endpoint that is not there is bad input", async () => {
  await assert.rejects(lifecycle.rollback(workspace, { endpoint: "none-e" }), {
    name: "BadInput",
    message: '--endpoint must be there: got "none-e"',
  });
});

Deno.test("removeEndpoint() empties production", async () => {
  await lifecycle.removeEndpoint(workspace, { endpoint: ENDPOINT, by: "test", reason: "over" });
  assert.equal(await azure.getEndpoint(open, ENDPOINT), undefined);
  assert.equal(await registry.production("iris"), null);
  await lifecycle.removeEndpoint(workspace, { endpoint: ENDPOINT, by: "test", reason: "over" });
  assert.deepEqual((await history()).at(-1), ["2", null, "test"]);
});

Deno.test("the rollback's Local Azure ends", async () => {
  await front[Symbol.asyncDispose]();
});
