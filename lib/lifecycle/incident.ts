/** The verb respond, as a drill: a fault is injected, noticed, mended and the mending verified. */

import { type Clock, systemClock } from "lib/core/mod.ts";
import { stageScene } from "lib/data/mod.ts";
import type { Signature } from "lib/model/mod.ts";
import type { AlertKind, WindowSignal } from "lib/monitoring/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { recordSignals } from "./alerts.ts";
import type { Fault } from "./fault.ts";
import type { LiveEndpoint } from "./live.ts";
import { releaseFault } from "./release.ts";
import { rollback } from "./rollback.ts";
import { simulate } from "./simulate.ts";
import { readStory, type Story } from "./story.ts";
import type { Prepared } from "./train.ts";
import { signalsOf, type Watch, watchWindow } from "./watch.ts";
import type { Workspace } from "./workspace.ts";

/** What can happen in a drill, in this order. */
export type IncidentStep = "injected" | "noticed" | "mitigated" | "recovered";

/** One line of the drill's log. */
export interface IncidentEvent {
  /** What it is: a step, or a window that was looked at. */
  readonly kind: IncidentStep | "window";
  /** When, ISO 8601. */
  readonly at: string;
  /** Seconds since the drill began. */
  readonly seconds: number;
  /** Number of the window, from 1. */
  readonly window: number;
  /** What happened, in one sentence. */
  readonly sentence: string;
}

/** A drill, from its event log. Plain data. */
export interface Incident {
  /** What was injected. */
  readonly fault: Fault;
  /** The endpoint. */
  readonly endpoint: string;
  /** Its log. */
  readonly events: readonly IncidentEvent[];
  /** Kinds of the alerts by which it was noticed. */
  readonly alerts: readonly AlertKind[];
  /** What was done; null where nothing was noticed. */
  readonly mitigation: "roll-back" | "fix-data" | null;
  /** Seconds from injection to the first alert, to mitigation, to the end; null where it never came. */
  readonly seconds: {
    readonly toDetect: number | null;
    readonly toMitigate: number | null;
    readonly toRecover: number | null;
  };
  /** Alerts that fired before anything was wrong. */
  readonly falseAlarms: number;
}

/** Options of {@linkcode runIncident}. */
export interface IncidentOptions {
  /** The endpoint in use. */
  readonly live: LiveEndpoint;
  /** The version that it serves, and that is known to be good. */
  readonly version: ModelVersion;
  /** Its rows: callers draw from the holdout, a bad release learns from the rest. */
  readonly prepared: Prepared;
  /** Inputs and classes of the model. */
  readonly signature: Signature;
  /** What windows are held against. */
  readonly watch: Watch;
  /** What goes wrong. */
  readonly fault: Fault;
  /** Draws rows. */
  readonly seed: number;
  /** When it plays, see {@linkcode nextStory}. */
  readonly story: Story;
  /** Windows without a fault before it comes. Default 2. */
  readonly before?: number;
  /** Most windows in all. Default 12. */
  readonly windows?: number;
  /** Rows of a window. Default 60. */
  readonly rowsPerWindow?: number;
  /** The clock of the log. Default: the machine's. */
  readonly clock?: Clock;
  /** Told each line of the log as it is written. */
  readonly onEvent?: (event: IncidentEvent) => void;
  /** Ends the drill. */
  readonly signal?: AbortSignal;
}

/** Windows without a finding after which it is over. */
const CLEAN = 2;

/**
 * Plays a drill. Callers send windows of rows; the fault comes after some of them; each window is read
 * back from the log and judged as in chapter 04, and whatever alert fires first decides what is done: a
 * fault that came with a release is rolled back, one that came with the data is given back to its
 * callers. Two clean windows end it. Detection knows nothing of the fault.
 *
 * @param workspace Where the endpoint is.
 * @param options See {@linkcode IncidentOptions}.
 * @returns The drill; times are those of its log.
 * @throws {OperationError} If the service refuses.
 *
 * @example
 * ```ts ignore
 * const fault = chooseFault(seed);
 * const incident = await runIncident(workspace, { live, version, prepared, watch, fault, ...more });
 * ```
 */
export async function runIncident(
  workspace: Workspace,
  options: IncidentOptions,
): Promise<Incident> {
  const { live, version, prepared, signature, watch, fault, seed, story, signal } = options;
  const { before = 2, windows = 12, rowsPerWindow = 60, clock = systemClock } = options;
  const { begin, idPrefix, windowMinutes } = story;
  const staged = { seed, windows, rowsPerWindow, startsAt: before + 1, labelDelay: 0, idPrefix };
  const scenes = {
    good: stageScene(prepared.holdout, { ...staged, scene: "none" }),
    bad: stageScene(prepared.holdout, { ...staged, scene: fault.scene }),
  };
  const started = clock.now().getTime();
  const events: IncidentEvent[] = [], alerts = new Set<AlertKind>(), endpoint = live.name;
  let at = 1, source: keyof typeof scenes = "good", isReleased = false;
  let falseAlarms = 0, mitigation: Incident["mitigation"] = null, clean = 0;
  const log = (kind: IncidentEvent["kind"], sentence: string) => {
    const now = clock.now(), seconds = (now.getTime() - started) / 1000;
    const event = { kind, at: now.toISOString(), seconds, window: at, sentence };
    events.push(event);
    options.onEvent?.(event);
  };
  const has = (kind: IncidentStep) => events.some((event) => event.kind === kind);

  for (; at <= windows && !has("recovered"); at++) {
    signal?.throwIfAborted();
    if (at === before + 1) {
      if (fault.where === "release") {
        const deployment = live.deployment === "blue" ? "green" : "blue";
        await releaseFault(workspace, { endpoint, deployment, version, fault, prepared, seed });
        isReleased = true;
      } else source = "bad";
      log("injected", fault.sentence);
    }
    await simulate(workspace, {
      ...{ endpoint, url: live.url, key: await live.key(), scene: scenes[source] },
      ...{ begin, windowMinutes, signal },
      only: { from: at, to: at },
    });
    const { windows: read } = await readStory(workspace, { endpoint, story, signature, signal });
    const own = read.findLast(({ name }) => name === `window ${at}`)!;
    const report = watchWindow(own, watch);
    const signals = signalsOf(report, story);
    log("window", sentenceOf(signals, report.rows));
    const { notifications } = await recordSignals(workspace, signals, { endpoint, clock });
    const fired = notifications.filter(({ transition }) => transition.kind === "fired");
    if (!has("injected")) falseAlarms += fired.length;
    else if (fired.length > 0 && !has("mitigated")) {
      fired.forEach(({ kind }) => alerts.add(kind));
      log("noticed", `${[...alerts].join(", ")}: ${fired[0].transition.reason}`);
      // what the release cannot have done, a rollback cannot mend
      mitigation = isReleased && !alerts.has("data-quality") ? "roll-back" : "fix-data";
      if (mitigation === "roll-back") {
        const reason = `incident drill: ${[...alerts].join(", ")}`;
        const { seconds, to, deployment } = await rollback(workspace, { endpoint, reason });
        log(
          "mitigated",
          `Version ${to} (${deployment}) serves again after ${seconds.toFixed(2)} s.`,
        );
      } else {
        source = "good";
        log("mitigated", "The callers have taken their release back.");
      }
    } else if (has("mitigated")) {
      clean = signals.some(({ violated }) => violated) ? 0 : clean + 1;
      if (clean === CLEAN) log("recovered", `${CLEAN} windows in a row are clean.`);
    }
  }
  return {
    ...{ fault, endpoint, events, alerts: [...alerts], mitigation, falseAlarms },
    seconds: {
      toDetect: since(events, "noticed"),
      toMitigate: since(events, "mitigated"),
      toRecover: since(events, "recovered"),
    },
  };
}

function since(events: readonly IncidentEvent[], step: IncidentStep): number | null {
  const [from, to] = ["injected", step].map((kind) => events.find((event) => event.kind === kind));
  return from && to ? to.seconds - from.seconds : null;
}

function sentenceOf(signals: readonly WindowSignal[], rows: number): string {
  const broken = signals.filter(({ violated }) => violated);
  if (broken.length === 0) return `${rows} rows, nothing out of line.`;
  const kinds = [...new Set(broken.map(({ kind }) => kind))].join(", ");
  return `${rows} rows: ${kinds}. ${broken[0].sentence}`;
}
