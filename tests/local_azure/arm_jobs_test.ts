import assert from "node:assert/strict";
import { type ControlHost, GROUP, HOME, hostControl, WORKSPACE } from "./control_host.ts";

const ENVIRONMENT_ID = `${HOME}/environments/py/versions/1`;

/** An environment that jobs may name. */
async function withEnvironment(host: ControlHost): Promise<void> {
  await host.ml.environmentVersions.createOrUpdate(GROUP, WORKSPACE, "py", "1", {
    properties: { image: "python:3.12" },
  });
}

function draft(more: object = {}) {
  return { jobType: "Command" as const, command: "python train.py", ...ids, ...more };
}
const ids = { environmentId: ENVIRONMENT_ID };

Deno.test("jobs: the SDK makes, looks up, lists, cancels and deletes one", async () => {
  await using host = await hostControl();
  await withEnvironment(host);
  const { jobs } = host.ml;
  const made = await jobs.createOrUpdate(GROUP, WORKSPACE, "train-1", { properties: draft() });
  assert.equal(made.id, `${HOME}/jobs/train-1`);
  const { status, services, experimentName } = (await jobs.get(GROUP, WORKSPACE, "train-1"))
    .properties;
  assert.deepEqual([status, experimentName], ["Queued", "Default"]);
  assert.match(services!.Tracking!.endpoint!, /^azureml:\/\/eastus.*\/mlw-local\?$/);
  const raw = (await host.arm("GET", "/jobs/train-1")).body.properties;
  assert.equal(
    raw.outputs.default.uri,
    "azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.train-1",
  );
  await jobs.beginCancelAndWait(GROUP, WORKSPACE, "train-1");
  await jobs.beginCancelAndWait(GROUP, WORKSPACE, "train-1"); // once more is no error
  assert.equal((await jobs.get(GROUP, WORKSPACE, "train-1")).properties.status, "Canceled");
  const names = async (options: object) => {
    const found: string[] = [];
    for await (const { name } of jobs.list(GROUP, WORKSPACE, options)) found.push(name!);
    return found.join();
  };
  assert.deepEqual([await names({}), await names({ jobType: "Command" })], ["train-1", "train-1"]);
  assert.deepEqual([await names({ jobType: "Sweep" }), await names({ tag: "a" })], ["", ""]);
  await jobs.beginDeleteAndWait(GROUP, WORKSPACE, "train-1");
  await jobs.beginDeleteAndWait(GROUP, WORKSPACE, "train-1");
  await assert.rejects(jobs.get(GROUP, WORKSPACE, "train-1"), {
    statusCode: 404,
    code: "NotFound",
  });
});

Deno.test("jobs: PUT is 201, then 200; labels change, what it does stays; archived ones are not listed", async () => {
  await using host = await hostControl();
  await withEnvironment(host);
  const outputs = { model: { jobOutputType: "custom_model" } };
  const put = (more: object = {}) =>
    host.arm("PUT", "/jobs/j", { properties: draft({ outputs, ...more }) });
  assert.deepEqual([(await put()).status, (await put({ tags: { a: "b" } })).status], [201, 200]);
  const back = (await host.arm("GET", "/jobs/j")).body; // what clients read, they may send back
  assert.equal(
    back.properties.outputs.model.uri,
    "azureml://datastores/workspaceblobstore/paths/azureml/j/model/",
  );
  assert.equal((await host.arm("PUT", "/jobs/j", back)).status, 200);
  const changed = await put({ command: "rm" });
  assert.deepEqual([changed.status, changed.body.error.message], [
    400,
    "properties.command must stay as it is: job 'j' is there already: got \"rm\"",
  ]);
  await put({ isArchived: true });
  const count = async (view: string) =>
    (await host.arm("GET", `/jobs?listViewType=${view}`)).body.value.length;
  assert.deepEqual([await count("ActiveOnly"), await count("ArchivedOnly")], [0, 1]);
});

Deno.test("jobs: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  await withEnvironment(host);
  const refusal = async (properties: object, name = "j") => {
    const { status, body } = await host.arm("PUT", `/jobs/${name}`, { properties });
    return `${status} ${body.error.message}`;
  };
  const rows: [object, RegExp][] = [
    [{}, /properties.jobType must be given/],
    [
      draft({ jobType: "Sweep" }),
      /jobType must be Command: Local Azure runs no jobs of other kinds/,
    ],
    [draft({ jobType: "Magic" }), /jobType must be one of Command, AutoML/],
    [draft({ command: "" }), /properties.command must be given: got ""/],
    [draft({ environmentId: undefined }), /properties.environmentId must be given/],
    [
      draft({ environmentId: `${HOME}/environments/no/versions/1` }),
      /environmentId must be the id/,
    ],
    [draft({ codeId: ENVIRONMENT_ID }), /properties.codeId must be the id of one of the/],
    [draft({ computeId: `${HOME}/computes/no` }), /properties.computeId must be the id/],
    [draft({ inputs: { x: {} } }), /properties.inputs.x.jobInputType must be one of literal/],
    [
      draft({ inputs: { x: { jobInputType: "uri_file" } } }),
      /properties.inputs.x.uri must be given/,
    ],
    [draft({ inputs: { x: 3 } }), /properties.inputs.x must be an object: got 3/],
    [draft({ outputs: { y: { jobOutputType: "z" } } }), /outputs.y.jobOutputType must be one of/],
    [
      draft({ limits: { timeout: "1h" } }),
      /properties.limits.timeout must be an ISO 8601 duration/,
    ],
    [draft({ resources: { instanceCount: 0 } }), /resources.instanceCount must be a whole number/],
  ];
  for (const [properties, message] of rows) {
    const text = await refusal(properties);
    assert.match(text, /^400 /);
    assert.match(text, message);
  }
  assert.match(await refusal(draft(), "-j"), /^400 job name must be 1 to 255 .*: got "-j"/);
  assert.equal((await host.arm("GET", "/jobs?jobType=magic")).status, 400);
  assert.equal((await host.arm("POST", "/jobs/none/cancel")).status, 404);
  assert.deepEqual((await host.arm("GET", "/jobs?listViewType=All")).body.value, []);
});

const CRON = { triggerType: "Cron", expression: "0 6 * * 1-5" };

function schedule(more: object = {}) {
  return { trigger: CRON, action: { actionType: "CreateJob", jobDefinition: draft() }, ...more };
}

Deno.test("schedules: the SDK makes, switches off, lists and deletes one", async () => {
  await using host = await hostControl();
  await withEnvironment(host);
  const { schedules } = host.ml, at = [GROUP, WORKSPACE, "nightly"] as const;
  const made = await schedules.beginCreateOrUpdateAndWait(
    ...at,
    { properties: schedule() } as never,
  );
  assert.deepEqual([made.name, made.properties.isEnabled, made.properties.provisioningState], [
    "nightly",
    true,
    "Succeeded",
  ]);
  const count = async (listViewType?: string) =>
    (await Array.fromAsync(schedules.list(GROUP, WORKSPACE, { listViewType }))).length;
  assert.deepEqual([await count(), await count("DisabledOnly")], [1, 0]);
  const off = { properties: schedule({ isEnabled: false }) } as never;
  await schedules.beginCreateOrUpdateAndWait(...at, off);
  assert.deepEqual([await count(), await count("DisabledOnly"), await count("All")], [0, 1, 1]);
  await schedules.beginDeleteAndWait(...at);
  await schedules.beginDeleteAndWait(...at);
  await assert.rejects(schedules.get(...at), { statusCode: 404, code: "NotFound" });
});

Deno.test("schedules: PUT is 201 with a poll URL and Creating; the poll tells the end", async () => {
  await using host = await hostControl();
  await withEnvironment(host);
  const { status, headers, body } = await host.arm("PUT", "/schedules/s", {
    properties: schedule(),
  });
  assert.deepEqual([status, body.properties.provisioningState], [201, "Creating"]);
  const poll = await host.call("GET", headers.get("azure-asyncoperation")!);
  assert.equal(poll.body.status, "Succeeded");
});

Deno.test("schedules: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  await withEnvironment(host);
  const refusal = async (more: object) => {
    const { status, body } = await host.arm("PUT", "/schedules/s", { properties: schedule(more) });
    return `${status} ${body.error?.message}`;
  };
  const cron = (expression: string) => refusal({ trigger: { ...CRON, expression } });
  const recurrence = (more: object) =>
    refusal({ trigger: { triggerType: "Recurrence", frequency: "Day", interval: 1, ...more } });
  assert.match(await refusal({ trigger: {} }), /^400 .*trigger.triggerType must be one of Cron/);
  assert.match(await cron("0 6 * *"), /^400 .*expression must have five fields/);
  assert.match(await cron("0 24 * * *"), /^400 .*must have a hour from 0 to 23: got "0 24/);
  assert.match(await cron("5-1 * * * *"), /^400 .*must have a minute from 0 to 59/);
  assert.match(await cron("*/0 * * * *"), /^400 .*must have a minute/);
  assert.match(await cron("*/15,50 8-18/2 1 1,7 *"), /^201 /);
  assert.match(await recurrence({ interval: 0 }), /^400 .*interval must be a whole number/);
  assert.match(await recurrence({ frequency: "Year" }), /^400 .*frequency must be one of/);
  const times = (more: object) => recurrence({ schedule: { hours: [6], minutes: [0], ...more } });
  assert.match(await times({ hours: [24] }), /^400 .*hours must be a list of whole numbers/);
  assert.match(await times({ weekDays: ["Funday"] }), /^400 .*weekDays must be a list of Monday/);
  assert.match(
    await refusal({ trigger: { ...CRON, startTime: "2026-01-01T00:00:00Z" } }),
    /^400 .*startTime must be ISO 8601 without an offset/,
  );
  assert.match(
    await refusal({ action: { actionType: "InvokeBatchEndpoint" } }),
    /^400 .*actionType must be CreateJob/,
  );
  const jobDefinition = draft({ command: "" });
  assert.match(
    await refusal({ action: { actionType: "CreateJob", jobDefinition } }),
    /^400 properties.action.jobDefinition.command must be given/,
  );
  assert.equal((await host.arm("GET", "/schedules?listViewType=ActiveOnly")).status, 400);
});
