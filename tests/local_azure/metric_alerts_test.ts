/** Rules on metrics, through the SDK and by Local Azure's clock. */

import assert from "node:assert/strict";
import { MonitorClient } from "@azure/arm-monitor";
import { manualClock } from "lib/core/mod.ts";
import { metricAlerts } from "lib/local_azure/arm_metric_alerts.ts";
import { endpointMetrics, type ObserveAnswer } from "lib/local_azure/endpoint_metrics.ts";
import type { LocalAzure } from "lib/local_azure/mod.ts";
import {
  endpointDraft,
  GROUP,
  HOME,
  hostControl,
  SUBSCRIPTION,
  WORKSPACE,
} from "./control_host.ts";
import { emulatorTransport } from "./emulator_transport.ts";

const SCOPE = `${HOME}/onlineEndpoints/flowers`;

const condition = {
  ...{ name: "slow", metricName: "RequestLatency_P95", operator: "GreaterThan", threshold: 100 },
  ...{ timeAggregation: "Average", criterionType: "StaticThresholdCriterion" as const },
};

function rule(more: object = {}, one: object = {}) {
  return {
    ...{ location: "global", severity: 2, enabled: true, scopes: [SCOPE] },
    ...{ evaluationFrequency: "PT1M", windowSize: "PT5M" },
    criteria: {
      odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria" as const,
      allOf: [{ ...condition, ...one }],
    },
    ...more,
  };
}

async function host(folder?: string) {
  const clock = manualClock("2026-03-01T10:00:00Z");
  let inside: LocalAzure | undefined;
  const azure = await hostControl({ folder, clock, services: (local) => (inside = local, []) });
  await azure.ml.onlineEndpoints
    .beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", endpointDraft());
  const credential = {
    getToken: async () => ({ token: await azure.token(), expiresOnTimestamp: Date.now() + 3.6e6 }),
  };
  const client = new MonitorClient(credential, SUBSCRIPTION, {
    httpClient: emulatorTransport(azure.base),
  } as never);
  const ground = { store: inside!.store, clock: inside!.clock };
  const observe = endpointMetrics(inside!.store, inside!.clock)
    .observer(SCOPE.toLowerCase(), "blue");
  const status = async (name: string) =>
    (await client.metricAlertsStatus.list(GROUP, name)).value![0].properties!.status;
  return { azure, clock, client, ground, observe, status };
}

/** So many minutes of the same traffic. */
function play(
  { clock, observe }: { clock: { advance(ms: number): void }; observe: ObserveAnswer },
  { minutes, ms, status = 200 }: { minutes: number; ms: number; status?: number },
) {
  for (let i = 0; i < minutes; i++) {
    for (let k = 0; k < 10; k++) observe(status, status === 200 ? 200 : 500, ms);
    clock.advance(60_000);
  }
}

Deno.test("metric alerts: the SDK makes, changes, lists and deletes one", async () => {
  const { azure, client } = await host();
  await using _ = azure;
  const made = await client.metricAlerts.createOrUpdate(GROUP, "slow", rule());
  assert.deepEqual([made.name, made.severity, made.scopes], ["slow", 2, [SCOPE]]);
  assert.deepEqual([made.autoMitigate, made.windowSize, made.location], [true, "PT5M", "global"]);
  const changed = await client.metricAlerts.update(GROUP, "slow", {
    severity: 0,
    tags: { a: "b" },
  });
  assert.deepEqual([changed.severity, changed.tags], [0, { a: "b" }]);
  assert.equal((await client.metricAlerts.get(GROUP, "slow")).severity, 0);
  const names = [];
  for await (const { name } of client.metricAlerts.listByResourceGroup(GROUP)) names.push(name);
  for await (const { name } of client.metricAlerts.listBySubscription()) names.push(name);
  assert.deepEqual(names, ["slow", "slow"]);
  await client.metricAlerts.delete(GROUP, "slow");
  await client.metricAlerts.delete(GROUP, "slow"); // 204
  await assert.rejects(client.metricAlerts.get(GROUP, "slow"), { statusCode: 404 });
});

Deno.test("metric alerts: one fires when the condition holds, and is over after three looks without", async () => {
  const { azure, clock, client, ground, observe, status } = await host();
  await using _ = azure;
  await client.metricAlerts.createOrUpdate(GROUP, "slow", rule());
  play({ clock, observe }, { minutes: 5, ms: 20 });
  assert.equal(await status("slow"), "Healthy");
  play({ clock, observe }, { minutes: 4, ms: 400 }); // the mean of five minutes goes beyond 100 with the second
  assert.equal(await status("slow"), "Unhealthy");
  play({ clock, observe }, { minutes: 4, ms: 20 });
  assert.equal(await status("slow"), "Unhealthy");
  play({ clock, observe }, { minutes: 7, ms: 20 });
  assert.equal(await status("slow"), "Healthy");
  const [{ state }] = metricAlerts(ground);
  assert.deepEqual(state.changes.map(({ state, at }) => [state, new Date(at).toISOString()]), [
    ["fired", "2026-03-01T10:07:00.000Z"],
    ["resolved", "2026-03-01T10:15:00.000Z"], // one slow minute of five is a mean of 96 from 10:13 on
  ]);
  assert.match(state.changes[0].reason, /^slow: RequestLatency_P95 average 17\d\.\d+ > 100$/);
});

Deno.test("metric alerts: it does not matter who asks, and how often", async () => {
  const seen = [];
  for (const asksOften of [true, false]) {
    const { azure, clock, client, ground, observe, status } = await host();
    await using _ = azure;
    await client.metricAlerts.createOrUpdate(GROUP, "slow", rule());
    for (const ms of [20, 400, 400, 20, 20, 20, 20, 20, 20, 20, 20, 400, 400, 400]) {
      play({ clock, observe }, { minutes: 1, ms });
      if (asksOften) await status("slow");
    }
    seen.push(metricAlerts(ground)[0].state);
  }
  assert.deepEqual(seen[0], seen[1]);
  assert.equal(seen[0].changes.length, 3);
});

Deno.test("metric alerts: dimensions choose; a rule that is off, or about nothing any more, says nothing", async () => {
  const { azure, clock, client, observe, status } = await host();
  await using _ = azure;
  const failed = {
    ...{ name: "failed", metricName: "RequestsPerMinute", threshold: 1 },
    dimensions: [{ name: "statusCode", operator: "Include", values: ["424", "500"] }],
  };
  await client.metricAlerts.createOrUpdate(GROUP, "failed", rule({}, failed));
  await client.metricAlerts.createOrUpdate(GROUP, "off", rule({ enabled: false }, failed));
  play({ clock, observe }, { minutes: 3, ms: 5 });
  assert.equal(await status("failed"), "Healthy");
  play({ clock, observe }, { minutes: 1, ms: 5, status: 424 });
  assert.deepEqual([await status("failed"), await status("off")], ["Unhealthy", "Healthy"]);
  await azure.ml.onlineEndpoints.beginDeleteAndWait(GROUP, WORKSPACE, "flowers");
  assert.equal(await status("failed"), "Unhealthy"); // as it was left
});

Deno.test("metric alerts: what breaks the rules is 400, and says what would not", async () => {
  const { azure, client } = await host();
  await using _ = azure;
  const broken: [object, RegExp][] = [
    [rule({ severity: 7 }), /'severity' must be from 0 to 4/],
    [rule({ evaluationFrequency: "PT7M" }), /'evaluationFrequency' must be one of PT1M/],
    [rule({ evaluationFrequency: "PT15M" }), /'windowSize' must be no shorter/],
    [rule({ scopes: ["/subscriptions/x"] }), /scopes of a rule must be one online endpoint/],
    [rule({ location: "eastus" }), /must be 'global'/],
    [rule({}, { metricName: "Nonsense" }), /Valid metrics: RequestsPerMinute/],
    [rule({}, { operator: "Near" }), /'operator' must be one of Equals/],
    [rule({}, { timeAggregation: "Median" }), /'timeAggregation' must be one of Average/],
    [
      rule({}, { dimensions: [{ name: "colour", operator: "Include", values: ["red"] }] }),
      /'dimensions.name' must be one of deployment/,
    ],
  ];
  for (const [body, message] of broken) {
    await assert.rejects(client.metricAlerts.createOrUpdate(GROUP, "r", body as never), {
      ...{ statusCode: 400, message },
    });
  }
  const strange = rule({ scopes: [SCOPE.replace("flowers", "nobody")] });
  await assert.rejects(client.metricAlerts.createOrUpdate(GROUP, "r", strange), {
    statusCode: 404,
  });
});
