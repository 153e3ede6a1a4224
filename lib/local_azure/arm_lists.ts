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
 * `$top` or `count` is the length of a page, `$skip` where it begins; `$orderBy=createdtime desc`
 * begins with the newest. `nextLink` is absolute and keeps the other parameters.
 *
 * @param call The request.
 * @param bodies All items, the oldest first.
 * @returns The answer.
 * @throws {ArmError} 400 if one of these numbers is none.
 */
export function listAnswer(call: Call, bodies: readonly JsonRecord[]): Response {
  const { searchParams } = call.url;
  const size = numberIn(call, "$top") ?? numberIn(call, "count") ?? PAGE;
  const skip = numberIn(call, "$skip") ?? 0;
  const order = (searchParams.get("$orderBy") ?? searchParams.get("orderBy") ?? "").toLowerCase();
  const newestFirst = /^created(at)?time\s*desc|^createdtimedesc/.test(order);
  const items = newestFirst ? bodies.toReversed() : bodies;
  const value = items.slice(skip, skip + size);
  if (skip + size >= items.length) return answer(200, { value });
  const next = new URL(call.url);
  next.searchParams.set("$skip", String(skip + size));
  return answer(200, { value, nextLink: next.href });
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
  const view = searchParams.get("listViewType")?.toLowerCase() ?? "activeonly";
  return bodies.filter((body) => {
    const properties = propertiesOf(body), archived = properties.isArchived === true;
    if (view !== "all" && archived !== (view === "archivedonly")) return false;
    return fits(properties.tags ?? body.tags, searchParams.get("tags")) &&
      fits(properties.properties, searchParams.get("properties"));
  });
}

function fits(found: unknown, wanted: string | null): boolean {
  const map = (found ?? {}) as JsonRecord;
  return (wanted ?? "").split(",").filter((pair) => pair !== "").every((pair) => {
    const [, key, value] = /^([^=]*)(?:=(.*))?$/s.exec(pair.trim())!;
    return key in map && (value === undefined || map[key] === value);
  });
}
