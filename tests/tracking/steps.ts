/**
 * What a tracking server does, as steps with assertions: run against Local Azure and against a real
 * `mlflow server`, so that neither the tests nor Local Azure know an MLflow of their own.
 */

import assert from "node:assert/strict";
import { BadInput, type JsonRecord } from "lib/core/mod.ts";
import type { Tracking } from "lib/tracking/mod.ts";
import { rawRequest } from "../local_azure/mlflow_raw.ts";

/** A server under test. */
export interface Server {
  readonly base: string;
  /** Our client of it. */
  readonly tracking: Tracking;
  /** Asks under `/api/2.0/mlflow/`, or under a path that begins with a slash. */
  call(method: string, path: string, body?: JsonRecord | string): Promise<Answer>;
}

/** What came back. */
export interface Answer {
  /** `200`, or e.g. `404 RESOURCE_DOES_NOT_EXIST`. */
  readonly brief: string;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests look into bodies of many shapes
  readonly body: any;
}

/** One step. */
export interface Step {
  readonly name: string;
  run(server: Server): Promise<void>;
}

/** Asks a server. */
export function caller(base: string): Server["call"] {
  return async (method, path, body) => {
    const isText = typeof body === "string";
    const response = await fetch(base + (path.startsWith("/") ? path : `/api/2.0/mlflow/${path}`), {
      method,
      headers: body === undefined || isText ? {} : { "content-type": "application/json" },
      body: isText ? body : JSON.stringify(body),
    });
    const text = await response.text(), { status } = response;
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    const parsed = isJson ? JSON.parse(text) : undefined, code = parsed?.error_code;
    return { text, body: parsed, brief: code ? `${status} ${code}` : String(status) };
  };
}

const INVALID = "400 INVALID_PARAMETER_VALUE", ABSENT = "404 RESOURCE_DOES_NOT_EXIST";
const TAKEN = "400 RESOURCE_ALREADY_EXISTS";

const AT = (ms: number) => new Date(1_700_000_000_000 + ms).toISOString();

/** All steps; each has an experiment of its own. */
export const STEPS: readonly Step[] = [
  {
    name: "a run from its start to its end",
    async run({ tracking }) {
      const tags = { datasetDigest: "ab12", team: "é" };
      const run = await tracking.startRun({ experiment: "whole", name: "first", tags });
      assert.equal(run.started.status, "RUNNING");
      await run.logParams({ seed: 7, forest: { trees: 50, depth: null } });
      await run.logMetrics({ accuracy: 0.9, loss: 0.5 });
      await run.logMetrics({ loss: 0.25 }, { step: 1 });
      await run.setTags({ team: "b" });
      await run.finish();
      const { status, params, metrics, tags: kept } = await tracking.getRun(run.runId);
      assert.equal(status, "FINISHED");
      assert.deepEqual(params, { seed: "7", "forest.trees": "50", "forest.depth": "null" });
      assert.deepEqual(metrics, { accuracy: 0.9, loss: 0.25 });
      const { "mlflow.user": _user, ...own } = kept;
      assert.deepEqual(own, { datasetDigest: "ab12", team: "b", "mlflow.runName": "first" });
    },
  },
  {
    name: "nested runs are found by their parent",
    async run({ tracking }) {
      const experiment = "nested", parent = await tracking.startRun({ experiment, name: "parent" });
      for (const name of ["a", "b"]) {
        const child = await tracking.startRun({ experiment, name, parent: parent.runId });
        const grandchild = { experiment, name: `${name}${name}`, parent: child.runId };
        await tracking.startRun(grandchild);
      }
      const found = await tracking.searchRuns({
        ...{ experiments: [experiment], orderBy: [{ by: "run_name" }] },
        filter: `tags.mlflow.parentRunId = '${parent.runId}'`,
      });
      assert.deepEqual(found.map(({ name }) => name), ["a", "b"]);
    },
  },
  {
    name: "a metric's history is by time, then step; the latest is that of the highest step",
    async run({ tracking, call }) {
      const run = await tracking.startRun({ experiment: "history" });
      const points = [[3, 30, 0.3], [1, 10, 0.1], [2, 20, 0.2], [1, 20, 0.15], [1, 10, 0.1]];
      await run.logPoints(
        points.map(([step, at, value]) => ({ key: "loss", step, value, at: AT(at) })),
      );
      assert.deepEqual(await tracking.metricHistory(run.runId, "loss"), [
        { value: 0.1, step: 1, at: AT(10) }, // it was logged twice, and is there once
        { value: 0.15, step: 1, at: AT(20) },
        { value: 0.2, step: 2, at: AT(20) },
        { value: 0.3, step: 3, at: AT(30) },
      ]);
      assert.deepEqual((await tracking.getRun(run.runId)).metrics, { loss: 0.3 });
      assert.deepEqual(await tracking.metricHistory(run.runId, "none"), []);
      const first = await call(
        "GET",
        `metrics/get-history?run_id=${run.runId}&metric_key=loss&max_results=3`,
      );
      assert.equal(first.body.metrics.length, 3);
      const token = encodeURIComponent(first.body.next_page_token);
      const second = await call(
        "GET",
        `metrics/get-history?run_id=${run.runId}&metric_key=loss&max_results=3&page_token=${token}`,
      );
      assert.deepEqual(second.body.metrics.map(({ step }: { step: number }) => step), [3]);
      assert.equal(second.body.next_page_token, undefined);
    },
  },
  {
    name: "NaN and infinity: the server takes them as texts, our client refuses them",
    async run({ tracking, call }) {
      const run = await tracking.startRun({ experiment: "nan" }), { runId } = run;
      for (const value of ["NaN", "Infinity", "-Infinity"]) {
        const metric = { run_id: runId, key: value, value, timestamp: 1, step: 0 };
        assert.equal((await call("POST", "runs/log-metric", metric)).brief, "200");
        await assert.rejects(run.logMetrics({ [value]: Number(value) }), BadInput);
      }
      const { metrics } = await tracking.getRun(runId), most = Number.MAX_VALUE;
      assert.deepEqual(metrics, { NaN: null, Infinity: most, "-Infinity": -most });
    },
  },
  {
    name: "long values: the server cuts them without a word, our client refuses them",
    async run({ tracking, call }) {
      const run = await tracking.startRun({ experiment: "long" }), run_id = run.runId;
      for (
        const [what, limit] of [["log-parameter", 6_000], ["set-tag", 8_000]] as const
      ) {
        const body = { run_id, key: what, value: "x".repeat(limit + 1) };
        assert.equal((await call("POST", `runs/${what}`, body)).brief, "200");
      }
      const { params, tags } = await tracking.getRun(run_id);
      assert.deepEqual([params["log-parameter"].length, tags["set-tag"].length], [6_000, 8_000]);
      await assert.rejects(run.logParams({ p: "x".repeat(6_001) }), BadInput);
      await assert.rejects(run.setTags({ t: "x".repeat(8_001) }), BadInput);
      await run.logParams({ p: "x".repeat(6_000) });
      await run.setTags({ t: "x".repeat(8_000) });
    },
  },
  {
    name: "a search filters, orders, pages and sees deleted runs only when asked",
    async run({ tracking, call }) {
      const experiment = "search", { experimentId } = await tracking.ensureExperiment(experiment);
      for (
        const [name, accuracy, depth] of [["a", 0.7, 1], ["b", undefined, 2], ["c", 0.9, 1], [
          "d",
          0.8,
          3,
        ]] as const
      ) {
        const { body } = await call("POST", "runs/create", {
          ...{ experiment_id: experimentId, run_name: name, start_time: name.charCodeAt(0) },
          tags: [{ key: "team", value: `team-${name}` }],
        });
        const { run_id } = body.run.info, { post } = poster(call);
        await post("runs/log-parameter", { run_id, key: "depth", value: String(depth) });
        if (accuracy === undefined) continue;
        const metric = { run_id, key: "val/acc", value: accuracy, timestamp: 1, step: 0 };
        await post("runs/log-metric", metric);
      }
      const search = async (more: JsonRecord) => {
        const { body, brief, text } = await call("POST", "runs/search", {
          ...{ experiment_ids: [experimentId] },
          ...more,
        });
        assert.equal(brief, "200", text);
        const runs: { info: { run_name: string } }[] = body.runs ?? [];
        return {
          names: runs.map(({ info }) => info.run_name).join(""),
          token: body.next_page_token,
        };
      };
      for (
        const [filter, order, names] of [
          ["", "", "dcba"],
          ['metrics."val/acc" >= 0.8', "", "dc"],
          ["metrics.`val/acc` != 0.9", "", "da"],
          ["params.depth = '1' and tags.team LIKE 'team-%'", "", "ca"],
          ["tags.team ILIKE 'TEAM-A'", "", "a"],
          ["attributes.run_name = 'b'", "", "b"],
          ["status = 'RUNNING'", "start_time ASC", "abcd"],
          ["", "metrics.`val/acc` DESC", "cdab"],
          ["", "metrics.`val/acc` ASC", "adcb"],
          ["", "params.depth DESC, start_time ASC", "dbac"],
        ]
      ) {
        const order_by = order === "" ? [] : order.split(", ");
        assert.equal((await search({ filter, order_by })).names, names, `${filter} by ${order}`);
      }
      const first = await search({ max_results: 3 });
      assert.equal(first.names, "dcb");
      const second = await search({ max_results: 3, page_token: first.token });
      assert.deepEqual(second, { names: "a", token: undefined });
      for (
        const filter of ["nonsense", "params.depth > 3", "status = 'a' OR status = 'b'", "x.y = 1"]
      ) {
        const { brief } = await call("POST", "runs/search", {
          ...{ experiment_ids: [experimentId], filter },
        });
        assert.equal(brief, INVALID, filter);
      }
      const bad: JsonRecord[] = [
        { max_results: 0 },
        { max_results: 50_001 },
        { page_token: "zz" },
      ];
      for (const more of bad) {
        const body = { experiment_ids: [experimentId], ...more };
        assert.equal((await call("POST", "runs/search", body)).brief, INVALID);
      }
      const found = await tracking.searchRuns({
        ...{ experiments: [experiment], limit: 3 },
        orderBy: [{ by: "metrics.val/acc", descending: true }],
      });
      assert.deepEqual(found.map(({ name }) => name), ["c", "d", "a"]);
    },
  },
  {
    name: "runs and experiments are deleted and restored",
    async run({ tracking, call }) {
      const experiment = "gone", run = await tracking.startRun({ experiment });
      const { experimentId: experiment_id } = run.started, { post } = poster(call);
      await tracking.deleteRun(run.runId);
      assert.deepEqual(await tracking.searchRuns({ experiments: [experiment] }), []);
      await assert.rejects(run.logMetrics({ a: 1 }), { code: "INVALID_PARAMETER_VALUE" });
      const deleted = { experiment_ids: [experiment_id], run_view_type: "DELETED_ONLY" };
      assert.equal((await post("runs/search", deleted)).runs.length, 1);
      await tracking.restoreRun(run.runId);
      await run.logMetrics({ a: 1 });
      assert.equal((await tracking.searchRuns({ experiments: [experiment] })).length, 1);
      await post("experiments/delete", { experiment_id });
      await assert.rejects(tracking.startRun({ experiment }), { code: "DELETED" });
      const names = (await tracking.listExperiments()).map(({ name }) => name);
      assert.equal(names.includes(experiment), false);
      await post("experiments/restore", { experiment_id });
      await tracking.startRun({ experiment });
    },
  },
  {
    name: "artifacts are put, listed and read; a path out of the run is refused on both sides",
    async run({ base, tracking, call }) {
      const run = await tracking.startRun({ experiment: "files" });
      await run.logArtifact("a b é.txt", "hello");
      await run.logArtifact("plots/c.bin", new Uint8Array([1, 2, 3]));
      await run.logArtifact("a b é.txt", "hello again");
      const list = async (path: string) => {
        const { body } = await call("GET", `artifacts/list?run_id=${run.runId}${path}`);
        return body.files ?? [];
      };
      assert.deepEqual(await list(""), [
        { path: "a b é.txt", is_dir: false, file_size: 11 },
        { path: "plots", is_dir: true },
      ]);
      assert.deepEqual(await list("&path=plots"), [
        { path: "plots/c.bin", is_dir: false, file_size: 3 },
      ]);
      const below = run.started.artifactUri.replace("mlflow-artifacts:/", "");
      const files = `/api/2.0/mlflow-artifacts/artifacts/${below}`;
      assert.equal((await call("GET", `${files}/a%20b%20%C3%A9.txt`)).text, "hello again");
      assert.equal((await call("GET", `${files}/none.txt`)).brief, ABSENT);
      for (const path of ["../x", "a/../../x", "/x", "a\\..\\x", "..", ""]) {
        await assert.rejects(run.logArtifact(path, "x"), BadInput, path);
      }
      for (const path of ["%2e%2e/x", "a/%2e%2e%2f%2e%2e%2f%2e%2e%2fx", "%2fetc%2fx"]) {
        const full = `/api/2.0/mlflow-artifacts/artifacts/${path}`;
        const { status, text } = await rawRequest(Number(new URL(base).port), "PUT", full, "x");
        assert.equal(`${status} ${JSON.parse(text).error_code}`, INVALID, path);
      }
      const above = await call("GET", `artifacts/list?run_id=${run.runId}&path=..%2F..`);
      assert.equal(above.brief, INVALID);
    },
  },
  {
    name: "registered models: versions, aliases, tags",
    async run({ tracking, call }) {
      const run = await tracking.startRun({ experiment: "models" });
      await run.logArtifact("model/MLmodel", "flavors: {}");
      const { post, send } = poster(call), name = "flowers";
      await post("registered-models/create", { name, tags: [{ key: "team", value: "a" }] });
      const source = `${run.started.artifactUri}/model`, run_id = run.runId;
      for (const version of ["1", "2"]) {
        const made = await post("model-versions/create", { name, source, run_id });
        assert.equal(made.model_version.version, version);
        assert.equal(made.model_version.status, "READY");
      }
      for (const [alias, version] of [["champion", "1"], ["challenger", "2"], ["champion", "2"]]) {
        await post("registered-models/alias", { name, alias, version });
      }
      const champion = await call("GET", `registered-models/alias?name=${name}&alias=champion`);
      assert.equal(champion.body.model_version.version, "2");
      await post("registered-models/set-tag", { name, key: "task", value: "classify" });
      await post("model-versions/set-tag", { name, version: "1", key: "gate", value: "passed" });
      const tagged = await call("GET", `model-versions/get?name=${name}&version=1`);
      assert.deepEqual(tagged.body.model_version.tags, [{ key: "gate", value: "passed" }]);
      await send("DELETE", "model-versions/delete-tag", { name, version: "1", key: "gate" });
      await send("DELETE", "registered-models/alias", { name, alias: "challenger" });
      await send("DELETE", "registered-models/alias", { name, alias: "never" });
      await send("PATCH", "registered-models/update", { name, description: "of iris" });
      const { body: { registered_model: model } } = await call(
        "GET",
        `registered-models/get?name=${name}`,
      );
      assert.equal(model.description, "of iris");
      assert.deepEqual(model.aliases, [{ alias: "champion", version: "2" }]);
      const byKey = (a: { key: string }, b: { key: string }) => a.key < b.key ? -1 : 1;
      assert.deepEqual(model.tags.toSorted(byKey), [
        { key: "task", value: "classify" },
        { key: "team", value: "a" },
      ]);
      const filter = encodeURIComponent("name LIKE 'flow%'");
      const found = await call("GET", `registered-models/search?filter=${filter}`);
      assert.equal(found.body.registered_models.length, 1);
      await send("DELETE", "model-versions/delete", { name, version: "2" });
      const gone = await call("GET", `registered-models/alias?name=${name}&alias=champion`);
      assert.equal(gone.brief, INVALID);
      const next = await post("model-versions/create", { name, source, run_id });
      assert.equal(next.model_version.version, "3"); // a number comes once only
      await send("DELETE", "registered-models/delete", { name });
      assert.equal((await call("GET", `registered-models/get?name=${name}`)).brief, ABSENT);
    },
  },
  {
    name: "what is refused, and how",
    async run({ tracking, call }) {
      const run = await tracking.startRun({ experiment: "errors" }), run_id = run.runId;
      const { experimentId: experiment_id } = run.started;
      await run.logParams({ seed: 7 });
      await poster(call).post("registered-models/create", { name: "taken" });
      const source = `${run.started.artifactUri}/model`;
      const metric = { run_id, key: "m", value: 1, timestamp: 1, step: 0 };
      const items = (count: number) =>
        Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: "1" }));
      const metrics = Array.from({ length: 1_001 }, (_, step) => ({ ...metric, step }));
      for (
        const [path, body, brief] of [
          ["experiments/create", { name: "errors" }, TAKEN],
          ["experiments/create", { name: "" }, INVALID],
          ["experiments/create", { name: "x".repeat(501) }, INVALID],
          ["runs/create", { experiment_id: "987654" }, ABSENT],
          ["runs/update", { run_id: "7", status: "FINISHED" }, ABSENT],
          ["runs/log-parameter", { run_id, key: "seed", value: "8" }, INVALID],
          ["runs/log-parameter", { run_id, key: "seed", value: "7" }, "200"],
          ["runs/log-metric", { ...metric, key: "../up" }, INVALID],
          ["runs/log-metric", { ...metric, key: "a*b" }, INVALID],
          ["runs/log-metric", { ...metric, key: "x".repeat(251) }, INVALID],
          ["runs/log-metric", { run_id, key: "m", timestamp: 1 }, INVALID],
          ["runs/log-metric", { ...metric, run_id: "7" }, ABSENT],
          ["runs/log-batch", { run_id, metrics }, INVALID],
          ["runs/log-batch", { run_id, params: items(101) }, INVALID],
          ["runs/log-batch", { run_id, tags: items(101) }, INVALID],
          ["runs/log-batch", { run_id, params: [{ key: "seed", value: "9" }] }, INVALID],
          ["runs/delete-tag", { run_id, key: "none" }, ABSENT],
          ["runs/restore", { run_id: "7" }, ABSENT],
          ["registered-models/create", { name: "taken" }, TAKEN],
          ["registered-models/alias", { name: "taken", alias: "latest", version: "1" }, INVALID],
          ["registered-models/alias", { name: "taken", alias: "v1", version: "1" }, INVALID],
          ["registered-models/alias", { name: "taken", alias: "a", version: "1" }, ABSENT],
          ["model-versions/create", { name: "none", source, run_id }, ABSENT],
          ["runs/search", { experiment_ids: ["987654"] }, "200"],
        ] as [string, JsonRecord, string][]
      ) {
        const answer = await call("POST", path, body);
        assert.equal(answer.brief, brief, `${path} ${JSON.stringify(body).slice(0, 200)}`);
      }
      const { params, metrics: kept } = await tracking.getRun(run_id);
      assert.deepEqual([params, kept], [{ seed: "7" }, {}]); // of a refused batch nothing stays
      assert.equal((await call("GET", "runs/get?run_id=7")).brief, ABSENT);
      assert.equal((await call("GET", `experiments/get?experiment_id=987654`)).brief, ABSENT);
      assert.equal((await call("GET", "registered-models/get?name=none")).brief, ABSENT);
      const byAlias = await call("GET", "registered-models/alias?name=taken&alias=a");
      assert.equal(byAlias.brief, INVALID);
      assert.equal((await call("GET", "no-such-thing")).brief, "404");
      const search = { experiment_ids: [experiment_id], order_by: ["nonsense"] };
      assert.equal((await call("POST", "runs/search", search)).brief, INVALID);
    },
  },
];

/** Calls that must succeed. */
function poster(call: Server["call"]) {
  const send = async (method: string, path: string, body: JsonRecord) => {
    const answer = await call(method, path, body);
    assert.equal(answer.brief, "200", `${path}: ${answer.text}`);
    return answer.body;
  };
  return { send, post: (path: string, body: JsonRecord) => send("POST", path, body) };
}
