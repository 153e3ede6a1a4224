/** The dashboard reads what the verbs have written, over the real SDKs. */

import assert from "node:assert/strict";
import { setMirrorTraffic } from "lib/azure/mod.ts";
import {
  dashboardPage,
  deployVersion,
  ensureEnvironment,
  readDashboard,
  writeDashboard,
} from "lib/lifecycle/mod.ts";
import { dashboardWorld } from "./dashboard_world.ts";
import { ownWorkspace } from "./own_workspace.ts";

Deno.test("dashboard: everything that was deployed, watched and decided is read", async (t) => {
  await using own = await ownWorkspace();
  const { workspace } = own;

  await t.step("an empty workspace is a page with a line, and no error", async () => {
    const data = await readDashboard(workspace);
    assert.deepEqual(data.notices, ["There is no endpoint yet: deno task deploy makes one."]);
    assert.deepEqual([data.endpoint, data.model, data.alerts], [null, null, null]);
    assert.match(dashboardPage(data), /There is no endpoint yet/);
  });

  const { version } = await dashboardWorld(workspace);

  await t.step("endpoint, version, traffic, gate, alerts, records", async () => {
    const data = await readDashboard(workspace);
    assert.deepEqual(data.notices, []);
    assert.deepEqual([data.endpointName, data.model], ["iris-live", "iris"]);
    assert.deepEqual(data.endpoint!.traffic, { blue: 100 });
    const [blue] = data.deployments;
    assert.deepEqual([blue.version, blue.digest, blue.share], ["1", version.digest, 100]);
    assert.equal(data.versions.at(-1)!.digest, version.digest);
    assert.deepEqual(data.gate.map(({ version }) => version), ["1"]);
    assert.equal(data.production.at(-1)!.to, "1");
    assert.ok(
      data.alerts!.some(({ rule, state }) => rule.kind === "performance" && state === "firing"),
    );
    assert.equal(data.monitoring!.reports.length, 6);
    assert.equal(data.experiment!.decision.looks.length > 0, true);
    assert.deepEqual([data.incident, data.scenes, data.rollout], [null, null, null]);
    const html = dashboardPage(data);
    assert.match(html, /performance\.md/);
    assert.doesNotMatch(html, /Cannot be shown|cannot be shown/);
  });

  await t.step("a second deployment that gets copies is seen", async () => {
    const environment = await ensureEnvironment(workspace), endpoint = "iris-live";
    await deployVersion(workspace, { endpoint, deployment: "green", version, environment });
    await setMirrorTraffic(workspace.azure, endpoint, { green: 50 });
    const { deployments } = await readDashboard(workspace, { endpoint });
    const green = deployments.find(({ name }) => name === "green")!;
    assert.deepEqual([green.share, green.mirrored], [0, 50]);
  });

  await t.step("what cannot be read is a notice, and the rest is there", async () => {
    const text = "{ not JSON", blob = "operations/iris-live/incident.json";
    const { azure } = workspace;
    const paths: string[] = [];
    for await (const { name } of azure.blobs.listBlobsFlat()) {
      if (name.endsWith("operations/iris-live/experiment.json")) paths.push(name);
    }
    const path = paths[0].replace("operations/iris-live/experiment.json", blob);
    await azure.blobs.getBlockBlobClient(path).upload(text, text.length);
    const data = await readDashboard(workspace);
    assert.equal(data.notices.length, 1);
    assert.match(data.notices[0], /^The record of the last incident cannot be read: /);
    assert.equal(data.incident, null);
    assert.equal(data.monitoring!.reports.length, 6);
  });

  await t.step("the static page is written; an endpoint that is not there is told", async () => {
    const folder = await Deno.makeTempDir({ prefix: "dashboard-" }), file = `${folder}/index.html`;
    await writeDashboard(workspace, { file });
    assert.match(await Deno.readTextFile(file), /<h1>iris-live in use<\/h1>/);
    const { data } = await writeDashboard(workspace, { file, endpoint: "iris-other" });
    assert.match(data.notices[0], /^Endpoint iris-other is not there\. There is: iris-live\.$/);
    assert.match(await Deno.readTextFile(file), /iris-other is not there/);
    await Deno.remove(folder, { recursive: true });
  });
});
