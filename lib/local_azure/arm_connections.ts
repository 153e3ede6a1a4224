/** Connections of a workspace: where something else is, and what opens it. What opens it is never told. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, type Arm, systemData, workspaceOf } from "./arm_context.ts";
import { notFound, userError } from "./arm_error.ts";
import { listAnswer } from "./arm_lists.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { fieldsOf } from "./fields.ts";
import type { Stored } from "./store.ts";

/** Type of a connection in the store. */
export const CONNECTION = `${AML}/workspaces/connections`;

const KINDS = ["PAT", "ManagedIdentity", "UsernamePassword", "None", "SAS"] as const;
const CATEGORIES = ["PythonFeed", "ContainerRegistry", "Git"] as const;

/** What each kind's `credentials` must say (Microsoft's schema). */
const CREDENTIALS: Readonly<Record<string, readonly string[]>> = {
  PAT: ["pat"],
  SAS: ["sas"],
  UsernamePassword: ["username", "password"],
  ManagedIdentity: ["resourceId", "clientId"],
};

/** Their operations. */
export function connectionRoutes({ store, clock }: Arm): Route[] {
  const idOf = ({ params }: Call) =>
    `${workspaceOf(store, params).id}/connections/${params.connection}`;

  function found(call: Call): Stored {
    const connection = store.get(idOf(call)), { params } = call;
    if (connection) return connection;
    throw notFound(
      `Connection '${params.connection}' was not found in workspace '${params.workspace}'.`,
    );
  }

  function put(call: Call): Response {
    const before = store.get(idOf(call)), id = before?.id ?? idOf(call);
    const name = id.split("/").at(-1)!;
    const fields = fieldsOf(call.body, userError).object("properties");
    const authType = fields.oneOf("authType", KINDS);
    if (!authType) throw fields.refuse("authType", `must be one of ${KINDS.join(", ")}`);
    const credentials = fields.object("credentials");
    const secrets = Object.fromEntries(
      (CREDENTIALS[authType] ?? []).map((key) => [key, credentials.required(key)]),
    );
    const properties = {
      ...{ authType, category: fields.oneOf("category", CATEGORIES) ?? null },
      ...{ target: fields.text("target") ?? null, value: fields.text("value") ?? null },
      valueFormat: fields.oneOf("valueFormat", ["JSON"]) ?? null,
    };
    const at = systemData(clock.now(), before?.body.systemData as JsonRecord | undefined);
    const body = { id, name, type: CONNECTION, properties, systemData: at };
    const parent = workspaceOf(store, call.params).id;
    store.put({ id, type: CONNECTION, parent, body, hidden: { credentials: secrets } });
    return answer(200, body);
  }

  function list(call: Call): Response {
    const { searchParams } = call.url, parent = workspaceOf(store, call.params).id;
    const wanted = store.list({ type: CONNECTION, parent }).map(({ body }) => body)
      .filter((body) =>
        ["target", "category"].every((key) => {
          const asked = searchParams.get(key);
          return !asked || (body.properties as JsonRecord)[key] === asked;
        })
      );
    return listAnswer(call, wanted);
  }

  const one = "~/connections/{connection}";
  return [
    { method: "GET", path: "~/connections", handle: list },
    { method: "GET", path: one, handle: (call) => answer(200, found(call).body) },
    { method: "PUT", path: one, handle: put },
    {
      method: "DELETE",
      path: one,
      handle: (call) => empty(store.delete(idOf(call)) > 0 ? 200 : 204),
    },
  ];
}
