/** Refuses what is no training window. */

import { BadInput, type Samples } from "lib/core/mod.ts";
import type { TrainingWindowInput, TrainingWindowOptions } from "./training_window.ts";

/** Throws for what is no window. */
export function checkTrainingInput(
  { window, trusted, holdout, predicted }: TrainingWindowInput,
  { alpha, neighbours, maxLabelError }: Required<TrainingWindowOptions>,
): void {
  const must = (holds: boolean, field: string, rule: string, value: unknown) => {
    if (!holds) throw new BadInput({ field, rule, value });
  };
  const n = window.y.length,
    names = ({ features, classes }: Samples) =>
      JSON.stringify([features.map(({ name }) => name), classes]);
  must(n > 0, "training window", "must have rows", n);
  must(
    predicted.length === n,
    "predictions",
    `must be one for each of ${n} rows`,
    predicted.length,
  );
  for (const [field, other] of [["trusted rows", trusted], ["holdout", holdout]] as const) {
    must(
      names(other) === names(window),
      field,
      "must have the window's features and classes",
      names(other),
    );
  }
  must(
    Number.isInteger(neighbours) && neighbours >= 1,
    "neighbours",
    "must be a whole number from 1 on",
    neighbours,
  );
  must(
    trusted.y.length > neighbours,
    "trusted rows",
    `must be more than ${neighbours} neighbours`,
    trusted.y.length,
  );
  must(alpha > 0 && alpha < 1, "alpha", "must be between 0 and 1", alpha);
  must(
    maxLabelError > 0 && maxLabelError < 1,
    "maxLabelError",
    "must be between 0 and 1",
    maxLabelError,
  );
}
