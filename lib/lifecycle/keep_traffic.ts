/** Keeping the records of traffic: few files, by hours, and each is written once. */

import {
  type CallerRecord,
  callersFolder,
  fileTime,
  hourOf,
  type LabelRecord,
  labelsFolder,
} from "./traffic_records.ts";
import type { Workspace } from "./workspace.ts";

/** Whoever plays traffic hands over what there is to keep. */
export interface TrafficRecords {
  /** Takes records. They are in Blob a second later, or after {@linkcode TrafficRecords.close}. */
  keep(callers: readonly CallerRecord[], labels: readonly LabelRecord[]): Promise<void>;
  /** Writes the rest. */
  close(): Promise<void>;
}

/** Longest time that records wait for others to share a file with, in milliseconds. */
const WAIT_MS = 1_000;

/**
 * Opens the records of an endpoint. A request to Blob costs more than the thousand lines in it, so those
 * of a second share a file. Its name begins with its latest time, which tells the next story where this
 * one has ended; the rest of the name makes it the writer's own.
 *
 * @param workspace Where to.
 * @param endpoint The endpoint.
 * @returns See {@linkcode TrafficRecords}. What Blob refuses is thrown by one of the next calls.
 *
 * @example
 * ```ts ignore
 * const records = openRecords(workspace, "iris-live");
 * await records.keep(callers, labels);
 * await records.close();
 * ```
 */
export function openRecords(
  { azure }: Pick<Workspace, "azure">,
  endpoint: string,
): TrafficRecords {
  let callers: CallerRecord[] = [], labels: LabelRecord[] = [];
  let since = performance.now(), written: Promise<unknown> = Promise.resolve();

  function write<T>(folder: string, records: readonly T[], timeOf: (record: T) => string) {
    return [...Map.groupBy(records, (record) => hourOf(timeOf(record)))].map(([hour, group]) => {
      const latest = group.map(timeOf).reduce((a, b) => a > b ? a : b);
      const path = `${folder}${hour}/${fileTime(latest)}-${crypto.randomUUID()}.jsonl`;
      const text = group.map((record) => JSON.stringify(record) + "\n").join("");
      return azure.blobs.getBlockBlobClient(path).uploadData(new TextEncoder().encode(text), {
        blobHTTPHeaders: { blobContentType: "application/x-ndjson" },
      });
    });
  }

  async function flush(): Promise<void> {
    await written; // of the records before: one file after the other
    written = Promise.all([
      ...write(callersFolder(endpoint), callers, ({ window }) => window.from),
      ...write(labelsFolder(endpoint), labels, ({ arrivedAt }) => arrivedAt),
    ]);
    written.catch(() => {}); // whoever awaits it is told
    callers = [], labels = [], since = performance.now();
  }

  return {
    async keep(moreCallers, moreLabels) {
      callers.push(...moreCallers);
      labels.push(...moreLabels);
      if (performance.now() - since >= WAIT_MS) await flush();
    },
    async close() {
      await flush();
      await written;
    },
  };
}
