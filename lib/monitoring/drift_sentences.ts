/** What the drift test found, in sentences for people. */

import type { Feature, Summary } from "lib/core/mod.ts";
import type { DriftState, FeatureDrift, PredictionDrift } from "./drift_report.ts";
import { number, plural, pText, share } from "./words.ts";

/** What of an input was compared with what. */
interface Compared {
  readonly feature: Feature;
  readonly reference: Summary;
  readonly window: Summary;
  readonly rowsNeeded: number | null;
}

/** The sentence of an input. */
export function featureSentence(
  drift: Omit<FeatureDrift, "sentence">,
  { feature, reference, window, rowsNeeded }: Compared,
): string {
  const { name, rows, state, distance, pValue, adjusted } = drift;
  if (state === "undecided") return undecided(name, { rows, rowsNeeded });
  const apart = distance === null
    ? `the reference is constant`
    : `${distance.toFixed(2)} reference deviations`;
  if (state === "none") return `${name} has not moved: ${apart}, p = ${pText(pValue!)}.`;
  const mean = ({ moments }: Summary) =>
    number(moments.mean) + (feature.unit && ` ${feature.unit}`);
  const means = `mean ${mean(reference)} to ${mean(window)}`;
  return `${name} has moved: ${apart}, ${means} (adjusted p = ${pText(adjusted!)}).`;
}

/** The sentence of the predictions. */
export function predictionSentence(
  drift: Omit<PredictionDrift, "sentence">,
  { classes, rowsNeeded }: {
    readonly classes: readonly string[];
    readonly rowsNeeded: number | null;
  },
): string {
  const { rows, state, pValue, adjusted, reference, window } = drift;
  if (state === "undecided") return undecided("The predictions", { rows, rowsNeeded });
  const list = classes.map((name, c) =>
    `${name} ${wholePercent(reference[c])} to ${wholePercent(window![c])}`
  );
  return state === "none"
    ? `The predictions have not moved: ${list.join(", ")}; p = ${pText(pValue!)}.`
    : `The predictions have moved: ${list.join(", ")} (adjusted p = ${pText(adjusted!)}).`;
}

/** The sentence of the window. */
export function windowSentence(
  { window, rows, state, features, prediction, rowsNeeded }: {
    readonly window: string;
    readonly rows: number;
    readonly state: DriftState;
    readonly features: readonly FeatureDrift[];
    readonly prediction: PredictionDrift;
    readonly rowsNeeded: number | null;
  },
): string {
  const named = (wanted: DriftState) =>
    [
      ...features.filter((feature) => feature.state === wanted).map(({ name }) => name),
      ...(prediction.state === wanted ? ["the predictions"] : []),
    ].join(", ");
  const size = `${window}, ${plural(rows, "row")}`;
  if (state === "drift") return `Drift in ${size}: ${named("drift")}.`;
  if (state === "none") return `No drift found in ${size}.`;
  const need = rowsNeeded === null
    ? "the reference is too small for any window"
    : `it takes ${plural(rowsNeeded, "row")}`;
  return `Undecided in ${size}: ${named("undecided")}; ${need}.`;
}

function undecided(
  what: string,
  { rows, rowsNeeded }: { readonly rows: number; readonly rowsNeeded: number | null },
): string {
  return rowsNeeded === null
    ? `${what}: undecided, the reference is too small for any window.`
    : `${what}: undecided, ${plural(rows, "value")} of the ${rowsNeeded} that it takes.`;
}

function wholePercent(value: number): string {
  return share(Math.round(100 * value) / 100);
}
