import assert from "node:assert/strict";
import { type Answer, AZURE_HOST, hostMlflow, type MlflowHost } from "./mlflow_host.ts";
import type { Store } from "../../lib/local_azure/store.ts";

const GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-local";
const WORKSPACES = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces`;
const AUDIENCE = "https://management.azure.com";

function putWorkspace(store: Store, name: string): void {
  const id = `${WORKSPACES}/${name}`, type = "Microsoft.MachineLearningServices/workspaces";
  store.put({ id, type, parent: GROUP, body: { id, name, type }, hidden: {} });
}

/** Asks through Azure's mount, with a token unless another header is given. */
function azure(host: MlflowHost, headers?: Record<string, string>) {
  const { token } = host.tokens.mint(AUDIENCE);
  return (
    method: string,
    path: string,
    body?: unknown,
    { workspace = "mlw-local", version = "v1.0" } = {},
  ): Promise<Answer> =>
    host.call(method, `/mlflow/${version}${WORKSPACES}/${workspace}/api/2.0/${path}`, body, {
      ...{ "x-host": AZURE_HOST, authorization: `Bearer ${token}` },
      ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
      ...headers,
    });
}

Deno.test("mounts: 127.0.0.1 and Azure's v1.0 and v2.0 lead to the same runs", async () => {
  await using host = await hostMlflow();
  putWorkspace(host.store, "mlw-local");
  const ask = azure(host);
  const { body: { run } } = await ask("POST", "mlflow/runs/create", { experiment_id: "0" });
  const get = `mlflow/runs/get?run_id=${run.info.run_id}`;
  assert.deepEqual((await ask("GET", get)).body, { run });
  assert.deepEqual((await ask("GET", get, undefined, { version: "v2.0" })).body, { run });
  assert.deepEqual((await ask("GET", get, undefined, { workspace: "MLW-LOCAL" })).body, { run });
  // the same run, whose artifacts MLflow's own clients find elsewhere
  const plain = (await host.get(`runs/get?run_id=${run.info.run_id}`)).body.run;
  assert.equal(plain.info.artifact_uri, `mlflow-artifacts:/0/${run.info.run_id}/artifacts`);
  const { artifact_uri } = run.info, history = `experiments/0/runs/${run.info.run_id}/artifacts`;
  assert.equal(
    artifact_uri,
    `azureml://${AZURE_HOST}/mlflow/v2.0${WORKSPACES}/mlw-local/${history}`,
  );
  assert.deepEqual({ ...plain, info: { ...plain.info, artifact_uri } }, run);
  const artifact = `0/${run.info.run_id}/artifacts/a.txt`;
  await ask("PUT", `mlflow-artifacts/artifacts/${artifact}`, "text");
  const local = await host.call("GET", `/api/2.0/mlflow-artifacts/artifacts/${artifact}`);
  assert.equal(local.text, "text");
  const search = await ask("POST", "mlflow/logged-models/search", { experiment_ids: ["0"] });
  assert.deepEqual(search.body, {});
  assert.equal((await ask("GET", "mlflow/nope")).status, 404);
  assert.equal((await ask("GET", get, undefined, { version: "v3.0" })).status, 404);
  const elsewhere = await host.call("GET", "/api/2.0/mlflow/runs/get", undefined, {
    "x-host": AZURE_HOST,
  });
  assert.equal(elsewhere.status, 404);
});

Deno.test("mounts: every workspace has experiments, runs, models and artifacts of its own", async () => {
  await using host = await hostMlflow();
  putWorkspace(host.store, "mlw-local");
  putWorkspace(host.store, "other");
  const ask = azure(host), other = { workspace: "other" };
  const { body } = await ask("POST", "mlflow/experiments/create", { name: "a" });
  const same = await ask("POST", "mlflow/experiments/create", { name: "a" }, other);
  assert.deepEqual([body, same.body], [{ experiment_id: "1" }, { experiment_id: "1" }]);
  const { body: { run } } = await ask("POST", "mlflow/runs/create", { experiment_id: "1" });
  await ask("POST", "mlflow/registered-models/create", { name: "m" });
  await ask("PUT", "mlflow-artifacts/artifacts/a.txt", "a");
  for (
    const path of [
      `mlflow/runs/get?run_id=${run.info.run_id}`,
      "mlflow/registered-models/get?name=m",
      "mlflow-artifacts/artifacts/a.txt",
    ]
  ) {
    assert.equal((await ask("GET", path)).status, 200, path);
    assert.equal((await ask("GET", path, undefined, other)).brief, "404 RESOURCE_DOES_NOT_EXIST");
  }
  const found = await ask("POST", "mlflow/runs/search", { experiment_ids: ["1"] }, other);
  assert.deepEqual(found.body, {});
  const nowhere = await ask("GET", "mlflow/experiments/get?experiment_id=0", undefined, {
    workspace: "nope",
  });
  assert.equal(nowhere.brief, "404 RESOURCE_DOES_NOT_EXIST");
});

Deno.test("mounts: Azure's need a good token for the control plane", async () => {
  await using host = await hostMlflow();
  putWorkspace(host.store, "mlw-local");
  const path = "mlflow/experiments/get?experiment_id=0";
  const token = (audience: string, seconds?: number) =>
    `Bearer ${host.tokens.mint(audience, seconds).token}`;
  for (
    const [authorization, code] of [
      ["", "AuthenticationFailed"],
      ["Bearer nonsense", "InvalidAuthenticationToken"],
      [token("https://storage.azure.com"), "InvalidAuthenticationTokenAudience"],
      [token(AUDIENCE, -1), "ExpiredAuthenticationToken"],
    ]
  ) {
    const answer = await azure(host, { authorization })("GET", path);
    assert.equal(answer.brief, "401 UNAUTHENTICATED");
    assert.equal(answer.body.error.code, code);
    assert.equal(answer.body.message, answer.body.error.message);
  }
  const slash = await azure(host, { authorization: token(`${AUDIENCE}/`) })("GET", path);
  assert.equal(slash.brief, "200");
});

Deno.test("mounts: what Azure ML does not do is refused there, and done at 127.0.0.1", async () => {
  const refused = [
    ["POST", "experiments/update", { experiment_id: "1", new_name: "b" }, "501 NOT_IMPLEMENTED"],
    ["POST", "registered-models/rename", { name: "m", new_name: "n" }, "501 NOT_IMPLEMENTED"],
    ["POST", "runs/search", { experiment_ids: ["0"], order_by: ["metrics.a"] }, INVALID],
    ["POST", "runs/search", { experiment_ids: ["0"], order_by: ["params.a"] }, INVALID],
    ["POST", "runs/search", { experiment_ids: ["0"], filter: "tags.a != 'b'" }, INVALID],
    ["GET", "registered-models/search?filter=name%20LIKE%20'a%25'", undefined, INVALID],
    ["GET", "registered-models/search?filter=tags.a%20%3D%20'a'", undefined, INVALID],
    ["GET", "model-versions/search?filter=name%20ILIKE%20'a%25'", undefined, INVALID],
    ["DELETE", "registered-models/delete", { name: "n" }, "501 NOT_IMPLEMENTED"],
  ] as const;
  for (const lenient of [false, true]) {
    await using host = await hostMlflow({ lenient });
    putWorkspace(host.store, "mlw-local");
    const ask = azure(host);
    await host.post("experiments/create", { name: "a" });
    await host.post("registered-models/create", { name: "m" });
    if (!lenient) {
      for (const [method, path, body, brief] of refused) {
        const answer = await ask(method, `mlflow/${path}`, body);
        assert.equal(answer.brief, brief, path);
        assert.match(answer.body.message, /not supported by Azure Machine Learning/);
      }
    }
    for (const [method, path, body] of refused) {
      const answer = lenient
        ? await ask(method, `mlflow/${path}`, body)
        : await host.call(method, path, body);
      assert.equal(answer.brief, "200", path);
    }
    // what MLflow's own client puts into every search for models
    const prompts = encodeURIComponent("tag.`mlflow.prompt.is_prompt` != 'true'");
    const found = await ask("GET", `mlflow/registered-models/search?filter=${prompts}`);
    assert.equal(found.brief, "200");
  }
});

Deno.test("mounts: Azure ML registers through MLflow what is in MLflow's format only", async () => {
  await using host = await hostMlflow();
  putWorkspace(host.store, "mlw-local");
  const ask = azure(host);
  const { body: { run } } = await ask("POST", "mlflow/runs/create", { experiment_id: "0" });
  const { run_id, artifact_uri } = run.info, source = `${artifact_uri}/model`;
  await ask("POST", "mlflow/registered-models/create", { name: "m" });
  const create = () => ask("POST", "mlflow/model-versions/create", { name: "m", source, run_id });
  const refused = await create();
  assert.equal(refused.brief, INVALID);
  assert.match(refused.body.message, /no MLmodel file.*Azure Resource Manager/);
  await ask("PUT", `mlflow-artifacts/artifacts/0/${run_id}/artifacts/model/MLmodel`, "flavors: {}");
  assert.equal((await create()).brief, "200");
});

const INVALID = "400 INVALID_PARAMETER_VALUE";

Deno.test("mounts: pages of other sites are kept out", async () => {
  await using host = await hostMlflow();
  putWorkspace(host.store, "mlw-local");
  const own = host.base, create = { name: "a" };
  const from = (headers: Record<string, string>, method = "POST") =>
    method === "POST"
      ? host.call(method, "experiments/create", create, headers)
      : host.call(method, "experiments/get?experiment_id=0", undefined, headers);
  const strangers: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:8888" },
    { origin: own.replace("http:", "https:") },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
  ];
  for (const headers of strangers) {
    const answer = await from(headers);
    assert.equal(answer.status, 403, JSON.stringify(headers));
    assert.equal(answer.text, "Cross-origin request blocked");
  }
  assert.equal((await from({ origin: "https://evil.example" }, "GET")).status, 403);
  assert.equal((await from({ "sec-fetch-site": "cross-site" }, "GET")).status, 403);
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  assert.equal((await from(link, "GET")).status, 200);
  assert.equal((await host.get("experiments/get-by-name?experiment_name=a")).status, 404);
  assert.equal((await from({ origin: own, "sec-fetch-site": "same-origin" })).status, 200);
  assert.equal((await from({ "sec-fetch-site": "none" }, "GET")).status, 200);
});
