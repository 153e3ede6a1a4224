/**
 * What a workspace needs beside itself: a storage account, a key vault, Application Insights. They are
 * there from the start and can be looked at; making others is a matter of Azure, not of this room.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import { type Arm, groupId, groupOf } from "./arm_context.ts";
import { gatewayError, resourceNotFound } from "./arm_error.ts";
import { listAnswer } from "./arm_lists.ts";
import { answer, type Call, type Route } from "./arm_router.ts";
import { ACCOUNT, ACCOUNT_KEY } from "./storage_account.ts";
import { TENANT } from "./tokens.ts";

/** One kind of companion. */
interface Companion {
  /** The workspace's property that names it. */
  readonly property: "storageAccount" | "keyVault" | "applicationInsights";
  readonly type: string;
  /** Name of the one that is there from the start. */
  readonly name: string;
  /** What its body says beside id, name, type and location. */
  body(location: string): JsonRecord;
}

/** Instrumentation key of the one Application Insights. */
export const INSTRUMENTATION_KEY = "33333333-3333-3333-3333-333333333333";

/** The kinds, in the order in which Azure asks for them. */
export const COMPANIONS: readonly Companion[] = [
  {
    property: "storageAccount",
    type: "Microsoft.Storage/storageAccounts",
    name: ACCOUNT,
    body: (location) => ({
      kind: "StorageV2",
      sku: { name: "Standard_LRS", tier: "Standard" },
      properties: {
        provisioningState: "Succeeded",
        primaryLocation: location,
        primaryEndpoints: { blob: `https://${ACCOUNT}.blob.core.windows.net/` },
      },
    }),
  },
  {
    property: "keyVault",
    type: "Microsoft.KeyVault/vaults",
    name: "kv-local",
    body: () => ({
      properties: {
        provisioningState: "Succeeded",
        tenantId: TENANT,
        sku: { family: "A", name: "standard" },
        vaultUri: "https://kv-local.vault.azure.net/",
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enableRbacAuthorization: true,
      },
    }),
  },
  {
    property: "applicationInsights",
    type: "Microsoft.Insights/components",
    name: "appi-local",
    body: (location) => ({
      kind: "web",
      properties: {
        provisioningState: "Succeeded",
        Application_Type: "web",
        InstrumentationKey: INSTRUMENTATION_KEY,
        ConnectionString: `InstrumentationKey=${INSTRUMENTATION_KEY};` +
          `IngestionEndpoint=https://${location}-0.in.applicationinsights.azure.com/;` +
          `LiveEndpoint=https://${location}.livediagnostics.monitor.azure.com/`,
      },
    }),
  },
];

/** Writes the companions into a group. */
export function putCompanions({ store }: Arm, group: string, location: string): void {
  for (const { type, name, body } of COMPANIONS) {
    const id = `${group}/providers/${type}/${name}`;
    const whole = { id, name, type, location, tags: {}, ...body(location) };
    store.put({ id, type, parent: group, body: whole, hidden: {} });
  }
}

/** Their operations: get, list, and the keys of the account. */
export function companionRoutes({ store }: Arm): Route[] {
  const idOf = (type: string, { params }: Call) =>
    `${groupId(params)}/providers/${type}/${params.name}`;

  function get(type: string, call: Call): Response {
    groupOf(store, call.params);
    const found = store.get(idOf(type, call));
    if (!found) throw resourceNotFound(idOf(type, call));
    return answer(200, found.body);
  }

  function keys(call: Call): Response {
    get(COMPANIONS[0].type, call);
    const key = { value: ACCOUNT_KEY, permissions: "FULL" };
    return answer(200, { keys: [{ keyName: "key1", ...key }, { keyName: "key2", ...key }] });
  }

  const routes = COMPANIONS.flatMap(({ type }): Route[] => {
    const list = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}`;
    return [
      { method: "GET", path: `${list}/{name}`, handle: (call) => get(type, call) },
      { method: "PUT", path: `${list}/{name}`, handle: (call) => notMade(type, call) },
      {
        method: "GET",
        path: list,
        handle: (call) => {
          const parent = groupOf(store, call.params).id;
          return listAnswer(call, store.list({ type, parent }).map(({ body }) => body));
        },
      },
    ];
  });
  const account = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${
    COMPANIONS[0].type
  }/{name}`;
  return [...routes, { method: "POST", path: `${account}/listKeys`, handle: keys }];
}

function notMade(type: string, { params }: Call): Response {
  const message = `Local Azure makes no resource of type '${type}': use the one that it has, in ` +
    `resource group 'rg-local', instead of '${params.name}'.`;
  throw gatewayError(400, "ResourceTypeNotSupported", message);
}
