/**
 * What Azure ML refuses though MLflow's own server does it. Holds for requests that name a workspace,
 * so that what passes here is meant to pass there; `http://127.0.0.1:PORT` is MLflow alone.
 *
 * @see MicrosoftDocs/azure-ai-docs, `how-to-use-mlflow-configure-tracking`,
 * `how-to-track-experiments-mlflow` and `how-to-manage-models-mlflow`. They say what is not supported
 * and not in which words it is refused: those are ours.
 */

import { invalid, MlflowError } from "./mlflow_error.ts";
import type { Condition, Order } from "./mlflow_filter.ts";

/** Operations that Azure ML does not have, by method and path. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  "POST experiments/update": "Renaming an experiment",
  "POST registered-models/rename": "Renaming a registered model",
  "DELETE registered-models/delete":
    "Deleting a whole registered model (delete its versions one by one)",
};

/** Refuses an operation that Azure ML does not have. */
export function checkAzureOperation(operation: string): void {
  if (!Object.hasOwn(UNSUPPORTED, operation)) return;
  const message = `${UNSUPPORTED[operation]} is not supported by Azure Machine Learning.`;
  throw new MlflowError(501, "NOT_IMPLEMENTED", message);
}

/** Refuses a search of runs that Azure ML cannot do. */
export function checkAzureSearch(
  conditions: readonly Condition[],
  orders: readonly Order[],
): void {
  const order = orders.find(({ entity }) => entity !== "attribute");
  if (order) {
    throw invalid(
      `order_by on ${order.entity} '${order.key}' is not supported by Azure Machine Learning: ` +
        "metrics, parameters and tags do not order.",
    );
  }
  const tag = conditions.find(({ entity, comparator }) => entity === "tag" && comparator === "!=");
  if (tag) {
    throw invalid(
      `The comparator != on tag '${tag.key}' is not supported by Azure Machine Learning.`,
    );
  }
}

/** Refuses a search of models that Azure ML cannot do: its own client asks for one tag only. */
export function checkAzureModelSearch(conditions: readonly Condition[]): void {
  for (const { entity, key, comparator } of conditions) {
    if (/LIKE/.test(comparator)) {
      throw invalid(
        `The comparator ${comparator} in a search for models is not supported by Azure Machine ` +
          "Learning.",
      );
    }
    if (entity === "tag" && key !== PROMPT_TAG) {
      throw invalid(
        `A search for models by tag '${key}' is not supported by Azure Machine Learning.`,
      );
    }
  }
}

/** The tag by which MLflow's client leaves prompts out of every search for models. */
export const PROMPT_TAG = "mlflow.prompt.is_prompt";
