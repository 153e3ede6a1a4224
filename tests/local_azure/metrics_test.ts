/** Metrics by the minute, and Azure Monitor's API on them, through the SDK. */

import assert from "node:assert/strict";
import { MonitorClient } from "@azure/arm-monitor";
import { manualClock, quantile, sketchQuantile, stream } from "lib/core/mod.ts";
import { endpointMetrics } from "lib/local_azure/endpoint_metrics.ts";
import { openStore } from "lib/local_azure/mod.ts";
import type { LocalAzure } from "lib/local_azure/mod.ts";
import {
  type ControlHost,
  deploymentDraft,
  endpointDraft,
  GROUP,
  HOME,
  hostControl,
  registerAssets,
  SUBSCRIPTION,
  WORKSPACE,
} from "./control_host.ts";
import { emulatorTransport } from "./emulator_transport.ts";

const START = "2026-03-01T10:00:00.000Z";

/** An endpoint `flowers`, and what its router would have observed. */
async function host() {
  const clock = manualClock(START);
  let inside: LocalAzure | undefined;
  const azure = await hostControl({ clock, services: (local) => (inside = local, []) });
  await azure.ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft(),
  );
  const id = `${HOME}/onlineEndpoints/flowers`.toLowerCase();
  const metrics = endpointMetrics(inside!.store, inside!.clock);
  const credential = {
    getToken: async () => ({ token: await azure.token(), expiresOnTimestamp: Date.now() + 3.6e6 }),
  };
  const httpClient = emulatorTransport(azure.base);
  const client = new MonitorClient(credential, SUBSCRIPTION, { httpClient } as never);
  return {
    azure,
    clock,
    client,
    observe: (deployment: string) => metrics.observer(id, deployment),
  };
}

const RESOURCE = `${HOME}/onlineEndpoints/flowers`.slice(1);

function get({ call }: ControlHost, query: string, resource = `${HOME}/onlineEndpoints/flowers`) {
  const path = `${resource}/providers/Microsoft.Insights/metrics?api-version=2024-02-01&${query}`;
  return call("GET", `https://management.azure.com${path}`);
}

Deno.test("metrics: requests by deployment and class, through the SDK", async () => {
  const { azure, clock, client, observe } = await host();
  await using _ = azure;
  const blue = observe("blue"), green = observe("green");
  for (let i = 0; i < 6; i++) blue(200, 200, 5);
  for (let i = 0; i < 3; i++) blue(424, 500, 5);
  observe("")(401, undefined, undefined);
  clock.advance(60_000);
  for (let i = 0; i < 4; i++) green(200, 200, 9);
  clock.advance(60_000);
  const timespan = `${START}/2026-03-01T10:03:00.000Z`;
  const { value: [metric], interval, namespace, resourceregion } = await client.metrics.list(
    RESOURCE,
    {
      ...{ timespan, metricnames: "RequestsPerMinute", aggregation: "total,average,count" },
      filter: "deployment eq 'blue' or deployment eq 'green' and statusCodeClass eq '*'",
    },
  );
  assert.deepEqual([interval, resourceregion], ["PT1M", "eastus"]);
  assert.equal(namespace, "Microsoft.MachineLearningServices/workspaces/onlineEndpoints");
  const series = metric.timeseries.map(({ metadatavalues, data }) => [
    metadatavalues!.map(({ value }) => value).join(" "),
    data!.map(({ total }) => total),
  ]);
  assert.deepEqual(series, [
    ["blue 2xx", [6, undefined, undefined]],
    ["blue 4xx", [3, undefined, undefined]],
    ["green 2xx", [undefined, 4, undefined]],
  ]);
  const whole = await client.metrics.list(RESOURCE, {
    ...{ timespan, interval: "FULL", metricnames: "RequestsPerMinute" },
    aggregation: "total,average,count,minimum,maximum",
  });
  const { timeStamp, ...point } = whole.value[0].timeseries[0].data![0];
  assert.equal(timeStamp.toISOString(), START);
  // two minutes with requests: 10 (one of them turned away at the door) and 4
  assert.deepEqual({ ...point }, { total: 14, average: 7, count: 2, minimum: 4, maximum: 10 });
});

Deno.test("metrics: percentiles of latency are right to 1 %, over chunks, and go on after a restart", async () => {
  const folder = await Deno.makeTempDir({ prefix: "metrics-" }), path = `${folder}/store.sqlite`;
  const clock = manualClock(START), random = stream(1, "latency");
  const values = Array.from({ length: 5000 }, () => Math.exp(random.next() * 5));
  const count = (some: number[]) => {
    const store = openStore(path, () => 0), metrics = endpointMetrics(store, clock);
    const observe = metrics.observer("/e", "blue");
    some.forEach((ms) => observe(200, 200, ms));
    const [minute] = metrics.read("/e", 0, Date.parse(START) + 1);
    store.close();
    return minute;
  };
  assert.equal(count(values.slice(0, 3000)).latencyCount, 3000);
  const { latency, latencyCount, latencySum, answers } = count(values.slice(3000));
  assert.deepEqual([latencyCount, answers[0].count], [5000, 5000]);
  assert.ok(Math.abs(latencySum - values.reduce((sum, ms) => sum + ms, 0)) < 1e-6);
  for (const share of [0.5, 0.9, 0.95, 0.99]) {
    const right = quantile(values, share), found = sketchQuantile(latency, share)!;
    assert.ok(Math.abs(found / right - 1) < 0.015, `${found} of ${right}`);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("metrics: a percentile per deployment, and the mean of minutes over a longer interval", async () => {
  const { azure, clock, client, observe } = await host();
  await using _ = azure;
  const blue = observe("blue"), green = observe("green");
  for (let ms = 1; ms <= 100; ms++) blue(200, 200, ms);
  for (let ms = 1; ms <= 100; ms++) green(200, 200, 10 * ms);
  clock.advance(60_000);
  for (let ms = 1; ms <= 100; ms++) blue(200, 200, 3 * ms);
  const p95 = await client.metrics.list(RESOURCE, {
    timespan: `${START}/2026-03-01T10:05:00.000Z`,
    ...{ interval: "PT5M", metricnames: "RequestLatency_P95,RequestLatency" },
    ...{ filter: "deployment eq '*'", aggregation: "average,maximum" },
  });
  const [tail, mean] = p95.value.map(({ timeseries }) =>
    Object.fromEntries(
      timeseries.map(({ metadatavalues, data }) => [metadatavalues![0].value, data![0]]),
    )
  );
  const near = (value: number | undefined, wanted: number) =>
    assert.ok(Math.abs(value! / wanted - 1) < 0.02, `${value} of ${wanted}`);
  near(tail.blue.average, (95 + 285) / 2);
  near(tail.blue.maximum, 285);
  near(tail.green.average, 950);
  near(mean.blue.average, (50.5 + 151.5) / 2);
});

Deno.test("metrics: a deployment has its own", async () => {
  const { azure, observe } = await host();
  await using _ = azure;
  await registerAssets(azure);
  await azure.ml.onlineDeployments
    .beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", "blue", deploymentDraft());
  observe("blue")(200, 200, 4);
  observe("green")(424, 500, 40);
  const blue = `${HOME}/onlineEndpoints/flowers/deployments/blue`;
  const query = `timespan=${START}/2026-03-01T10:01:00Z&aggregation=average`;
  const { body } = await get(
    azure,
    `${query}&metricnames=RequestsPerMinute,RequestLatency_P99`,
    blue,
  );
  const [requests, p99] = body.value;
  assert.equal(
    body.namespace,
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
  );
  assert.deepEqual(requests.timeseries[0].data, [{
    timeStamp: "2026-03-01T10:00:00Z",
    average: 1,
  }]);
  assert.ok(Math.abs(p99.timeseries[0].data[0].average - 4) < 0.05);
  const codes = await get(azure, `${query}&$filter=envoy_response_code%20eq%20'*'`, blue);
  assert.equal(codes.body.value[0].timeseries[0].metadatavalues[0].value, "200");
  assert.equal((await get(azure, query, blue.replace("blue", "green"))).status, 404);
});

Deno.test("metrics: what breaks the rules is 400, and says what would not", async () => {
  const { azure } = await host();
  await using _ = azure;
  const broken: [string, RegExp][] = [
    ["metricnames=Nonsense", /metric: Nonsense.*Valid metrics: RequestsPerMinute,RequestLatency/],
    ["timespan=yesterday", /must be BEGIN\/END/],
    ["timespan=2026-01-02T00:00:00Z/2026-01-01T00:00:00Z", /begin before the end/],
    ["timespan=2020-01-01T00:00:00Z/2026-01-01T00:00:00Z", /more than 20160 intervals/],
    ["interval=PT7M", /must be one of PT1M/],
    ["aggregation=median", /must be one of average/],
    ["$filter=colour eq 'red'", /'colour' must be one of deployment, statusCode/],
    ["$filter=deployment is 'red'", /must be NAME eq 'VALUE'/],
    ["$filter=deployment eq 'a' or statusCode eq '200'", /an or between two dimensions/],
    [
      "metricnames=RequestLatency&$filter=statusCode eq '200'",
      /'statusCode' must be one of deployment/,
    ],
  ];
  for (const [query, words] of broken) {
    const { status, body } = await get(azure, query.replaceAll(" ", "%20"));
    assert.deepEqual([status, body.error.code], [400, "BadRequest"], query);
    assert.match(body.error.message, words);
  }
  assert.equal((await get(azure, "", `${HOME}/onlineEndpoints/nobody`)).status, 404);
});

Deno.test("metrics: definitions name every metric that is answered, with its dimensions", async () => {
  const { azure, client } = await host();
  await using _ = azure;
  const found: Record<string, string[]> = {};
  for await (const { name, dimensions } of client.metricDefinitions.list(RESOURCE)) {
    found[name!.value] = (dimensions ?? []).map(({ value }) => value);
  }
  assert.deepEqual(Object.keys(found), [
    ...["RequestsPerMinute", "RequestLatency", "RequestLatency_P50", "RequestLatency_P90"],
    ...["RequestLatency_P95", "RequestLatency_P99"],
  ]);
  assert.deepEqual(found.RequestLatency, ["deployment"]);
  for (const metric of Object.keys(found)) {
    assert.equal((await get(azure, `metricnames=${metric}`)).status, 200);
  }
});
