/**
 * Faults on demand: what goes wrong at Azure now and then, made to go wrong here, next. They are for
 * tests of retries and for drills; a restart or a reset forgets them.
 */

import { BadInput, type Clock, type JsonRecord } from "lib/core/mod.ts";
import { type Fields, fieldsOf } from "./fields.ts";

/** What can go wrong. */
export const FAULT_KINDS = [
  /** The next PUT to the control plane is 429 with `Retry-After`. */
  "throttle",
  /** The next deployment that is started fails with a code. */
  "failOperation",
  /** A container answers nothing for a while. */
  "sleep",
  /** The next request to Blob is 503. */
  "blobBusy",
  /** The next bearer token counts as expired. */
  "tokenExpired",
] as const;

/** See {@linkcode FAULT_KINDS}. */
export type FaultKind = typeof FAULT_KINDS[number];

/** A fault that waits to happen. */
export interface Fault {
  readonly kind: FaultKind;
  /** How often it is still to happen; a sleep ends by the clock instead. */
  readonly left: number;
  /** How often it has happened. */
  readonly happened: number;
  /** Only what has this in its path; for deployments, in its id. In lower case. */
  readonly where?: string;
  /** `throttle`: seconds to wait. */
  readonly retryAfterSeconds?: number;
  /** `failOperation`: the operation's code and sentence. */
  readonly code?: string;
  readonly message?: string;
  /** `sleep`: when it ends, in milliseconds since 1970 on the machine's clock. */
  readonly until?: number;
}

/** The faults of a Local Azure. */
export interface Faults {
  /** Those that wait, and those that have happened since they were last cleared. */
  list(): readonly Fault[];
  /**
   * Adds one, or clears all with `{"clear": true}`.
   *
   * @throws {BadInput} If it is none of {@linkcode FAULT_KINDS}, a field breaks a rule, or there are
   * a hundred.
   */
  set(body: JsonRecord): readonly Fault[];
  /** Whether a fault of that kind is to happen now, at that path or id; it is used up by the question. */
  take(kind: FaultKind, path: string): Fault | undefined;
  /** The sleep that a deployment is in. */
  asleep(id: string): Fault | undefined;
}

/** Faults that are kept, those that have happened included. */
const MOST = 100;

/** Longest sleep, in milliseconds: ten minutes. */
const SLEEP_MOST = 600_000;

/**
 * Faults, none at first.
 *
 * @param clock Sleeps end by it: the machine's clock, not one that a test has moved.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { systemClock } from "lib/core/mod.ts";
 * import { createFaults } from "lib/local_azure/faults.ts";
 *
 * const faults = createFaults(systemClock);
 * faults.set({ kind: "throttle", times: 2, where: "/deployments/" });
 * assert.equal(faults.take("throttle", "/models/iris"), undefined);
 * assert.equal(faults.take("throttle", "/e/deployments/blue")?.retryAfterSeconds, 1);
 * assert.equal(faults.list()[0].left, 1);
 * ```
 */
export function createFaults(clock: Clock): Faults {
  let faults: Fault[] = [];
  const fits = ({ where }: Fault, path: string) =>
    where === undefined || path.toLowerCase().includes(where);

  function happened(fault: Fault, left: number): void {
    faults = faults.map((one) =>
      one === fault ? { ...one, left, happened: one.happened + 1 } : one
    );
  }

  return {
    list: () => faults,
    set(body) {
      const fields = fieldsOf(body, (parts) => new BadInput(parts));
      if (fields.flag("clear")) return faults = [];
      const fault = wanted(fields, clock);
      if (faults.length >= MOST) {
        const rule = `must be cleared first: there are ${MOST} already`;
        throw new BadInput({ field: "faults", rule });
      }
      return faults = [...faults, fault];
    },
    take(kind, path) {
      const fault = faults.find((one) => one.kind === kind && one.left > 0 && fits(one, path));
      if (fault) happened(fault, fault.left - 1);
      return fault;
    },
    asleep(id) {
      const now = clock.now().getTime();
      const fault = faults.find((one) => one.kind === "sleep" && one.until! > now && fits(one, id));
      if (fault) happened(fault, fault.left);
      return fault;
    },
  };
}

function wanted(fields: Fields, clock: Clock): Fault {
  const kind = fields.oneOf("kind", FAULT_KINDS);
  if (!kind) throw fields.refuse("kind", `must be one of ${FAULT_KINDS.join(", ")}`);
  const left = fields.whole("times", { least: 1, most: 1000 }) ?? 1;
  const where = fields.text("where")?.toLowerCase();
  const fault = { kind, left, happened: 0, ...where === undefined ? {} : { where } };
  if (kind === "throttle") {
    const bounds = { least: 0, most: 3600 };
    return { ...fault, retryAfterSeconds: fields.whole("retryAfterSeconds", bounds) ?? 1 };
  }
  if (kind === "failOperation") {
    const code = fields.text("code") ?? "ImageBuildFailure";
    const message = fields.text("message") ?? "This failure was asked for through /_local/faults.";
    return { ...fault, code, message };
  }
  if (kind === "sleep") {
    const ms = fields.whole("milliseconds", { least: 1, most: SLEEP_MOST });
    if (ms === undefined) throw fields.refuse("milliseconds", "must be given");
    return { ...fault, until: clock.now().getTime() + ms };
  }
  return fault;
}
