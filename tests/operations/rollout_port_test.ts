/** A rollout through the real endpoint, whose driver is killed between two steps. */

import assert from "node:assert/strict";
import { blobDocuments, getEndpoint, getMirrorTraffic } from "../../lib/azure/mod.ts";
import type { Samples } from "../../lib/core/mod.ts";
import { DEFAULT_ROLLOUT_POLICY } from "../../lib/experiment/mod.ts";
import {
  activeRollout,
  deployVersion,
  ensureEnvironment,
  readRollout,
  registerTrained,
  rolloutPort,
  runRollout,
  settleRollout,
  trainCandidate,
} from "../../lib/lifecycle/mod.ts";
import { withEndpoint } from "./scene_endpoint.ts";

const policy = {
  ...DEFAULT_ROLLOUT_POLICY,
  minRequests: 30,
  latency: { p95Ms: 4_000, factor: 50 },
};

Deno.test("operations: a rollout survives kill -9 of its driver, and no step is skipped or seen twice", async (t) => {
  await withEndpoint(async ({ port: local, workspace, prepared, version, call, deploy }) => {
    const { azure, registry } = workspace, { endpoint, url } = call, store = blobDocuments(azure);
    const samples = prepared.holdout;
    const live = { name: endpoint, url, key: () => Promise.resolve(call.key) };
    const port = async (id: string, rows: Samples = samples) =>
      await rolloutPort(workspace, {
        ...{ live, samples: rows, seed: 7, by: "test" },
        plan: { id, blue: "blue", green: "green", policy },
      });
    const traffic = async () => (await getEndpoint(azure, endpoint))!.traffic;

    await t.step("a deployment that is not there is refused", async () => {
      await assert.rejects(
        () => port("none"),
        /deployment of a rollout must be deployed: got "green"/,
      );
    });
    await deploy("green");

    await t.step(
      "mirrored rows are pairs by both logs, and green is asked for its times",
      async () => {
        const world = await port("mirror"), since = new Date().toISOString();
        const step = { name: "mirror 50 %", green: 0, mirror: 50, decided: true };
        await world.setTraffic({ blue: 100 });
        await world.setMirror({ green: 50 });
        await world.setMirror({ green: 50 });
        const seen = await world.observe(step, { look: 1, since });
        await world.setMirror({});
        assert.deepEqual(await getMirrorTraffic(azure, endpoint), {});
        const { quality, requests, latency } = seen;
        assert.ok(
          quality?.kind === "paired" && quality.rows > 100 && quality.rows < 330,
          JSON.stringify(quality),
        );
        assert.deepEqual([quality.onlyAWrong, quality.onlyBWrong], [0, 0], "one model, twice");
        assert.deepEqual(requests.blue, { rows: requests.green.rows, errors: 0 });
        assert.ok(latency.rows >= 30 && latency.greenP95Ms! > 0 && latency.blueP95Ms! > 0);
      },
    );

    await t.step("shares: all logged rows are pairs, and a look holds the one before", async () => {
      const world = await port("shares"), since = new Date().toISOString();
      const step = { name: "green 50 %", green: 50, mirror: 0, decided: true };
      await world.setTraffic({ blue: 50, green: 50 });
      const one = await world.observe(step, { look: 1, since });
      const again = await world.observe(step, { look: 1, since }); // as after a driver's death
      const two = await world.observe(step, { look: 2, since });
      const rows = (seen: typeof one) => seen.quality?.kind === "paired" ? seen.quality.rows : 0;
      assert.ok(rows(one) > 180, `${rows(one)}`);
      assert.equal(rows(again), rows(one), "the same rows count once");
      assert.ok(rows(two) > 1.6 * rows(one), `${rows(two)}`);
      assert.ok(again.requests.green.rows > one.requests.green.rows, "requests were sent again");
      await world.setTraffic({ blue: 100 });
    });

    const plan = { endpoint, id: "killed", blue: "blue", green: "green", policy };
    await t.step("kill -9 after 50 % was set and before it was written down", async () => {
      const text = JSON.stringify({ ...samples, x: [...samples.x], y: [...samples.y] });
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "--frozen", new URL("rollout_driver.ts", import.meta.url).pathname],
          ...[String(local), JSON.stringify(plan), text, url, call.key, '{"blue":50,"green":50}'],
        ],
        stdout: "piped",
      }).spawn();
      let said = "";
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        said += chunk;
        if (!said.includes('"green":50')) continue;
        child.kill("SIGKILL");
        break;
      }
      assert.equal((await child.status).signal, "SIGKILL", said);
      const orphan = (await readRollout(store, plan))!, step = orphan.history.at(-1)!;
      assert.deepEqual([orphan.state, step.name, step.takenAt], ["running", "green 50 %", null]);
      assert.deepEqual(await traffic(), { blue: 50, green: 50 });
    });

    await t.step("somebody else brings it to its end", async () => {
      const before = (await activeRollout(store, endpoint))!;
      const record = (await settleRollout(workspace, { endpoint, samples, seed: 7, by: "test" }))!;
      assert.equal(record.state, "done", record.reason);
      assert.equal(record.drivers, before.drivers + 1);
      assert.deepEqual(
        record.history.map(({ name }) => name),
        record.steps.map(({ name }) => name),
      );
      assert.deepEqual(record.history.slice(0, 3), before.history.slice(0, 3));
      assert.deepEqual(await traffic(), { green: 100 });
      assert.equal(await registry.production("iris"), version.version);
      assert.equal(
        await settleRollout(workspace, { endpoint, samples, seed: 7, by: "test" }),
        undefined,
      );
    });

    await t.step(
      "a worse green is sent back from the mirror: no caller had its answers",
      async () => {
        const { train } = prepared, y = train.y.map((label) => (label + 1) % 3);
        const options = { seed: 7, trees: 9 };
        const worse = await trainCandidate({ ...prepared, train: { ...train, y } }, options);
        const environment = await ensureEnvironment(workspace);
        await deployVersion(workspace, {
          ...{ endpoint, deployment: "blue", environment },
          version: await registerTrained(workspace, { prepared, candidate: worse, seed: 7 }),
        });
        const back = { ...plan, id: "worse", blue: "green", green: "blue" };
        const world = await rolloutPort(workspace, {
          ...{ live, samples, seed: 7, by: "test", plan: back },
        });
        const record = await runRollout(back, { store, port: world });
        assert.equal(record.state, "rolled-back");
        assert.match(record.reason, /^Roll back: green is worse: alone wrong in \d+ rows/);
        assert.equal(record.history.at(-1)!.name, "mirror 50 %");
        assert.deepEqual(await traffic(), { green: 100 });
        assert.deepEqual(await getMirrorTraffic(azure, endpoint), {});
      },
    );

    await t.step("what somebody else has moved is closed, and not touched", async () => {
      const world = await port("moved"), stop = new Error("gone");
      const start = runRollout({ ...plan, id: "moved" }, {
        ...{ store, port: world },
        onStep(step) {
          if (step?.mirror === 50 && step.takenAt) throw stop;
        },
      });
      await assert.rejects(start, stop);
      await world.setMirror({});
      await world.setTraffic({ blue: 20, green: 80 });
      const record = (await settleRollout(workspace, { endpoint, samples, seed: 7, by: "test" }))!;
      assert.equal(record.state, "rolled-back");
      assert.match(record.reason, /the endpoint is no more what this rollout had left/);
      assert.deepEqual(await traffic(), { blue: 20, green: 80 });
    });
  });
});
