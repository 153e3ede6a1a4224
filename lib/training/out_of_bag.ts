/** Out-of-bag votes: a forest's own estimate of how good it is. Letters: n rows, k classes. */

import type { Outcome } from "lib/model/mod.ts";

/** Votes of the trees that did not see a row while they grew: an honest estimate without a holdout. */
export interface OutOfBag {
  /** Places of the rows that at least one tree had not seen. */
  readonly rows: readonly number[];
  /** Truth, label and probabilities of those rows, as {@linkcode measure} takes them. */
  readonly outcome: Outcome;
}

/**
 * Votes as an outcome.
 *
 * @param y Labels. (n)
 * @param votes Votes of the trees that have not seen a row, row after row. (n × k)
 * @param k Number of classes.
 * @returns See {@linkcode OutOfBag}; on a tie the first class wins.
 * @see Breiman (2001), Random Forests, section 3.1.
 */
export function outOfBag(y: Uint8Array, votes: Uint16Array, k: number): OutOfBag {
  const totals = new Uint32Array(y.length), rows: number[] = [];
  for (let i = 0; i < y.length; i++) {
    for (let c = 0; c < k; c++) totals[i] += votes[i * k + c];
    if (totals[i] > 0) rows.push(i);
  }
  const probabilities = new Float64Array(rows.length * k), labels = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    for (let c = 0; c < k; c++) {
      probabilities[i * k + c] = votes[row * k + c] / totals[row];
      if (votes[row * k + c] > votes[row * k + labels[i]]) labels[i] = c;
    }
  });
  return {
    rows,
    outcome: { actual: Uint8Array.from(rows, (row) => y[row]), labels, probabilities },
  };
}
