/** Drills against a real Local Azure: a fault of each kind is noticed by a message, mended and over. */

import assert from "node:assert/strict";
import * as azure from "../../lib/azure/mod.ts";
import { take } from "../../lib/core/mod.ts";
import * as lifecycle from "../../lib/lifecycle/mod.ts";
import { withEndpoint } from "./scene_endpoint.ts";

/** Seeds that choose different faults, and what has to be done about each. */
const DRILLS = [
  { seed: 7, fault: "slow-release", mitigation: "roll-back", alert: "latency" },
  { seed: 5, fault: "bad-model", mitigation: "roll-back", alert: "performance" },
  { seed: 16, fault: "unit-change", mitigation: "fix-data", alert: "data-quality" },
] as const;

const STEPS = ["started", "injected", "noticed", "mitigated", "recovered", "ended"] as const;

Deno.test("operations: incident drills with a real endpoint", async (t) => {
  await withEndpoint(async ({ workspace, prepared, candidate, version, call, deploy }) => {
    const { endpoint, url } = call, secret = "of the test only";
    await deploy("blue");
    await lifecycle.moveTraffic(workspace, {
      ...{ endpoint, traffic: { blue: 100 }, by: "test", reason: "the good version" },
    });
    await azure.putSecret(workspace.azure, "webhook", secret);
    const receiver = lifecycle.startWebhookReceiver({ secret });
    const webhook = lifecycle.openWebhook(workspace, { url: receiver.url, secretName: "webhook" });
    const expected = lifecycle.evaluate(candidate.model, prepared.holdout).accuracy.value;
    const reference = lifecycle.referenceOf(prepared, candidate);
    const live = {
      ...{ name: endpoint, url, deployment: "blue", isNew: false },
      key: () => Promise.resolve(call.key),
    };
    const drill = async (
      seed: number,
      more: Partial<Parameters<typeof lifecycle.runIncident>[1]> = {},
    ) => {
      const story = await lifecycle.nextStory(workspace, { endpoint, title: "incident" });
      return await lifecycle.runIncident(workspace, {
        ...{ live, version, prepared, seed, story, webhook, fault: lifecycle.chooseFault(seed) },
        watch: { reference, expected, seed },
        ...more,
      });
    };
    const whoServes = async () => {
      const samples = take(prepared.holdout, [0]);
      const { deployment, digest } = await lifecycle.scoreRows(workspace, {
        ...{ url, key: call.key, samples },
      });
      return { deployment, digest };
    };
    const assertAsFound = async () => {
      assert.deepEqual(await whoServes(), { deployment: "blue", digest: version.digest });
      assert.deepEqual((await azure.getEndpoint(workspace.azure, endpoint))?.traffic, {
        blue: 100,
      });
      const names = (await azure.listDeployments(workspace.azure, endpoint)).map(({ name }) =>
        name
      );
      assert.deepEqual(names, ["blue"]);
      assert.equal(await workspace.registry.production("iris"), version.version);
    };
    const logOf = async (id: string) =>
      (await azure.blobDocuments(workspace.azure).read(`incidents/${endpoint}/${id}.json`))?.value;

    for (const { seed, fault, mitigation, alert } of DRILLS) {
      await t.step(`${fault} (seed ${seed}): ${alert} calls, ${mitigation} mends it`, async () => {
        const arrived = receiver.received.length, printed: string[] = [];
        const incident = await drill(seed, { onEvent: ({ kind }) => printed.push(kind) });
        const { events, seconds, messages } = incident;
        assert.equal(incident.fault?.name, fault);
        assert.equal(incident.mitigation, mitigation, incident.because[0]);
        assert.ok(incident.alerts.includes(alert), incident.alerts.join());
        assert.equal(incident.runbook, `notebooks/runbooks/${alert}.md`);
        assert.equal(incident.falseAlarms, 0);
        // the steps in their order, each once
        const steps = events.map(({ kind }) => kind).filter((kind) =>
          STEPS.some((s) => s === kind)
        );
        assert.deepEqual(steps, STEPS);
        const times = events.map(({ at }) => Date.parse(at));
        assert.deepEqual(times, times.toSorted((a, b) => a - b));
        const { toDetect, toMitigate, toRecover } = seconds;
        assert.ok(0 < toDetect! && toDetect! <= toMitigate! && toMitigate! < toRecover!);
        // somebody was really told, and not before it happened
        const told = receiver.received.slice(arrived)
          .filter(({ transition }) => transition.kind === "fired");
        assert.deepEqual(told.map(({ id }) => id).sort(), messages.map(({ id }) => id).sort());
        assert.ok(messages.every(({ toldAt }) => toldAt !== null));
        assert.deepEqual(receiver.refused, []);
        // who was affected is counted from what callers saw
        const { affected } = incident;
        assert.ok(affected.requests > 0 && affected.requests === 12 * affected.windows);
        if (fault === "slow-release") assert.equal(affected.slow, affected.requests);
        if (fault === "bad-model") assert.ok(affected.wrong > affected.labelled / 3);
        // the log is in Blob, and is what was told
        assert.deepEqual(await logOf(incident.id), JSON.parse(JSON.stringify(incident)));
        assert.deepEqual(printed, events.map(({ kind }) => kind));
        assert.deepEqual(
          await lifecycle.readRecord(workspace, { endpoint, kind: "incident" }),
          JSON.parse(JSON.stringify(incident)),
        );
        await assertAsFound();
      });
    }

    await t.step("a drill that is stopped leaves its log, and the endpoint as it was", async () => {
      const stop = new AbortController();
      const story = await lifecycle.nextStory(workspace, { endpoint, title: "stopped" });
      const stopped = drill(7, {
        ...{ story, signal: stop.signal },
        onEvent: ({ kind }) => kind === "injected" && stop.abort(new Error("enough")),
      });
      await assert.rejects(stopped, /^Error: enough$/);
      const log = (await lifecycle.readIncidents(workspace, { endpoint })).at(-1)!;
      assert.equal(log.id, story.idPrefix);
      assert.deepEqual([log.fault?.name, log.mitigation], ["slow-release", null]);
      assert.equal(log.events.at(-1)?.kind, "ended");
      await assertAsFound();
    });

    await t.step(
      "what a killed drill has left is cleared away: its log says who served",
      async () => {
        const fault = lifecycle.FAULTS.find(({ name }) => name === "bad-model")!;
        await lifecycle.releaseFault(workspace, {
          ...{ endpoint, deployment: lifecycle.DRILL, version, fault, prepared, seed: 5 },
        });
        assert.equal((await whoServes()).deployment, lifecycle.DRILL);
        assert.equal(await lifecycle.clearDrill(workspace, { endpoint }), true);
        assert.equal(await lifecycle.clearDrill(workspace, { endpoint }), false);
        await assertAsFound();
      },
    );

    await t.step("with nobody to tell it is not noticed, and still cleared away", async () => {
      await receiver.stop();
      const quick = { ...webhook, attempts: 1, timeoutMs: 500 };
      const incident = await drill(16, { webhook: quick, windows: 7 });
      assert.deepEqual([incident.mitigation, incident.seconds.toDetect], [null, null]);
      assert.ok(incident.messages.length > 0);
      assert.ok(incident.messages.every(({ toldAt }) => toldAt === null));
      const letters = await lifecycle.listDeadLetters(workspace, { endpoint });
      assert.ok(letters.length >= incident.messages.length);
      assert.match(lifecycle.postMortemPage(incident), /Nobody|nothing was done/);
      await assertAsFound();
    });
  });
});
