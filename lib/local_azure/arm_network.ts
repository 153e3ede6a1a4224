/** What a workspace says about its network. There is none here but 127.0.0.1. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, type Arm, propertiesOf, workspaceOf } from "./arm_context.ts";
import { gatewayError, resourceNotFound } from "./arm_error.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { ACCOUNT } from "./storage_account.ts";

/** Type of a connection to a private endpoint. */
const CONNECTION = `${AML}/workspaces/privateEndpointConnections`;

/** Their operations. */
export function networkRoutes({ store }: Arm): Route[] {
  const idOf = ({ params }: Call) =>
    `${workspaceOf(store, params).id}/privateEndpointConnections/${params.connection}`;

  /** Private endpoints are made on their own side, so here there is never one to approve. */
  function put(call: Call): Response {
    const id = idOf(call), name = call.params.connection;
    if (store.get(id)) return answer(200, store.get(id)!.body);
    const message = `There is no private endpoint behind connection '${name}' that could be ` +
      "approved or rejected: Local Azure has no networking.";
    throw gatewayError(400, "PrivateEndpointConnectionNotFound", message);
  }

  function get(call: Call): Response {
    const found = store.get(idOf(call));
    if (!found) throw resourceNotFound(idOf(call));
    return answer(200, found.body);
  }

  function list(call: Call): Response {
    const parent = workspaceOf(store, call.params).id;
    return answer(200, {
      value: store.list({ type: CONNECTION, parent }).map(({ body }) => body),
    });
  }

  /** The one group of members that a workspace has, as the specification's example shows it. */
  function linkResources({ params }: Call): Response {
    const { id } = workspaceOf(store, params), name = "amlworkspace";
    return answer(200, {
      value: [{
        id: `${id}/privateLinkResources/${name}`,
        name,
        type: `${AML}/workspaces/privateLinkResources`,
        properties: { groupId: name, requiredMembers: ["default"] },
      }],
    });
  }

  /** The names that clients of this workspace ask for; all of them are answered here. */
  function outbound({ params }: Call): Response {
    const { body } = workspaceOf(store, params), { location } = body;
    const vault = String(propertiesOf(body).keyVault).split("/").at(-1);
    const hosts: Readonly<Record<string, readonly string[]>> = {
      "Azure Resource Manager": ["management.azure.com"],
      "Azure Machine Learning": [
        `${location}.api.azureml.ms`,
        `*.${location}.inference.ml.azure.com`,
      ],
      "Azure Storage": [`${ACCOUNT}.blob.core.windows.net`],
      "Azure Key Vault": [`${vault}.vault.azure.net`],
    };
    return answer(200, {
      value: Object.entries(hosts).map(([category, names]): JsonRecord => ({
        properties: {
          category,
          endpoints: names.map((domainName) => ({ domainName, endpointDetails: [{ port: 443 }] })),
        },
      })),
    });
  }

  const all = "~/privateEndpointConnections", one = `${all}/{connection}`;
  return [
    { method: "GET", path: all, handle: list },
    { method: "GET", path: one, handle: get },
    { method: "PUT", path: one, handle: put },
    {
      method: "DELETE",
      path: one,
      handle: (call) => empty(store.delete(idOf(call)) > 0 ? 200 : 204),
    },
    { method: "GET", path: "~/privateLinkResources", handle: linkResources },
    { method: "GET", path: "~/outboundNetworkDependenciesEndpoints", handle: outbound },
  ];
}
