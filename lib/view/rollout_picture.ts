/** A rollout: green's share of the traffic over time, and what was decided at each step. */

import defer * as Plot from "@observablehq/plot";
import { chart } from "./chart.ts";
import type { Picture } from "./picture.ts";
import { classColour, FONT_PX, LIGHT } from "./theme.ts";

/** One step. */
export interface RolloutPictureStep {
  /** Its name, e.g. `mirror 50 %`. */
  readonly name: string;
  /** Percent of the requests that green answers. */
  readonly green: number;
  /** Percent of the requests that are copied to green. */
  readonly mirror: number;
  /** When its traffic was set, ISO 8601; null before. */
  readonly takenAt: string | null;
  /** How it ended; null while it is under way. */
  readonly outcome: "advance" | "hold" | "roll-back" | null;
}

/** What is drawn. */
export interface RolloutPictureInput {
  /** The steps that were begun, the first first. */
  readonly history: readonly RolloutPictureStep[];
  /** Where it stands, e.g. `done`, `rolled-back`. */
  readonly state: string;
  /** When it was last heard of, ISO 8601; null before the first step. */
  readonly updatedAt: string | null;
}

/** Options of {@linkcode rolloutPicture}. */
export interface RolloutPictureOptions {
  /** What to see. Default: how far green came. */
  readonly title?: string;
}

/** What is written at the end of a step; the sign says it without colour. */
const OUTCOMES = { advance: "▲ advance", hold: "■ hold", "roll-back": "▼ roll back" } as const;

/**
 * Steps from left to right: how much green answers (filled) and how much is copied to it (dashed).
 *
 * @param rollout See {@linkcode RolloutPictureInput}.
 * @param options See {@linkcode RolloutPictureOptions}.
 * @returns The picture, 760 px wide. Every step is equally wide, its time stands below it: steps last
 * minutes or days.
 * @throws {RangeError} If no step was taken.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rolloutPicture } from "lib/view/mod.ts";
 *
 * const step = { name: "green 10 %", green: 10, mirror: 0, takenAt: "2026-01-01T08:00:00Z", outcome: "roll-back" } as const;
 * const { title } = rolloutPicture({ history: [step], state: "rolled-back", updatedAt: "2026-01-01T08:20:00Z" });
 * assert.equal(title, "Rolled back at green 10 %, 20 minutes after that step began");
 * ```
 */
export function rolloutPicture(
  { history, state, updatedAt }: RolloutPictureInput,
  { title }: RolloutPictureOptions = {},
): Picture {
  const taken = history.filter(({ takenAt }) => takenAt !== null);
  if (taken.length === 0) throw new RangeError("Cannot draw a rollout as no step was taken");
  const began = taken.map(({ takenAt }) => Date.parse(takenAt!));
  const times = [...began, updatedAt === null ? began[began.length - 1] : Date.parse(updatedAt)];
  const steps = taken.map(({ name, green, mirror, outcome }, i) => ({
    ...{ i, name, green, mirror, outcome, top: Math.max(green, mirror) },
    lasted: duration(times[i + 1] - times[i]),
  }));
  const last = steps.at(-1)!, isBack = state === "rolled-back";
  const bars = [
    ...steps,
    ...isBack ? [{ ...last, i: steps.length, green: 0, mirror: 0, top: 0 }] : [],
  ];
  const decided = steps.filter(({ outcome, green, mirror }) =>
    outcome !== null && (green > 0 || mirror > 0)
  );
  const count = bars.length, blue = classColour(0);
  return chart({
    title: title ?? finding(last, state, { total: times[times.length - 1] - times[0] }),
    subtitle: "Filled: what green answers. Dashed: copies for green, whose answers nobody sees.",
    alt: `Rollout in steps: ${
      steps.map(({ name, outcome, lasted }) => `${name} (${outcome ?? "under way"}, ${lasted})`)
        .join(", ")
    }; ${state}`,
    legend: false,
    marginBottom: 64,
    x: { domain: [0, count], axis: null, grid: false },
    y: {
      label: "share of the requests (%)",
      domain: [0, 112],
      ticks: [0, 25, 50, 75, 100],
      nice: false,
    },
    marks: [
      Plot.rect(bars.filter(({ green }) => green > 0), {
        x1: "i",
        x2: ({ i }: { i: number }) => i + 1,
        y1: 0,
        y2: "green",
        fill: LIGHT.ramp[3],
      }),
      Plot.rect(bars.filter(({ mirror }) => mirror > 0), {
        x1: ({ i }: { i: number }) => i + 0.02,
        x2: ({ i }: { i: number }) => i + 0.98,
        y1: 0,
        y2: "mirror",
        fill: "none",
        stroke: LIGHT.muted,
        strokeWidth: 2,
        strokeDasharray: "7,6",
      }),
      Plot.ruleY([0], { stroke: LIGHT.ink }),
      Plot.line(bars.flatMap(({ i, green }) => [[i, green], [i + 1, green]]), {
        stroke: blue,
        strokeWidth: 3.5,
      }),
      Plot.text(decided, {
        x: ({ i }: { i: number }) => i + 0.5,
        y: "top",
        dy: -14,
        text: ({ outcome }: { outcome: keyof typeof OUTCOMES }) => OUTCOMES[outcome],
        fontWeight: "bold",
        fontSize: FONT_PX.small,
      }),
      Plot.text(bars, {
        x: ({ i }: { i: number }) => i + 0.5,
        frameAnchor: "bottom",
        dy: 20,
        text: ({ i, name }: { i: number; name: string }) =>
          i < steps.length ? name : "back to blue",
      }),
      Plot.text(steps, {
        x: ({ i }: { i: number }) => i + 0.5,
        frameAnchor: "bottom",
        dy: 40,
        text: "lasted",
        fill: LIGHT.muted,
        fontSize: FONT_PX.small,
      }),
    ],
  });
}

function finding(
  { name, lasted, green }: { name: string; lasted: string; green: number },
  state: string,
  { total }: { total: number },
): string {
  if (state === "done") return `Green answers everything, after ${duration(total)}`;
  if (state === "rolled-back") return `Rolled back at ${name}, ${lasted} after that step began`;
  if (state === "held") return `Held at ${name}: it has not shown enough to go on`;
  return green === 100 ? "Green answers everything and is being watched" : `Under way at ${name}`;
}

/** A span of time in one or two words. */
function duration(milliseconds: number): string {
  const units = [[86_400_000, "day"], [3_600_000, "hour"], [60_000, "minute"], [
    1_000,
    "second",
  ]] as const;
  const [size, unit] = units.find(([size]) => milliseconds >= size) ?? [1_000, "second"];
  const count = Number(
    (milliseconds / size).toFixed(milliseconds / size < 10 && size > 60_000 ? 1 : 0),
  );
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
