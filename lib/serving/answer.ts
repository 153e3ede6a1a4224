/** The answer to checked rows, for the caller and for the collector. */

import type { InputViolation, Model } from "lib/model/mod.ts";
import { predict } from "lib/model/mod.ts";
import { ID_COLUMN } from "./request_body.ts";
import type { ScoredRequest } from "./scored.ts";

/** One row's answer. */
export interface RowAnswer {
  /** Its class. */
  readonly label: string;
  /** Share of the trees by class. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Joins the answer with the label that comes later. */
  readonly correlationId: string;
  /** Values outside their usual range: answered, and worth a look. */
  readonly unusual: readonly InputViolation[];
}

/** What `/score` answers. */
export interface ScoreAnswer {
  /** Which bytes answered. */
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  /** The request's id. */
  readonly requestId: string;
  /** In the order of the rows. (n) */
  readonly predictions: readonly RowAnswer[];
}

/** Checked rows and the ids that they go by. */
export interface AnswerInput {
  /** The model's version in the registry. */
  readonly modelVersion: string;
  /** Values, row after row. (n × d) */
  readonly x: Float64Array;
  /** Unusual values. */
  readonly unusual: readonly InputViolation[];
  /** The request's id. */
  readonly requestId: string;
  /** One id a row. (n) */
  readonly correlationIds: readonly string[];
}

/**
 * Predicts.
 *
 * @param model The model.
 * @param input See {@linkcode AnswerInput}.
 * @returns See {@linkcode ScoreAnswer}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { forestJson, MODEL_FORMAT, modelBytes, readModel } from "lib/model/mod.ts";
 * import { answerRows } from "lib/serving/mod.ts";
 *
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const forest = forestJson([{ distribution: [[0, 1]] }], 1);
 * const model = readModel(modelBytes({ format: MODEL_FORMAT, name: "pets", signature, forest }));
 * const ids = { requestId: "r1", correlationIds: ["c1"] };
 * const { predictions } = answerRows(model, { modelVersion: "1", x: Float64Array.of(4), unusual: [], ...ids });
 * assert.deepEqual(predictions, [{ label: "b", probabilities: { a: 0, b: 1 }, correlationId: "c1", unusual: [] }]);
 * ```
 */
export function answerRows(
  model: Model,
  { modelVersion, x, unusual, requestId, correlationIds }: AnswerInput,
): ScoreAnswer {
  const { document, digest } = model, { classes } = document.signature, k = classes.length;
  const { labels, probabilities } = predict(model, x);
  const byRow = Map.groupBy(unusual, ({ row }) => row);
  return {
    model: { name: document.name, version: modelVersion, digest },
    requestId,
    predictions: Array.from(labels, (label, i) => ({
      label: classes[label],
      probabilities: Object.fromEntries(classes.map((name, c) => [name, probabilities[i * k + c]])),
      correlationId: correlationIds[i],
      unusual: byRow.get(i) ?? [],
    })),
  };
}

/**
 * What the collector keeps of an answer: flat rows, since its readers make tables of them.
 *
 * @param model The model.
 * @param x Its inputs, row after row. (n × d)
 * @param answer What was answered to them.
 * @param when The id that joins inputs and outputs, and the time.
 * @returns See {@linkcode ScoredRequest}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { forestJson, MODEL_FORMAT, modelBytes, readModel } from "lib/model/mod.ts";
 * import { answerRows, scoredRequest } from "lib/serving/mod.ts";
 *
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const forest = forestJson([{ distribution: [[0, 1]] }], 1);
 * const model = readModel(modelBytes({ format: MODEL_FORMAT, name: "pets", signature, forest }));
 * const x = Float64Array.of(4), ids = { requestId: "r1", correlationIds: ["c1"] };
 * const answer = answerRows(model, { modelVersion: "1", x, unusual: [], ...ids });
 * const { inputs, outputs } = scoredRequest(model, x, answer, { correlationId: "c1", time: "2026-01-01T00:00:00Z" });
 * assert.deepEqual(inputs, [{ length: 4, correlation_id: "c1" }]);
 * assert.deepEqual(outputs, [{ label: "b", probability_a: 0, probability_b: 1, correlation_id: "c1" }]);
 * ```
 */
export function scoredRequest(
  model: Model,
  x: Float64Array,
  { requestId, predictions }: ScoreAnswer,
  { correlationId, time }: { correlationId: string; time: string },
): ScoredRequest {
  const { inputs, classes } = model.document.signature, d = inputs.length;
  return {
    requestId,
    correlationId,
    time,
    inputs: predictions.map((row, i) => ({
      // the id first: an input of that name stays an input
      [ID_COLUMN]: row.correlationId,
      ...Object.fromEntries(inputs.map(({ name }, f) => [name, x[i * d + f]])),
    })),
    outputs: predictions.map(({ label, probabilities, correlationId }) => ({
      label,
      ...Object.fromEntries(classes.map((name) => [`probability_${name}`, probabilities[name]])),
      [ID_COLUMN]: correlationId,
    })),
  };
}
