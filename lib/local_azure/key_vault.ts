/** Key Vault: secrets with versions and soft deletion. Every vault name is a vault of its own. */

import { randomUUID } from "node:crypto";
import { ArmError } from "./arm_error.ts";
import { answer, type Call, createRouter, empty, parseBody, type Route } from "./arm_router.ts";
import type { LocalAzure, Service } from "./context.ts";
import { fieldsOf } from "./fields.ts";
import {
  attributesOf,
  challenge,
  deletion,
  isThere,
  refused,
  secretBundle,
  secretItem,
  secretNotFound,
  secretPage,
  shownSecret,
  VAULT_AUDIENCE,
  vaultError,
} from "./key_vault_body.ts";
import { requestText } from "./request_text.ts";
import { createSecrets, type Secret } from "./secrets.ts";

/** The Key Vault of a Local Azure. */
export function keyVaultService(local: Pick<LocalAzure, "store" | "clock" | "tokens">): Service {
  const { clock, tokens } = local, secrets = createSecrets(local.store);

  const now = () => Math.floor(clock.now().getTime() / 1000);

  function latest({ url, params }: Call): Secret {
    const secret = secrets.latest(url.hostname, params.name);
    if (secret && secret.deletedAt === undefined) return secret;
    throw secretNotFound(params.name, url);
  }

  function one(call: Call): Secret {
    const { url, params } = call;
    if (params.version === undefined) return latest(call);
    const secret = secrets.get(url.hostname, params.name, params.version);
    if (secret && secret.deletedAt === undefined) return secret;
    throw secretNotFound(`${params.name}/${params.version}`, url);
  }

  function set({ url, params: { name }, body }: Call): Response {
    if (!/^[a-zA-Z0-9-]{1,127}$/.test(name)) {
      throw refused({
        field: "secret name",
        rule: "must be 1 to 127 letters, digits or -",
        value: name,
      });
    }
    if (secrets.latest(url.hostname, name)?.deletedAt !== undefined) {
      throw vaultError(
        409,
        "Conflict",
        `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be ` +
          "reused; in this state, the secret can only be recovered or purged.",
      );
    }
    const fields = fieldsOf(body, refused), value = fields.text("value");
    if (value === undefined) throw refused({ field: "value", rule: "must be given" });
    const version = randomUUID().replaceAll("-", "");
    const secret = secrets.put({
      ...{ vault: url.hostname, name, version, value },
      contentType: fields.text("contentType"),
      tags: fields.texts("tags") ?? {},
      ...attributesOf(fields),
      ...{ createdAt: now(), updatedAt: now() },
    });
    return answer(200, secretBundle(secret));
  }

  function get(call: Call): Response {
    const secret = one(call);
    if (secret.enabled) return answer(200, secretBundle(secret));
    const message = "Operation get is not allowed on a disabled secret.";
    throw vaultError(403, "Forbidden", message);
  }

  function update(call: Call): Response {
    const secret = one(call), fields = fieldsOf(call.body, refused);
    const changed = secrets.put({
      ...secret,
      contentType: fields.text("contentType") ?? secret.contentType,
      tags: fields.texts("tags") ?? secret.tags,
      ...attributesOf(fields, secret),
      updatedAt: now(),
    });
    return answer(200, shownSecret(changed));
  }

  function remove(call: Call): Response {
    const secret = latest(call);
    secrets.setDeleted(secret.vault, secret.name, now());
    return answer(200, { ...shownSecret(secret), ...deletion(secret, now()) });
  }

  function deleted({ url, params }: Call): Secret & { deletedAt: number } {
    const secret = secrets.latest(url.hostname, params.name);
    if (secret?.deletedAt !== undefined) return secret as Secret & { deletedAt: number };
    throw secretNotFound(params.name, url, "Deleted Secret");
  }

  function getDeleted(call: Call): Response {
    const secret = deleted(call);
    return answer(200, { ...shownSecret(secret), ...deletion(secret, secret.deletedAt) });
  }

  function recover(call: Call): Response {
    const secret = deleted(call);
    secrets.setDeleted(secret.vault, secret.name, undefined);
    return answer(200, shownSecret(secret));
  }

  function purge(call: Call): Response {
    const { vault, name } = deleted(call);
    secrets.purge(vault, name);
    return empty(204);
  }

  const route = (method: string, path: string, handle: Route["handle"]) => ({
    method,
    path,
    handle,
  });
  const router = createRouter([
    route(
      "GET",
      "/secrets",
      (call) => secretPage(call, secrets.list(call.url.hostname).filter(isThere).map(secretItem)),
    ),
    route("PUT", "/secrets/{name}", set),
    route("GET", "/secrets/{name}", get),
    route("DELETE", "/secrets/{name}", remove),
    route("GET", "/secrets/{name}/versions", (call) => {
      latest(call);
      const versions = secrets.versions(call.url.hostname, call.params.name);
      return secretPage(call, versions.map(shownSecret));
    }),
    route("GET", "/secrets/{name}/{version}", get),
    route("PATCH", "/secrets/{name}/{version}", update),
    route("PATCH", "/secrets/{name}", update),
    route("GET", "/deletedsecrets", (call) => {
      const gone = secrets.list(call.url.hostname).filter((secret) => !isThere(secret));
      return secretPage(
        call,
        gone.map((secret) => ({ ...secretItem(secret), ...deletion(secret, secret.deletedAt!) })),
      );
    }),
    route("GET", "/deletedsecrets/{name}", getDeleted),
    route("DELETE", "/deletedsecrets/{name}", purge),
    route("POST", "/deletedsecrets/{name}/recover", recover),
  ]);

  async function handle(request: Request, url: URL): Promise<Response> {
    const text = await requestText(request);
    const fault = tokens.fault(request, [VAULT_AUDIENCE]);
    if (fault) return challenge(fault);
    try {
      const { route, params } = router.find(request.method, url.pathname);
      const apiVersion = url.searchParams.get("api-version");
      if (!apiVersion) throw refused({ field: "api-version", rule: "must be given" });
      return await route.handle({
        method: request.method,
        url,
        params,
        apiVersion,
        body: parseBody(text),
      });
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return answer(error.status, { error: { code: error.code, message: error.message } });
    }
  }

  return { hosts: ["*.vault.azure.net"], handle };
}
