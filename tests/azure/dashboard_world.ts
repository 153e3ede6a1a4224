/** An endpoint that meets concept drift with all that a dashboard reads. */

import { stageScene } from "lib/data/mod.ts";
import {
  checkAa,
  decideExperiment,
  DEFAULT_PLAN,
  type Look,
  simulatePeeking,
} from "lib/experiment/mod.ts";
import {
  gateModel,
  keepDecision,
  keepRecord,
  type LiveEndpoint,
  nextStory,
  playScene,
  readStory,
  recordSignals,
  referenceOf,
  serveLive,
  signalsOf,
  startWatch,
  verdictOf,
  watchWindow,
  type Workspace,
} from "lib/lifecycle/mod.ts";
import { respond } from "lib/monitoring/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { prepared, registerForest } from "./own_workspace.ts";

/** What tests ask about. */
export interface DashboardWorld {
  readonly version: ModelVersion;
  readonly live: LiveEndpoint;
}

/** Trains, gates, deploys, plays a scene, monitors and keeps, as the notebooks do. */
export async function dashboardWorld(workspace: Workspace): Promise<DashboardWorld> {
  const { candidate, version } = await registerForest(workspace, 7), { model } = candidate;
  const gated = gateModel(prepared, { challenger: model });
  await keepDecision(workspace, { version, decision: gated });
  const name = "iris-live", place = { endpoint: name }, windows = 8;
  const live = await serveLive(workspace, { name, version, by: "test" });
  const story = await nextStory(workspace, { ...place, title: "concept-drift" });
  const scene = stageScene(prepared.holdout, {
    ...{ scene: "concept-drift", seed: 7, windows, rowsPerWindow: 100, startsAt: 5 },
    ...{ feature: "sepal_width", idPrefix: story.idPrefix, labelDelay: 0 },
  });
  await playScene(workspace, { live, version, prepared, scene, story });
  const signature = { inputs: prepared.holdout.features, classes: prepared.holdout.classes };
  const read = await readStory(workspace, { ...place, story, signature, windows });
  const watch = startWatch({
    ...{ baseline: read.windows.slice(0, 2), reference: referenceOf(prepared, candidate) },
    ...{ expected: 0.95, seed: 7 },
  });
  const reports = read.windows.slice(2).map((window) => watchWindow(window, watch));
  const signals = reports.flatMap((report) => signalsOf(report, story));
  const { notifications } = await recordSignals(workspace, signals, place);
  const decision = respond({
    windows: reports.map((report) => verdictOf(report)),
    ...{ expected: 0.95, labelledRows: 600, lastRetrain: null, now: reports.at(-1)!.to },
  });
  const at = new Date().toISOString(), alerts = notifications.length;
  const monitoring = { story, scene: scene.name, version: version.version, reports, decision };
  await keepRecord(workspace, {
    ...{ ...place, kind: "monitoring", record: { ...monitoring, alerts, at } },
  });
  const peeking = simulatePeeking({ seed: 7, runs: 100 });
  const experiment = { decision: abTest(), peeking, at };
  await keepRecord(workspace, { ...place, kind: "experiment", record: experiment });
  return { version, live };
}

/** B errs more often than A. */
function abTest() {
  const look = (day: number, errors: number): Look => ({
    from: "2026-01-01T00:00:00Z",
    to: `2026-01-0${day + 1}T00:00:00Z`,
    requests: { a: 100 * day, b: 100 * day },
    evidence: {
      ...{ kind: "split", shareB: 0.5 } as const,
      ...{ a: { rows: 100 * day, errors: 5 * day }, b: { rows: 100 * day, errors: errors * day } },
    },
  });
  const aa = checkAa([look(3, 5)], DEFAULT_PLAN);
  return decideExperiment({ aa, looks: [1, 2, 3, 4, 5, 6].map((day) => look(day, 12)) });
}
