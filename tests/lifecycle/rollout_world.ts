/** An endpoint in memory, and drivers that die at a given moment. */

import type { StepEvidence } from "lib/experiment/mod.ts";
import type { RolloutPort, RolloutStep } from "lib/lifecycle/mod.ts";
import type { DocumentStore } from "lib/registry/mod.ts";

/** What green shows at a step. */
export type Showing = "good" | "bad" | "little";

/** The evidence for it. */
export function evidenceOf(showing: Showing, { green }: RolloutStep): StepEvidence {
  const rows = showing === "little" ? 20 : 400, alone = green === 100;
  const quality = {
    kind: "paired",
    rows,
    onlyAWrong: 1,
    onlyBWrong: showing === "bad" ? 60 : 1,
  } as const;
  const counts = { rows, errors: 0 }, none = { rows: 0, errors: 0 };
  return {
    quality: alone ? null : quality,
    requests: { shareGreen: alone ? 1 : 0.5, blue: alone ? none : counts, green: counts },
    latency: {
      ...{ rows, greenP95Ms: 20, overObjective: 0 },
      ...(alone ? { blueP95Ms: null, overBlue: null } : { blueP95Ms: 20, overBlue: 2 }),
    },
  };
}

/** An endpoint: its traffic, its mirror, and every state that differed from the one before. */
export function createWorld(show: (step: RolloutStep, look: number) => Showing) {
  const state = { traffic: {} as Record<string, number>, mirror: {} as Record<string, number> };
  const seen: string[] = [], calls: string[] = [];
  const port: RolloutPort = {
    setTraffic(traffic) {
      calls.push(`traffic ${JSON.stringify(traffic)}`);
      const mirrored = Object.keys(state.mirror)[0];
      if (mirrored !== undefined && traffic[mirrored] !== undefined) {
        return Promise.reject(new Error("a deployment has live or mirrored traffic")); // as Azure
      }
      state.traffic = { ...traffic };
      return Promise.resolve();
    },
    setMirror(mirror) {
      calls.push(`mirror ${JSON.stringify(mirror)}`);
      state.mirror = { ...mirror };
      return Promise.resolve();
    },
    observe(step, { look }) {
      const shown = JSON.stringify(state);
      if (seen.at(-1) !== shown) seen.push(shown);
      return Promise.resolve(evidenceOf(show(step, look), step));
    },
  };
  return { port, state, seen, calls };
}

/** What a driver dies of. */
export class Killed extends Error {}

/** Counts the moments at which a driver can die: before and after each of its calls. */
export function mortal(store: DocumentStore, port: RolloutPort, dieAt: number) {
  let moment = 0;
  const point = () => {
    if (moment++ === dieAt) throw new Killed(`at moment ${dieAt}`);
  };
  const call = <A extends unknown[], R>(done: (...args: A) => Promise<R>) =>
  async (
    ...args: A
  ): Promise<R> => {
    point();
    const result = await done(...args);
    point();
    return result;
  };
  return {
    store: { read: call(store.read), write: call(store.write), list: call(store.list) },
    port: {
      setTraffic: call(port.setTraffic),
      setMirror: call(port.setMirror),
      observe: call(port.observe),
    },
    moments: () => moment,
  };
}
