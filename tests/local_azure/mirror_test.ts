/** Mirrored traffic over real containers: the copy is the request, and the caller never learns of it. */

import assert from "node:assert/strict";
import { stream } from "lib/core/mod.ts";
import { copyingBody } from "lib/local_azure/mirror.ts";
import { eventually } from "./deployments.ts";
import { ENDPOINT_ID, hostScoring, type ScoringHost } from "./scoring_host.ts";

const BUSY = { maxConcurrentRequests: 100 };
const GREEN = `${ENDPOINT_ID}/deployments/green`;

/** Ids and bodies of what a deployment has seen, asked for past the traffic rules. */
async function seenBy(host: ScoringHost, name: string): Promise<{ id: string; body: string }[]> {
  const headers = { "azureml-model-deployment": name };
  return await (await host.call("/score/seen", { headers })).json();
}

/** Sends a row and gives the request's id; the answer must be blue's. */
async function ask(host: ScoringHost, body: BodyInit, path = "/score"): Promise<string> {
  const response = await host.call(path, { method: "POST", body });
  await response.body?.cancel();
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("azureml-model-deployment"), "blue");
  return response.headers.get("x-request-id")!;
}

function settled(host: ScoringHost, copies: number): Promise<void> {
  return eventually(`${copies} copies are over`, () => {
    const counts = host.scoring.mirrored()[GREEN];
    if (!counts) return copies === 0;
    const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0);
    return counts.underWay === 0 && counts.answered + counts.failed + dropped === copies;
  });
}

Deno.test("mirror: that share is copied, with the request's own id and body, and blue answers all", async (test) => {
  await using host = await hostScoring({ draw: stream(7, "mirror").next });
  await Promise.all(["blue", "green"].map((name) => host.deploy(name, BUSY)));

  await test.step("half of a thousand", async () => {
    host.putEndpoint({ traffic: { blue: 100 }, mirrorTraffic: { green: 50 } });
    const sent = new Map<string, string>();
    for (let i = 0; i < 1000; i++) sent.set(await ask(host, `row ${i}`), `row ${i}`);
    await eventually("no copy is under way", () => host.scoring.mirrored()[GREEN].underWay === 0);
    const copies = await seenBy(host, "green");
    // 4 standard deviations; another share than 50 % would hardly fall in
    assert.ok(Math.abs(copies.length - 500) < 4 * Math.sqrt(1000 / 4), `${copies.length}`);
    for (const { id, body } of copies) assert.equal(sent.get(id), body);
    assert.equal(new Set(copies.map(({ id }) => id)).size, copies.length);
    assert.equal((await seenBy(host, "blue")).length, 1000);
    const { answered, failed, dropped } = host.scoring.mirrored()[GREEN];
    assert.deepEqual([answered, failed, dropped], [copies.length, 0, {}]);
    // live requests are counted as such, and copies are not
    assert.equal(host.scoring.snapshot()[GREEN].requests, 1);
  });

  await test.step("none when a deployment is named, for the swagger file, or when it has ended", async () => {
    const before = host.scoring.mirrored()[GREEN].answered;
    for (let i = 0; i < 20; i++) {
      const headers = { "azureml-model-deployment": "blue" };
      await (await host.call("/score", { method: "POST", body: "x", headers })).body?.cancel();
      await (await host.call("/swagger.json")).body?.cancel();
    }
    host.putEndpoint({ traffic: { blue: 100 } });
    for (let i = 0; i < 20; i++) await ask(host, "x");
    assert.equal(host.scoring.mirrored()[GREEN].answered, before);
  });
});

Deno.test("mirror: bodies of any size and kind arrive whole, or are left out and counted", async () => {
  await using host = await hostScoring({ draw: () => 0 });
  await Promise.all(["blue", "green"].map((name) => host.deploy(name, BUSY)));
  host.putEndpoint({ traffic: { blue: 100 }, mirrorTraffic: { green: 50 } });
  const texts = ["", "x".repeat(65_536), "y".repeat(65_537), "z".repeat(1024 * 1024)];
  for (const text of texts) await ask(host, text);
  await ask(host, ReadableStream.from(["one", "two"]).pipeThrough(new TextEncoderStream()));
  await ask(host, "w".repeat(1024 * 1024 + 1));
  await settled(host, 6);
  const bodies = (await seenBy(host, "green")).map(({ body }) => body);
  assert.deepEqual(bodies.map((body) => body.slice(0, 6) + body.length).sort(), [
    ...["0", "onetwo6", "xxxxxx65536", "yyyyyy65537", "zzzzzz1048576"],
  ]);
  assert.deepEqual(host.scoring.mirrored()[GREEN].dropped, { "too-large": 1 });
});

Deno.test("mirror: what becomes of the copy neither reaches nor delays the caller", async (test) => {
  await using host = await hostScoring({ draw: () => 0 });
  await host.deploy("blue", BUSY);
  // one at once, so that a second copy is one too many
  await host.deploy("green", { maxConcurrentRequests: 1, requestTimeoutMs: 400 });
  host.putEndpoint({ traffic: { blue: 100 }, mirrorTraffic: { green: 50 } });
  const green = () => host.scoring.mirrored()[GREEN];

  await test.step("a refusal is counted", async () => {
    // both refuse, and the caller hears of blue's
    const response = await host.call("/score/status?code=422&body=no", { method: "POST" });
    assert.deepEqual([response.status, await response.text()], [424, "no"]);
    assert.equal(response.headers.get("azureml-model-deployment"), "blue");
    await settled(host, 1);
    assert.deepEqual(green().modelStatusCodes, { 422: 1 });
  });

  await test.step("a container that hangs: no more than its share is under way, the rest is dropped", async () => {
    const blue = await (await host.call("/score", { method: "POST" })).json();
    await settled(host, 2);
    // both are asked to sleep; blue does not time out, green does, and the next copy finds it busy
    const slow = host.call("/score/sleep?ms=1500", { method: "POST" });
    await eventually("green is asked", () => green().underWay === 1);
    const since = performance.now();
    for (let i = 0; i < 10; i++) await ask(host, "quick");
    const took = performance.now() - since;
    assert.ok(took < 300, `10 answers beside a hanging mirror took ${took} ms`);
    assert.equal(green().dropped.busy, 10);
    await eventually("green's copy has timed out", () => green().underWay === 0);
    assert.deepEqual([green().failed, await (await slow).text()], [1, "awake"]);
    assert.ok(blue.pid);
  });

  await test.step("a container that is not there, or dies in the middle", async () => {
    const headers = { "azureml-model-deployment": "green" };
    const { pid } = await (await host.call("/score", { method: "POST", headers })).json();
    const failed = green().failed, slow = host.call("/score/sleep?ms=200", { method: "POST" });
    await eventually("green is asked", () => green().underWay === 1);
    Deno.kill(pid, "SIGKILL");
    assert.equal(await (await slow).text(), "awake");
    await eventually("the copy has failed", () => green().failed === failed + 1);
    await host.runtime.stop(GREEN);
    await ask(host, "alone");
    assert.equal(green().dropped["not-ready"], 1);
  });
});

Deno.test("copyingBody() says when the body was not read to its end", async () => {
  const broken = new ReadableStream<Uint8Array>({ pull: (c) => c.error(new Error("gone")) });
  const first = copyingBody(broken);
  await assert.rejects(new Response(first.body).text(), /gone/);
  assert.deepEqual(await first.copied, { reason: "cut-off" });
  const given = copyingBody(new Response("abc").body!);
  await given.body.cancel();
  assert.deepEqual(await given.copied, { reason: "cut-off" });
  const large = copyingBody(new Response("abc").body!, 2);
  assert.equal(await new Response(large.body).text(), "abc");
  assert.deepEqual(await large.copied, { reason: "too-large" });
});
