import assert from "node:assert/strict";
import { type ControlHost, GROUP, HOME, hostControl, WORKSPACE } from "./control_host.ts";

const uri = "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model";

/** A clock that is one second later whenever it is asked. */
function tickingClock() {
  let at = Date.parse("2026-01-01T00:00:00Z");
  return { now: () => new Date(at += 1000) };
}

async function versions(host: ControlHost, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    const properties = { modelUri: uri, tags: { parity: i % 2 ? "odd" : "even", [`n${i}`]: "" } };
    await host.arm("PUT", `/models/iris/versions/${i}`, { properties });
  }
}

Deno.test("lists: pages point at the next one with an absolute URL that keeps the query", async () => {
  await using host = await hostControl();
  await versions(host, 5);
  const first = await host.arm("GET", "/models/iris/versions?$top=2&$orderBy=createdtime desc");
  assert.deepEqual(first.body.value.map(({ name }: { name: string }) => name), ["5", "4"]);
  const next = new URL(first.body.nextLink);
  assert.equal(
    next.origin + next.pathname,
    `https://management.azure.com${HOME}/models/iris/versions`,
  );
  assert.equal(next.searchParams.get("api-version"), "2022-10-01");
  const second = await host.call("GET", next.href);
  assert.deepEqual(second.body.value.map(({ name }: { name: string }) => name), ["3", "2"]);
  const last = await host.call("GET", second.body.nextLink);
  assert.deepEqual([last.body.value.length, last.body.nextLink], [1, undefined]);
});

Deno.test("lists: the SDK walks over all pages", async () => {
  await using host = await hostControl();
  await versions(host, 35);
  const found: string[] = [];
  for await (const { name } of host.ml.modelVersions.list(GROUP, WORKSPACE, "iris")) {
    found.push(name!);
  }
  assert.deepEqual(found, Array.from({ length: 35 }, (_, i) => String(i + 1)));
});

Deno.test("lists: by tag, by version, archived or not", async () => {
  await using host = await hostControl();
  await versions(host, 4);
  const archived = { modelUri: uri, isArchived: true, tags: { parity: "even" } };
  await host.arm("PUT", "/models/iris/versions/2", { properties: archived });
  const names = async (query: string) => {
    const { body } = await host.arm("GET", `/models/iris/versions?${query}`);
    return body.value.map(({ name }: { name: string }) => name).join();
  };
  assert.equal(await names(""), "1,3,4");
  assert.equal(await names("listViewType=All"), "1,2,3,4");
  assert.equal(await names("listViewType=ArchivedOnly"), "2");
  assert.equal(await names("tags=parity=even"), "4");
  assert.equal(await names("tags=n3"), "3");
  assert.equal(await names("tags=parity=odd,n3"), "3");
  assert.equal(await names("version=4"), "4");
});

Deno.test("lists: in the order that is asked for", async () => {
  await using host = await hostControl({ clock: tickingClock() });
  await versions(host, 3);
  const properties = { modelUri: uri, tags: { touched: "last" } };
  await host.arm("PUT", "/models/iris/versions/1", { properties });
  const names = async (order: string) => {
    const { body } = await host.arm("GET", `/models/iris/versions?$orderBy=${order}`);
    return body.value.map(({ name }: { name: string }) => name).join();
  };
  assert.equal(await names("createdtime asc"), "1,2,3");
  assert.equal(await names("CreatedTimeDesc"), "3,2,1");
  assert.equal(await names("updatedtime desc"), "1,3,2");
  assert.equal(await names("UpdatedTimeAsc"), "2,3,1");
  assert.equal(await names("name desc"), "3,2,1");
  const datastores = await host.arm("GET", "/datastores?orderBy=name&orderByAsc=false");
  assert.equal(datastores.body.value[0].name, "workspaceworkingdirectory");
});

Deno.test("lists: an order and a view that nobody knows are refused", async () => {
  await using host = await hostControl();
  for (const query of ["$orderBy=size", "$orderBy=name;drop", "listViewType=Some"]) {
    const { status, body } = await host.arm("GET", `/models?${query}`);
    assert.deepEqual([status, body.error.code], [400, "InvalidQueryParameter"], query);
  }
});

Deno.test("lists: a number that is none is refused", async () => {
  await using host = await hostControl();
  for (const query of ["$top=0", "$top=many", "$skip=-1", "count=1.5"]) {
    const { status, body } = await host.arm("GET", `/models?${query}`);
    assert.deepEqual([status, body.error.code], [400, "InvalidQueryParameter"], query);
  }
});
