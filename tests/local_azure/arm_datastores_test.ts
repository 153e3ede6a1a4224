import assert from "node:assert/strict";
import { GROUP, hostControl, WORKSPACE } from "./control_host.ts";

const DRAFT = {
  datastoreType: "AzureBlob" as const,
  accountName: "devstoreaccount1",
  containerName: "mine",
  credentials: {
    credentialsType: "AccountKey" as const,
    secrets: { secretsType: "AccountKey" as const, key: "secret-key" },
  },
};

Deno.test("datastores: GET shows no key, listSecrets does", async () => {
  await using host = await hostControl();
  const { datastores } = host.ml;
  const { text } = await host.arm("GET", "/datastores/workspaceblobstore");
  assert.match(text, /"credentials":\{"credentialsType":"AccountKey"\}/);
  assert.doesNotMatch(text, /Eby8/);
  const secrets = await datastores.listSecrets(GROUP, WORKSPACE, "workspaceblobstore");
  assert.equal(secrets.secretsType, "AccountKey");
  assert.match((secrets as { key: string }).key, /^Eby8/);
  const body = { expirableSecret: true, expireAfterHours: 1 }; // as Microsoft's Python SDK sends
  assert.equal(
    (await host.arm("POST", "/datastores/workspaceblobstore/listSecrets", body)).status,
    200,
  );
});

Deno.test("datastores: isDefault, names and searchText really filter", async () => {
  await using host = await hostControl();
  const names = async (query: string) => {
    const { body } = await host.arm("GET", `/datastores?count=30&orderByAsc=false&${query}`);
    return body.value.map(({ name }: { name: string }) => name).join();
  };
  assert.equal(await names("isDefault=true"), "workspaceblobstore");
  assert.equal(
    await names("names=workspacefilestore,workspaceblobstore"),
    "workspaceblobstore,workspacefilestore",
  );
  assert.equal(await names("searchText=artifact"), "workspaceartifactstore");
});

Deno.test("datastores: made (201), changed (200), made the default, deleted (200, then 204)", async () => {
  await using host = await hostControl();
  const put = (properties: object) =>
    host.arm("PUT", "/datastores/mine?skipValidation=false", { properties });
  assert.equal((await put(DRAFT)).status, 201);
  const isDefault = async () =>
    (await host.ml.datastores.get(GROUP, WORKSPACE, "workspaceblobstore")).properties.isDefault;
  assert.equal(await isDefault(), true);
  const changed = await put({ ...DRAFT, isDefault: true });
  assert.equal(changed.status, 200);
  assert.doesNotMatch(changed.text, /secret-key/);
  assert.equal(await isDefault(), false);
  const { body } = await host.arm("GET", "");
  await host.ml.workspaces.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, {
    ...body,
    ...body.properties,
  });
  assert.equal(await isDefault(), false); // an update of the workspace leaves its datastores alone
  const secrets = await host.ml.datastores.listSecrets(GROUP, WORKSPACE, "mine");
  assert.equal((secrets as { key: string }).key, "secret-key");
  assert.equal((await host.arm("DELETE", "/datastores/mine")).status, 200);
  assert.equal((await host.arm("DELETE", "/datastores/mine")).status, 204);
  await assert.rejects(host.ml.datastores.get(GROUP, WORKSPACE, "mine"), {
    statusCode: 404,
    code: "NotFound",
  });
});

Deno.test("datastores: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  const refusal = async (properties: object, name = "mine") => {
    const { status, body } = await host.arm("PUT", `/datastores/${name}`, { properties });
    return `${status} ${body.error.code} ${body.error.message}`;
  };
  assert.match(await refusal(DRAFT, "a-b"), /^400 UserError datastore name must be .*: got "a-b"$/);
  assert.match(
    await refusal({ ...DRAFT, datastoreType: undefined }),
    /datastoreType must be AzureBlob: got null$/,
  );
  assert.match(
    await refusal({ ...DRAFT, datastoreType: "Floppy" }),
    /datastoreType must be one of AzureBlob: got "Floppy"$/,
  );
  assert.match(
    await refusal({ ...DRAFT, accountName: "other" }),
    /accountName must be devstoreaccount1: got "other"$/,
  );
  assert.match(
    await refusal({ ...DRAFT, containerName: null }),
    /containerName must be given: got null$/,
  );
  assert.match(
    await refusal({ ...DRAFT, credentials: {} }),
    /credentials.credentialsType must be given/,
  );
  assert.match(
    await refusal({ ...DRAFT, credentials: { credentialsType: "AccountKey" } }),
    /credentials.secrets.key must be given/,
  );
});
