/** What opens an endpoint: two keys, or tokens. */

import { type Arm, propertiesOf } from "./arm_context.ts";
import { endpointOf, frontEndUrls } from "./arm_endpoints.ts";
import { badRequest } from "./arm_error.ts";
import { TIMEOUT_HEADER } from "./arm_operation_status.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { newKey } from "./endpoint_key.ts";
import { fieldsOf } from "./fields.ts";
import type { Stored } from "./store.ts";

/** Audience of an endpoint's own tokens; their claim `endpoint` is its id in lower case. */
export const AML_AUDIENCE = "azureml";

/** How long such a token is good for, in seconds: a day; clients ask for a new one after half of it. */
const TOKEN_SECONDS = 86_400;

/** Their operations. */
export function endpointKeyRoutes(arm: Arm): Route[] {
  const { store, operations, tokens, clock, lenient } = arm;
  const requireMode = lenient ? () => {} : checkMode;
  operations.register("endpoint.keys", {
    run: ({ target }) =>
      Promise.resolve(() => {
        const { hidden: { wantedKeys, ...hidden }, ...rest } = store.get(target)!;
        store.put({ ...rest, hidden: { ...hidden, ...wantedKeys as Record<string, string> } });
      }),
    failed: () => {},
  });

  function listKeys({ params }: Call): Response {
    const endpoint = endpointOf(store, params);
    requireMode(endpoint, "Key");
    const { primaryKey, secondaryKey } = endpoint.hidden;
    return answer(200, { primaryKey, secondaryKey });
  }

  function regenerate(call: Call): Response {
    const endpoint = endpointOf(store, call.params);
    requireMode(endpoint, "Key");
    const fields = fieldsOf(call.body, badRequest);
    const type = fields.oneOf("keyType", ["Primary", "Secondary"]);
    if (!type) throw fields.refuse("keyType", "must be Primary or Secondary");
    const name = type === "Primary" ? "primaryKey" : "secondaryKey",
      given = fields.text("keyValue");
    // Microsoft's Python SDK sends the present key when it wants a new one
    const key = !given || given === endpoint.hidden[name] ? newKey() : given;
    const target = endpoint.id, kind = "endpoint.keys";
    const begun = operations.begin({ kind, target, doing: "Updating" }, () => {
      store.put({ ...endpoint, hidden: { ...endpoint.hidden, wantedKeys: { [name]: key } } });
    });
    const { result } = frontEndUrls(store, call, begun, "oe");
    return empty(202, { location: result, ...TIMEOUT_HEADER });
  }

  function token({ params }: Call): Response {
    const endpoint = endpointOf(store, params);
    requireMode(endpoint, "AMLToken");
    const claims = { iss: AML_AUDIENCE, endpoint: endpoint.id.toLowerCase() };
    const { token, expiresOn } = tokens.mint(AML_AUDIENCE, TOKEN_SECONDS, claims);
    return answer(200, {
      accessToken: token,
      tokenType: "Bearer",
      expiryTimeUtc: expiresOn,
      refreshAfterTimeUtc: Math.floor(clock.now().getTime() / 1000) + TOKEN_SECONDS / 2,
    });
  }

  const one = "~/onlineEndpoints/{endpoint}";
  return [
    { method: "POST", path: `${one}/listKeys`, handle: listKeys },
    { method: "POST", path: `${one}/regenerateKeys`, handle: regenerate },
    { method: "POST", path: `${one}/token`, handle: token },
  ];
}

function checkMode({ body }: Stored, mode: "Key" | "AMLToken"): void {
  const { authMode } = propertiesOf(body);
  if (authMode === mode) return;
  const field = `properties.authMode of endpoint '${body.name}'`;
  throw badRequest({ field, rule: `must be ${mode} for this call`, value: authMode });
}
