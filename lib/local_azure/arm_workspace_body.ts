/** The body of a workspace: what a client must say, and what the service adds. */

import { randomUUID } from "node:crypto";
import type { JsonRecord } from "lib/core/mod.ts";
import { COMPANIONS } from "./arm_companions.ts";
import { AML, type Arm, propertiesOf, regionOf, systemData, workspaceId } from "./arm_context.ts";
import { frontEndError, gatewayError } from "./arm_error.ts";
import type { Call } from "./arm_router.ts";
import { fieldsOf, type Refuse } from "./fields.ts";
import type { Stored } from "./store.ts";
import { PRINCIPAL, TENANT } from "./tokens.ts";

/** Type of a workspace in the store. */
export const WORKSPACE = `${AML}/workspaces`;

/** The error for a broken rule of a workspace. */
export const refuseWorkspace: Refuse = ({ field, rule, value }) =>
  frontEndError(400, "ValidationError", `${field} ${rule}: got ${JSON.stringify(value)}`);

/**
 * The body that a PUT asks for, with everything that the service fills in.
 *
 * @throws {ArmError} 400 or 409 if it breaks a rule.
 */
export function wantedWorkspace(
  arm: Arm,
  { params, body }: Call,
  before: Stored | undefined,
): JsonRecord {
  const name = String(before?.body.name ?? params.workspace);
  if (!/^[a-zA-Z0-9][\w-]{2,32}$/.test(name)) {
    const rule = "must be 3 to 33 letters, digits, - or _ and begin with a letter or digit";
    throw refuseWorkspace({ field: "workspace name", rule, value: name });
  }
  const fields = fieldsOf(body, refuseWorkspace), properties = fields.object("properties");
  const location = regionOf(fields.required("location"));
  if (before && before.body.location !== location) {
    const message =
      `The resource '${name}' already exists in location '${before.body.location}': a ` +
      `resource with the same name cannot be created in location '${location}'.`;
    throw gatewayError(409, "InvalidResourceLocation", message);
  }
  if (!fields.object("identity").text("type")) {
    throw refuseWorkspace({ field: "identity.type", rule: "must be given", value: null });
  }
  for (const { property, type } of COMPANIONS) {
    const id = properties.text(property);
    if (!id) {
      const message = "Missing dependent resources in workspace json";
      throw frontEndError(400, "ValidationError", message, [
        { code: "ValidationError", message: `properties.${property} must be given` },
      ]);
    }
    if (!arm.lenient && arm.store.get(id)?.type !== type.toLowerCase()) {
      throw properties.refuse(property, `must be the id of a ${type} that is there`);
    }
  }
  const id = before?.id ?? workspaceId(params);
  return filledWorkspace(arm, {
    ...{ id, name, location, tags: fields.texts("tags") ?? {} },
    properties: Object.fromEntries(
      ["description", "friendlyName", ...COMPANIONS.map(({ property }) => property)]
        .flatMap((key) => properties.text(key) === undefined ? [] : [[key, properties.text(key)!]]),
    ),
  }, before?.body);
}

/** The body with everything that the service fills in. What it filled in before stays. */
export function filledWorkspace(
  { clock }: Arm,
  wanted: JsonRecord,
  before?: JsonRecord,
): JsonRecord {
  const { id, name, location } = wanted as { id: string; name: string; location: string };
  const kept = before ? propertiesOf(before) : {};
  const host = `${location}.api.azureml.ms`, guid = String(kept.workspaceId ?? randomUUID());
  return {
    ...{ id, name, type: WORKSPACE, location, tags: wanted.tags ?? {} },
    identity: { type: "SystemAssigned", principalId: PRINCIPAL, tenantId: TENANT },
    properties: {
      ...{ friendlyName: name, description: "" },
      ...propertiesOf(wanted),
      ...{ provisioningState: "Succeeded", workspaceId: guid, tenantId: TENANT },
      ...{
        containerRegistry: null,
        imageBuildCompute: "",
        hbiWorkspace: false,
        v1LegacyMode: false,
      },
      ...{ publicNetworkAccess: kept.publicNetworkAccess ?? "Enabled", privateLinkCount: 0 },
      ...{ storageHnsEnabled: false, allowPublicAccessWhenBehindVnet: false },
      discoveryUrl: `https://${location}.api.azureml.ms/discovery`,
      mlFlowTrackingUri: `azureml://${host}/mlflow/v1.0${id}`,
      notebookInfo: {
        resourceId: guid.replaceAll("-", ""),
        fqdn: `ml-${name}-${location}-${guid}.${location}.notebooks.azure.net`,
        isPrivateLinkEnabled: false,
        notebookPreparationError: null,
      },
    },
    sku: { name: "Basic", tier: "Basic" },
    systemData: systemData(clock.now(), before?.systemData as JsonRecord | undefined),
  };
}
