/**
 * The verb roll out: green gets more and more of the traffic, each step on evidence, and back at once.
 *
 * Every step is written down before it is taken, and everything that a driver knows stands in the
 * document; so a driver may die anywhere, and `resumeRollout` goes on from there.
 */

import { type Clock, systemClock } from "lib/core/mod.ts";
import type { StepEvidence } from "lib/experiment/mod.ts";
import { ConflictError, type DocumentStore, NEW } from "lib/registry/mod.ts";
import { type MayTell, told } from "./telemetry.ts";
import {
  claimEndpoint,
  type HeldRollout,
  mustRead,
  type RolloutName,
  writeRollout,
} from "./rollout_document.ts";
import {
  newRollout,
  nextAction,
  type RolloutEntry,
  type RolloutPlan,
  type RolloutRecord,
  type RolloutStep,
  withIntent,
  withLook,
  withMoreLooks,
  withRollback,
  withTaken,
  withWayBack,
} from "./rollout_record.ts";

/** What a driver does to the world. Each may be called again with the same argument: it must not matter. */
export interface RolloutPort extends MayTell {
  /** Sets percent of the traffic by deployment; those that are not named get none. */
  setTraffic(traffic: Readonly<Record<string, number>>, signal?: AbortSignal): Promise<void>;
  /** Sets percent of the traffic that is copied, by deployment; `{}` for none. */
  setMirror(mirror: Readonly<Record<string, number>>, signal?: AbortSignal): Promise<void>;
  /**
   * What the step has shown since its traffic was set. It takes as long as there is something new to
   * see: the driver does not wait by itself.
   */
  observe(
    step: RolloutStep,
    options: { readonly look: number; readonly since: string; readonly signal?: AbortSignal },
  ): Promise<StepEvidence>;
}

/** Options of a driver. */
export interface RolloutOptions {
  /** Where the documents lie. */
  readonly store: DocumentStore;
  /** The world. */
  readonly port: RolloutPort;
  /** The clock. Default: the machine's. */
  readonly clock?: Clock;
  /** Ends the driver between two actions; the rollout stays as it is and can be resumed. */
  readonly signal?: AbortSignal;
  /** Called after every write, with the step and the whole record. */
  readonly onStep?: (step: RolloutEntry | undefined, record: RolloutRecord) => void;
}

/**
 * Starts a rollout and drives it to its end.
 *
 * @param plan See {@linkcode RolloutPlan}.
 * @param options See {@linkcode RolloutOptions}.
 * @returns The record: `done`, `held` or `rolled-back`.
 * @throws {BadInput} If the plan is none.
 * @throws {ConflictError} If there is a rollout of that id, another one has the endpoint, or another
 * driver has taken this one over: then it is that one's.
 *
 * @example A green that gets through
 * ```ts
 * import assert from "node:assert/strict";
 * import { runRollout } from "lib/lifecycle/mod.ts";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 *
 * const calls: string[] = [];
 * const good = { rows: 400, errors: 0 }, latency = { rows: 400, greenP95Ms: 20, blueP95Ms: 20, overObjective: 0, overBlue: 3 };
 * const port = {
 *   setTraffic: async (traffic: object) => void calls.push(JSON.stringify(traffic)),
 *   setMirror: async () => {},
 *   observe: async () => ({
 *     quality: { kind: "paired", rows: 400, onlyAWrong: 1, onlyBWrong: 1 } as const,
 *     requests: { shareGreen: 0.5, blue: good, green: good },
 *     latency,
 *   }),
 * };
 * const plan = { endpoint: "iris", id: "7", blue: "blue", green: "green" };
 * const { state } = await runRollout(plan, { store: createMemoryStore(), port });
 * assert.equal(state, "done");
 * assert.equal(calls.at(-1), '{"green":100}');
 * ```
 */
export async function runRollout(
  plan: RolloutPlan,
  options: RolloutOptions,
): Promise<RolloutRecord> {
  const { store } = options, record = newRollout(plan);
  const held = await writeRollout(store, record, NEW);
  try {
    await claimEndpoint(store, record);
  } catch (error) {
    if (error instanceof ConflictError) {
      const reason = "Another rollout has the endpoint.";
      await writeRollout(store, { ...record, state: "refused", reason }, held.etag);
    }
    throw error;
  }
  return await drive(held, options);
}

/**
 * Goes on with a rollout whose driver has ended, for whatever reason. Takes it from a driver that still
 * runs: that one is told with a {@linkcode ConflictError} at its next write. What it had asked Azure for
 * by then it has asked for; so take a rollout from a driver that is dead, not from one that is slow.
 *
 * @param name Endpoint and id.
 * @param options See {@linkcode RolloutOptions}; `moreLooks` lets a held rollout look again so often.
 * @returns The record. One that is over is given back as it is.
 * @throws {BadInput} If there is no such rollout.
 * @throws {ConflictError} If another driver was quicker, or another rollout has the endpoint.
 *
 * @example
 * ```ts ignore
 * const record = await resumeRollout({ endpoint, id }, { store: blobDocuments(azure), port });
 * ```
 */
export async function resumeRollout(
  name: RolloutName,
  { moreLooks, ...options }: RolloutOptions & { readonly moreLooks?: number },
): Promise<RolloutRecord> {
  const { store } = options, found = await mustRead(store, name);
  const wanted = moreLooks === undefined
    ? found.record
    : withMoreLooks(found.record, Math.max(1, moreLooks));
  if (nextAction(wanted) === "nothing") return wanted;
  const mine = { ...wanted, drivers: wanted.drivers + 1 };
  const held = await writeRollout(store, mine, found.etag);
  await claimEndpoint(store, name);
  return await drive(held, options);
}

/**
 * Gives all traffic back to blue, because a person says so: also from a rollout that is held or done.
 * A driver that still runs is told at its next write.
 *
 * @param name Endpoint and id.
 * @param why Who decided it and why, in one sentence.
 * @param options See {@linkcode RolloutOptions}.
 * @returns The record, `rolled-back`. One that already is, or was refused, is given back as it is.
 * @throws {BadInput} If there is no such rollout.
 * @throws {ConflictError} If a driver wrote meanwhile (ask again), or another rollout has the endpoint;
 * a later one has it for good.
 *
 * @example
 * ```ts ignore
 * await rollBackRollout({ endpoint, id }, "On call: customers complain.", { store, port });
 * ```
 */
export async function rollBackRollout(
  name: RolloutName,
  why: string,
  options: RolloutOptions,
): Promise<RolloutRecord> {
  const { record, etag } = await mustRead(options.store, name);
  if (record.state === "rolled-back" || record.state === "refused") return record;
  await claimEndpoint(options.store, name, { isOver: record.state === "done" });
  const mine = { ...withWayBack(record, why), drivers: record.drivers + 1 };
  return await drive(await writeRollout(options.store, mine, etag), options);
}

/** Does what the document says until there is nothing left to do. */
async function drive(held: HeldRollout, options: RolloutOptions): Promise<RolloutRecord> {
  const { store, port, clock = systemClock, signal, onStep } = options;
  const now = () => clock.now().toISOString();
  while (true) {
    const { record, etag } = held, action = nextAction(record);
    if (action === "nothing") return record;
    if (action !== "roll-back") signal?.throwIfAborted(); // a way back that has begun is gone
    const done = await act(record, action, { port, now, signal });
    const next = { ...done, updatedAt: now() };
    held = await writeRollout(store, next, etag);
    await tellAction(port, action, next);
    onStep?.(next.history.at(-1), next);
  }
}

/** What was done: `rollout.begin`, `take`, `look` or `roll-back`, where it led, and why. */
async function tellAction(
  port: RolloutPort,
  action: string,
  record: RolloutRecord,
): Promise<void> {
  const { endpoint, id, state, reason, history } = record, step = history.at(-1);
  await told(port, `rollout.${action}`, {
    ...{ endpoint, rollout: id, state, reason },
    ...step && { step: history.length, green: step.green, mirror: step.mirror },
    ...step?.outcome && { outcome: step.outcome },
  });
}

/** One action in the world, and the record that follows from it. */
async function act(
  record: RolloutRecord,
  action: Exclude<ReturnType<typeof nextAction>, "nothing">,
  { port, now, signal }: { port: RolloutPort; now: () => string; signal?: AbortSignal },
): Promise<RolloutRecord> {
  const { blue, green } = record, step = record.history.at(-1);
  if (action === "begin") return withIntent(record, now());
  if (action === "take") {
    // a deployment has live or mirrored traffic, never both: so the copies end first
    await port.setMirror({}, signal);
    const shares = Object.entries({ [blue]: 100 - step!.green, [green]: step!.green });
    await port.setTraffic(Object.fromEntries(shares.filter(([, share]) => share > 0)), signal);
    if (step!.mirror > 0) await port.setMirror({ [green]: step!.mirror }, signal);
    return withTaken(record, now());
  }
  if (action === "look") {
    const look = step!.looks.length + 1, since = step!.takenAt!;
    const evidence = await port.observe(step!, { look, since, signal });
    return withLook(record, { at: now(), evidence });
  }
  // one call, and not to be aborted; both where nobody knows how far the step had come
  const isTaken = step?.takenAt != null;
  if (!isTaken || step.mirror > 0) await port.setMirror({});
  if (!isTaken || step.mirror === 0) await port.setTraffic({ [blue]: 100 });
  return withRollback(record);
}
