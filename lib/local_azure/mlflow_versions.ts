/** Versions of registered models. */

import type { JsonRecord } from "lib/core/mod.ts";
import { checkAzureModelSearch } from "./mlflow_azure_rules.ts";
import type { Call, Routes } from "./mlflow_context.ts";
import { invalid } from "./mlflow_error.ts";
import { parseFilter, parseOrder } from "./mlflow_filter.ts";
import { compare, inOrder, matches } from "./mlflow_match.ts";
import { versionAlone, versionShown } from "./mlflow_model_body.ts";
import { checkSource, downloadUri } from "./mlflow_model_source.ts";
import {
  allModels,
  createVersion,
  deleteVersion,
  needModel,
  needVersion,
  type Version,
  versionsOf,
  writeVersion,
} from "./mlflow_model_store.ts";
import { checkModelTag, modelTags, withoutPrompts } from "./mlflow_models.ts";
import { checkModelName, checkStage, checkVersion } from "./mlflow_names.ts";
import { pageFrom, pageOf } from "./mlflow_pages.ts";
import { filled } from "./mlflow_run_body.ts";
import { VERSIONS } from "./mlflow_vocabulary.ts";

/** The operations. */
export const VERSION_ROUTES: Routes = {
  "POST model-versions/create": create,
  "GET model-versions/get": (call) => shown(call, named(call)),
  "PATCH model-versions/update": update,
  "DELETE model-versions/delete": remove,
  "GET model-versions/search": search,
  "GET model-versions/get-download-uri": getDownloadUri,
  "POST model-versions/transition-stage": setStage,
  "POST model-versions/set-tag": setTag,
  "DELETE model-versions/delete-tag": deleteTag,
};

function named({ mlflow, scope, given }: Call): Version {
  const name = given.required("name"), version = checkVersion(given.required("version"));
  return needVersion(mlflow, scope, name, version);
}

function shown({ mlflow, scope }: Call, version: Version): JsonRecord {
  return { model_version: versionAlone(mlflow, scope, version) };
}

function getDownloadUri(call: Call): JsonRecord {
  const { download, runId } = named(call);
  return { artifact_uri: downloadUri(call.mlflow, call.scope, runId, download) };
}

async function create(call: Call): Promise<JsonRecord> {
  const { mlflow, scope, given } = call, name = given.required("name");
  checkModelName(name);
  const tags = modelTags(given), description = given.text("description");
  const runLink = given.text("run_link") ?? "";
  const { files, ...origin } = await checkSource(call);
  return mlflow.store.transaction(() => {
    const model = needModel(mlflow, scope, name), hidden = { ...origin, runLink };
    return shown(call, createVersion(mlflow, model, { description, tags, hidden }, files));
  });
}

function update(call: Call): JsonRecord {
  const description = call.given.text("description") ?? null;
  return shown(call, writeVersion(call.mlflow, named(call), { description }));
}

function remove(call: Call): JsonRecord {
  const { mlflow, scope } = call, version = named(call);
  mlflow.store.transaction(() => deleteVersion(mlflow, scope, version));
  return {};
}

function search(call: Call): JsonRecord {
  const { mlflow, scope, given } = call;
  const page = pageOf(given, { most: 200_000, otherwise: 10_000 });
  const all = parseFilter(given.text("filter") ?? "", VERSIONS);
  if (scope.strict) checkAzureModelSearch(all);
  const { conditions, isWanted } = withoutPrompts(all);
  const found = allModels(mlflow, scope)
    .flatMap((model) => versionsOf(mlflow, model).map((version) => ({ model, version })))
    .map(({ model, version }) => ({
      ...{ model, version, tags: version.tags },
      attributes: {
        ...{ name: model.name, version_number: version.number },
        ...{ run_id: version.runId, source_path: version.source },
        creation_timestamp: version.stored.createdAt,
        last_updated_timestamp: version.stored.updatedAt,
      },
    }))
    .filter((one) => isWanted(one.tags) && matches(one, conditions))
    .sort(
      inOrder(
        parseOrder(given.texts("order_by"), VERSIONS),
        (a, b) =>
          compare(b.version.stored.updatedAt, a.version.stored.updatedAt) ||
          compare(a.model.name, b.model.name) || b.version.number - a.version.number,
      ),
    );
  const { items, next } = pageFrom(found.slice(page.offset, page.offset + page.size + 1), page);
  const versions = items.map(({ version, model }) => versionShown(version, model));
  return { ...filled("model_versions", versions), ...next };
}

function setStage(call: Call): JsonRecord {
  const { mlflow, scope, given } = call, stage = checkStage(given.required("stage"));
  const isAlone = given.flag("archive_existing_versions") ?? false;
  if (isAlone && stage !== "Staging" && stage !== "Production") {
    throw invalid(
      "Model version transition cannot archive existing model versions because " +
        `'${stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
    );
  }
  return mlflow.store.transaction(() => {
    const version = named(call), model = needModel(mlflow, scope, version.model);
    const others = versionsOf(mlflow, model)
      .filter((one) => isAlone && one.stage === stage && one.number !== version.number);
    for (const other of others) writeVersion(mlflow, other, { hidden: { stage: "Archived" } });
    return shown(call, writeVersion(mlflow, version, { hidden: { stage } }));
  });
}

function setTag(call: Call): JsonRecord {
  const version = named(call);
  const key = call.given.required("key"), value = call.given.text("value") ?? "";
  checkModelTag(key, value);
  writeVersion(call.mlflow, version, { tags: { ...version.tags, [key]: value } });
  return {};
}

function deleteTag(call: Call): JsonRecord {
  const version = named(call), key = call.given.required("key");
  const { [key]: _gone, ...tags } = version.tags;
  writeVersion(call.mlflow, version, { tags });
  return {};
}
