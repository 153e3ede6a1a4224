/** Stories: scenes that are played one after the other on one endpoint, and read back apart. */

import { type Clock, systemClock } from "lib/core/mod.ts";
import type { Signature } from "lib/model/mod.ts";
import { isOpen } from "lib/monitoring/mod.ts";
import { listAlerts, resolveAlert } from "./alerts.ts";
import { type ReadBack, readBack } from "./read_back.ts";
import { hoursOf } from "./tail_blobs.ts";
import { callersFolder, fileTime } from "./traffic_records.ts";
import type { Workspace } from "./workspace.ts";

/** Length of a window in simulated time, in minutes. */
export const WINDOW_MINUTES = 5;

/** When a story plays, and how its rows are told from those of others. */
export interface Story {
  /** Begin of its first window in simulated time, ISO 8601. */
  readonly begin: string;
  /** Begin of every id. */
  readonly idPrefix: string;
  /** The real instant, before which nothing of it was written; ISO 8601. */
  readonly startedAt: string;
  /** Length of a window, in minutes. */
  readonly windowMinutes: number;
}

/**
 * A story that begins where the last one on the endpoint has ended, and not before now. So windows of
 * two stories never overlap, and the simulated clock never goes back.
 *
 * @param workspace Where the endpoint is.
 * @param of The endpoint, and what the story is called, e.g. by its scene.
 * @param options The clock. Default: the machine's.
 * @returns See {@linkcode Story}.
 *
 * @example
 * ```ts ignore
 * const story = await nextStory(workspace, { endpoint: "iris-live", title: "sudden-drift" });
 * ```
 */
export async function nextStory(
  { azure }: Pick<Workspace, "azure">,
  { endpoint, title }: { readonly endpoint: string; readonly title: string },
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<Story> {
  const minute = 60_000, folder = callersFolder(endpoint);
  const now = clock.now();
  let begin = Math.ceil(now.getTime() / minute) * minute;
  const hour = (await hoursOf(azure, folder)).at(-1);
  if (hour !== undefined) {
    for await (const { name } of azure.blobs.listBlobsFlat({ prefix: `${folder}${hour}/` })) {
      const last = timeOf(name.slice(name.lastIndexOf("/") + 1));
      begin = Math.max(begin, last + WINDOW_MINUTES * minute);
    }
  }
  const from = new Date(begin).toISOString();
  const idPrefix = `${title}-${fileTime(from)}`;
  return { begin: from, idPrefix, startedAt: now.toISOString(), windowMinutes: WINDOW_MINUTES };
}

/** `20260304T050607000Z.jsonl` → an instant; -Infinity for a name that is none. */
function timeOf(name: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(name) ?? [];
  if (parts.length === 0) return -Infinity;
  const [year, month, day, hour, minute, second, ms] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

/**
 * Reads a story's windows back, with the labels that have come by a window's end.
 *
 * @param workspace Where the log is.
 * @param of The endpoint, the story, the model's signature, and up to which window. Default all that
 * there are, with all labels.
 * @returns See {@linkcode ReadBack}.
 *
 * @example
 * ```ts ignore
 * const { windows } = await readStory(workspace, { endpoint, story, signature, windows: 12 });
 * ```
 */
export async function readStory(
  workspace: Workspace,
  { endpoint, story, signature, windows, signal }: {
    readonly endpoint: string;
    readonly story: Story;
    readonly signature: Signature;
    readonly windows?: number;
    readonly signal?: AbortSignal;
  },
): Promise<ReadBack> {
  const begin = Date.parse(story.begin);
  const end = windows && new Date(begin + windows * story.windowMinutes * 60_000).toISOString();
  return await readBack(workspace, {
    ...{ endpoint, signature, signal, story },
    ...(end && { asOf: end }),
  });
}

/**
 * Closes the alerts that earlier stories have left open, so that a new one starts in quiet.
 *
 * @param workspace Where the alerts are.
 * @param of The endpoint, and who closes them.
 * @returns How many there were.
 *
 * @example
 * ```ts ignore
 * await closeAlerts(workspace, { endpoint: "iris-live", actor: "notebook 04" });
 * ```
 */
export async function closeAlerts(
  workspace: Pick<Workspace, "azure">,
  { endpoint, actor }: { readonly endpoint: string; readonly actor: string },
): Promise<number> {
  const open = (await listAlerts(workspace, { endpoint })).filter(isOpen);
  for (const { fingerprint } of open) {
    const reason = "a new story begins";
    await resolveAlert(workspace, { endpoint, fingerprint, actor, reason });
  }
  return open.length;
}
