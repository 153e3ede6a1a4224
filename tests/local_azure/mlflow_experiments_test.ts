import assert from "node:assert/strict";
import { hostMlflow } from "./mlflow_host.ts";

Deno.test("experiments: made, read by id and by name, renamed, tagged", async () => {
  await using host = await hostMlflow();
  const { call, get, post, clock } = host;
  const { body: { experiment_id } } = await post("experiments/create", {
    name: "iris é/1",
    tags: [{ key: "team", value: "a" }],
  });
  assert.equal(experiment_id, "1");
  const experiment = {
    experiment_id: "1",
    name: "iris é/1",
    artifact_location: "mlflow-artifacts:/1",
    lifecycle_stage: "active",
    creation_time: Date.parse("2026-01-01T00:00:00Z"),
    last_update_time: Date.parse("2026-01-01T00:00:00Z"),
    tags: [{ key: "team", value: "a" }],
  };
  assert.deepEqual((await get("experiments/get?experiment_id=1")).body, { experiment });
  const byName = `experiments/get-by-name?experiment_name=${encodeURIComponent("iris é/1")}`;
  assert.deepEqual((await get(byName)).body, { experiment });

  clock.advance(5_000);
  assert.deepEqual((await post("experiments/update", { experiment_id, new_name: "b" })).body, {});
  const tag = { experiment_id, key: "k", value: "v".repeat(20_000) };
  assert.equal((await post("experiments/set-experiment-tag", tag)).brief, "200");
  assert.equal(
    (await post("experiments/delete-experiment-tag", { experiment_id, key: "team" })).brief,
    "200",
  );
  assert.deepEqual((await get("experiments/get?experiment_id=1")).body.experiment, {
    ...experiment,
    name: "b",
    last_update_time: experiment.last_update_time + 5_000,
    tags: [{ key: "k", value: tag.value }],
  });
  assert.equal((await call("GET", "experiments/search?max_results=5")).body.experiments.length, 2);
});

Deno.test("experiments: the default one is number 0 and there from the start", async () => {
  await using host = await hostMlflow();
  const { body } = await host.get("experiments/get?experiment_id=0");
  assert.equal(body.experiment.name, "Default");
  assert.equal((await host.post("experiments/create", { name: "Default" })).status, 400);
});

Deno.test("experiments: deletion takes the runs along, restoring brings them back", async () => {
  await using host = await hostMlflow();
  const { get, post } = host;
  await post("experiments/create", { name: "a" });
  const { body: { run } } = await post("runs/create", { experiment_id: "1" });
  const { run_id } = run.info;
  assert.equal((await post("experiments/delete", { experiment_id: "1" })).brief, "200");
  const stage = async () => (await get(`runs/get?run_id=${run_id}`)).body.run.info.lifecycle_stage;
  assert.equal(await stage(), "deleted");
  for (
    const [path, body] of [
      ["runs/create", { experiment_id: "1" }],
      ["runs/set-tag", { run_id, key: "a", value: "b" }],
      ["experiments/set-experiment-tag", { experiment_id: "1", key: "a", value: "b" }],
    ] as const
  ) {
    const answer = await post(path, body);
    assert.equal(answer.brief, "400 INVALID_PARAMETER_VALUE", path);
    assert.match(answer.body.message, /must be in the 'active' state/);
  }
  const again = await post("experiments/delete", { experiment_id: "1" });
  assert.equal(again.brief, "404 RESOURCE_DOES_NOT_EXIST");
  const names = async (view_type: string) => {
    const { body } = await post("experiments/search", { max_results: 9, view_type });
    return (body.experiments ?? []).map(({ name }: { name: string }) => name);
  };
  assert.deepEqual(await names("ACTIVE_ONLY"), ["Default"]);
  assert.deepEqual(await names("DELETED_ONLY"), ["a"]);
  assert.deepEqual((await names("ALL")).sort(), ["Default", "a"]);
  assert.equal((await post("experiments/create", { name: "a" })).body.error_code, TAKEN);
  assert.equal((await post("experiments/restore", { experiment_id: "1" })).brief, "200");
  assert.equal(await stage(), "active");
  const twice = await post("experiments/restore", { experiment_id: "1" });
  assert.equal(twice.brief, "404 RESOURCE_DOES_NOT_EXIST");
});

const TAKEN = "RESOURCE_ALREADY_EXISTS";

Deno.test("experiments: search filters, orders and pages", async () => {
  await using host = await hostMlflow();
  const { clock, get, post } = host;
  await get("experiments/get?experiment_id=0"); // the first request makes the default one
  for (const [name, tags] of [["b", { k: "1" }], ["a", { k: "2" }], ["A%c", {}]] as const) {
    clock.advance(1_000);
    const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
    await post("experiments/create", { name, tags: list });
  }
  const start = Date.parse("2026-01-01T00:00:00Z");
  const names = async (query: Record<string, unknown>) => {
    const { body } = await post("experiments/search", { max_results: 10, ...query });
    return (body.experiments ?? []).map(({ name }: { name: string }) => name).join(" ");
  };
  assert.equal(await names({}), "A%c a b Default"); // the newest first
  for (
    const [filter, expected] of [
      ["name = 'a'", "a"],
      ["attribute.name LIKE 'a%'", "a"],
      ["name ILIKE 'a%'", "A%c a"],
      ["tags.k = '1'", "b"],
      ["tag.`k` != '1'", "a"],
      ["tags.k IS NULL", "A%c Default"],
      [`creation_time > ${start + 1_000}`, "A%c a"],
      [`last_update_time <= ${start} AND name != 'x'`, "Default"],
      ["experiment_id = '2'", "a"],
    ]
  ) assert.equal(await names({ filter }), expected, filter);
  assert.equal(await names({ order_by: ["name DESC"] }), "b a Default A%c");
  assert.equal(await names({ order_by: ["experiment_id"] }), "Default b a A%c");

  const first = await post("experiments/search", { max_results: 3, order_by: ["experiment_id"] });
  const { next_page_token: page_token } = first.body;
  assert.equal(first.body.experiments.length, 3);
  const rest = await post("experiments/search", {
    ...{ max_results: 3, order_by: ["experiment_id"], page_token },
  });
  assert.equal(rest.body.experiments.length, 1);
  assert.equal(rest.body.next_page_token, undefined);
});
