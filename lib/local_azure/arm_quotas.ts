/** Quotas: cores that a subscription has in a region, cores that are in use, and sizes of machines. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, type Arm, checkSubscription, regionOf } from "./arm_context.ts";
import { userError } from "./arm_error.ts";
import { listAnswer } from "./arm_lists.ts";
import { answer, type Call, type Route } from "./arm_router.ts";
import { fieldsOf } from "./fields.ts";
import { QUOTA, quotaId, type QuotaPlace, quotaUse } from "./quota.ts";
import { VM_FAMILIES, VM_SIZES } from "./vm_sizes.ts";

/** Most cores of a family that may be asked for. */
const MOST = 1_000_000;

/** Their operations. */
export function quotaRoutes(arm: Arm): Route[] {
  const { store } = arm;

  function placeOf({ params }: Call): QuotaPlace {
    checkSubscription(params.subscription);
    return { subscription: params.subscription, location: regionOf(params.location) };
  }

  function shown(place: QuotaPlace, family: string, what: "usages" | "quotas"): JsonRecord {
    const { used, limit } = quotaUse(arm, place, family);
    const id = quotaId(place, family).replace(/quotas(?=\/[^/]+$)/, what);
    const type = `${AML}/${what}`, name = { value: family, localizedValue: worded(family) };
    const shown = { id, type, name, unit: "Count", limit, amlWorkspaceLocation: place.location };
    return what === "usages" ? { ...shown, currentValue: used } : shown;
  }

  function list(what: "usages" | "quotas", call: Call): Response {
    const place = placeOf(call);
    return listAnswer(call, VM_FAMILIES.map((family) => shown(place, family, what)));
  }

  function update(call: Call): Response {
    const place = placeOf(call), given = call.body.value;
    if (!Array.isArray(given) || given.length === 0) {
      const rule = "must be a list of limits, one at least";
      throw userError({ field: "value", rule, value: given ?? null });
    }
    const wanted = given.map((item, i) => {
      if (typeof item !== "object" || item === null || Array.isArray(item)) {
        throw userError({ field: `value[${i}]`, rule: "must be an object", value: item });
      }
      const fields = fieldsOf(item as JsonRecord, userError, `value[${i}]`);
      const name = fields.required("id").split("/").at(-1)!;
      const family = VM_FAMILIES.find((one) => one.toLowerCase() === name.toLowerCase());
      if (!family && !arm.lenient) {
        throw fields.refuse("id", `must end with one of ${VM_FAMILIES.join(", ")}`);
      }
      const limit = fields.whole("limit", { least: 0, most: MOST });
      if (limit === undefined) throw fields.refuse("limit", "must be given");
      return { family, limit, id: String(fields.raw("id")) };
    });
    store.transaction(() => {
      for (const { family, limit } of wanted) {
        if (!family) continue;
        const id = quotaId(place, family), parent = `/subscriptions/${place.subscription}`;
        store.put({ id, type: QUOTA, parent, body: { id, name: family, limit }, hidden: {} });
      }
    });
    const value = wanted.map(({ family, limit, id }) => ({
      id: family ? quotaId(place, family) : id,
      type: `${AML}/quotas`,
      ...{ limit, unit: "Count", status: family ? "Success" : "InvalidVMFamilyName" },
    }));
    return answer(200, { value });
  }

  function sizes(call: Call): Response {
    placeOf(call);
    return answer(200, {
      value: VM_SIZES.map(({ name, family, cores, memoryGB, gpus }) => ({
        ...{ name, family, vCPUs: cores, gpus, memoryGB },
        ...{ lowPriorityCapable: true, premiumIO: true },
        supportedComputeTypes: ["AmlCompute", "ComputeInstance"],
      })),
    });
  }

  const at = `/subscriptions/{subscription}/providers/${AML}/locations/{location}`;
  return [
    { method: "GET", path: `${at}/usages`, handle: (call) => list("usages", call) },
    { method: "GET", path: `${at}/quotas`, handle: (call) => list("quotas", call) },
    { method: "POST", path: `${at}/updateQuotas`, handle: update },
    { method: "GET", path: `${at}/vmSizes`, handle: sizes },
  ];
}

/** `standardDSv2Family` as a person reads it. */
function worded(family: string): string {
  const [, name] = /^standard(.+)Family$/.exec(family)!;
  return `Standard ${name} Family Cluster Dedicated vCPUs`;
}
