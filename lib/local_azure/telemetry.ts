/**
 * Application Insights' intake: `POST /v2/track` and `/v2.1/track`, as the Azure Monitor exporter calls it.
 *
 * Different from Azure: no limit on an item's age, no quota, no sampling here (the senders sample). The
 * words of refusals are not known from a contract.
 */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { propertiesOf } from "./arm_context.ts";
import { answer } from "./arm_router.ts";
import type { LocalAzure, Service } from "./context.ts";
import type { Store } from "./store.ts";
import { readEnvelope, type TelemetryItem } from "./telemetry_item.ts";
import { telemetryStore } from "./telemetry_store.ts";

/** Longest body that is taken, unpacked, in bytes. */
const LONGEST_BODY = 16 * 1024 * 1024;

/** Type of what the instrumentation key belongs to. */
const COMPONENT = "Microsoft.Insights/components";

/** Why an item was not taken. */
type Fault = JsonRecord & {
  readonly index: number;
  readonly statusCode: number;
  readonly message: string;
};

/**
 * The intake of a Local Azure.
 *
 * @param local Its inside.
 * @returns The service. It answers 200 where all items were taken, 206 where some were, 400 where none.
 *
 * @example
 * ```ts ignore
 * const response = await telemetryService(local).handle(request, url);
 * const { itemsReceived, itemsAccepted, errors } = await response.json();
 * ```
 */
export function telemetryService(
  { store, clock, log }: Pick<LocalAzure, "store" | "clock" | "log">,
): Service {
  const ring = telemetryStore(store, () => clock.now().getTime());

  async function track(request: Request): Promise<Response> {
    const body = await bodyOf(request);
    if ("fault" in body) return taken(0, 0, [faultAt(0, body.status, body.fault)]);
    const keys = instrumentationKeys(store);
    const items: TelemetryItem[] = [], faults: Fault[] = [];
    body.values.forEach((value, index) => {
      const read = readEnvelope(value);
      if ("fault" in read) faults.push(faultAt(index, 400, read.fault));
      else if (!keys.has(read.key.toLowerCase())) {
        faults.push(faultAt(index, 400, "Invalid instrumentation key"));
      } else items.push(read.item);
    });
    ring.add(items);
    if (faults.length > 0) {
      log.warn("telemetry refused", { refused: faults.length, first: faults[0] });
    }
    return taken(body.values.length, items.length, faults);
  }

  return {
    hosts: ["*.in.applicationinsights.azure.com", "dc.services.visualstudio.com"],
    async handle(request, { pathname }) {
      const isTrack = /^\/+v2(\.1)?\/track\/?$/.test(pathname);
      if (isTrack && request.method === "POST") return await track(request);
      await request.body?.cancel();
      return new Response(
        null,
        isTrack ? { status: 405, headers: { allow: "POST" } } : { status: 404 },
      );
    },
  };
}

function taken(received: number, accepted: number, errors: readonly Fault[]): Response {
  const [first] = errors;
  const status = errors.length === 0 ? 200 : accepted > 0 ? 206 : first.statusCode;
  const body = { itemsReceived: received, itemsAccepted: accepted, errors: errors as Json };
  return answer(status, body);
}

function faultAt(index: number, statusCode: number, message: string): Fault {
  return { index, statusCode, message };
}

/** In lower case; read each time, since components come and go with their groups. */
function instrumentationKeys(store: Store): ReadonlySet<string> {
  return new Set(
    store.list({ type: COMPONENT }).map(({ body }) =>
      String(propertiesOf(body).InstrumentationKey).toLowerCase()
    ),
  );
}

/** What a body holds: a JSON array, one JSON object, or an object in each line. */
async function bodyOf(
  request: Request,
): Promise<{ values: readonly Json[] } | { fault: string; status: number }> {
  const packed = await request.bytes(); // first, since an unread body ends the connection
  const encoding = request.headers.get("content-encoding")?.toLowerCase() ?? "identity";
  let text: string | undefined;
  try {
    text = await unpacked(packed, encoding);
  } catch {
    return { fault: `The body is not ${encoding}`, status: 400 };
  }
  if (text === undefined) return { fault: "The body is too large", status: 413 };
  try {
    const trimmed = text.trim();
    if (trimmed.startsWith("[")) return { values: JSON.parse(trimmed) };
    const lines = trimmed.split("\n").filter((line) => line.trim() !== "");
    return { values: lines.map((line) => JSON.parse(line)) };
  } catch {
    return { fault: "Invalid JSON", status: 400 };
  }
}

/** The text; undefined if it is too long. Unpacked piece by piece, so that a bomb stops early. */
async function unpacked(
  packed: Uint8Array<ArrayBuffer>,
  encoding: string,
): Promise<string | undefined> {
  if (encoding === "identity") {
    return packed.length > LONGEST_BODY ? undefined : new TextDecoder().decode(packed);
  }
  const format = encoding === "x-gzip" ? "gzip" : encoding as CompressionFormat;
  const decoder = new TextDecoder();
  let text = "", length = 0;
  for await (
    const piece of new Blob([packed]).stream().pipeThrough(new DecompressionStream(format))
  ) {
    length += piece.length;
    if (length > LONGEST_BODY) return undefined;
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
