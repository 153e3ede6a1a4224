/**
 * What runs in a worker: takes trees until none is left, and posts them.
 *
 * @module
 */

import type { GrownTree } from "./grow_tree.ts";
import { type ForestWork, growTrees } from "./grow_trees.ts";

/** What a worker says. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "tree"; readonly tree: GrownTree }
  | { readonly kind: "votes"; readonly votes: Uint16Array };

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<ForestWork>) => void;
  postMessage(message: WorkerMessage, transfer?: ArrayBufferLike[]): void;
};

scope.onmessage = ({ data }) => {
  const growing = growTrees(data);
  for (let step = growing.next();; step = growing.next()) {
    if (step.done) return scope.postMessage({ kind: "votes", votes: step.value });
    const tree = step.value;
    if (!tree) continue;
    const { feature, threshold, cut, child, counts } = tree;
    const parts = [feature, threshold, cut, child, counts].map(({ buffer }) => buffer);
    scope.postMessage({ kind: "tree", tree }, parts);
  }
};

scope.postMessage({ kind: "ready" });
