/**
 * The operations that the contract has for the control plane: those of `@azure/arm-machinelearning` 2.1.1,
 * API version 2022-10-01. Which of them are answered here is for the routes to say, not for this list.
 */

/** The operations of one of the SDK's groups. */
export interface OperationGroup {
  /** As the SDK's client has it, e.g. `onlineEndpoints`. */
  readonly group: string;
  /** Where the contract describes them: a section of `azure-ml-contract.md`, "calls" of `python-sdk-calls.md`. */
  readonly source: string;
  /** Name, method and path of each; `~` stands for a workspace. */
  readonly operations: readonly (readonly [name: string, method: string, path: string])[];
}

/** All groups. */
export const OPERATION_GROUPS: readonly OperationGroup[] = [
  {
    group: "workspaces",
    source: "§1 Workspace",
    operations: [
      ["get", "GET", "~"],
      ["createOrUpdate", "PUT", "~"],
      ["delete", "DELETE", "~"],
      ["update", "PATCH", "~"],
      [
        "listByResourceGroup",
        "GET",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.MachineLearningServices/workspaces",
      ],
      ["diagnose", "POST", "~/diagnose"],
      ["listKeys", "POST", "~/listKeys"],
      ["resyncKeys", "POST", "~/resyncKeys"],
      [
        "listBySubscription",
        "GET",
        "/subscriptions/{subscriptionId}/providers/Microsoft.MachineLearningServices/workspaces",
      ],
      ["listNotebookAccessToken", "POST", "~/listNotebookAccessToken"],
      ["prepareNotebook", "POST", "~/prepareNotebook"],
      ["listStorageAccountKeys", "POST", "~/listStorageAccountKeys"],
      ["listNotebookKeys", "POST", "~/listNotebookKeys"],
      ["listOutboundNetworkDependenciesEndpoints", "GET", "~/outboundNetworkDependenciesEndpoints"],
    ],
  },
  {
    group: "datastores",
    source: "§1 Datastores",
    operations: [
      ["list", "GET", "~/datastores"],
      ["delete", "DELETE", "~/datastores/{name}"],
      ["get", "GET", "~/datastores/{name}"],
      ["createOrUpdate", "PUT", "~/datastores/{name}"],
      ["listSecrets", "POST", "~/datastores/{name}/listSecrets"],
    ],
  },
  {
    group: "modelContainers",
    source: "§1 Models",
    operations: [
      ["list", "GET", "~/models"],
      ["delete", "DELETE", "~/models/{name}"],
      ["get", "GET", "~/models/{name}"],
      ["createOrUpdate", "PUT", "~/models/{name}"],
    ],
  },
  {
    group: "modelVersions",
    source: "§1 Models",
    operations: [
      ["list", "GET", "~/models/{name}/versions"],
      ["delete", "DELETE", "~/models/{name}/versions/{version}"],
      ["get", "GET", "~/models/{name}/versions/{version}"],
      ["createOrUpdate", "PUT", "~/models/{name}/versions/{version}"],
    ],
  },
  {
    group: "dataContainers",
    source: "§1 Models",
    operations: [
      ["list", "GET", "~/data"],
      ["delete", "DELETE", "~/data/{name}"],
      ["get", "GET", "~/data/{name}"],
      ["createOrUpdate", "PUT", "~/data/{name}"],
    ],
  },
  {
    group: "dataVersions",
    source: "§1 Models",
    operations: [
      ["list", "GET", "~/data/{name}/versions"],
      ["delete", "DELETE", "~/data/{name}/versions/{version}"],
      ["get", "GET", "~/data/{name}/versions/{version}"],
      ["createOrUpdate", "PUT", "~/data/{name}/versions/{version}"],
    ],
  },
  {
    group: "environmentContainers",
    source: "§1 Environments",
    operations: [
      ["list", "GET", "~/environments"],
      ["delete", "DELETE", "~/environments/{name}"],
      ["get", "GET", "~/environments/{name}"],
      ["createOrUpdate", "PUT", "~/environments/{name}"],
    ],
  },
  {
    group: "environmentVersions",
    source: "§1 Environments",
    operations: [
      ["list", "GET", "~/environments/{name}/versions"],
      ["delete", "DELETE", "~/environments/{name}/versions/{version}"],
      ["get", "GET", "~/environments/{name}/versions/{version}"],
      ["createOrUpdate", "PUT", "~/environments/{name}/versions/{version}"],
    ],
  },
  {
    group: "codeContainers",
    source: "§1 table",
    operations: [
      ["list", "GET", "~/codes"],
      ["delete", "DELETE", "~/codes/{name}"],
      ["get", "GET", "~/codes/{name}"],
      ["createOrUpdate", "PUT", "~/codes/{name}"],
    ],
  },
  {
    group: "codeVersions",
    source: "§1 table; calls §2",
    operations: [
      ["list", "GET", "~/codes/{name}/versions"],
      ["delete", "DELETE", "~/codes/{name}/versions/{version}"],
      ["get", "GET", "~/codes/{name}/versions/{version}"],
      ["createOrUpdate", "PUT", "~/codes/{name}/versions/{version}"],
    ],
  },
  {
    group: "componentContainers",
    source: "§1 table",
    operations: [
      ["list", "GET", "~/components"],
      ["delete", "DELETE", "~/components/{name}"],
      ["get", "GET", "~/components/{name}"],
      ["createOrUpdate", "PUT", "~/components/{name}"],
    ],
  },
  {
    group: "componentVersions",
    source: "§1 table",
    operations: [
      ["list", "GET", "~/components/{name}/versions"],
      ["delete", "DELETE", "~/components/{name}/versions/{version}"],
      ["get", "GET", "~/components/{name}/versions/{version}"],
      ["createOrUpdate", "PUT", "~/components/{name}/versions/{version}"],
    ],
  },
  {
    group: "onlineEndpoints",
    source: "§1 Online endpoint",
    operations: [
      ["list", "GET", "~/onlineEndpoints"],
      ["delete", "DELETE", "~/onlineEndpoints/{endpointName}"],
      ["get", "GET", "~/onlineEndpoints/{endpointName}"],
      ["update", "PATCH", "~/onlineEndpoints/{endpointName}"],
      ["createOrUpdate", "PUT", "~/onlineEndpoints/{endpointName}"],
      ["listKeys", "POST", "~/onlineEndpoints/{endpointName}/listKeys"],
      ["regenerateKeys", "POST", "~/onlineEndpoints/{endpointName}/regenerateKeys"],
      ["getToken", "POST", "~/onlineEndpoints/{endpointName}/token"],
    ],
  },
  {
    group: "onlineDeployments",
    source: "§1 Online deployment",
    operations: [
      ["list", "GET", "~/onlineEndpoints/{endpointName}/deployments"],
      ["delete", "DELETE", "~/onlineEndpoints/{endpointName}/deployments/{deploymentName}"],
      ["get", "GET", "~/onlineEndpoints/{endpointName}/deployments/{deploymentName}"],
      ["update", "PATCH", "~/onlineEndpoints/{endpointName}/deployments/{deploymentName}"],
      ["createOrUpdate", "PUT", "~/onlineEndpoints/{endpointName}/deployments/{deploymentName}"],
      ["getLogs", "POST", "~/onlineEndpoints/{endpointName}/deployments/{deploymentName}/getLogs"],
      ["listSkus", "GET", "~/onlineEndpoints/{endpointName}/deployments/{deploymentName}/skus"],
    ],
  },
  {
    group: "jobs",
    source: "§1 Jobs",
    operations: [
      ["list", "GET", "~/jobs"],
      ["delete", "DELETE", "~/jobs/{id}"],
      ["get", "GET", "~/jobs/{id}"],
      ["createOrUpdate", "PUT", "~/jobs/{id}"],
      ["cancel", "POST", "~/jobs/{id}/cancel"],
    ],
  },
  {
    group: "schedules",
    source: "§1 table",
    operations: [
      ["list", "GET", "~/schedules"],
      ["delete", "DELETE", "~/schedules/{name}"],
      ["get", "GET", "~/schedules/{name}"],
      ["createOrUpdate", "PUT", "~/schedules/{name}"],
    ],
  },
  {
    group: "computeOperations",
    source: "§1 table",
    operations: [
      ["list", "GET", "~/computes"],
      ["get", "GET", "~/computes/{computeName}"],
      ["createOrUpdate", "PUT", "~/computes/{computeName}"],
      ["update", "PATCH", "~/computes/{computeName}"],
      ["delete", "DELETE", "~/computes/{computeName}"],
      ["listNodes", "POST", "~/computes/{computeName}/listNodes"],
      ["listKeys", "POST", "~/computes/{computeName}/listKeys"],
      ["start", "POST", "~/computes/{computeName}/start"],
      ["stop", "POST", "~/computes/{computeName}/stop"],
      ["restart", "POST", "~/computes/{computeName}/restart"],
    ],
  },
  {
    group: "quotas",
    source: "§1 Limits",
    operations: [
      [
        "update",
        "POST",
        "/subscriptions/{subscriptionId}/providers/Microsoft.MachineLearningServices/locations/{location}/updateQuotas",
      ],
      [
        "list",
        "GET",
        "/subscriptions/{subscriptionId}/providers/Microsoft.MachineLearningServices/locations/{location}/quotas",
      ],
    ],
  },
  {
    group: "usages",
    source: "§1 Limits",
    operations: [
      [
        "list",
        "GET",
        "/subscriptions/{subscriptionId}/providers/Microsoft.MachineLearningServices/locations/{location}/usages",
      ],
    ],
  },
  {
    group: "virtualMachineSizes",
    source: "SDK",
    operations: [
      [
        "list",
        "GET",
        "/subscriptions/{subscriptionId}/providers/Microsoft.MachineLearningServices/locations/{location}/vmSizes",
      ],
    ],
  },
  {
    group: "batchEndpoints",
    source: "SDK",
    operations: [
      ["list", "GET", "~/batchEndpoints"],
      ["delete", "DELETE", "~/batchEndpoints/{endpointName}"],
      ["get", "GET", "~/batchEndpoints/{endpointName}"],
      ["update", "PATCH", "~/batchEndpoints/{endpointName}"],
      ["createOrUpdate", "PUT", "~/batchEndpoints/{endpointName}"],
      ["listKeys", "POST", "~/batchEndpoints/{endpointName}/listkeys"],
    ],
  },
  {
    group: "batchDeployments",
    source: "SDK",
    operations: [
      ["list", "GET", "~/batchEndpoints/{endpointName}/deployments"],
      ["delete", "DELETE", "~/batchEndpoints/{endpointName}/deployments/{deploymentName}"],
      ["get", "GET", "~/batchEndpoints/{endpointName}/deployments/{deploymentName}"],
      ["update", "PATCH", "~/batchEndpoints/{endpointName}/deployments/{deploymentName}"],
      ["createOrUpdate", "PUT", "~/batchEndpoints/{endpointName}/deployments/{deploymentName}"],
    ],
  },
  {
    group: "workspaceConnections",
    source: "SDK",
    operations: [
      ["create", "PUT", "~/connections/{connectionName}"],
      ["get", "GET", "~/connections/{connectionName}"],
      ["delete", "DELETE", "~/connections/{connectionName}"],
      ["list", "GET", "~/connections"],
    ],
  },
  {
    group: "workspaceFeatures",
    source: "SDK",
    operations: [
      ["list", "GET", "~/features"],
    ],
  },
  {
    group: "privateEndpointConnections",
    source: "SDK",
    operations: [
      ["list", "GET", "~/privateEndpointConnections"],
      ["get", "GET", "~/privateEndpointConnections/{privateEndpointConnectionName}"],
      ["createOrUpdate", "PUT", "~/privateEndpointConnections/{privateEndpointConnectionName}"],
      ["delete", "DELETE", "~/privateEndpointConnections/{privateEndpointConnectionName}"],
    ],
  },
  {
    group: "privateLinkResources",
    source: "SDK",
    operations: [
      ["list", "GET", "~/privateLinkResources"],
    ],
  },
  {
    group: "operations",
    source: "SDK",
    operations: [
      ["list", "GET", "/providers/Microsoft.MachineLearningServices/operations"],
    ],
  },
];
