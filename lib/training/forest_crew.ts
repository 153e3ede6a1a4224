/** Workers that take trees beside the own thread. */

import type { WorkerMessage } from "./forest_worker.ts";
import type { GrownTree } from "./grow_tree.ts";
import type { ForestWork } from "./grow_trees.ts";

/** Workers at work. */
export interface Crew {
  /** Out-of-bag votes of each worker, once no tree is left; rejects if a worker fails. */
  readonly votes: Promise<readonly Uint16Array[]>;
  /** Ends them at once. */
  dismiss(): void;
}

/** Rows from which workers pay: starting one takes 20 to 30 ms, and as long again until it is fast. */
export const WORKERS_FROM_ROWS = 100_000;

/** Most workers: each needs about 50 bytes a row for itself. */
const MOST_WORKERS = 7;

/**
 * How many workers beside the own thread.
 *
 * @param rows Number of rows.
 * @param trees Number of trees.
 * @returns One less than the processors, at most 7, where there are enough rows; else none.
 */
export function workersFor(rows: number, trees: number): number {
  if (rows < WORKERS_FROM_ROWS) return 0;
  return Math.max(0, Math.min(navigator.hardwareConcurrency - 1, MOST_WORKERS, trees - 1));
}

/**
 * Starts workers.
 *
 * @param work See {@linkcode ForestWork}; its arrays lie in shared memory.
 * @param options `workers`: how many; `needed`: whether one that cannot start is an error (a process
 * that may not read the module cannot start one, and the own thread does its work as well);
 * `onTree`: takes each tree.
 * @returns The crew.
 */
export function hireCrew(
  work: ForestWork,
  { workers, needed, onTree }: {
    workers: number;
    needed: boolean;
    onTree: (tree: GrownTree) => void;
  },
): Crew {
  const crew = Array.from(
    { length: workers },
    () => new Worker(new URL("./forest_worker.ts", import.meta.url), { type: "module" }),
  );
  const votes = crew.map((worker) =>
    new Promise<Uint16Array>((resolve, reject) => {
      let isReady = false;
      worker.addEventListener("message", ({ data }: MessageEvent<WorkerMessage>) => {
        if (data.kind === "ready") {
          isReady = true;
          worker.postMessage(work);
        } else if (data.kind === "tree") onTree(data.tree);
        else resolve(data.votes);
      });
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        if (isReady || needed) reject(new Error(`Cannot grow trees in a worker: ${event.message}`));
        else resolve(new Uint16Array());
      });
    })
  );
  return {
    votes: Promise.all(votes),
    dismiss: () => crew.forEach((worker) => worker.terminate()),
  };
}
