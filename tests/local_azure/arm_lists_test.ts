import assert from "node:assert/strict";
import { type ControlHost, GROUP, HOME, hostControl, WORKSPACE } from "./control_host.ts";

const uri = "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model";

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

Deno.test("lists: a number that is none is refused", async () => {
  await using host = await hostControl();
  for (const query of ["$top=0", "$top=many", "$skip=-1", "count=1.5"]) {
    const { status, body } = await host.arm("GET", `/models?${query}`);
    assert.deepEqual([status, body.error.code], [400, "InvalidQueryParameter"], query);
  }
});
