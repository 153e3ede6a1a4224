import assert from "node:assert/strict";
import { GROUP, HOME, WORKSPACE } from "./control_host.ts";
import { eventually } from "./deployments.ts";
import { denoEnvironment, hostJobs } from "./job_host.ts";

/** Reads what it is given, writes a model, logs a metric; what else it does its last argument says. */
const TRAIN = `
import { helper } from "./lib/helper.js";
const [data, folder, model, rate, notes, what] = Deno.args;
const env = Deno.env.toObject();
const rows = Deno.readTextFileSync(data).trim().split("\\n").length - 1;
console.log("rows", rows, "rate", rate, helper());
console.log("files", [...Deno.readDirSync(folder)].map(({ name }) => name).sort().join());
Deno.mkdirSync(model + "/deep", { recursive: true });
Deno.writeTextFileSync(model + "/model.json", JSON.stringify({ rows, rate }));
Deno.writeTextFileSync(model + "/deep/notes.txt", "deep");
Deno.writeTextFileSync(notes, "one file");
Deno.writeTextFileSync("outputs/plot.svg", "<svg/>");
const log = (path, body) => fetch(env.MLFLOW_TRACKING_URI + "/api/2.0/mlflow/runs/" + path, {
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer " + env.MLFLOW_TRACKING_TOKEN },
  body: JSON.stringify({ run_id: env.MLFLOW_RUN_ID, ...body }),
}).then(async (response) => console.log(path, response.status, await response.text()));
await log("log-metric", { key: "accuracy", value: 0.95, timestamp: 1, step: 0 });
const shown = Object.keys(env).filter((name) => /^(AZURE|MLFLOW|TREES|IDENTITY)/.test(name)).sort();
console.log("env", shown.join(), env.TREES, env.AZUREML_RUN_ID, env.AZUREML_ARM_WORKSPACE_NAME);
for (const path of ["/etc/passwd", Deno.cwd() + "/../../../../../../../../store.sqlite"]) {
  try { Deno.readTextFileSync(path); console.log("read", path); } catch (error) { console.log(error.name); }
}
try { Deno.writeTextFileSync(data, "x"); console.log("written"); } catch (error) { console.log(error.name); }
if (what === "fail") { console.error("the matrix is singular"); Deno.exit(3); }
if (what === "wait") await new Promise((done) => setTimeout(done, 60_000));
`;
const CODE = { "train.js": TRAIN, "lib/helper.js": "export const helper = () => 'helped';" };

const COMMAND = "deno run --allow-read --allow-env --allow-net --allow-write train.js " +
  "${{inputs.data}} ${{inputs.folder}} ${{outputs.model}} ${{inputs.rate}} ${{outputs.notes}}";

Deno.test("jobs: code, inputs and outputs, variables, log and MLflow run of one that completes", async () => {
  await using host = await hostJobs();
  const { ml, container } = host;
  const environmentId = await denoEnvironment(host), codeId = await host.code("src", CODE);
  await host.upload("data/one", { "iris.csv": "a,b\n1,2\n3,4\n", "more/x.csv": "1" });
  const paths = "azureml://datastores/workspaceblobstore/paths";
  await ml.dataVersions.createOrUpdate(GROUP, WORKSPACE, "iris", "1", {
    properties: { dataType: "uri_file", dataUri: `${paths}/data/one/iris.csv` },
  });
  const queued = await host.put("train-1", {
    jobType: "Command",
    command: COMMAND,
    ...{ environmentId, codeId, experimentName: "iris", displayName: "Train it" },
    environmentVariables: { TREES: "50", AZUREML_RUN_ID: "mine" },
    tags: { who: "test" },
    inputs: {
      data: { jobInputType: "uri_file", uri: `${HOME}/data/iris/versions/1` },
      folder: { jobInputType: "uri_folder", uri: `${paths}/data/one/` },
      rate: { jobInputType: "literal", value: "0.1" },
    },
    outputs: {
      model: { jobOutputType: "custom_model" },
      notes: { jobOutputType: "uri_file", uri: `${paths}/notes/train-1.txt` },
    },
  });
  assert.equal(queued, "Queued");
  const done = await host.until("train-1"), log = await host.log("train-1");
  assert.equal(done.status, "Completed", log);
  assert.match(log, /^rows 2 rate 0\.1 helped$/m);
  assert.match(log, /^files iris\.csv,more$/m);
  assert.match(log, /^log-metric 200 /m);
  assert.match(log, / 50 train-1 mlw-local$/m);
  const names = /^env (\S+)/m.exec(log)![1].split(",");
  for (const name of ["AZURE_ML_INPUT_data", "AZUREML_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"]) {
    assert.ok(names.includes(name), name);
  }
  assert.match(log, /^NotCapable\nNotCapable\nNotCapable$/m); // two files of ours, and its input

  const model = "azureml/train-1/model";
  assert.equal(await host.read(container, `${model}/model.json`), '{"rows":2,"rate":"0.1"}');
  assert.equal(await host.read(container, `${model}/deep/notes.txt`), "deep");
  assert.equal(await host.read(container, "notes/train-1.txt"), "one file");
  const artifact = "ExperimentRun/dcid.train-1/outputs/plot.svg";
  assert.equal(await host.read("azureml", artifact), "<svg/>");

  const uri = "azureml://jobs/train-1/outputs/model/paths/model.json";
  const version = await ml.modelVersions.createOrUpdate(GROUP, WORKSPACE, "forest", "1", {
    properties: { modelUri: uri, jobName: "train-1" },
  });
  assert.match(
    version.properties.modelUri!,
    /datastores\/workspaceblobstore\/paths\/azureml\/train-1\/model\/model\.json$/,
  );

  const run =
    (await (await fetch(`${host.base}/api/2.0/mlflow/runs/get?run_id=train-1`)).json()).run;
  assert.deepEqual([run.info.status, run.info.run_name], ["FINISHED", "Train it"]);
  assert.deepEqual(
    run.data.metrics.map(({ key, value }: { key: string; value: number }) => [key, value]),
    [
      ["accuracy", 0.95],
    ],
  );
  assert.ok(
    run.data.tags.some(({ key, value }: Record<string, string>) =>
      key === "who" && value === "test"
    ),
  );
  assert.deepEqual([...Deno.readDirSync(`${host.folder}/jobs`)], []);
});

Deno.test("jobs: failures are told by code and words; outputs so far are kept", async () => {
  await using host = await hostJobs();
  const { ml } = host;
  const environmentId = await denoEnvironment(host), codeId = await host.code("src", CODE);
  await host.upload("data/one", { "iris.csv": "a\n1\n" });
  await host.upload("env/run", { Dockerfile: "FROM denoland/deno:2.9.6\nRUN true\n" });
  await ml.environmentVersions.createOrUpdate(GROUP, WORKSPACE, "built", "1", {
    properties: {
      build: {
        contextUri: `https://devstoreaccount1.blob.core.windows.net/${host.container}/env/run/`,
      },
    },
  });
  const uri = "azureml://datastores/workspaceblobstore/paths/data/one/iris.csv";
  const inputs = {
    data: { jobInputType: "uri_file", uri },
    folder: { jobInputType: "uri_folder", uri: uri.replace("/iris.csv", "") },
    rate: { jobInputType: "literal", value: "1" },
  };
  const outputs = { model: { jobOutputType: "uri_folder" }, notes: { jobOutputType: "uri_file" } };
  const base = { jobType: "Command" as const, environmentId, codeId, inputs, outputs };
  const start = (name: string, more: object) => host.put(name, { ...base, ...more });
  const built = `${HOME}/environments/built/versions/1`;
  const missing = { ...inputs, data: { jobInputType: "uri_file", uri: `${uri}.gone` } };
  const cases: [string, object, RegExp][] = [
    [
      "fails",
      { command: `${COMMAND} fail` },
      /singular[^]*UserError: The command ended with exit code 3/,
    ],
    [
      "shell",
      { command: "deno run train.js && rm x" },
      /UserError: The command needs a shell[^]*"&"/,
    ],
    ["unknown", { command: "deno run ${{inputs.x}}" }, /names inputs\.x, which the job has not/],
    [
      "absent",
      { command: COMMAND, inputs: missing },
      /inputs\.data must have files: there are none/,
    ],
    ["module", { command: "deno run absent.js" }, /Module not found[^]*exit code 1/],
    [
      "remote",
      { command: "deno run https://example.com/a.js" },
      /must run a file of the build context/,
    ],
    [
      "late",
      { command: `${COMMAND} wait`, limits: { jobLimitsType: "Command", timeout: "PT1S" } },
      /JobTimedOut: .* 1000 ms/,
    ],
    [
      "image",
      { command: COMMAND, environmentId: built },
      /ImageBuildFailure: Dockerfile line 2: RUN needs an image/,
    ],
  ];
  await Promise.all(cases.map(([name, more]) => start(name, more)));
  for (const [name, , words] of cases) {
    assert.equal((await host.until(name)).status, "Failed", name);
    assert.match(await host.log(name), words, name);
  }
  assert.ok(await host.read(host.container, "azureml/fails/model/model.json"));
  const { run } = await (await fetch(`${host.base}/api/2.0/mlflow/runs/get?run_id=fails`)).json();
  assert.equal(run.info.status, "FAILED");
});

Deno.test("jobs: cancel of one that runs is polled, and kills it; what cannot be run here waits", async () => {
  await using host = await hostJobs();
  const { ml } = host, at = (name: string) => [GROUP, WORKSPACE, name] as const;
  const environmentId = await denoEnvironment(host);
  const codeId = await host.code("src", {
    "wait.js": "console.log('pid', Deno.pid); setInterval(() => {}, 1e3);",
  });
  const properties = {
    jobType: "Command" as const,
    command: "deno run wait.js",
    environmentId,
    codeId,
  };
  for (const name of ["one", "two", "three"]) {
    await ml.jobs.createOrUpdate(...at(name), { properties });
  }
  await Promise.all([host.until("one", "Running"), host.until("two", "Running")]);
  assert.equal((await ml.jobs.get(...at("three"))).properties.status, "Queued"); // two at once
  await eventually("its log is in Blob", async () => /pid \d+/.test(await host.log("one")));
  const pid = Number(/pid (\d+)/.exec(await host.log("one"))![1]);
  await ml.jobs.beginCancelAndWait(...at("one"));
  assert.equal((await ml.jobs.get(...at("one"))).properties.status, "Canceled");
  assert.throws(() => Deno.kill(pid, "SIGCONT"), /NotFound|ESRCH|No such process/);
  await ml.jobs.beginCancelAndWait(...at("one")); // once more is no error
  await host.until("three", "Running"); // it took the place
  await ml.jobs.beginDeleteAndWait(...at("three"));
  await assert.rejects(ml.jobs.get(...at("three")), { statusCode: 404 });
  const { run } = await (await fetch(`${host.base}/api/2.0/mlflow/runs/get?run_id=one`)).json();
  assert.equal(run.info.status, "KILLED");

  await ml.jobs.createOrUpdate(...at("python"), {
    properties: { ...properties, command: "python train.py" },
  });
  await eventually(
    "its log says why",
    async () => /^Not run: .*no Deno program/.test(await host.log("python")),
  );
  assert.equal((await ml.jobs.get(...at("python"))).properties.status, "Queued");
  await ml.jobs.beginCancelAndWait(...at("python"));
  assert.equal((await ml.jobs.get(...at("python"))).properties.status, "Canceled");
});

Deno.test("jobs: when Local Azure ends, one that ran has failed, one that waited is run", async () => {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-jobs-" });
  try {
    const properties = { jobType: "Command" as const, command: "deno run wait.js" };
    const start = async (
      host: Awaited<ReturnType<typeof hostJobs>>,
      name: string,
      code: string,
    ) => {
      const environmentId = await denoEnvironment(host);
      const codeId = await host.code(name, { "wait.js": code });
      await host.ml.jobs.createOrUpdate(GROUP, WORKSPACE, name, {
        properties: { ...properties, environmentId, codeId },
      });
    };
    {
      await using host = await hostJobs({ folder });
      for (const name of ["a", "b"]) await start(host, name, "setInterval(() => {}, 1e3);");
      await Promise.all([host.until("a", "Running"), host.until("b", "Running")]);
      await start(host, "waits", "console.log('now');");
    }
    await using host = await hostJobs({ folder });
    assert.equal((await host.until("waits")).status, "Completed");
    assert.match(await host.log("waits"), /^now$/m);
    assert.equal((await host.until("a")).status, "Failed");
    const { run } = await (await fetch(`${host.base}/api/2.0/mlflow/runs/get?run_id=a`)).json();
    assert.equal(run.info.status, "FAILED");
    assert.match(
      await host.log("a"),
      /JobInterrupted: Local Azure ended while the job was Running/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("jobs: Local Azure does not end for want of requests while one runs", async () => {
  await using host = await hostJobs({ idleMs: 300 });
  const environmentId = await denoEnvironment(host);
  const codeId = await host.code("src", { "wait.js": "setTimeout(() => {}, 1500);" });
  let ended = false;
  const stopped = host.local.stopped.then(() => ended = true);
  await host.put("wait", {
    jobType: "Command",
    command: "deno run wait.js",
    environmentId,
    codeId,
  });
  await host.until("wait", "Running");
  await new Promise((done) => setTimeout(done, 900));
  assert.equal(ended, false);
  await stopped; // soon after the job
});
