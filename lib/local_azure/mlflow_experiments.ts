/** Experiments: what runs are grouped by. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { Call, Mlflow, Routes, Scope } from "./mlflow_context.ts";
import { absent, invalid, MlflowError, taken } from "./mlflow_error.ts";
import { parseFilter, parseOrder } from "./mlflow_filter.ts";
import { compare, inOrder, matches } from "./mlflow_match.ts";
import { checkKey, checkLength, MLFLOW_LIMITS } from "./mlflow_names.ts";
import { pageFrom, pageOf } from "./mlflow_pages.ts";
import { pairs, VIEWS } from "./mlflow_values.ts";
import { EXPERIMENTS } from "./mlflow_vocabulary.ts";

/** One experiment. */
export interface Experiment {
  readonly id: number;
  readonly name: string;
  /** Where its runs keep their artifacts. */
  readonly location: string;
  readonly stage: "active" | "deleted";
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Milliseconds since 1970. */
  readonly updated: number;
}

/** Makes the experiment `Default` of a workspace, number 0, where there is none. */
export function ensureDefaultExperiment({ mlflow, scope }: Omit<Call, "given">): void {
  if (mlflow.sql(BY_ID).get(scope.key, 0)) return;
  const at = mlflow.now();
  mlflow.sql(`INSERT OR IGNORE INTO mlflow_experiments
    VALUES (?, 0, 'Default', 'mlflow-artifacts:/0', 'active', ?, ?)`).run(scope.key, at, at);
}

/**
 * The experiment with that id.
 *
 * @throws {MlflowError} 404 if there is none, 400 if the id is no number.
 */
export function experimentOf(mlflow: Mlflow, scope: Scope, id: string): Experiment {
  const row = mlflow.sql(BY_ID).get(scope.key, experimentNumber(id));
  if (!row) throw absent(`No Experiment with id=${id} exists`);
  return row as unknown as Experiment;
}

/** The number in an experiment's id. */
export function experimentNumber(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
}

/** Refuses what is not active. */
export function checkActive(what: string, stage: string): void {
  if (stage === "active") return;
  throw invalid(`The ${what} must be in the 'active' state. Current state is ${stage}.`);
}

/** The operations. */
export const EXPERIMENT_ROUTES: Routes = {
  "POST experiments/create": create,
  "GET experiments/get": (call) => ({ experiment: shown(call, named(call)) }),
  "GET experiments/get-by-name": getByName,
  "GET experiments/search": search,
  "POST experiments/search": search,
  "POST experiments/update": rename,
  "POST experiments/delete": (call) => setStage(call, "active", "deleted"),
  "POST experiments/restore": (call) => setStage(call, "deleted", "active"),
  "POST experiments/set-experiment-tag": setTag,
  "POST experiments/delete-experiment-tag": deleteTag,
};

const COLUMNS = "id, name, location, stage, created, updated";
const BY_ID = `SELECT ${COLUMNS} FROM mlflow_experiments WHERE workspace = ? AND id = ?`;
const BY_NAME = `SELECT ${COLUMNS} FROM mlflow_experiments WHERE workspace = ? AND name = ?`;

function create({ mlflow, scope, given }: Call): JsonRecord {
  const name = given.required("name"), tags = pairs(given, "tags");
  checkLength(name, "name", MLFLOW_LIMITS.experimentName);
  for (const { key, value } of tags) checkTag(key, value);
  const location = given.text("artifact_location");
  if (location && !/^mlflow-artifacts:\/(?!.*(^|\/)\.\.(\/|$))/.test(location)) {
    throw invalid(
      `Invalid artifact location: '${location}'. Artifacts are kept by the service, so it must be ` +
        "an absolute mlflow-artifacts:/ path.",
    );
  }
  return mlflow.store.transaction(() => {
    refuseTaken(mlflow, scope, name);
    const id = makeExperiment(mlflow, scope, name, location?.replace(/\/+$/, ""));
    for (const { key, value } of tags) mlflow.sql(PUT_TAG).run(scope.key, id, key, value);
    return { experiment_id: String(id) };
  });
}

/** Makes an experiment of a name that is not taken; tells its number. */
export function makeExperiment(
  mlflow: Mlflow,
  scope: Scope,
  name: string,
  location?: string,
): number {
  const { id } = mlflow.sql(
    "SELECT max(id) + 1 AS id FROM mlflow_experiments WHERE workspace = ?",
  ).get(scope.key) as { id: number };
  const at = mlflow.now();
  mlflow.sql("INSERT INTO mlflow_experiments VALUES (?, ?, ?, ?, 'active', ?, ?)")
    .run(scope.key, id, name, location || `mlflow-artifacts:/${id}`, at, at);
  return id;
}

/** The experiment of that name, if the workspace has one. */
export function experimentByName(
  mlflow: Mlflow,
  scope: Scope,
  name: string,
): Experiment | undefined {
  return mlflow.sql(BY_NAME).get(scope.key, name) as unknown as Experiment | undefined;
}

function refuseTaken(mlflow: Mlflow, scope: Scope, name: string): void {
  if (!mlflow.sql(BY_NAME).get(scope.key, name)) return;
  throw taken(`Experiment(name=${name}) already exists.`);
}

function getByName(call: Call): JsonRecord {
  const name = call.given.required("experiment_name");
  const found = call.mlflow.sql(BY_NAME).get(call.scope.key, name);
  if (!found) throw absent(`Could not find experiment with name '${name}'`);
  return { experiment: shown(call, found as unknown as Experiment) };
}

function search(call: Call): JsonRecord {
  const { mlflow, scope, given } = call;
  const page = pageOf(given, { most: 50_000 });
  const conditions = parseFilter(given.text("filter") ?? "", EXPERIMENTS);
  const orders = parseOrder(given.texts("order_by"), EXPERIMENTS);
  const stages = VIEWS[
    given.oneOf("view_type", ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]) ??
      "ACTIVE_ONLY"
  ];
  const rows = mlflow.sql(`SELECT ${COLUMNS} FROM mlflow_experiments WHERE workspace = ?`)
    .all(scope.key) as unknown as Experiment[];
  const found = rows
    .filter(({ stage }) => stages.includes(stage))
    .map((experiment) => ({
      experiment,
      tags: Object.fromEntries(tagsOf(call, experiment).map(({ key, value }) => [key, value])),
      attributes: {
        name: experiment.name,
        experiment_id: String(experiment.id),
        creation_time: experiment.created,
        last_update_time: experiment.updated,
      },
    }))
    .filter((one) => matches(one, conditions))
    .sort(
      inOrder(
        orders,
        ({ experiment: a }, { experiment: b }) =>
          (orders.length > 0 ? 0 : compare(b.created, a.created)) || a.id - b.id,
      ),
    );
  const { items, next } = pageFrom(found.slice(page.offset, page.offset + page.size + 1), page);
  if (items.length === 0) return {};
  return { experiments: items.map(({ experiment }) => shown(call, experiment)), ...next };
}

function rename({ mlflow, scope, given }: Call): JsonRecord {
  const id = given.required("experiment_id"), name = given.required("new_name");
  checkLength(name, "name", MLFLOW_LIMITS.experimentName);
  return mlflow.store.transaction(() => {
    const experiment = experimentOf(mlflow, scope, id);
    if (experiment.stage !== "active") {
      throw new MlflowError(500, "INVALID_STATE", "Cannot rename a non-active experiment.");
    }
    if (name !== experiment.name && mlflow.sql(BY_NAME).get(scope.key, name)) {
      const message = `Experiment(name=${name}) already exists.`;
      throw new MlflowError(400, "BAD_REQUEST", message);
    }
    mlflow.sql("UPDATE mlflow_experiments SET name = ?, updated = ? WHERE workspace = ? AND id = ?")
      .run(name, mlflow.now(), scope.key, experiment.id);
    return {};
  });
}

function setStage({ mlflow, scope, given }: Call, from: string, to: string): JsonRecord {
  const id = given.required("experiment_id");
  return mlflow.store.transaction(() => {
    const experiment = experimentOf(mlflow, scope, id);
    if (experiment.stage !== from) throw absent(`No Experiment with id=${id} exists`);
    mlflow.sql(
      "UPDATE mlflow_experiments SET stage = ?, updated = ? WHERE workspace = ? AND id = ?",
    )
      .run(to, mlflow.now(), scope.key, experiment.id);
    mlflow.sql("UPDATE mlflow_runs SET stage = ? WHERE workspace = ? AND experiment = ?")
      .run(to, scope.key, experiment.id);
    return {};
  });
}

const PUT_TAG = "INSERT OR REPLACE INTO mlflow_experiment_tags VALUES (?, ?, ?, ?)";

function setTag(call: Call): JsonRecord {
  const { mlflow, scope, given } = call;
  const key = given.required("key"), value = given.text("value") ?? "";
  checkTag(key, value);
  const experiment = named(call);
  checkActive(`experiment ${experiment.id}`, experiment.stage);
  mlflow.sql(PUT_TAG).run(scope.key, experiment.id, key, value);
  return {};
}

function deleteTag(call: Call): JsonRecord {
  const { mlflow, scope, given } = call, key = given.required("key");
  const experiment = named(call);
  checkActive(`experiment ${experiment.id}`, experiment.stage);
  const { changes } = mlflow.sql(
    "DELETE FROM mlflow_experiment_tags WHERE workspace = ? AND experiment = ? AND key = ?",
  ).run(scope.key, experiment.id, key);
  if (changes === 0) {
    throw absent(`No tag with name: ${key} in experiment with id ${experiment.id}`);
  }
  return {};
}

function checkTag(key: string, value: string): void {
  checkKey(key, "key");
  checkLength(key, "key", MLFLOW_LIMITS.key);
  checkLength(value, "value", MLFLOW_LIMITS.experimentTag);
}

function named({ mlflow, scope, given }: Call): Experiment {
  return experimentOf(mlflow, scope, given.required("experiment_id"));
}

function tagsOf({ mlflow, scope }: Call, { id }: Experiment): { key: string; value: string }[] {
  return mlflow.sql(`SELECT key, value FROM mlflow_experiment_tags
    WHERE workspace = ? AND experiment = ? ORDER BY key`).all(scope.key, id) as {
    key: string;
    value: string;
  }[];
}

function shown(call: Call, experiment: Experiment): JsonRecord {
  const tags = tagsOf(call, experiment).map(({ key, value }) => ({ key, value }));
  return {
    experiment_id: String(experiment.id),
    name: experiment.name,
    artifact_location: experiment.location,
    lifecycle_stage: experiment.stage,
    creation_time: experiment.created,
    last_update_time: experiment.updated,
    ...(tags.length > 0 ? { tags } : {}),
  };
}
