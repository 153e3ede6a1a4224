/** What the resource provider says about itself: its operations, which are the routes, and its features. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, type Arm, workspaceOf } from "./arm_context.ts";
import { listAnswer } from "./arm_lists.ts";
import type { Route } from "./arm_router.ts";

const VERBS: Readonly<Record<string, readonly [verb: string, words: string]>> = {
  GET: ["read", "Read"],
  PUT: ["write", "Create/Update"],
  PATCH: ["write", "Create/Update"],
  DELETE: ["delete", "Delete"],
};

/** Its operations. `others` are the routes that it tells about. */
export function providerRoutes({ store }: Arm, others: readonly Route[]): Route[] {
  const listed = operationsOf(others);
  return [
    {
      method: "GET",
      path: `/providers/${AML}/operations`,
      handle: (call) => listAnswer({ ...call, url: whole(call.url, listed.length) }, listed),
    },
    // there is nothing that could be switched on or off
    {
      method: "GET",
      path: "~/features",
      handle: (call) => (workspaceOf(store, call.params), listAnswer(call, [])),
    },
  ];
}

/** The operation has no pages: the whole list is one. */
function whole(url: URL, length: number): URL {
  const all = new URL(url);
  all.searchParams.set("count", String(length));
  return all;
}

/** What a role can allow: a verb for each type, and each action by its name. */
function operationsOf(routes: readonly Route[]): JsonRecord[] {
  const found = new Map<string, JsonRecord>();
  for (const { method, path } of routes) {
    if (!path.startsWith("~")) continue;
    const words = path.slice(1).split("/").filter((part) => part && !part.startsWith("{"));
    const action = method === "POST" ? words.pop()! : "";
    const resource = ["workspaces", ...words].join("/");
    const [verb, told] = VERBS[method] ?? [`${action}/action`, `Do '${action}' on`];
    const name = `${AML}/${resource}/${verb}`;
    const operation = `${told} Machine Learning ${resource}`;
    const display = { provider: "Microsoft MachineLearningServices", resource, operation };
    found.set(name.toLowerCase(), { name, display });
  }
  return [...found.values()];
}
