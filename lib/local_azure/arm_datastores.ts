/** Datastores: names for blob containers, and the key that opens them. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, type Arm, propertiesOf, systemData, workspaceOf } from "./arm_context.ts";
import { notFound, userError } from "./arm_error.ts";
import { filtered, listAnswer } from "./arm_lists.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { ACCOUNT, ACCOUNT_KEY } from "./storage_account.ts";
import type { Store, Stored } from "./store.ts";

/** Type of a datastore in the store. */
export const DATASTORE = `${AML}/workspaces/datastores`;

/** Writes the four datastores that every workspace has. */
export function putDefaultDatastores(arm: Arm, workspace: string, guid: string): void {
  const share = `code-391ff5ac-6576-460f-ba4d-7e03433c68b6`; // the one name that Azure uses everywhere
  const four = {
    workspaceblobstore: { datastoreType: "AzureBlob", containerName: `azureml-blobstore-${guid}` },
    workspaceartifactstore: { datastoreType: "AzureBlob", containerName: "azureml" },
    workspacefilestore: { datastoreType: "AzureFile", fileShareName: `azureml-filestore-${guid}` },
    workspaceworkingdirectory: { datastoreType: "AzureFile", fileShareName: share },
  };
  for (const [name, place] of Object.entries(four)) {
    const id = `${workspace}/datastores/${name}`;
    if (arm.store.get(id)) continue;
    const isDefault = name === "workspaceblobstore";
    const properties = { description: null, tags: {}, properties: {}, isDefault, ...place };
    putDatastore(arm, { id, name, properties: { ...properties, ...ENDPOINT } }, ACCOUNT_KEY);
  }
}

const ENDPOINT = {
  credentials: { credentialsType: "AccountKey" },
  accountName: ACCOUNT,
  endpoint: "core.windows.net",
  protocol: "https",
  serviceDataAccessAuthIdentity: "None",
};

/** Their operations. */
export function datastoreRoutes(arm: Arm): Route[] {
  const { store } = arm;

  function found({ params }: Call): Stored {
    const { id, body } = workspaceOf(store, params), datastore = store.get(idOf(id, params.name));
    if (datastore) return datastore;
    throw notFound(`Could not find datastore: ${params.name} in workspace ${body.name}.`);
  }

  function list(call: Call): Response {
    const { id } = workspaceOf(store, call.params), { searchParams } = call.url;
    const names = searchParams.getAll("names").flatMap((text) => text.split(","));
    const isDefault = searchParams.get("isDefault"), text = searchParams.get("searchText") ?? "";
    const bodies = filtered(
      call,
      store.list({ type: DATASTORE, parent: id }).map(({ body }) => body),
    );
    const wanted = bodies.filter((body) =>
      (names.length === 0 || names.includes(String(body.name))) &&
      (isDefault === null || String(propertiesOf(body).isDefault) === isDefault.toLowerCase()) &&
      String(body.name).includes(text)
    );
    return listAnswer(call, wanted);
  }

  function put(call: Call): Response {
    const workspace = workspaceOf(store, call.params),
      before = store.get(idOf(workspace.id, call.params.name));
    const name = String(before?.body.name ?? call.params.name);
    if (!/^[a-zA-Z0-9]\w{0,254}$/.test(name)) {
      const rule = "must be 1 to 255 letters, digits or _ and begin with a letter or digit";
      throw userError({ field: "datastore name", rule, value: name });
    }
    const { properties, secret } = wantedDatastore(
      fieldsOf(call.body, userError).object("properties"),
    );
    const id = before?.id ?? idOf(workspace.id, name);
    const stored = store.transaction(() => {
      if (properties.isDefault) noLongerDefault(store, workspace.id);
      return putDatastore(arm, { id, name, properties }, secret, before);
    });
    return answer(before ? 200 : 201, stored.body);
  }

  function remove({ params }: Call): Response {
    return empty(store.delete(idOf(workspaceOf(store, params).id, params.name)) > 0 ? 200 : 204);
  }

  const one = "~/datastores/{name}";
  return [
    { method: "GET", path: "~/datastores", handle: list },
    { method: "GET", path: one, handle: (call) => answer(200, found(call).body) },
    { method: "PUT", path: one, handle: put },
    { method: "DELETE", path: one, handle: remove },
    {
      method: "POST",
      path: `${one}/listSecrets`,
      handle: (call) => {
        const { secrets, key } = found(call).hidden;
        return answer(200, (secrets ?? { secretsType: "AccountKey", key }) as JsonRecord);
      },
    },
  ];
}

function idOf(workspace: string, name: string): string {
  return `${workspace}/datastores/${name}`;
}

function noLongerDefault(store: Store, workspace: string): void {
  for (const { body, ...rest } of store.list({ type: DATASTORE, parent: workspace })) {
    const properties = { ...propertiesOf(body), isDefault: false };
    if (propertiesOf(body).isDefault) store.put({ ...rest, body: { ...body, properties } });
  }
}

function wantedDatastore(fields: Fields): { properties: JsonRecord; secret: string } {
  const datastoreType = fields.oneOf("datastoreType", ["AzureBlob"]);
  if (!datastoreType) throw fields.refuse("datastoreType", "must be AzureBlob");
  const accountName = fields.required("accountName");
  if (accountName !== ACCOUNT) throw fields.refuse("accountName", `must be ${ACCOUNT}`);
  const credentials = fields.object("credentials");
  credentials.required("credentialsType");
  credentials.oneOf("credentialsType", ["AccountKey"]);
  const secret = credentials.object("secrets").required("key");
  const properties = {
    ...{ description: fields.text("description") ?? null, tags: fields.texts("tags") ?? {} },
    ...{
      properties: fields.texts("properties") ?? {},
      isDefault: fields.flag("isDefault") ?? false,
    },
    ...{ datastoreType, ...ENDPOINT, accountName, containerName: fields.required("containerName") },
  };
  return { properties, secret };
}

function putDatastore(
  { store, clock }: Arm,
  { id, name, properties }: { id: string; name: string; properties: JsonRecord },
  key: string,
  before?: Stored,
): Stored {
  const at = systemData(clock.now(), before?.body.systemData as JsonRecord | undefined);
  const body = { id, name, type: DATASTORE, properties, systemData: at };
  const parent = id.split("/").slice(0, -2).join("/");
  return store.put({ id, type: DATASTORE, parent, body, hidden: { key } });
}
