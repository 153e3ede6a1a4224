/**
 * What Local Azure answers under its own name: the page for people, the token endpoint, and the
 * `/_local/…` control routes. Whatever else is asked there goes to the services that name `127.0.0.1`.
 */

import { BadInput, type Json, type JsonRecord } from "lib/core/mod.ts";
import { ArmError } from "./arm_error.ts";
import { answer, parseBody } from "./arm_router.ts";
import { TOKEN_PATH, tokenAnswer } from "./identity.ts";
import { requestText } from "./request_text.ts";
import type { ShiftedClock } from "./shifted_clock.ts";
import { asJson, readTelemetryQuery, telemetryStore } from "./telemetry_store.ts";
import type { World } from "./world.ts";

/** What the control routes act on. */
export interface Controls {
  /** Tokens, clock, limits and faults as they are now. */
  world(): Pick<World, "clock" | "limits" | "faults" | "local">;
  /** What `/_local/health` says. */
  health(): JsonRecord;
  /** The page for people, as HTML; with the trace of that id opened. */
  page(trace: string | null): string;
  /** The last lines of the log. */
  log(): string;
  /** Empties everything. */
  reset(): Promise<void>;
  /** Has the server end once the answer is out. */
  stop(): void;
  /** Keeps the server from ending for want of requests while that process lives. */
  keepFor(pid: number): void;
}

/** The names that are Local Azure's own. */
export const OWN_NAMES = ["127.0.0.1", "localhost"] as const;

/**
 * Answers a request under Local Azure's own name.
 *
 * @param controls See {@linkcode Controls}.
 * @param request The request.
 * @returns The answer; nothing if the path is none of these.
 */
export async function localAnswer(
  controls: Controls,
  request: Request,
): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === TOKEN_PATH) return tokenAnswer(controls.world().local.tokens, request);
  if (pathname === "/" && request.method === "GET") {
    return html(controls.page(searchParams.get("trace")));
  }
  if (!pathname.startsWith("/_local/")) return undefined;
  try {
    const seen = telemetryAnswer(controls, request);
    if (seen) return seen;
    const text = await requestText(request);
    return await control(controls, `${request.method} ${pathname.slice(8)}`, parseBody(text));
  } catch (error) {
    if (error instanceof BadInput) return refused(400, error.message);
    if (error instanceof ArmError) return refused(error.status, error.message);
    throw error;
  }
}

async function control(controls: Controls, what: string, body: JsonRecord): Promise<Response> {
  const { clock, limits, faults } = controls.world();
  switch (what) {
    case "GET health":
      return answer(200, controls.health());
    case "POST reset":
      await controls.reset();
      return answer(200, { reset: true });
    case "POST stop":
      controls.stop();
      return answer(200, { stopping: true });
    case "POST keep":
      controls.keepFor(whole(body, "pid", 1));
      return answer(200, {});
    case "GET log":
      return new Response(controls.log(), {
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
    case "GET clock":
      return answer(200, shown(clock));
    case "POST clock":
      clock.shift(wantedShift(clock, body));
      return answer(200, shown(clock));
    case "GET limits":
      return answer(200, limits.read());
    case "POST limits":
      return answer(200, limits.set(body));
    case "GET faults":
      return answer(200, { faults: faults.list() as unknown as Json });
    case "POST faults":
      return answer(200, { faults: faults.set(body) as unknown as Json });
    default:
      return refused(
        404,
        `There is no '${what}' among GET health, log, clock, limits, faults, traces, telemetry and POST ` +
          "reset, stop, keep, clock, limits, faults.",
      );
  }
}

/** `GET /_local/traces`, and `/_local/telemetry` with `kind`, `name`, `trace` and `limit` to choose by. */
function telemetryAnswer(controls: Controls, { method, url }: Request): Response | undefined {
  const { pathname, searchParams } = new URL(url);
  if (method !== "GET" || !/^\/_local\/(traces|telemetry)$/.test(pathname)) return undefined;
  const { local } = controls.world();
  const ring = telemetryStore(local.store, () => local.clock.now().getTime());
  const query = readTelemetryQuery(searchParams);
  if (pathname.endsWith("traces")) {
    return answer(200, { traces: asJson(ring.traces(query.limit ?? 1)) });
  }
  return answer(200, { items: asJson(ring.find(query)) });
}

function shown(clock: ShiftedClock): JsonRecord {
  return { now: clock.now().toISOString(), aheadMs: clock.aheadMs };
}

/** From `{"set": INSTANT}`, `{"advanceMs": N}` or `{"reset": true}`. */
function wantedShift(clock: ShiftedClock, body: JsonRecord): number {
  if (body.reset === true) return 0;
  const now = clock.now().getTime();
  if (body.advanceMs !== undefined) {
    const by = whole(body, "advanceMs", Number.MIN_SAFE_INTEGER);
    if (isWithin(now + by)) return clock.aheadMs + by;
    throw new BadInput({ field: "advanceMs", rule: `must lead to ${YEARS}`, value: by });
  }
  const at = Date.parse(String(body.set));
  if (!isWithin(at)) {
    const rule = `must be an instant in ISO 8601, ${YEARS}, unless advanceMs or reset is given`;
    throw new BadInput({ field: "set", rule, value: body.set });
  }
  return clock.aheadMs + at - now;
}

const YEARS = "of the years 1970 to 9000";

/** Whether there is room for what is reckoned from an instant, and every text of it has four digits. */
function isWithin(at: number): boolean {
  return at >= 0 && at < Date.UTC(9001, 0);
}

function whole(body: JsonRecord, field: string, least: number): number {
  const value = body[field];
  if (Number.isInteger(value) && (value as number) >= least) return value as number;
  throw new BadInput({ field, rule: `must be a whole number from ${least} on`, value });
}

/**
 * Refuses what a page of another site makes a browser send. Clients that are no browsers send neither
 * of the headers; browsers cannot leave them out.
 *
 * @returns The refusal; nothing if the request may pass.
 */
export function crossSiteRefusal(request: Request): Response | undefined {
  const { headers, method, url } = request;
  // by the path as it is understood, in which a backslash is a slash
  const { pathname } = new URL(url);
  const isControl = pathname.startsWith("/_local/") || pathname === TOKEN_PATH;
  if (/^(GET|HEAD)$/.test(method) && !isControl) return undefined;
  const origin = headers.get("origin"), site = headers.get("sec-fetch-site");
  const isOwn = origin === null || URL.parse(origin)?.host === headers.get("host");
  if (isOwn && (site === null || site === "same-origin" || site === "none")) return undefined;
  return refused(403, `Requests from other sites are refused: got Origin ${origin ?? site}.`);
}

function refused(status: number, message: string): Response {
  return answer(status, { error: { code: "LocalAzure", message } });
}

function html(text: string): Response {
  return new Response(text, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
