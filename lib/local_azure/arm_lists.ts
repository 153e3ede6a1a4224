/** Lists: filters that all of them share, order, and pages that point at the next one. */

import type { JsonRecord } from "lib/core/mod.ts";
import { propertiesOf } from "./arm_context.ts";
import { gatewayError } from "./arm_error.ts";
import { answer, type Call } from "./arm_router.ts";

/** Items of a page where the client names no number. */
const PAGE = 30;

/**
 * One page of a list.
 *
 * `$top` or `count` is the length of a page, `$skip` where it begins; `$orderBy` (`createdtime desc`,
 * `UpdatedTimeAsc`, `name`) puts them in order. `nextLink` is absolute and keeps the other parameters.
 *
 * @param call The request.
 * @param bodies All items, the oldest first.
 * @returns The answer.
 * @throws {ArmError} 400 if one of these numbers is none, or the order is not known.
 */
export function listAnswer(call: Call, bodies: readonly JsonRecord[]): Response {
  const size = numberIn(call, "$top") ?? numberIn(call, "count") ?? PAGE;
  const skip = numberIn(call, "$skip") ?? 0;
  const items = ordered(call, bodies);
  const value = items.slice(skip, skip + size);
  if (skip + size >= items.length) return answer(200, { value });
  const next = new URL(call.url);
  next.searchParams.set("$skip", String(skip + size));
  return answer(200, { value, nextLink: next.href });
}

/** What items can be ordered by; those that are equal stay in the order of their creation. */
const ORDERS: readonly (readonly [RegExp, (body: JsonRecord) => string])[] = [
  [/^(created(at|time)?|createdattime)$/, () => ""],
  [
    /^(updated(at|time)?|lastmodified(at|time)?)$/,
    ({ systemData }) => String((systemData as JsonRecord | undefined)?.lastModifiedAt ?? ""),
  ],
  [/^(name|version)$/, ({ name }) => String(name)],
];

function ordered({ url: { searchParams } }: Call, bodies: readonly JsonRecord[]) {
  const asked = searchParams.get("$orderBy") ?? searchParams.get("orderBy") ?? "";
  if (asked.trim() === "") return bodies;
  const [, field, direction] = /^\s*(?:properties\/)?(\w+?)[\s]*(asc|desc)?\s*$/i.exec(asked) ?? [];
  const [, key] = ORDERS.find(([pattern]) => pattern.test(field?.toLowerCase() ?? "")) ?? [];
  if (!key) {
    const message =
      `The query parameter '$orderBy' must be createdtime, updatedtime or name, with ` +
      `asc or desc: got '${asked}'.`;
    throw gatewayError(400, "InvalidQueryParameter", message);
  }
  const keyed = bodies.map((body) => ({ body, key: key(body) }));
  keyed.sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const ascending = keyed.map(({ body }) => body);
  const isDown = direction
    ? direction.toLowerCase() === "desc"
    : searchParams.get("orderByAsc")?.toLowerCase() === "false";
  return isDown ? ascending.reverse() : ascending;
}

function numberIn({ url }: Call, name: string): number | undefined {
  const text = url.searchParams.get(name);
  if (text === null || text === "") return undefined;
  const value = Number(text), least = name === "$skip" ? 0 : 1;
  if (Number.isInteger(value) && value >= least) return value;
  const message =
    `The query parameter '${name}' must be a whole number from ${least} on: got '${text}'.`;
  throw gatewayError(400, "InvalidQueryParameter", message);
}

/**
 * The items that the query wants to see: by `listViewType` (default `ActiveOnly`), `tags` and
 * `properties` (`key` or `key=value`, several with commas, all of which must fit).
 */
export function filtered(call: Call, bodies: readonly JsonRecord[]): JsonRecord[] {
  const { searchParams } = call.url;
  const view = viewOf(call, ["ActiveOnly", "ArchivedOnly", "All"]).toLowerCase();
  return bodies.filter((body) => {
    const properties = propertiesOf(body), archived = properties.isArchived === true;
    if (view !== "all" && archived !== (view === "archivedonly")) return false;
    return fits(properties.tags ?? body.tags, searchParams.get("tags")) &&
      fits(properties.properties, searchParams.get("properties"));
  });
}

/**
 * Which items the query wants to see.
 *
 * @param call The request.
 * @param views The choices; the first is the default.
 * @throws {ArmError} 400 if it is none of them.
 */
export function viewOf<T extends string>({ url }: Call, views: readonly T[]): T {
  const asked = url.searchParams.get("listViewType");
  if (!asked) return views[0];
  const view = views.find((one) => one.toLowerCase() === asked.toLowerCase());
  if (view) return view;
  const message = `The query parameter 'listViewType' must be one of ${
    views.join(", ")
  }: got '${asked}'.`;
  throw gatewayError(400, "InvalidQueryParameter", message);
}

function fits(found: unknown, wanted: string | null): boolean {
  const map = (found ?? {}) as JsonRecord;
  return (wanted ?? "").split(",").filter((pair) => pair !== "").every((pair) => {
    const [, key, value] = /^([^=]*)(?:=(.*))?$/s.exec(pair.trim())!;
    return Object.hasOwn(map, key) && (value === undefined || map[key] === value);
  });
}
