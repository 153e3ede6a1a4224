import assert from "node:assert/strict";
import type { JsonRecord } from "lib/core/mod.ts";
import { DEFAULT_WORKSPACE } from "../../lib/local_azure/mlflow_context.ts";
import type { Store } from "../../lib/local_azure/store.ts";
import { hostMlflow, type MlflowHost } from "./mlflow_host.ts";

const START = Date.parse("2026-01-01T00:00:00Z");
const TYPE = "Microsoft.MachineLearningServices/workspaces/models";
const MODEL = `${DEFAULT_WORKSPACE}/models/m`;

/** What the control plane stores for `PUT …/models/m/versions/{version}`. */
function putThroughArm(store: Store, version: string, more: JsonRecord = {}): void {
  const shared = { description: null, tags: {}, properties: {}, isArchived: false };
  const container = { id: MODEL, name: "m", type: TYPE, properties: shared };
  if (!store.get(MODEL)) {
    store.put({ id: MODEL, type: TYPE, parent: DEFAULT_WORKSPACE, body: container, hidden: {} });
  }
  const id = `${MODEL}/versions/${version}`, type = `${TYPE}/versions`;
  const properties = {
    ...{ ...shared, isAnonymous: false, modelType: "custom_model", flavors: {}, jobName: null },
    ...{ modelUri: `azureml://datastores/ds/paths/${version}`, ...more },
  };
  store.put({ id, type, parent: MODEL, body: { id, name: version, type, properties }, hidden: {} });
}

async function newRun({ post }: MlflowHost): Promise<string> {
  return (await post("runs/create", { experiment_id: "0" })).body.run.info.run_id;
}

Deno.test("registered models: made, read, described, tagged, renamed, deleted", async () => {
  await using host = await hostMlflow();
  const { call, clock, get, post } = host;
  const made = {
    ...{ name: "m 1", creation_timestamp: START, last_updated_timestamp: START },
    ...{ description: "d", tags: [{ key: "a", value: "1" }] },
  };
  const { body } = await post("registered-models/create", {
    ...{ name: "m 1", description: "d", tags: made.tags },
  });
  assert.deepEqual(body, { registered_model: made });
  assert.deepEqual((await get("registered-models/get?name=m%201")).body, body);

  clock.advance(1_000);
  await call("PATCH", "registered-models/update", { name: "m 1", description: "e" });
  await post("registered-models/set-tag", { name: "m 1", key: "b", value: "2" });
  await call("DELETE", "registered-models/delete-tag", { name: "m 1", key: "a" });
  await post("model-versions/create", { name: "m 1", source: "s3://b/x" });
  await post("registered-models/alias", { name: "m 1", alias: "champion", version: "1" });
  clock.advance(1_000);
  const renamed = await post("registered-models/rename", { name: "m 1", new_name: "n" });
  const version = {
    ...{ name: "n", version: "1", creation_timestamp: START + 1_000 },
    ...{ last_updated_timestamp: START + 2_000, current_stage: "None", description: "" },
    ...{ source: "s3://b/x", run_id: "", run_link: "", status: "READY", aliases: ["champion"] },
  };
  assert.deepEqual(renamed.body, {
    registered_model: {
      ...{ name: "n", creation_timestamp: START, last_updated_timestamp: START + 2_000 },
      ...{ description: "e", tags: [{ key: "b", value: "2" }] },
      latest_versions: [version],
      aliases: [{ alias: "champion", version: "1" }],
    },
  });
  assert.equal((await get("registered-models/get?name=m%201")).status, 404);
  assert.deepEqual((await get("registered-models/alias?name=n&alias=champion")).body, {
    model_version: version,
  });
  assert.equal((await call("DELETE", "registered-models/delete", { name: "n" })).brief, "200");
  assert.equal((await get("model-versions/get?name=n&version=1")).status, 404);
});

Deno.test("model versions: a number is not given out twice, aliases go with their version", async () => {
  await using host = await hostMlflow();
  const { call, get, post } = host;
  await post("registered-models/create", { name: "m" });
  const create = async () =>
    (await post("model-versions/create", { name: "m", source: "s3://b/x" })).body.model_version
      .version;
  assert.deepEqual([await create(), await create(), await create()], ["1", "2", "3"]);
  for (const alias of ["challenger", "latest-good"]) {
    await post("registered-models/alias", { name: "m", alias, version: "3" });
  }
  await post("registered-models/alias", { name: "m", alias: "champion", version: "2" });
  await call("DELETE", "model-versions/delete", { name: "m", version: "3" });
  const { body } = await get("registered-models/get?name=m");
  assert.deepEqual(body.registered_model.aliases, [{ alias: "champion", version: "2" }]);
  const gone = await get("registered-models/alias?name=m&alias=challenger");
  assert.equal(gone.brief, "400 INVALID_PARAMETER_VALUE");
  assert.equal(await create(), "4");
  const latest = await get("registered-models/alias?name=m&alias=latest");
  assert.equal(latest.body.model_version.version, "4");

  await post("registered-models/alias", { name: "m", alias: "champion", version: "4" });
  const version = async (number: string) =>
    (await get(`model-versions/get?name=m&version=${number}`)).body.model_version;
  assert.deepEqual((await version("4")).aliases, ["champion"]);
  assert.equal((await version("2")).aliases, undefined);
  await call("DELETE", "registered-models/alias", { name: "m", alias: "champion" });
  assert.equal((await version("4")).aliases, undefined);
});

Deno.test("model versions: source, run, download place, tags, stages", async () => {
  await using host = await hostMlflow();
  const { call, get, post } = host, run_id = await newRun(host);
  await post("registered-models/create", { name: "m" });
  const artifacts = `mlflow-artifacts:/0/${run_id}/artifacts`;
  const create = async (more: Record<string, unknown>) =>
    (await post("model-versions/create", { name: "m", ...more })).body.model_version;
  const tags = [{ key: "t", value: "1" }];
  const first = await create({ source: `${artifacts}/model`, run_id, tags, run_link: "http://x" });
  assert.deepEqual(
    [first.source, first.run_id, first.run_link, first.tags],
    [`${artifacts}/model`, run_id, "http://x", tags],
  );
  await create({ source: `runs:/${run_id}/deep/model`, run_id });
  const third = await create({ source: "models:/m/2" });
  assert.equal(third.run_id, run_id);
  const place = async (version: number) =>
    (await get(`model-versions/get-download-uri?name=m&version=${version}`)).body.artifact_uri;
  assert.equal(await place(1), `${artifacts}/model`);
  assert.equal(await place(2), `${artifacts}/deep/model`);
  assert.equal(await place(3), `${artifacts}/deep/model`);

  await post("model-versions/set-tag", { name: "m", version: "1", key: "u", value: "2" });
  await call("DELETE", "model-versions/delete-tag", { name: "m", version: "1", key: "t" });
  const patched = await call("PATCH", "model-versions/update", {
    ...{ name: "m", version: "1", description: "best" },
  });
  assert.equal(patched.body.model_version.description, "best");
  assert.deepEqual(patched.body.model_version.tags, [{ key: "u", value: "2" }]);

  const stage = async (version: string, stage: string, archive_existing_versions = false) =>
    (await post("model-versions/transition-stage", {
      ...{ name: "m", version, stage, archive_existing_versions },
    })).body.model_version.current_stage;
  assert.equal(await stage("1", "production"), "Production");
  assert.equal(await stage("2", "Production", true), "Production");
  const newest = await post("registered-models/get-latest-versions", { name: "m" });
  assert.deepEqual(
    newest.body.model_versions.map((one: JsonRecord) => [one.current_stage, one.version]),
    [["None", "3"], ["Production", "2"], ["Archived", "1"]],
  );
  const one = await get("registered-models/get-latest-versions?name=m&stages=Archived");
  assert.deepEqual(one.body.model_versions.map((one: JsonRecord) => one.version), ["1"]);
});

Deno.test("registered-models/search and model-versions/search", async () => {
  await using host = await hostMlflow();
  const { clock, get, post } = host, run_id = await newRun(host);
  const models = [["b", "1"], ["A", "2"], ["c", undefined]] as const;
  for (const [name, value] of models) {
    clock.advance(1_000);
    const tags = value ? [{ key: "k", value }] : [];
    await post("registered-models/create", { name, tags });
    await post("model-versions/create", { name, source: `s3://x/${name}`, run_id, tags });
  }
  await post("registered-models/create", {
    ...{ name: "prompt", tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }] },
  });
  clock.advance(1_000);
  await post("model-versions/create", { name: "b", source: "s3://y" });
  const query = (parts: Record<string, string>) => new URLSearchParams(parts).toString();
  const named = async (parts: Record<string, string>) => {
    const { body, brief } = await get(`registered-models/search?${query(parts)}`);
    assert.equal(brief, "200");
    return (body.registered_models ?? []).map((one: JsonRecord) => one.name).join(" ");
  };
  assert.equal(await named({}), "A b c prompt");
  for (
    const [filter, expected] of [
      ["tag.`mlflow.prompt.is_prompt` != 'true'", "A b c"],
      ["name = 'b' AND tag.`mlflow.prompt.is_prompt` != 'true'", "b"],
      ["tag.`mlflow.prompt.is_prompt` = 'true'", "prompt"],
      ["name LIKE 'a%'", ""],
      ["name ILIKE 'a%'", "A"],
      ["name IN ('b', \"c\")", "b c"],
      ["tags.k = '1'", "b"],
      ["tags.k != '1'", "A"],
    ]
  ) assert.equal(await named({ filter }), expected, filter);
  assert.equal(await named({ order_by: "name DESC" }), "prompt c b A");
  assert.equal(await named({ order_by: "last_updated_timestamp" }), "A c prompt b");
  assert.equal(await named({ max_results: "1" }), "A");
  const { body } = await get("registered-models/search?max_results=3");
  assert.equal(await named({ page_token: body.next_page_token }), "prompt");

  const versions = async (parts: Record<string, string>) => {
    const { body, brief } = await get(`model-versions/search?${query(parts)}`);
    assert.equal(brief, "200");
    return (body.model_versions ?? []).map((one: JsonRecord) => `${one.name}${one.version}`).join(
      " ",
    );
  };
  assert.equal(await versions({}), "b2 c1 A1 b1");
  for (
    const [filter, expected] of [
      ["name = 'b'", "b2 b1"],
      ["name = 'b' and version_number > 1", "b2"],
      ["version_number = '1'", "c1 A1 b1"],
      [`run_id = '${run_id}'`, "c1 A1 b1"],
      [`run_id IN ('zz')`, ""],
      ["source_path LIKE 's3://x/%' AND tags.k != '1'", "A1"],
    ]
  ) assert.equal(await versions({ filter }), expected, filter);
  assert.equal(await versions({ order_by: "version_number DESC" }), "b2 c1 A1 b1");
  assert.equal(await versions({ order_by: "creation_timestamp" }), "b1 A1 c1 b2");
  const page = (await get("model-versions/search?max_results=3")).body.next_page_token;
  assert.equal(await versions({ page_token: page }), "b1");
});

Deno.test("one store: what the control plane registered is read and written through MLflow", async () => {
  await using host = await hostMlflow();
  const { call, get, post, store } = host;
  putThroughArm(store, "1");
  putThroughArm(store, "10", { description: "ten", tags: { origin: "ci" }, jobName: "job-1" });
  const { body } = await get("model-versions/get?name=m&version=10");
  assert.deepEqual(body.model_version, {
    ...{ name: "m", version: "10", creation_timestamp: START, last_updated_timestamp: START },
    ...{ current_stage: "None", description: "ten", source: "azureml://datastores/ds/paths/10" },
    ...{ run_id: "job-1", run_link: "", status: "READY", tags: [{ key: "origin", value: "ci" }] },
  });
  const found = await get(`model-versions/search?filter=${encodeURIComponent("name = 'm'")}`);
  assert.deepEqual(found.body.model_versions.map((one: JsonRecord) => one.version), ["10", "1"]);
  const model = await get("registered-models/get?name=M"); // names of Azure's resources have no case
  assert.equal(model.body.registered_model.latest_versions[0].version, "10");
  assert.equal((await post("registered-models/create", { name: "m" })).status, 400);

  await post("model-versions/set-tag", { name: "m", version: "10", key: "gate", value: "passed" });
  await call("PATCH", "model-versions/update", { name: "m", version: "10", description: "best" });
  await post("registered-models/alias", { name: "m", alias: "champion", version: "10" });
  const properties = store.get(`${MODEL}/versions/10`)!.body.properties as JsonRecord;
  assert.deepEqual(properties.tags, { origin: "ci", gate: "passed" });
  assert.equal(properties.description, "best");
  assert.equal(properties.modelUri, "azureml://datastores/ds/paths/10");
  // an alias is no part of what the control plane shows
  assert.equal(JSON.stringify(store.get(MODEL)!.body).includes("champion"), false);

  store.delete(`${MODEL}/versions/10`); // through the control plane: the alias names nothing
  assert.equal((await get("registered-models/alias?name=m&alias=champion")).status, 400);
  assert.equal(
    (await get("registered-models/get?name=m")).body.registered_model.aliases,
    undefined,
  );
});

Deno.test("one store: what MLflow registered is a model version of the control plane", async () => {
  await using host = await hostMlflow();
  const { call, post, store } = host, run_id = await newRun(host);
  putThroughArm(store, "4");
  const source = `mlflow-artifacts:/0/${run_id}/artifacts/model`;
  const create = async () =>
    (await post("model-versions/create", { name: "m", source, run_id, description: "d" }))
      .body.model_version.version;
  assert.equal(await create(), "5");
  const workspace = DEFAULT_WORKSPACE.replace("/providers/Microsoft.MachineLearningServices", "");
  const { body, parent, type } = store.get(`${MODEL}/versions/5`)!;
  assert.deepEqual(body.properties, {
    ...{ description: "d", tags: {}, properties: {}, isArchived: false, isAnonymous: false },
    ...{ flavors: {}, jobName: run_id, modelType: "custom_model" },
    modelUri: `azureml:/${workspace}/datastores/workspaceartifactstore/paths/ExperimentRun/` +
      `dcid.${run_id}/model`,
  });
  assert.deepEqual([body.id, body.name], [`${MODEL}/versions/5`, "5"]);
  assert.deepEqual([parent, type], [MODEL.toLowerCase(), `${TYPE}/versions`.toLowerCase()]);
  await call("PUT", `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/model/MLmodel`, "f");
  assert.equal(await create(), "6");
  const second = store.get(`${MODEL}/versions/6`)!.body.properties as JsonRecord;
  assert.equal(second.modelType, "mlflow_model");
  store.delete(`${MODEL}/versions/6`);
  assert.equal(await create(), "7");
});
