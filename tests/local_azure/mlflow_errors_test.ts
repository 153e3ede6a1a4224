import assert from "node:assert/strict";
import { hostMlflow, type MlflowHost } from "./mlflow_host.ts";

/** Each row: what is asked, and the answer in short, as MLflow's own server gives it. */
type Row = readonly [path: string, body: unknown, brief: string];

const INVALID = "400 INVALID_PARAMETER_VALUE", ABSENT = "404 RESOURCE_DOES_NOT_EXIST";
const TAKEN = "400 RESOURCE_ALREADY_EXISTS";

async function check(host: MlflowHost, rows: readonly Row[]): Promise<void> {
  for (const [path, body, brief] of rows) {
    const [method, rest] = path.includes(" ") ? path.split(" ") : ["POST", path];
    const answer = await host.call(method, rest, body);
    const asked = `${path} ${JSON.stringify(body)?.slice(0, 200)}: ${answer.text}`;
    assert.equal(answer.brief, brief, asked);
    if (answer.status < 400) continue;
    assert.deepEqual(Object.keys(answer.body), ["error_code", "message"], asked);
    assert.notEqual(answer.body.message, "", asked);
  }
}

Deno.test("errors of experiments", async () => {
  await using host = await hostMlflow();
  await host.post("experiments/create", { name: "a" });
  await check(host, [
    ["experiments/create", { name: "a" }, TAKEN],
    ["experiments/create", {}, INVALID],
    ["experiments/create", { name: "" }, INVALID],
    ["experiments/create", { name: null }, INVALID],
    ["experiments/create", { name: 3 }, INVALID],
    ["experiments/create", { name: "x".repeat(501) }, INVALID],
    ["experiments/create", { name: "x".repeat(500) }, "200"],
    ["experiments/create", { name: "b", artifact_location: "../x" }, INVALID],
    ["experiments/create", { name: "b", artifact_location: "mlflow-artifacts:/a/../b" }, INVALID],
    ["experiments/create", { name: "b", tags: [{ value: "1" }] }, INVALID],
    ["GET experiments/get?experiment_id=99", undefined, ABSENT],
    ["GET experiments/get?experiment_id=abc", undefined, INVALID],
    ["GET experiments/get", undefined, INVALID],
    ["GET experiments/get-by-name?experiment_name=nope", undefined, ABSENT],
    ["experiments/update", { experiment_id: "1", new_name: "Default" }, "400 BAD_REQUEST"],
    ["experiments/update", { experiment_id: "1" }, INVALID],
    ["experiments/update", { experiment_id: "99", new_name: "q" }, ABSENT],
    ["experiments/delete", { experiment_id: "99" }, ABSENT],
    ["experiments/delete", {}, INVALID],
    ["experiments/restore", { experiment_id: "99" }, ABSENT],
    ["experiments/restore", { experiment_id: "1" }, ABSENT],
    ["experiments/set-experiment-tag", { experiment_id: "99", key: "k", value: "v" }, ABSENT],
    ["experiments/set-experiment-tag", { experiment_id: "1", value: "v" }, INVALID],
    ["experiments/set-experiment-tag", { experiment_id: "1", key: "k", value: 3 }, INVALID],
    [
      "experiments/set-experiment-tag",
      { experiment_id: "1", key: "k", value: "v".repeat(20_001) },
      INVALID,
    ],
    ["experiments/delete-experiment-tag", { experiment_id: "1", key: "k" }, ABSENT],
    ["experiments/search", {}, INVALID],
    ["experiments/search", { max_results: 0 }, INVALID],
    ["experiments/search", { max_results: -1 }, INVALID],
    ["experiments/search", { max_results: 50_001 }, INVALID],
    ["experiments/search", { max_results: 9, page_token: "zz" }, INVALID],
    ["experiments/search", { max_results: 9, view_type: "SOME" }, INVALID],
    ["experiments/search", { max_results: 9, filter: "foo = 'x'" }, INVALID],
    ["experiments/search", { max_results: 9, filter: "name > 'a'" }, INVALID],
    ["experiments/search", { max_results: 9, filter: "creation_time = 'x'" }, INVALID],
    ["experiments/search", { max_results: 9, filter: "params.a = '1'" }, INVALID],
    ["experiments/search", { max_results: 9, order_by: ["tags.a"] }, INVALID],
    ["experiments/search", { max_results: 9, order_by: ["name SIDEWAYS"] }, INVALID],
  ]);
});

Deno.test("errors of runs and of what is logged to them", async () => {
  await using host = await hostMlflow();
  const { body: { run } } = await host.post("runs/create", { experiment_id: "0" });
  const { run_id } = run.info, metric = { run_id, key: "m", value: 1, timestamp: 1 };
  const batch = (
    body: Record<string, unknown>,
    brief = INVALID,
  ): Row => ["runs/log-batch", { run_id, ...body }, brief];
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: "" }));
  const points = (count: number) => many(count).map(({ key }) => ({ key, value: 1, timestamp: 1 }));
  await check(host, [
    ["runs/create", {}, INVALID],
    ["runs/create", { experiment_id: "99" }, ABSENT],
    ["runs/create", { experiment_id: 3 }, INVALID],
    ["runs/create", { experiment_id: "0", start_time: "soon" }, INVALID],
    ["runs/create", { experiment_id: "0", tags: {} }, INVALID],
    ["GET runs/get?run_id=zz", undefined, ABSENT],
    ["GET runs/get", undefined, INVALID],
    ["runs/update", { run_id: "zz" }, ABSENT],
    ["runs/update", { run_id, status: "DONE" }, INVALID],
    ["runs/delete", { run_id: "zz" }, ABSENT],
    ["runs/delete", {}, INVALID],
    ["runs/restore", { run_id: "zz" }, ABSENT],
    ["runs/log-metric", { ...metric, run_id: undefined }, INVALID],
    ["runs/log-metric", { ...metric, run_id: "zz" }, ABSENT],
    ["runs/log-metric", { ...metric, key: undefined }, INVALID],
    ["runs/log-metric", { ...metric, value: undefined }, INVALID],
    ["runs/log-metric", { ...metric, timestamp: undefined }, INVALID],
    ["runs/log-metric", { ...metric, timestamp: -1 }, INVALID],
    ["runs/log-metric", { ...metric, timestamp: 1.5 }, INVALID],
    ["runs/log-metric", { ...metric, timestamp: 2 ** 60 }, INVALID],
    ["runs/log-metric", { ...metric, step: "x" }, INVALID],
    ["runs/log-metric", { ...metric, step: -7 }, "200"],
    ["runs/log-metric", { ...metric, value: "x" }, INVALID],
    ["runs/log-metric", { ...metric, value: true }, INVALID],
    ["runs/log-metric", { ...metric, key: "../up" }, INVALID],
    ["runs/log-metric", { ...metric, key: "a*b" }, INVALID],
    ["runs/log-metric", { ...metric, key: "/a" }, INVALID],
    ["runs/log-metric", { ...metric, key: "a//b" }, INVALID],
    ["runs/log-metric", { ...metric, key: "a/" }, INVALID],
    ["runs/log-metric", { ...metric, key: "k".repeat(251) }, INVALID],
    ["runs/log-metric", { ...metric, key: "k".repeat(250) }, "200"],
    ["runs/log-metric", { ...metric, key: "a/b c.d-e_f:g é" }, "200"],
    ["runs/log-parameter", { run_id, key: "p", value: "1" }, "200"],
    ["runs/log-parameter", { run_id, key: "p", value: "1" }, "200"],
    ["runs/log-parameter", { run_id, key: "p", value: "2" }, INVALID],
    ["runs/log-parameter", { run_id, value: "2" }, INVALID],
    ["runs/log-parameter", { run_id, key: "n", value: 3 }, INVALID],
    ["runs/log-parameter", { run_id: "zz", key: "n", value: "3" }, ABSENT],
    ["runs/log-parameter", { run_id, key: "k".repeat(251), value: "3" }, INVALID],
    ["runs/set-tag", { run_id, key: "a*b", value: "2" }, INVALID],
    ["runs/set-tag", { run_id, key: "", value: "2" }, INVALID],
    ["runs/set-tag", { run_id: "zz", key: "k", value: "2" }, ABSENT],
    ["runs/delete-tag", { run_id, key: "none" }, ABSENT],
    ["runs/delete-tag", { run_id: "zz", key: "none" }, ABSENT],
    ["runs/delete-tag", { run_id }, INVALID],
    batch({}, "200"),
    batch({ run_id: undefined }),
    batch({ run_id: "zz" }, ABSENT),
    batch({ params: [{ key: "p", value: "9" }] }),
    batch({ params: [{ key: "d", value: "1" }, { key: "d", value: "1" }] }),
    batch({ metrics: points(1_001) }),
    batch({ metrics: points(1_000) }, "200"),
    batch({ params: many(101) }),
    batch({ params: many(100) }, "200"),
    batch({ tags: many(101) }),
    batch({ tags: many(100) }, "200"),
    batch({ metrics: points(900), params: many(100), tags: many(1) }),
    batch({ metrics: [{ key: "z", value: 1 }] }),
    batch({ metrics: [{ key: "z", timestamp: 1 }] }),
    batch({ metrics: [{ value: 1, timestamp: 1 }] }),
    batch({ metrics: [{ key: "z", value: 1, timestamp: -1 }] }),
    batch({ metrics: {} }),
    batch({ metrics: [1] }),
    batch({ tags: [{ value: "1" }] }),
    batch({ tags: [{ key: "k".repeat(251), value: "1" }] }),
    ["runs/log-inputs", { run_id: "zz", datasets: [] }, ABSENT],
    ["runs/log-inputs", { run_id, datasets: [{}] }, INVALID],
    ["runs/log-inputs", { run_id, datasets: [{ dataset: { name: "x" } }] }, INVALID],
    [
      "runs/log-inputs",
      { run_id, datasets: [{ dataset: { name: "x", digest: "d".repeat(37) } }] },
      INVALID,
    ],
    [`GET metrics/get-history?run_id=${run_id}`, undefined, INVALID],
    ["GET metrics/get-history?metric_key=m", undefined, INVALID],
    [`GET metrics/get-history?run_id=${run_id}&metric_key=m&max_results=0`, undefined, INVALID],
    [`GET metrics/get-history?run_id=${run_id}&metric_key=m&page_token=zz`, undefined, INVALID],
  ]);
});

Deno.test("errors of searches for runs", async () => {
  await using host = await hostMlflow();
  const search = (
    body: Record<string, unknown>,
    brief = INVALID,
  ): Row => ["runs/search", { experiment_ids: ["0"], ...body }, brief];
  await check(host, [
    search({ experiment_ids: ["99"] }, "200"),
    search({ experiment_ids: [] }, "200"),
    search({ experiment_ids: ["abc"] }),
    search({ experiment_ids: "0" }),
    search({ max_results: 0 }),
    search({ max_results: -1 }),
    search({ max_results: 50_001 }),
    search({ max_results: 50_000 }, "200"),
    search({ max_results: "many" }),
    search({ page_token: "???" }),
    search({ page_token: btoa('{"offset":-1}') }),
    search({ page_token: btoa("[]") }),
    search({ run_view_type: "SOME" }),
    search({ filter: 3 }),
    search({ order_by: "start_time" }),
    search({ order_by: ["foo"] }),
    search({ order_by: [""] }),
    search({ order_by: ["metrics.a ASC DESC"] }),
    search({ order_by: ["metrics.a", "metric.a DESC"] }),
    ...[
      ..."metrics.a > 1 OR metrics.b > 1|params.x > 3|params.x > '3'|params.x = x".split("|"),
      ..."foo = 'a'|foo.bar = '1'|metrics.a|metrics.a >|> 5|(metrics.a > 1)|metrics.a > '1'".split(
        "|",
      ),
      ..."NOT metrics.a > 1|metrics.a > 1;|metrics.a > 1 and|metrics.a == 1|metrics.a <> 1".split(
        "|",
      ),
      ..."start_time > '1'|status > 'a'|status IN ('a')|metrics.a IS NULL|run_id IN ()".split("|"),
      ..."run_id IN (1)|metrics.a-b > 1|metrics.a > NaN|params.x = 'a|lifecycle_stage = 'active'"
        .split("|"),
      ..."   |dataset.foo = 'a'|METRICS.a > 1|constructor = 'a'|attribute.__proto__ = 'a'".split(
        "|",
      ),
      Array.from({ length: 201 }, () => "metrics.a > 1").join(" AND "),
      `params.x LIKE '${"%".repeat(10_001)}'`,
    ].map((filter) => search({ filter })),
    search({ filter: Array.from({ length: 200 }, () => "metrics.a > 1").join(" AND ") }, "200"),
    search({ filter: `params.x LIKE '${"*".repeat(10_000)}'` }, "200"),
  ]);
});

Deno.test("errors of registered models, versions and aliases", async () => {
  await using host = await hostMlflow();
  const name = "m", other = { name: "nope" }, source = "s3://bucket/x";
  await host.post("registered-models/create", { name });
  await host.post("model-versions/create", { name, source });
  const { body: { run } } = await host.post("runs/create", { experiment_id: "0" });
  const { run_id } = run.info, inRun = `mlflow-artifacts:/0/${run_id}/artifacts/model`;
  const version = (
    body: Record<string, unknown>,
    brief: string,
  ): Row => ["model-versions/create", { name, source, ...body }, brief];
  const alias = (
    body: Record<string, unknown>,
    brief: string,
  ): Row => ["registered-models/alias", { name, alias: "champion", version: "1", ...body }, brief];
  await check(host, [
    ["registered-models/create", { name }, TAKEN],
    ["registered-models/create", { name: "M" }, TAKEN],
    ["registered-models/create", {}, INVALID],
    ["registered-models/create", { name: "" }, INVALID],
    ["registered-models/create", { name: " " }, INVALID],
    ["registered-models/create", { name: 3 }, INVALID],
    ["registered-models/create", { name: "a/b" }, INVALID],
    ["registered-models/create", { name: "a:b" }, INVALID],
    ["GET registered-models/get?name=nope", undefined, ABSENT],
    ["GET registered-models/get", undefined, INVALID],
    ["PATCH registered-models/update", { ...other, description: "" }, ABSENT],
    ["registered-models/rename", { ...other, new_name: "b" }, ABSENT],
    ["registered-models/rename", { name }, INVALID],
    ["registered-models/rename", { name, new_name: "a/b" }, INVALID],
    ["DELETE registered-models/delete", other, ABSENT],
    ["registered-models/set-tag", { ...other, key: "k", value: "v" }, ABSENT],
    ["registered-models/set-tag", { name, value: "v" }, INVALID],
    ["registered-models/set-tag", { name, key: "a*b", value: "v" }, INVALID],
    ["registered-models/set-tag", { name, key: "k", value: "v".repeat(100_001) }, INVALID],
    ["DELETE registered-models/delete-tag", { ...other, key: "k" }, ABSENT],
    ["DELETE registered-models/delete-tag", { name, key: "k" }, "200"],
    version(other, ABSENT),
    version({ name: "" }, INVALID),
    version({ source: "" }, INVALID),
    version({ source: 3 }, INVALID),
    version({ source: "/etc/passwd" }, INVALID),
    version({ source: "file:///etc" }, INVALID),
    version({ source: "../x" }, INVALID),
    version({ source: "https://x/y" }, INVALID),
    version({ source: inRun }, INVALID),
    version({ source: inRun, run_id: "zz" }, INVALID),
    version({ source: `${inRun}/../../..`, run_id }, INVALID),
    version({ source: `runs:/${run_id}/model` }, INVALID),
    version({ source: "models:/nope/1" }, ABSENT),
    version({ source: "models:/nope" }, INVALID),
    ["GET model-versions/get?name=m&version=9", undefined, ABSENT],
    ["GET model-versions/get?name=nope&version=1", undefined, ABSENT],
    ["GET model-versions/get?name=m&version=abc", undefined, INVALID],
    ["GET model-versions/get?name=m&version=1.0", undefined, INVALID],
    ["GET model-versions/get?name=m", undefined, INVALID],
    ["GET model-versions/get-download-uri?name=m&version=9", undefined, ABSENT],
    ["PATCH model-versions/update", { name, version: "9" }, ABSENT],
    ["DELETE model-versions/delete", { name, version: "9" }, ABSENT],
    ["model-versions/set-tag", { name, version: "9", key: "k", value: "v" }, ABSENT],
    ["DELETE model-versions/delete-tag", { name, version: "9", key: "k" }, ABSENT],
    ["model-versions/transition-stage", { name, version: "1", stage: "Live" }, INVALID],
    [
      "model-versions/transition-stage",
      { name, version: "1", stage: "None", archive_existing_versions: true },
      INVALID,
    ],
    alias({}, "200"),
    alias({ alias: "a-b_c" }, "200"),
    alias({ alias: "latest" }, INVALID),
    alias({ alias: "Latest" }, INVALID),
    alias({ alias: "v1" }, INVALID),
    alias({ alias: "V12" }, INVALID),
    alias({ alias: "a b" }, INVALID),
    alias({ alias: "" }, INVALID),
    alias({ alias: "x".repeat(256) }, INVALID),
    alias({ version: "abc" }, INVALID),
    alias({ version: 1 }, INVALID),
    alias({ version: "9" }, ABSENT),
    alias(other, ABSENT),
    ["GET registered-models/alias?name=m&alias=unset", undefined, INVALID],
    ["GET registered-models/alias?name=m&alias=constructor", undefined, INVALID],
    ["GET registered-models/alias?name=nope&alias=champion", undefined, ABSENT],
    ["DELETE registered-models/alias", { name, alias: "unset" }, "200"],
    ["DELETE registered-models/alias", { ...other, alias: "champion" }, ABSENT],
    ["GET registered-models/search?max_results=0", undefined, INVALID],
    ["GET registered-models/search?max_results=1001", undefined, INVALID],
    ["GET registered-models/search?order_by=foo", undefined, INVALID],
    ["GET registered-models/search?filter=foo%20%3D%20'a'", undefined, INVALID],
    ["GET model-versions/search?max_results=200001", undefined, INVALID],
    ["GET model-versions/search?order_by=version", undefined, INVALID],
    ["GET model-versions/search?filter=version_number%20IN%20(1)", undefined, INVALID],
  ]);
});

Deno.test("errors of the way a request is made", async () => {
  await using host = await hostMlflow();
  const json = { "content-type": "application/json" };
  for (
    const [body, headers] of [
      ["not json", json],
      ['"text"', json],
      ["[1]", json],
      ["", json],
      ['{"name":"z"}', { "content-type": "text/plain" }],
      [new TextEncoder().encode('{"name":"z"}'), {}],
    ] as const
  ) {
    const answer = await host.call("POST", "experiments/create", body, headers);
    assert.equal(answer.brief, INVALID, String(body));
  }
  const notJson = await host.call("POST", "experiments/create", "not json", json);
  assert.match(notJson.body.message, /^Missing value for required parameter 'name'/);
  const noType = await host.call("POST", "experiments/create", new Uint8Array([123, 125]));
  assert.match(noType.body.message, /^Bad Request\. Content-Type must be one of/);

  for (
    const [method, path, status] of [
      ["POST", "nope", 404],
      ["GET", "experiments/list", 404],
      ["GET", "/api/3.0/mlflow/server-info", 404],
      ["GET", "/elsewhere", 404],
      ["GET", "experiments/create", 405],
      ["PUT", "experiments/create", 405],
      ["POST", "registered-models/search", 405],
      ["POST", "/api/2.0/mlflow-artifacts/artifacts/a", 405],
      ["PUT", "/api/2.0/mlflow-artifacts/artifacts", 405],
    ] as const
  ) {
    const answer = await host.call(method, path, method === "GET" ? undefined : {});
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.match(answer.text, /^<!doctype html>/);
    assert.equal(answer.headers.has("allow"), status === 405);
  }
});

Deno.test("an error of our own is a 500 that the log explains", async () => {
  await using host = await hostMlflow();
  await host.get("experiments/get?experiment_id=0");
  host.store.db.exec("DROP TABLE mlflow_runs");
  const answer = await host.get("runs/get?run_id=1");
  assert.equal(answer.brief, "500 INTERNAL_ERROR");
  const line = JSON.parse(host.lines.at(-1)!);
  assert.equal(line.level, "error");
  assert.match(line.error, /no such table: mlflow_runs/);
});
