/** A drill, window after window: callers send, the log is read back, the window is judged. */

import { stageScene } from "lib/data/mod.ts";
import type { Signature } from "lib/model/mod.ts";
import type { RespondWindow, ScoredWindow, WindowSignal } from "lib/monitoring/mod.ts";
import { DRILL } from "./clear_drill.ts";
import type { Drill } from "./drill.ts";
import { answer } from "./drill_answer.ts";
import { countWindow, playWindows, releasedIn } from "./drill_window.ts";
import type { IncidentWindow } from "./incident_record.ts";
import { releaseFault } from "./release.ts";
import { BASELINE_WINDOWS } from "./try_scenes.ts";
import { signalsOf, startWatch, verdictOf, watchWindow } from "./watch.ts";

/** Window after window, until it is over. */
export async function play(drill: Drill): Promise<void> {
  const { workspace, options, has, notes, say } = drill;
  const { live, prepared, fault, seed, story, feature, signal } = options;
  const { quiet = 2, windows = 16, rowsPerWindow = 60 } = options;
  const startsAt = BASELINE_WINDOWS + quiet + 1, { idPrefix } = story;
  const staged = {
    ...{ seed, windows, rowsPerWindow, startsAt, feature, idPrefix, labelDelay: 0 },
  };
  const good = stageScene(prepared.holdout, { ...staged, scene: "none" });
  const bad = stageScene(prepared.holdout, { ...staged, scene: fault.scene });
  const { features: inputs, classes } = prepared.holdout;
  const signature: Signature = { inputs, classes }, key = await live.key();
  const verdicts: RespondWindow[] = [], to = BASELINE_WINDOWS;
  const playing = { live, key, story, signature, signal };
  const first = await playWindows(workspace, { ...playing, scene: good, only: { from: 1, to } });
  const watch = startWatch({ ...options.watch, baseline: first.scored });
  const learnt = first.scored.map((window, i) => countedIn(drill, { window, at: i + 1 }));
  const rows = learnt.reduce((sum, one) => sum + one.rows, 0);
  await say("window", to, `${rows} rows of ${to} windows, from which the usual is learnt.`, {
    windows: learnt,
  });
  let before = first.deployments;
  for (let at = to + 1; at <= windows && !has("recovered"); at++) {
    signal?.throwIfAborted();
    if (at === startsAt) await inject(drill, at);
    const isBad = has("injected") && notes().mitigation !== "fix-data";
    const only = { from: at, to: at }, scene = isBad ? bad : good;
    const { scored: [window], deployments: now } = await playWindows(workspace, {
      ...{ ...playing, scene, only },
    });
    const deployed = await releasedIn(workspace, { endpoint: live.name, before, now });
    before = now;
    const report = watchWindow(window, watch), signals = signalsOf(report, story);
    verdicts.push(verdictOf(report, deployed));
    await say("window", at, sentenceOf(signals, report.rows), {
      windows: [...notes().windows, countedIn(drill, { window, at })],
    });
    await answer(drill, { at, signals, verdicts, expected: watch.expected });
  }
}

function countedIn(
  { options, has }: Drill,
  { window, at }: { readonly window: ScoredWindow; readonly at: number },
): IncidentWindow {
  const phase = has("mitigated")
    ? "mitigated"
    : has("injected")
    ? "fault"
    : at > BASELINE_WINDOWS
    ? "quiet"
    : "baseline";
  return countWindow(window, { at, phase, slowMs: options.watch.objectives?.p95Ms ?? 250 });
}

async function inject(drill: Drill, at: number): Promise<void> {
  const { workspace, options: { live, version, fault, prepared, seed } } = drill;
  if (fault.where === "release") {
    await releaseFault(workspace, {
      ...{ endpoint: live.name, deployment: DRILL, version, fault, prepared, seed },
    });
  }
  await drill.say("injected", at, fault.sentence, { fault });
}

function sentenceOf(signals: readonly WindowSignal[], rows: number): string {
  const broken = signals.filter(({ violated }) => violated);
  if (broken.length === 0) return `${rows} rows, nothing out of line.`;
  const kinds = [...new Set(broken.map(({ kind }) => kind))].join(", ");
  return `${rows} rows: ${kinds}. ${broken[0].sentence}`;
}
