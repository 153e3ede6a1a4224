/** What the nearest trusted rows say of a row. Letters: t trusted rows, d features. */

import type { Samples } from "lib/core/mod.ts";

/** Standard deviation of each feature, so that all count alike; 1 for one that never changes. */
export function spreads({ features, x, y }: Samples): number[] {
  const d = features.length, t = y.length;
  return features.map((_, f) => {
    let sum = 0, squares = 0;
    for (let i = 0; i < t; i++) sum += x[i * d + f];
    for (let i = 0; i < t; i++) squares += (x[i * d + f] - sum / t) ** 2;
    return Math.sqrt(squares / t) || 1;
  });
}

/** Class of most of the k nearest trusted rows; of two that are as frequent, that of the nearer ones. */
export function majority(
  trusted: Samples,
  { samples, i, self, k, scale }: {
    samples: Samples;
    i: number;
    self: number;
    k: number;
    scale: readonly number[];
  },
): number {
  const d = scale.length, near: { squares: number; label: number }[] = [];
  for (let j = 0; j < trusted.y.length; j++) {
    if (j === self) continue;
    let squares = 0;
    for (let f = 0; f < d; f++) {
      // a missing value is no reason to be far: `range` speaks of it
      const gap = (samples.x[i * d + f] - trusted.x[j * d + f]) / scale[f];
      if (!Number.isNaN(gap)) squares += gap * gap;
    }
    if (near.length === k && squares >= near[k - 1].squares) continue;
    // of two that are as near the earlier row stays in front
    const behind = near.findIndex((one) => one.squares > squares);
    near.splice(behind < 0 ? near.length : behind, 0, { squares, label: trusted.y[j] });
    if (near.length > k) near.pop();
  }
  const votes = trusted.classes.map(() => 0);
  for (const { label } of near) votes[label]++;
  const most = Math.max(...votes);
  return near.find(({ label }) => votes[label] === most)!.label;
}
