/** scikit-learn's answers in `fixtures/metrics.json`, with its texts turned into arrays. */

import cases from "./fixtures/metrics.json" with { type: "json" };

const digits = (text: string) => Uint8Array.from(text, Number);

/** Each case with its outcome as `measure` takes it. */
export const GOLDEN = cases.map(({ actual, predicted, votes, trees, ...expected }) => ({
  ...expected,
  names: Array.from({ length: expected.classes }, (_, c) => `class ${c}`),
  outcome: {
    actual: digits(actual),
    labels: digits(predicted),
    probabilities: Float64Array.from(votes.split(/[ ,]/), (count) => Number(count) / trees),
  },
}));

/** Whether two numbers are equal but for rounding. */
export function isNear(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected));
}
