import assert from "node:assert/strict";
import { openAzureAt } from "lib/azure/mod.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { mlflowService } from "lib/local_azure/mlflow.ts";
import { withRunHistory } from "lib/local_azure/run_history.ts";
import { createTracking, TrackingError } from "lib/tracking/mod.ts";
import { type ControlHost, GROUP, HOME, hostControl, WORKSPACE } from "./control_host.ts";

const API = "https://eastus.api.azureml.ms";

/** The control plane, and the run history beside it. */
function hostHistory(): Promise<ControlHost> {
  return hostControl({
    services: (local, { lenient }) => [withRunHistory(mlflowService(local, { lenient }), local)],
  });
}

async function putJob({ arm, ml }: ControlHost, name: string): Promise<void> {
  await ml.environmentVersions.createOrUpdate(GROUP, WORKSPACE, "env", "1", {
    properties: { image: "denoland/deno:2.9.6" },
  });
  const properties = {
    ...{ jobType: "Command", command: "python x.py", experimentName: "training" },
    ...{ environmentId: `${HOME}/environments/env/versions/1`, tags: { a: "1" } },
  };
  assert.equal((await arm("PUT", `/jobs/${name}`, { properties })).status, 201);
}

Deno.test("run history: a job stands there as in the control plane", async () => {
  await using host = await hostHistory();
  await putJob(host, "one");
  const details = () => host.call("GET", `${API}/history/v1.0${HOME}/runs/one/details`);
  const { status, body } = await details();
  assert.equal(status, 200);
  const { createdUtc, properties, status: state, ...rest } = body;
  assert.ok(Date.parse(createdUtc) > 0);
  assert.equal(state, "Queued"); // and stays so: no Python is to be had here
  assert.deepEqual(properties, {});
  assert.deepEqual(rest, {
    ...{ runId: "one", displayName: "one", description: null, hidden: false },
    ...{ tags: { a: "1" }, logFiles: {}, warnings: [] },
  });
  await host.arm("POST", "/jobs/one/cancel", {});
  assert.equal((await details()).body.status, "Canceled");
});

Deno.test("run history: what is changed there shows in the control plane", async () => {
  await using host = await hostHistory();
  await putJob(host, "one");
  const path = `${API}/history/v1.0${HOME}/experiments/training/runs/one?api-version=v1.0`;
  const patch = (body: object) => host.call("PATCH", path, { body });
  const jobs = async () => (await host.arm("GET", "/jobs")).body.value.length;
  assert.equal((await patch({ hidden: true })).status, 200);
  assert.equal(await jobs(), 0);
  assert.equal((await patch({ hidden: false })).body.hidden, false);
  assert.equal(await jobs(), 1);
  await patch({ displayName: "shown", description: "d", tags: { b: "2" }, properties: { p: "3" } });
  const { properties } = (await host.arm("GET", "/jobs/one")).body;
  const { displayName, description, tags, properties: own, command } = properties;
  assert.deepEqual([displayName, description, command], ["shown", "d", "python x.py"]);
  assert.deepEqual([tags, own], [{ a: "1", b: "2" }, { p: "3" }]);
  assert.equal((await patch({ hidden: "yes" })).status, 400);
});

Deno.test("run history: what is not there, not allowed or not known is refused", async () => {
  await using host = await hostHistory();
  await putJob(host, "one");
  const history = `${API}/history/v1.0${HOME}`, elsewhere = history.replace(WORKSPACE, "nowhere");
  for (
    const [method, url, status] of [
      ["GET", `${history}/runs/none/details`, 404],
      ["PATCH", `${history}/experiments/other/runs/one`, 404],
      ["GET", `${elsewhere}/runs/one/details`, 404],
      ["DELETE", `${history}/runs/one/details`, 405],
      ["GET", `${history}/nothing`, 404],
      ["GET", `${history}/runs/%E0%A4/details`, 400],
      ["GET", `${history}/experiments/0/runs/${"0".repeat(32)}/artifacts`, 404],
    ] as const
  ) {
    const answer = await host.call(method, url);
    assert.equal(answer.status, status, `${method} ${url}`);
    assert.ok(answer.body.error.message, url);
  }
  const bare = await host.call("GET", `${history}/runs/one/details`, { token: null });
  assert.equal(bare.status, 401);
  const vault = await host.token("https://vault.azure.net");
  const wrong = await host.call("GET", `${history}/runs/one/details`, { token: vault });
  assert.equal(wrong.body.error.code, "InvalidAuthenticationTokenAudience");
  for (const resource of ["https://management.azure.com", "https://ml.azure.com"]) {
    const token = await host.token(resource);
    assert.equal((await host.call("GET", `${history}/runs/one/details`, { token })).status, 200);
  }
  const discovery = await host.call("GET", `${API}/discovery`, { token: null });
  assert.equal(discovery.body.api, API);
});

Deno.test("run history: artifacts go to blobs through signed URLs, and everybody sees them", async () => {
  const folder = await Deno.makeTempDir({ prefix: "run-history-" });
  const local = await openLocalAzure({ folder, port: 0 });
  try {
    const { armFetch, fetch: plainFetch, mlflowUrl } = await openAzureAt(local.port);
    const tracking = createTracking({ fetch: armFetch, baseUrl: mlflowUrl, plainFetch });
    const run = await tracking.startRun({ experiment: "iris" });
    await run.logArtifact("plots/a b é.svg", "<svg/>");
    await run.logArtifact("model.bin", new Uint8Array([1, 2, 3]));
    const home = run.started.artifactUri.replace(
      /^azureml:(.*)\/mlflow\/v2\.0/,
      "https:$1/history/v1.0",
    );
    const ask = async (path: string, init?: RequestInit) => {
      const answer = await armFetch(`${home}${path}`, init);
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
    };

    const { body: { value } } = await ask("");
    assert.deepEqual(value.map(({ path }: { path: string }) => path), [
      "model.bin",
      "plots/a b é.svg",
    ]);
    const info = await ask(`/contentinfo?path=${encodeURIComponent("plots/a b é.svg")}`);
    const { contentUri } = info.body;
    assert.match(
      contentUri,
      /\/azureml\/ExperimentRun\/dcid\.[\da-f]{32}\/plots\/a%20b%20%C3%A9\.svg\?/,
    );
    assert.equal(await (await plainFetch(contentUri)).text(), "<svg/>");
    assert.equal((await ask("/contentinfo?path=none")).status, 404);
    assert.equal((await ask("/contentinfo")).status, 400);

    const begin = (body: unknown) =>
      ask("/batch/metadata", { method: "POST", body: JSON.stringify(body) });
    for (const path of ["../../x", "/x", "a\\b", "", 7]) {
      assert.equal((await begin({ paths: [{ path }] })).status, 400, String(path));
    }
    for (const paths of [undefined, [], "x"]) assert.equal((await begin({ paths })).status, 400);
    // a blob that is there is not overwritten
    await assert.rejects(run.logArtifact("model.bin", "other"), TrackingError);

    const api = `http://127.0.0.1:${local.port}/api/2.0`;
    const listed = await (await fetch(`${api}/mlflow/artifacts/list?run_id=${run.runId}`)).json();
    assert.deepEqual(listed.files, [
      { path: "model.bin", is_dir: false },
      { path: "plots", is_dir: true },
    ]);
    const root = listed.root_uri.replace(
      "mlflow-artifacts:/",
      `${api}/mlflow-artifacts/artifacts/`,
    );
    const bytes = await (await fetch(`${root}/model.bin`)).bytes();
    assert.deepEqual([...bytes], [1, 2, 3]);
    const missing = await fetch(`${root}/none.bin`);
    assert.equal((await missing.json()).error_code, "RESOURCE_DOES_NOT_EXIST");
  } finally {
    await local.close();
    await Deno.remove(folder, { recursive: true });
  }
});
