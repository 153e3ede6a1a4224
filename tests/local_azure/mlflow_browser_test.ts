import assert from "node:assert/strict";
import { parseQuery } from "lib/local_azure/graphql.ts";
import { AZURE_HOST, hostMlflow, type MlflowHost } from "./mlflow_host.ts";

const INVALID = "400 INVALID_PARAMETER_VALUE";

/** A run with points of one metric at these steps. */
async function runWith(host: MlflowHost, steps: readonly number[]): Promise<string> {
  const { body } = await host.post("runs/create", { experiment_id: "0", run_name: "r" });
  const { run_id } = body.run.info;
  const metrics = steps.map((step) => ({
    key: "loss",
    value: 1 / (step + 1),
    timestamp: step,
    step,
  }));
  assert.equal((await host.post("runs/log-batch", { run_id, metrics })).status, 200);
  return run_id;
}

function graphql(host: MlflowHost, query: string, variables: unknown = {}) {
  return host.call("POST", "/graphql", { query, variables });
}

Deno.test("web pages: what programs ask under /api/ they ask under /ajax-api/", async () => {
  await using host = await hostMlflow();
  const ajax = "/ajax-api/2.0/mlflow", create = { name: "a" };
  const { body } = await host.call("POST", `${ajax}/experiments/create`, create);
  assert.deepEqual(body, { experiment_id: "1" });
  const search = `${ajax}/experiments/search?max_results=25&order_by=last_update_time+DESC` +
    "&filter=tags.%60mlflow.experiment.isGateway%60+IS+NULL";
  const found = await host.call("GET", search);
  assert.deepEqual(found.body.experiments.length, 2);
  const text = "/ajax-api/2.0/mlflow-artifacts/artifacts/a.txt";
  assert.equal((await host.call("PUT", text, "x")).status, 200);
  assert.equal((await host.call("GET", text.replace("/ajax-api/", "/api/"))).text, "x");
  assert.equal((await host.call("GET", `${ajax}/users/current`)).status, 404);
  // pages of other sites are kept out here too
  const headers = { "sec-fetch-site": "cross-site" };
  assert.equal(
    (await host.call("POST", `${ajax}/experiments/create`, create, headers)).status,
    403,
  );
  assert.equal((await host.call("POST", "/graphql", {}, headers)).status, 403);
});

Deno.test("web pages: datasets of experiments, each once", async () => {
  await using host = await hostMlflow();
  const dataset = { name: "iris", digest: "d1", source_type: "local", source: "{}" };
  const tags = [{ key: "mlflow.data.context", value: "training" }];
  for (const _ of [1, 2]) {
    const run_id = await runWith(host, []);
    await host.post("runs/log-inputs", { run_id, datasets: [{ dataset, tags }] });
  }
  const search = (experiment_ids: unknown) =>
    host.call("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", { experiment_ids });
  assert.deepEqual((await search(["0"])).body, {
    dataset_summaries: [
      { experiment_id: "0", name: "iris", digest: "d1", context: "training" },
    ],
  });
  assert.equal((await search([])).brief, INVALID);
  assert.equal((await search(Array(21).fill("0"))).brief, INVALID);
  assert.equal((await search(["99"])).brief, "404 RESOURCE_DOES_NOT_EXIST");
});

Deno.test("web pages: histories of several runs, whole and thinned out", async () => {
  await using host = await hostMlflow();
  const long = await runWith(host, Array.from({ length: 1000 }, (_, step) => step));
  const short = await runWith(host, [3, 700]);
  const whole = await host.get(
    `metrics/get-history-bulk?run_id=${long}&run_id=${short}&metric_key=loss`,
  );
  assert.equal(whole.body.metrics.length, 1002);
  assert.deepEqual(
    new Set(whole.body.metrics.map((one: { run_id: string }) => one.run_id)),
    new Set([long, short]),
  );
  const ask = (query: string) =>
    host.get(
      `metrics/get-history-bulk-interval?run_ids=${long}&run_ids=${short}&metric_key=loss&${query}`,
    );
  const stepsOf = (body: { metrics: { run_id: string; step: number }[] }, run: string) =>
    body.metrics.filter(({ run_id }) => run_id === run).map(({ step }) => step);
  const thin = (await ask("max_results=10")).body;
  assert.deepEqual(stepsOf(thin, short), [3, 700], "the ends of every run stay");
  assert.deepEqual(
    stepsOf(thin, long),
    [0, 3, 100, 200, 300, 400, 500, 600, 700, 800, 900, 999],
  );
  const part = (await ask("start_step=690&end_step=710&max_results=2500")).body;
  assert.deepEqual([stepsOf(part, long).length, stepsOf(part, short)], [21, [700]]);
  for (
    const bad of ["start_step=1", "start_step=2&end_step=1", "max_results=0", "max_results=2501"]
  ) {
    assert.equal((await ask(bad)).brief, INVALID, bad);
  }
  assert.equal((await host.get("metrics/get-history-bulk?metric_key=loss")).brief, INVALID);
});

Deno.test("web pages: a file of a run and of a model's version", async () => {
  await using host = await hostMlflow();
  const run = await runWith(host, []), source = `mlflow-artifacts:/0/${run}/artifacts/model`;
  const put = `/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/model/MLmodel`;
  await host.call("PUT", put, "flavors: {}");
  const file = (query: string) => host.call("GET", `/get-artifact?${query}`);
  const found = await file(`path=model/MLmodel&run_uuid=${run}`);
  assert.equal(found.text, "flavors: {}");
  assert.equal(found.headers.get("content-disposition"), "attachment", "no page that would be run");
  assert.equal(
    (await file(`path=model/none&run_uuid=${run}`)).brief,
    "404 RESOURCE_DOES_NOT_EXIST",
  );
  assert.equal((await file(`path=../../../x&run_uuid=${run}`)).brief, INVALID);
  assert.equal((await file("path=model/MLmodel")).brief, INVALID);
  await host.post("registered-models/create", { name: "m" });
  await host.post("model-versions/create", { name: "m", source, run_id: run });
  const version = await host.call(
    "GET",
    "/model-versions/get-artifact?path=MLmodel&name=m&version=1",
  );
  assert.equal(version.text, "flavors: {}");
});

Deno.test("web pages: GraphQL gives a run the names and types that they know", async () => {
  await using host = await hostMlflow();
  const runId = await runWith(host, [0, 1]);
  await host.post("runs/log-metric", { run_id: runId, key: "nan", value: "NaN", timestamp: 1 });
  const query = `query GetRun($data: MlflowGetRunInput!) @component(name: "x") {
    mlflowGetRun(input: $data) {
      apiError { code message __typename }
      run {
        info { runUuid status startTime endTime __typename }
        experiment { name creationTime }
        modelVersions { name }
        data { metrics { key value step __typename } params { key } }
        inputs { datasetInputs { dataset { name } } modelInputs { modelId } }
        outputs { modelOutputs { modelId } }
      }
    }
  }`;
  const { body: { data, errors } } = await graphql(host, query, { data: { runId } });
  assert.equal(errors, null);
  const metric = { step: "1", __typename: "MlflowMetricExtension" };
  assert.deepEqual(data.mlflowGetRun, {
    apiError: null,
    run: {
      info: {
        ...{ runUuid: runId, status: "RUNNING", startTime: "0", endTime: null },
        __typename: "MlflowRunInfo",
      },
      experiment: { name: "Default", creationTime: String(host.clock.now().getTime()) },
      modelVersions: [],
      data: {
        metrics: [
          { key: "loss", value: 0.5, ...metric },
          { key: "nan", value: null, ...metric, step: "0" },
        ],
        params: [],
      },
      inputs: { datasetInputs: [], modelInputs: [] },
      outputs: null,
    },
  });
  const none = (await graphql(host, query, { data: { runId: "none" } })).body.data.mlflowGetRun;
  assert.deepEqual([none.run, none.apiError.code], [null, "RESOURCE_DOES_NOT_EXIST"]);
  const experiment =
    "query($i: X!) { e: mlflowGetExperiment(input: $i) { experiment { name tags { key } } } }";
  const known = await graphql(host, experiment, { i: { experimentId: "0" } });
  assert.deepEqual(known.body.data, { e: { experiment: { name: "Default", tags: [] } } });
});

Deno.test("web pages: GraphQL refuses what it does not know", async () => {
  await using host = await hostMlflow();
  const deep = (levels: number) => "{ a ".repeat(levels) + "}".repeat(levels);
  for (
    const query of [
      "mutation { a }",
      "{ mlflowGetRun(input: $d) { nothing } }",
      "{ nothing }",
      "{ mlflowGetRun(input: $d) }",
      "{ mlflowGetRun(input: {runId: 1}) { run { info { runId } } } }",
      "{ ...All }",
      "{ mlflowGetRun(input: $d) { run { info { runId } }",
      "{ a } { b }",
      `{ ${"a ".repeat(301)} }`,
      deep(13),
      "",
    ]
  ) {
    assert.equal((await graphql(host, query)).brief, INVALID, query);
  }
  assert.equal((await host.call("POST", "/graphql", { variables: {} })).brief, INVALID);
  assert.deepEqual(parseQuery("# a note\n{ a @skip(if: false) }")[0].name, "a");
});

Deno.test("web pages: nothing of it is to be had under Azure's host", async () => {
  await using host = await hostMlflow();
  const id =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";
  host.store.put({ id, type: "workspaces", parent: "", body: { id }, hidden: {} });
  const { token } = host.tokens.mint("https://management.azure.com");
  const headers = { "x-host": AZURE_HOST, authorization: `Bearer ${token}` };
  const at = `/mlflow/v2.0${id}`;
  const known = `${at}/api/2.0/mlflow/experiments/get?experiment_id=0`;
  assert.equal((await host.call("GET", known, undefined, headers)).status, 200);
  for (
    const [method, path] of [
      ["GET", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0"],
      ["GET", `${at}/ajax-api/2.0/mlflow/experiments/get?experiment_id=0`],
      ["GET", `${at}/api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=a&metric_key=b`],
      ["POST", `${at}/graphql`],
      ["POST", "/graphql"],
      ["GET", "/get-artifact?path=a&run_id=b"],
    ] as const
  ) {
    const body = method === "POST" ? {} : undefined;
    const { status } = await host.call(method, path, body, headers);
    assert.ok(status === 404 || status === 405, `${path} answers ${status}`);
  }
});
