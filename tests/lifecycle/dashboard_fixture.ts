/** What a dashboard reads, made of a real model and real statistics: only Azure is left out. */

import { stageScene } from "lib/data/mod.ts";
import {
  type DashboardData,
  prepare,
  type Prepared,
  recordSignals,
  referenceOf,
  signalsOf,
  startWatch,
  type Story,
  trainCandidate,
  verdictOf,
  watchWindow,
  type WindowReport,
} from "lib/lifecycle/mod.ts";
import { type Model, predict } from "lib/model/mod.ts";
import { respond, type ScoredWindow } from "lib/monitoring/mod.ts";
import { createMemoryStore } from "lib/registry/mod.ts";

/** A dashboard of nothing. */
export const NOTHING: DashboardData = {
  ...{ at: "2026-03-02T02:00:00.000Z", place: "local: mlw-local", endpointName: null, model: null },
  ...{ endpoint: null, deployments: [], versions: [], aliases: {}, production: [], gate: [] },
  ...{ alerts: null, monitoring: null, scenes: null, experiment: null, rollout: null },
  ...{ incident: null, notices: ["There is no endpoint yet: deno task deploy makes one."] },
};

const STORY: Story = {
  begin: "2026-03-02T00:00:00.000Z",
  idPrefix: "dashboard",
  startedAt: "2026-03-02T00:00:00.000Z",
  windowMinutes: 5,
};

/** A model that is sound, until labels change their meaning in window 5. */
export async function conceptDrift(): Promise<DashboardData> {
  const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
  const candidate = await trainCandidate(prepared, { seed: 7, trees: 50 });
  const windows = playedWindows(prepared, candidate.model);
  const reference = referenceOf(prepared, candidate), expected = 0.95;
  const watch = startWatch({ baseline: windows.slice(0, 2), reference, expected, seed: 7 });
  const reports: WindowReport[] = windows.slice(2).map((window) => watchWindow(window, watch));
  const signals = reports.flatMap((report) => signalsOf(report, STORY));
  const place = { store: createMemoryStore() }, endpoint = "iris-live", version = "2";
  const { alerts } = await recordSignals(place, signals, { endpoint });
  const decision = respond({
    windows: reports.map((report) => verdictOf(report)),
    ...{ expected, labelledRows: 600, lastRetrain: null, now: NOTHING.at },
  });
  const at = "2026-03-02T01:00:00.000Z", { digest } = candidate.model;
  const registered = {
    ...{ name: "iris", version, digest, signature: {}, runId: "r2", commit: "c0ffee" },
    ...{ datasetDigest: prepared.dataset.digest, lockfile: "l", metrics: { accuracy: expected } },
    registeredAt: at,
  };
  const move = { name: "iris", at, by: "notebook 02", reason: "it passed the gate" };
  return {
    ...NOTHING,
    ...{ endpointName: endpoint, model: "iris", notices: [], versions: [registered] },
    endpoint: {
      ...{ name: endpoint, scoringUrl: "https://x/score", traffic: { blue: 100 } },
      ...{ state: "Succeeded", tags: {} },
    },
    deployments: [
      { name: "blue", state: "Succeeded", model: "iris", version, digest, share: 100, mirrored: 0 },
    ],
    aliases: { champion: { version, at, by: "gate" } },
    production: [{ ...move, sequence: 1, from: null, to: version, decision: "iris/2/1" }],
    gate: [{
      ...{ id: "iris/2/1", name: "iris", version, against: null, passed: true },
      ...{ reasons: ["It is good."], evidence: {}, at, by: "gate" },
    }],
    alerts: alerts.filter(({ occurrence }) => occurrence > 0),
    monitoring: {
      ...{ story: STORY, scene: "concept-drift", version, reports, decision, at },
      ...{ told: [], retrain: null },
    },
  };
}

/** A scene as it comes back from the log: what the model says of it, and every label. */
function playedWindows({ holdout }: Prepared, model: Model): ScoredWindow[] {
  const { features, classes } = holdout, minute = 60_000, begin = Date.parse(STORY.begin);
  const scene = stageScene(holdout, {
    ...{ scene: "concept-drift", seed: 7, windows: 8, rowsPerWindow: 100, idPrefix: "dashboard" },
    ...{ feature: "sepal_width", startsAt: 5 },
  });
  return scene.windows.map(({ number, x, actual }) => {
    const { labels, probabilities } = predict(model, x);
    const time = (windows: number) => new Date(begin + windows * 5 * minute).toISOString();
    return {
      ...{ name: `window ${number}`, from: time(number - 1), to: time(number), features, classes },
      ...{ x, predicted: Uint8Array.from(labels), probabilities, actual: Int16Array.from(actual) },
      requests: {
        status: Uint16Array.from({ length: 50 }, () => 200),
        ms: Float64Array.from({ length: 50 }, (_, i) => 5 + i / 10),
      },
      refused: [],
    };
  });
}
