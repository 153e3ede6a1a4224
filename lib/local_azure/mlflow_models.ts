/** Registered models: names under which versions are kept, their tags and aliases. */

import type { JsonRecord } from "lib/core/mod.ts";
import { checkAzureModelSearch, PROMPT_TAG } from "./mlflow_azure_rules.ts";
import type { Call, Routes } from "./mlflow_context.ts";
import { invalid, taken } from "./mlflow_error.ts";
import type { Given } from "./mlflow_fields.ts";
import { type Condition, parseFilter, parseOrder } from "./mlflow_filter.ts";
import { compare, inOrder, matches } from "./mlflow_match.ts";
import { modelShown, newestOf, versionAlone, versionShown } from "./mlflow_model_body.ts";
import {
  allModels,
  createModel,
  findModel,
  type Model,
  needModel,
  needVersion,
  renameModel,
  versionsOf,
  writeModel,
} from "./mlflow_model_store.ts";
import {
  checkAlias,
  checkKey,
  checkLength,
  checkModelName,
  checkStage,
  checkVersion,
  MLFLOW_LIMITS,
} from "./mlflow_names.ts";
import { pageFrom, pageOf } from "./mlflow_pages.ts";
import { filled } from "./mlflow_run_body.ts";
import { pairs } from "./mlflow_values.ts";
import { MODELS } from "./mlflow_vocabulary.ts";

/** The operations. */
export const MODEL_ROUTES: Routes = {
  "POST registered-models/create": create,
  "GET registered-models/get": (call) => shown(call, named(call)),
  "PATCH registered-models/update": update,
  "POST registered-models/rename": rename,
  "DELETE registered-models/delete": remove,
  "GET registered-models/search": search,
  "GET registered-models/get-latest-versions": latestVersions,
  "POST registered-models/get-latest-versions": latestVersions,
  "POST registered-models/set-tag": setTag,
  "DELETE registered-models/delete-tag": deleteTag,
  "POST registered-models/alias": setAlias,
  "GET registered-models/alias": getAlias,
  "DELETE registered-models/alias": deleteAlias,
};

/** Tags as they come with a new model or version. */
export function modelTags(given: Given): Record<string, string> {
  const tags = pairs(given, "tags");
  for (const { key, value } of tags) checkModelTag(key, value);
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** Refuses a tag that neither a model nor a version may have. */
export function checkModelTag(key: string, value: string): void {
  checkKey(key, "key");
  checkLength(key, "key", MLFLOW_LIMITS.key);
  checkLength(value, "value", MLFLOW_LIMITS.modelTag);
}

/** Whether tags fit; that there is no prompt tag also fits `!=`, which every client asks for. */
export function withoutPrompts(conditions: readonly Condition[]): {
  conditions: Condition[];
  isWanted(tags: Readonly<Record<string, string>>): boolean;
} {
  const isPrompt = ({ entity, key, comparator }: Condition) =>
    entity === "tag" && key === PROMPT_TAG && comparator === "!=";
  const unwanted = conditions.filter(isPrompt).map(({ value }) => value);
  return {
    conditions: conditions.filter((condition) => !isPrompt(condition)),
    isWanted: (tags) => !unwanted.includes(tags[PROMPT_TAG] ?? null),
  };
}

function named({ mlflow, scope, given }: Call): Model {
  return needModel(mlflow, scope, given.required("name"));
}

function shown({ mlflow }: Call, model: Model): JsonRecord {
  return { registered_model: modelShown(mlflow, model) };
}

function create(call: Call): JsonRecord {
  const { mlflow, scope, given } = call, name = given.required("name");
  checkModelName(name);
  const tags = modelTags(given), description = given.text("description");
  return mlflow.store.transaction(() => {
    if (findModel(mlflow, scope, name)) {
      throw taken(`Registered Model (name=${name}) already exists.`);
    }
    return shown(call, createModel(mlflow, scope, name, { description, tags }));
  });
}

function update(call: Call): JsonRecord {
  const description = call.given.text("description") ?? null;
  return shown(call, writeModel(call.mlflow, named(call), { description }));
}

function rename(call: Call): JsonRecord {
  const { mlflow, scope, given } = call;
  const model = named(call), name = given.required("new_name");
  checkModelName(name);
  return mlflow.store.transaction(() => {
    const other = findModel(mlflow, scope, name);
    if (other && other.stored.id !== model.stored.id) {
      throw taken(`Registered Model (name=${name}) already exists.`);
    }
    return shown(call, renameModel(mlflow, scope, model, name));
  });
}

function remove(call: Call): JsonRecord {
  call.mlflow.store.delete(named(call).stored.id);
  return {};
}

function search(call: Call): JsonRecord {
  const { mlflow, scope, given } = call;
  const page = pageOf(given, { most: 1_000, otherwise: 100 });
  const all = parseFilter(given.text("filter") ?? "", MODELS);
  if (scope.strict) checkAzureModelSearch(all);
  const { conditions, isWanted } = withoutPrompts(all);
  const found = allModels(mlflow, scope)
    .map((model) => ({
      model,
      tags: model.tags,
      attributes: { name: model.name, last_updated_timestamp: model.stored.updatedAt },
    }))
    .filter((one) => isWanted(one.tags) && matches(one, conditions))
    .sort(inOrder(
      parseOrder(given.texts("order_by"), MODELS),
      (a, b) => compare(a.model.name, b.model.name),
    ));
  const { items, next } = pageFrom(found.slice(page.offset, page.offset + page.size + 1), page);
  return {
    ...filled("registered_models", items.map(({ model }) => modelShown(mlflow, model))),
    ...next,
  };
}

function latestVersions(call: Call): JsonRecord {
  const model = named(call), versions = versionsOf(call.mlflow, model);
  const stages = call.given.texts("stages").map(checkStage);
  const newest = newestOf(versions, stages.length > 0 ? stages : undefined);
  return filled("model_versions", newest.map((version) => versionShown(version, model)));
}

function setTag(call: Call): JsonRecord {
  const key = call.given.required("key"), value = call.given.text("value") ?? "";
  checkModelTag(key, value);
  const model = named(call);
  writeModel(call.mlflow, model, { tags: { ...model.tags, [key]: value } });
  return {};
}

function deleteTag(call: Call): JsonRecord {
  const key = call.given.required("key"), model = named(call);
  const { [key]: _gone, ...tags } = model.tags;
  writeModel(call.mlflow, model, { tags });
  return {};
}

function setAlias(call: Call): JsonRecord {
  const { mlflow, scope, given } = call, name = given.required("name");
  const alias = given.required("alias"), version = checkVersion(given.required("version"));
  checkAlias(alias);
  return mlflow.store.transaction(() => {
    needVersion(mlflow, scope, name, version);
    const model = needModel(mlflow, scope, name);
    writeModel(mlflow, model, { hidden: { aliases: { ...model.aliases, [alias]: version } } });
    return {};
  });
}

function getAlias(call: Call): JsonRecord {
  const { mlflow, scope, given } = call, alias = given.required("alias"), model = named(call);
  const isLatest = alias.toLowerCase() === "latest";
  const number = isLatest
    ? versionsOf(mlflow, model).at(-1)?.number
    : Object.hasOwn(model.aliases, alias)
    ? model.aliases[alias]
    : undefined;
  const version = versionsOf(mlflow, model).find((one) => one.number === Number(number));
  if (!version) throw invalid(`Registered model alias ${alias} not found.`);
  return { model_version: versionAlone(mlflow, scope, version) };
}

function deleteAlias(call: Call): JsonRecord {
  const alias = call.given.required("alias"), model = named(call);
  const { [alias]: _gone, ...aliases } = model.aliases;
  writeModel(call.mlflow, model, { hidden: { aliases } });
  return {};
}
