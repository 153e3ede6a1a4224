/** Windows of a drill: played through the endpoint, read back, and counted as their callers met them. */

import { getDeployment } from "lib/azure/mod.ts";
import type { Scene } from "lib/data/mod.ts";
import type { Signature } from "lib/model/mod.ts";
import type { ScoredWindow } from "lib/monitoring/mod.ts";
import type { IncidentPhase, IncidentWindow } from "./incident_record.ts";
import type { LiveEndpoint } from "./live.ts";
import { modelOfDeployment } from "./production.ts";
import { simulate } from "./simulate.ts";
import { readStory, type Story } from "./story.ts";
import type { Workspace } from "./workspace.ts";

/** Few rows in a request, and all of a window's requests at once: a slow release is waited for once. */
const REQUESTS = { batchRows: 5, concurrency: 16 };

/** Which windows are played, of what. */
export interface DrillWindows {
  /** The endpoint in use. */
  readonly live: LiveEndpoint;
  /** Its key. */
  readonly key: string;
  /** The rows. */
  readonly scene: Scene;
  /** When. */
  readonly story: Story;
  /** Inputs and classes of the model. */
  readonly signature: Signature;
  /** Numbers of the windows, from 1, both included. */
  readonly only: { readonly from: number; readonly to: number };
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What came of them. */
export interface PlayedWindows {
  /** As they are in the log. */
  readonly scored: readonly ScoredWindow[];
  /** Requests by the deployment that had them. */
  readonly deployments: Readonly<Record<string, number>>;
}

/** Plays some windows and reads them back. */
export async function playWindows(
  workspace: Workspace,
  { live, key, scene, story, signature, only, signal }: DrillWindows,
): Promise<PlayedWindows> {
  const { name: endpoint, url } = live, { begin, windowMinutes } = story;
  const { deployments } = await simulate(workspace, {
    ...{ endpoint, url, key, scene, begin, windowMinutes, only, signal, ...REQUESTS },
  });
  const { windows } = await readStory(workspace, { endpoint, story, signature, signal });
  const numbers = Array.from({ length: only.to - only.from + 1 }, (_, i) => only.from + i);
  const scored = numbers.map((at) => windows.find(({ name }) => name === `window ${at}`)!);
  return { scored, deployments };
}

/** What callers met, in numbers. */
export function countWindow(
  { requests, predicted, actual }: ScoredWindow,
  { at, phase, slowMs }: { readonly at: number; readonly phase: IncidentPhase; slowMs: number },
): IncidentWindow {
  const { status, ms } = requests, labelled = actual.filter((label) => label >= 0).length;
  return {
    ...{ window: at, phase, requests: status.length },
    failed: status.filter((code) => code >= 400).length,
    slow: ms.filter((time, i) => status[i] < 400 && time > slowMs).length,
    ...{ rows: predicted.length, labelled },
    wrong: actual.filter((label, i) => label >= 0 && label !== predicted[i]).length,
  };
}

/**
 * The version that was put into service within a window: callers were answered by a deployment that had
 * answered none in the window before. It is asked of what callers saw, not of who released it.
 */
export async function releasedIn(
  { azure }: Workspace,
  { endpoint, before, now }: {
    readonly endpoint: string;
    readonly before: Readonly<Record<string, number>>;
    readonly now: Readonly<Record<string, number>>;
  },
): Promise<string | null> {
  const name = Object.keys(now).find((one) => !(one in before));
  const found = name && await getDeployment(azure, { endpoint, name });
  return found ? modelOfDeployment(found).version : null;
}
