/** Registered models and versions as MLflow's clients see them. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { Mlflow, Scope } from "./mlflow_context.ts";
import { type Model, needModel, type Version, versionsOf } from "./mlflow_model_store.ts";
import { STAGES } from "./mlflow_names.ts";
import { filled } from "./mlflow_run_body.ts";

/** A version, with the aliases that name it. */
export function versionShown(version: Version, model: Model): JsonRecord {
  const { stored, description, source, runId, runLink, stage, tags } = version;
  const aliases = Object.entries(model.aliases)
    .filter(([, named]) => named === String(version.number)).map(([alias]) => alias);
  return {
    name: model.name,
    version: String(version.number),
    creation_timestamp: stored.createdAt,
    last_updated_timestamp: stored.updatedAt,
    current_stage: stage,
    description: description ?? "",
    source,
    run_id: runId,
    run_link: runLink,
    status: "READY",
    ...tagsShown(tags),
    ...(aliases.length > 0 ? { aliases } : {}),
  };
}

/** A version on its own. */
export function versionAlone(mlflow: Mlflow, scope: Scope, version: Version): JsonRecord {
  return versionShown(version, needModel(mlflow, scope, version.model));
}

/** A model, with the newest version of each stage and its aliases. */
export function modelShown(mlflow: Mlflow, model: Model): JsonRecord {
  const versions = versionsOf(mlflow, model), numbers = versions.map(({ number }) => number);
  const aliases = Object.entries(model.aliases)
    .filter(([, version]) => numbers.includes(Number(version)))
    .map(([alias, version]) => ({ alias, version }));
  return {
    name: model.name,
    creation_timestamp: model.stored.createdAt,
    last_updated_timestamp: model.stored.updatedAt,
    ...(model.description === undefined ? {} : { description: model.description }),
    ...filled("latest_versions", newestOf(versions).map((version) => versionShown(version, model))),
    ...tagsShown(model.tags),
    ...filled("aliases", aliases),
  };
}

/** The newest version of each stage, or of the stages named. */
export function newestOf(
  versions: readonly Version[],
  stages: readonly string[] = STAGES,
): Version[] {
  return stages.flatMap((stage) => versions.filter((one) => one.stage === stage).slice(-1));
}

function tagsShown(tags: Readonly<Record<string, string>>): JsonRecord {
  return filled("tags", Object.entries(tags).map(([key, value]) => ({ key, value })));
}
