/** What is logged to a run: metrics, parameters, tags, inputs. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { Call, Mlflow, Routes } from "./mlflow_context.ts";
import { absent, invalid } from "./mlflow_error.ts";
import type { Given } from "./mlflow_fields.ts";
import { getHistory, writeMetrics } from "./mlflow_metrics.ts";
import { checkLength, MLFLOW_LIMITS } from "./mlflow_names.ts";
import { runIdIn } from "./mlflow_run_body.ts";
import { activeRun, putTag } from "./mlflow_runs.ts";
import { metricIn, type Pair, pairs, paramIn, tagIn } from "./mlflow_values.ts";

/** The operations. */
export const RUN_DATA_ROUTES: Routes = {
  "POST runs/log-metric": logMetric,
  "POST runs/log-parameter": logParam,
  "POST runs/log-batch": logBatch,
  "POST runs/log-inputs": logInputs,
  "POST runs/set-tag": setTag,
  "POST runs/delete-tag": deleteTag,
  "GET metrics/get-history": getHistory,
};

function logMetric(call: Call): JsonRecord {
  runIdIn(call.given);
  const metric = metricIn(call.given);
  return call.mlflow.store.transaction(() => {
    writeMetrics(call.mlflow, activeRun(call).id, [metric]);
    return {};
  });
}

function logParam(call: Call): JsonRecord {
  runIdIn(call.given);
  const param = paramIn(call.given), { mlflow } = call;
  return mlflow.store.transaction(() => {
    const { id } = activeRun(call), old = mlflow.sql(PARAM).get(id, param.key)?.value;
    if (old !== undefined && old !== param.value) {
      throw invalid(
        `Changing param values is not allowed. Param with key='${param.key}' was already logged ` +
          `with value='${old}' for run ID='${id}'. Attempted logging new value '${param.value}'.`,
      );
    }
    putParam(mlflow, id, param);
    return {};
  });
}

function logBatch(call: Call): JsonRecord {
  const { mlflow, given } = call;
  runIdIn(given);
  const lists = {
    metrics: given.list("metrics"),
    params: given.list("params"),
    tags: given.list("tags"),
  };
  checkBatch(lists);
  const metrics = lists.metrics.map(metricIn), params = lists.params.map(paramIn);
  const tags = lists.tags.map(tagIn), keys = params.map(({ key }) => key);
  const twice = keys.filter((key, i) => keys.indexOf(key) < i);
  if (twice.length > 0) {
    throw invalid(
      `Duplicate parameter keys have been submitted: ['${
        twice.join("', '")
      }']. Please ensure the ` +
        "request contains only one param value per param key.",
    );
  }
  return mlflow.store.transaction(() => {
    const { id } = activeRun(call);
    refuseChanges(mlflow, id, params);
    for (const param of params) putParam(mlflow, id, param);
    for (const tag of tags) putTag(mlflow, id, tag);
    writeMetrics(mlflow, id, metrics);
    return {};
  });
}

function checkBatch(
  lists: Readonly<Record<"metrics" | "params" | "tags", readonly Given[]>>,
): void {
  const { batchMetrics, batchPairs } = MLFLOW_LIMITS;
  const all = Object.values(lists).reduce((sum, { length }) => sum + length, 0);
  for (
    const [what, count, most] of [
      ["metrics", lists.metrics.length, batchMetrics],
      ["params", lists.params.length, batchPairs],
      ["tags", lists.tags.length, batchPairs],
      ["metrics, params, and tags", all, batchMetrics],
    ] as const
  ) {
    if (count <= most) continue;
    throw invalid(
      `A batch logging request can contain at most ${most} ${what}. Got ${count} ${what}. Please ` +
        `split up ${what} across multiple requests and try again.`,
    );
  }
}

const PARAM = "SELECT value FROM mlflow_params WHERE run = ? AND key = ?";

function refuseChanges(mlflow: Mlflow, run: string, params: readonly Pair[]): void {
  const changes = params.flatMap(({ key, value }) => {
    const old = mlflow.sql(PARAM).get(run, key)?.value;
    if (old === undefined || old === value) return [];
    return [`{'key': '${key}', 'old_value': '${old}', 'new_value': '${value}'}`];
  });
  if (changes.length === 0) return;
  throw invalid(
    "Changing param values is not allowed. Params were already logged=" +
      `'[${changes.join(", ")}]' for run ID='${run}'.`,
  );
}

function putParam(mlflow: Mlflow, run: string, { key, value }: Pair): void {
  mlflow.sql("INSERT OR IGNORE INTO mlflow_params VALUES (?, ?, ?)").run(run, key, value);
}

function setTag(call: Call): JsonRecord {
  runIdIn(call.given);
  const tag = tagIn(call.given);
  return call.mlflow.store.transaction(() => {
    putTag(call.mlflow, activeRun(call).id, tag);
    return {};
  });
}

function deleteTag(call: Call): JsonRecord {
  runIdIn(call.given);
  const key = call.given.required("key"), { id } = activeRun(call);
  const { changes } = call.mlflow.sql("DELETE FROM mlflow_run_tags WHERE run = ? AND key = ?")
    .run(id, key);
  if (changes === 0) throw absent(`No tag with name: ${key} in run with id ${id}`);
  return {};
}

/** A dataset that is there already, by name and digest, stays as it is, its tags too. */
function logInputs(call: Call): JsonRecord {
  const { mlflow, given } = call;
  runIdIn(given);
  const inputs = given.list("datasets").map(inputIn);
  return mlflow.store.transaction(() => {
    const { id } = activeRun(call);
    for (const { name, digest, dataset, tags, context } of inputs) {
      mlflow.sql("INSERT OR IGNORE INTO mlflow_inputs VALUES (?, ?, ?, ?, ?, ?)")
        .run(id, name, digest, JSON.stringify(dataset), JSON.stringify(tags), context);
    }
    return {};
  });
}

function inputIn(given: Given) {
  const fields = given.object("dataset"), tags = pairs(given, "tags");
  const name = fields.required("name"), digest = fields.required("digest");
  checkLength(name, "name", MLFLOW_LIMITS.datasetName);
  checkLength(digest, "digest", MLFLOW_LIMITS.datasetDigest);
  const optional = ["source_type", "source", "schema", "profile"].flatMap((field) => {
    const value = fields.text(field);
    return value === undefined ? [] : [[field, value]];
  });
  return {
    ...{ name, digest, tags },
    dataset: { name, digest, ...Object.fromEntries(optional) },
    context: tags.find(({ key }) => key === "mlflow.data.context")?.value ?? null,
  };
}
