/** Traces on the page for people. */

import assert from "node:assert/strict";
import { INSTRUMENTATION_KEY } from "lib/local_azure/arm_companions.ts";
import { telemetryService } from "lib/local_azure/telemetry.ts";
import {
  type ControlHost,
  endpointDraft,
  GROUP,
  HOME,
  hostControl,
  WORKSPACE,
} from "./control_host.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** A request and a call as the exporter sends them. */
function envelope(
  { id, parent, name, ms, at, role, success = true }: {
    id: string;
    parent?: string;
    name: string;
    ms: number;
    at: number;
    role: string;
    success?: boolean;
  },
) {
  return {
    ...{ ver: 1, name: "n", iKey: INSTRUMENTATION_KEY },
    time: new Date(Date.parse("2026-01-01T00:00:00Z") + at).toISOString(),
    tags: {
      ...{ "ai.operation.id": TRACE, "ai.cloud.role": role, "ai.operation.name": name },
      ...parent && { "ai.operation.parentId": parent },
    },
    data: {
      baseType: "RequestData",
      baseData: {
        ...{ id, name, duration: `00:00:00.${String(ms).padStart(3, "0")}0000`, success },
        ...{ responseCode: success ? "200" : "424", properties: { rows: "3" } },
      },
    },
  };
}

async function track({ call }: ControlHost, ...items: object[]) {
  const url = "https://eastus-0.in.applicationinsights.azure.com/v2.1/track";
  const body = items.map((item) => JSON.stringify(item)).join("\n");
  assert.equal((await call("POST", url, { body, token: null })).status, 200);
}

async function pageOf({ base }: ControlHost, search = ""): Promise<string> {
  const response = await fetch(`${base}/${search}`);
  assert.match(response.headers.get("content-security-policy")!, /default-src 'none'/);
  return await response.text();
}

Deno.test("page: lists traces, and opens one as a waterfall with bars where and as long as they were", async () => {
  await using azure = await hostControl({ services: (local) => [telemetryService(local)] });
  assert.match(await pageOf(azure), /No trace yet/);
  await track(
    azure,
    envelope({ id: "b", parent: "a", name: "POST /score", ms: 50, at: 25, role: "iris/blue" }),
    envelope({ id: "a", name: "smoke test", ms: 100, at: 0, role: "caller" }),
    envelope({
      id: "c",
      parent: "b",
      name: "bad",
      ms: 10,
      at: 60,
      role: "iris/blue",
      success: false,
    }),
  );
  const list = await pageOf(azure);
  assert.match(list, new RegExp(`<a href="\\?trace=${TRACE}#trace">smoke test</a>`));
  assert.match(list, /100 ms<\/td><td class="number">3<\/td>\s*<td><b class="failed">1 failed/);
  assert.doesNotMatch(list, /class="waterfall"/);
  const open = await pageOf(azure, `?trace=${TRACE}`);
  const bars = [
    ...open.matchAll(/class="bar (c\d)( bad)?" style="left:([\d.]+)%;width:([\d.]+)%"/g),
  ];
  assert.deepEqual(bars.map(([, ...parts]) => parts), [
    ["c0", undefined, "0", "100"],
    ["c1", undefined, "25", "50"],
    ["c1", " bad", "60", "10"],
  ]);
  const depths = [...open.matchAll(/padding-left:([\d.]+)rem/g)].map(([, depth]) => depth);
  assert.deepEqual(depths, ["0", "1.1", "2.2"]);
  assert.match(open, /rows <b>3<\/b>/);
  assert.doesNotMatch(open, /<script|src=|@import|url\(/);
});

Deno.test("page: names from outside are text, a trace that is not there is said to be none, a circle ends", async () => {
  await using azure = await hostControl({ services: (local) => [telemetryService(local)] });
  const evil = "<script>alert('x')</script>";
  await track(
    azure,
    envelope({ id: "a", parent: "b", name: evil, ms: 1, at: 0, role: evil }),
    envelope({ id: "b", parent: "a", name: evil, ms: 1, at: 0, role: evil }),
  );
  const open = await pageOf(azure, `?trace=${TRACE}`);
  assert.doesNotMatch(open, /<script/);
  assert.equal(open.match(/class="bar/g)?.length, 2);
  const none = await pageOf(azure, `?trace=${encodeURIComponent('"><script>')}`);
  assert.match(none, /Nothing is known of it/);
  assert.doesNotMatch(none, /<script/);
});

Deno.test("page: metric alerts stand there, firing or quiet", async () => {
  await using azure = await hostControl({ services: (local) => [telemetryService(local)] });
  assert.doesNotMatch(await pageOf(azure), /Metric alerts/);
  await azure.ml.onlineEndpoints
    .beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", endpointDraft());
  const rule = {
    location: "global",
    properties: {
      ...{ severity: 1, enabled: true, scopes: [`${HOME}/onlineEndpoints/flowers`] },
      ...{ evaluationFrequency: "PT1M", description: "too slow" },
      criteria: {
        "odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [{
          ...{ criterionType: "StaticThresholdCriterion", name: "slow", operator: "GreaterThan" },
          ...{ metricName: "RequestLatency", timeAggregation: "Average", threshold: 9 },
        }],
      },
    },
  };
  const path = `${HOME.split("/providers/")[0]}/providers/Microsoft.Insights/metricAlerts/slow`;
  const url = `https://management.azure.com${path}?api-version=2018-03-01`;
  assert.equal((await azure.call("PUT", url, { body: rule })).status, 200);
  assert.match(await pageOf(azure), /<td>slow<\/td><td>quiet<\/td>\s*<td>1<\/td><td>too slow/);
});
