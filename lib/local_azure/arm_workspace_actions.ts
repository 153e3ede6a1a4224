/** What can be asked of a workspace besides making and changing it. */

import { COMPANIONS } from "./arm_companions.ts";
import { type Arm, propertiesOf, workspaceOf } from "./arm_context.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { ACCOUNT_KEY } from "./storage_account.ts";

/** The lists of a diagnosis, by what each of them looks at. */
const LISTS = [
  ...["userDefinedRouteResults", "networkSecurityRuleResults", "resourceLockResults"],
  ...["dnsResolutionResults", "storageAccountResults", "keyVaultResults"],
  ...["containerRegistryResults", "applicationInsightsResults", "otherResults"],
];

/** Their operations. */
export function workspaceActionRoutes({ store }: Arm): Route[] {
  /** Looks whether what the workspace needs is there; there is no network to look at. */
  function diagnose({ params }: Call): Response {
    const { body } = workspaceOf(store, params);
    const value: Record<string, { code: string; level: string; message: string }[]> = Object
      .fromEntries(LISTS.map((list) => [list, []]));
    for (const { property, type } of COMPANIONS) {
      const id = String(propertiesOf(body)[property]);
      if (store.get(id)) continue;
      const message = `The ${type} '${id}' of the workspace was not found.`;
      value[`${property}Results`].push({ code: "ResourceNotFound", level: "Error", message });
    }
    return answer(200, { value });
  }

  function storageKeys({ params }: Call): Response {
    workspaceOf(store, params);
    return answer(200, { userStorageKey: ACCOUNT_KEY });
  }

  return [
    { method: "POST", path: "~/diagnose", handle: diagnose },
    // nothing is kept twice, so there is nothing to bring in step
    {
      method: "POST",
      path: "~/resyncKeys",
      handle: ({ params }) => (workspaceOf(store, params), empty(200)),
    },
    { method: "POST", path: "~/listStorageAccountKeys", handle: storageKeys },
  ];
}
