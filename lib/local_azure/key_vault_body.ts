/** Key Vault's answers: secrets with and without their value, lists, errors, and the challenge. */

import type { JsonRecord } from "lib/core/mod.ts";
import { ArmError } from "./arm_error.ts";
import { answer, type Call } from "./arm_router.ts";
import type { Fields } from "./fields.ts";
import { headerText } from "./header_text.ts";
import type { Secret } from "./secrets.ts";
import { TENANT, type TokenFault } from "./tokens.ts";

/** Audience of the tokens that are accepted. */
export const VAULT_AUDIENCE = "https://vault.azure.net";

/** Items of a page where the client names no number, and at most. */
const PAGE = 25;

/** How long a deleted secret can be recovered, in days. */
const RECOVERABLE_DAYS = 90;

/** Clients ask without a token first, and learn here which one to bring. */
export function challenge({ code, message }: TokenFault): Response {
  const missing = code === "AuthenticationFailed";
  const text = missing
    ? "AKV10000: Request is missing a Bearer or PoP token."
    : `AKV10022: ${message}`;
  const authenticate = `Bearer authorization="https://login.microsoftonline.com/${TENANT}", ` +
    `resource="${VAULT_AUDIENCE}"`;
  const error = missing
    ? ""
    : `, error="invalid_token", error_description="${headerText(message)}"`;
  return answer(401, { error: { code: "Unauthorized", message: text } }, {
    "www-authenticate": authenticate + error,
  });
}

/** An error in Key Vault's own, flat shape. */
export function vaultError(status: number, code: string, message: string): ArmError {
  return new ArmError({ status, code, message, source: "gateway" });
}

/** 400 for a broken rule. */
export function refused(
  { field, rule, value }: { field: string; rule: string; value?: unknown },
): ArmError {
  const got = value === undefined ? "" : `: got ${JSON.stringify(value)}`;
  return vaultError(400, "BadParameter", `${field} ${rule}${got}`);
}

/** 404. */
export function secretNotFound(name: string, { hostname }: URL, what = "A secret"): ArmError {
  const message =
    `${what} with (name/id) ${name} was not found in this key vault (${hostname}). If ` +
    "you recently deleted this secret you may be able to recover it using the correct recovery " +
    "command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182";
  return vaultError(404, "SecretNotFound", message);
}

/** Whether it has not been deleted. */
export function isThere({ deletedAt }: Secret): boolean {
  return deletedAt === undefined;
}

function idOf({ vault, name, version }: Secret): string {
  return `https://${vault}/secrets/${name}/${version}`;
}

/** The attributes that a body sets; those that it leaves out stay as they were. */
export function attributesOf(
  body: Fields,
  before?: Secret,
): Pick<Secret, "enabled" | "notBefore" | "expires"> {
  const fields = body.object("attributes"), seconds = { least: 0, most: 2 ** 40 };
  return {
    enabled: fields.flag("enabled") ?? before?.enabled ?? true,
    notBefore: fields.whole("nbf", seconds) ?? before?.notBefore,
    expires: fields.whole("exp", seconds) ?? before?.expires,
  };
}

/** A secret without its value, as lists have it. */
export function secretItem(secret: Secret): JsonRecord {
  const { vault, name, contentType, tags, enabled, notBefore, expires, createdAt, updatedAt } =
    secret;
  const optional = { ...notBefore && { nbf: notBefore }, ...expires && { exp: expires } };
  return {
    id: `https://${vault}/secrets/${name}`,
    ...contentType === undefined ? {} : { contentType },
    attributes: {
      ...{ enabled, ...optional, created: createdAt, updated: updatedAt },
      recoveryLevel: "Recoverable+Purgeable",
      recoverableDays: RECOVERABLE_DAYS,
    },
    tags,
  };
}

/** A version without its value. */
export function shownSecret(secret: Secret): JsonRecord {
  return { ...secretItem(secret), id: idOf(secret) };
}

/** A version with its value. */
export function secretBundle(secret: Secret): JsonRecord {
  return { ...shownSecret(secret), value: secret.value };
}

/** What a deleted secret shows beside itself. */
export function deletion({ vault, name }: Secret, deletedDate: number): JsonRecord {
  return {
    recoveryId: `https://${vault}/deletedsecrets/${name}`,
    deletedDate,
    scheduledPurgeDate: deletedDate + RECOVERABLE_DAYS * 86_400,
  };
}

/** One page of a list. */
export function secretPage({ url }: Call, items: readonly JsonRecord[]): Response {
  const size = Number(url.searchParams.get("maxresults") ?? PAGE);
  if (!Number.isInteger(size) || size < 1 || size > PAGE) {
    throw refused({
      field: "maxresults",
      rule: `must be a whole number from 1 to ${PAGE}`,
      value: size,
    });
  }
  const skip = Number(url.searchParams.get("$skiptoken") ?? 0), next = new URL(url);
  next.searchParams.set("$skiptoken", String(skip + size));
  const more = skip + size < items.length;
  return answer(200, { value: items.slice(skip, skip + size), nextLink: more ? next.href : null });
}
