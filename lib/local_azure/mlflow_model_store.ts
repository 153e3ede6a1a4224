/**
 * Registered models and their versions. They are the control plane's resources `models` and
 * `models/versions`, seen from MLflow's side: what either side makes, the other reads, and there is no
 * second copy. What only MLflow knows (source, run, stage, aliases) lies in their hidden part.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, propertiesOf, systemData } from "./arm_context.ts";
import { absent } from "./mlflow_error.ts";
import type { Mlflow, Scope } from "./mlflow_context.ts";
import type { Stored } from "./store.ts";

const MODEL_TYPE = `${AML}/workspaces/models`, VERSION_TYPE = `${MODEL_TYPE}/versions`;

/** A registered model. */
export interface Model {
  readonly stored: Stored;
  readonly name: string;
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Alias → version. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Highest number that was ever given out through MLflow. */
  readonly lastVersion: number;
}

/** A version of a model. */
export interface Version {
  readonly stored: Stored;
  readonly model: string;
  /** A whole number from 1 on. */
  readonly number: number;
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly source: string;
  /** Where its files are: the source, or what that points to. */
  readonly download: string;
  /** The empty string if it came from no run. */
  readonly runId: string;
  readonly runLink: string;
  readonly stage: string;
}

/** What may be written of a model or a version. */
export interface Change {
  /** Null takes the description away. */
  readonly description?: string | null;
  readonly tags?: Readonly<Record<string, string>>;
  /** Fields of the hidden part. */
  readonly hidden?: JsonRecord;
}

/** The model of that name, if there is one. Case does not matter, as in the control plane. */
export function findModel({ store }: Mlflow, scope: Scope, name: string): Model | undefined {
  const stored = store.get(modelId(scope, name));
  return stored && modelOf(stored);
}

/**
 * The model of that name.
 *
 * @throws {MlflowError} 404 if there is none.
 */
export function needModel(mlflow: Mlflow, scope: Scope, name: string): Model {
  const model = findModel(mlflow, scope, name);
  if (model) return model;
  throw absent(`Registered Model with name=${name} not found`);
}

/** All models of the workspace. */
export function allModels({ store }: Mlflow, scope: Scope): Model[] {
  return store.list({ type: MODEL_TYPE, parent: scope.workspace }).map(modelOf);
}

/**
 * The version of that number.
 *
 * @throws {MlflowError} 404 if there is none.
 */
export function needVersion(
  { store }: Mlflow,
  scope: Scope,
  name: string,
  version: string,
): Version {
  const id = `${modelId(scope, name)}/versions/${version}`, stored = store.get(id);
  const parent = stored && store.get(stored.parent);
  if (stored && parent) return versionOf(stored, modelOf(parent).name);
  throw absent(`Model Version (name=${name}, version=${version}) not found`);
}

/** The versions of a model, the lowest number first. */
export function versionsOf({ store }: Mlflow, { stored, name }: Model): Version[] {
  return store.list({ type: VERSION_TYPE, parent: stored.id })
    .map((version) => versionOf(version, name))
    .sort((a, b) => a.number - b.number);
}

/** Makes a model. */
export function createModel(
  { store, now }: Mlflow,
  scope: Scope,
  name: string,
  { description, tags }: Change,
): Model {
  const id = modelId(scope, name);
  const common = { description: description || null, tags: tags ?? {} };
  const body = {
    ...{ id, name, type: MODEL_TYPE },
    properties: { ...common, properties: {}, isArchived: false },
    systemData: systemData(new Date(now())),
  };
  return modelOf(store.put({ id, type: MODEL_TYPE, parent: scope.workspace, body, hidden: {} }));
}

/** Makes a version under the next number. A number is not given out twice. */
export function createVersion(
  mlflow: Mlflow,
  model: Model,
  { description, tags, hidden }: Change,
  files: { readonly modelUri: string; readonly modelType: string; readonly jobName: string | null },
): Version {
  const { store, now } = mlflow, last = versionsOf(mlflow, model).at(-1)?.number ?? 0;
  const number = Math.max(last, model.lastVersion) + 1;
  const id = `${model.stored.id}/versions/${number}`;
  const common = { description: description || null, tags: tags ?? {} };
  const body = {
    ...{ id, name: String(number), type: VERSION_TYPE },
    properties: {
      ...{ ...common, properties: {}, isArchived: false, isAnonymous: false },
      ...{ flavors: {}, ...files },
    },
    systemData: systemData(new Date(now())),
  };
  const parent = model.stored.id;
  const stored = store.put({
    id,
    type: VERSION_TYPE,
    parent,
    body,
    hidden: { mlflow: hidden ?? {} },
  });
  writeModel(mlflow, model, { hidden: { lastVersion: number } });
  return versionOf(stored, model.name);
}

/** Changes a model; what is not named stays. */
export function writeModel(mlflow: Mlflow, { stored }: Model, change: Change): Model {
  return modelOf(written(mlflow, stored, change));
}

/** Changes a version; what is not named stays. */
export function writeVersion(mlflow: Mlflow, { stored, model }: Version, change: Change): Version {
  return versionOf(written(mlflow, stored, change), model);
}

/** Removes a version, and the aliases that named it. */
export function deleteVersion(mlflow: Mlflow, scope: Scope, version: Version): void {
  mlflow.store.delete(version.stored.id);
  const model = needModel(mlflow, scope, version.model);
  const left = Object.entries(model.aliases).filter(([, one]) => one !== String(version.number));
  const lastVersion = Math.max(model.lastVersion, version.number);
  writeModel(mlflow, model, { hidden: { aliases: Object.fromEntries(left), lastVersion } });
}

/** Gives a model and its versions another name. */
export function renameModel(mlflow: Mlflow, scope: Scope, model: Model, name: string): Model {
  const { store } = mlflow, from = model.stored.id, to = modelId(scope, name);
  const update = mlflow.sql(`UPDATE resources SET key = ?, id = ?, parent = ?, body = ?,
    updated_at = ? WHERE key = ?`);
  for (const { stored } of versionsOf(mlflow, model)) {
    const id = `${to}/versions/${stored.body.name}`, body = { ...stored.body, id };
    const place = [id.toLowerCase(), id, to.toLowerCase()] as const;
    update.run(...place, JSON.stringify(body), mlflow.now(), stored.id.toLowerCase());
  }
  const body = { ...model.stored.body, id: to, name };
  const place = [to.toLowerCase(), to, scope.key] as const;
  update.run(...place, JSON.stringify(body), mlflow.now(), from.toLowerCase());
  return modelOf(store.get(to)!);
}

function written({ store, now }: Mlflow, stored: Stored, change: Change): Stored {
  const { description, tags, hidden } = change;
  const properties = {
    ...propertiesOf(stored.body),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
  };
  const at = systemData(new Date(now()), stored.body.systemData as JsonRecord | undefined);
  const own = { ...stored.hidden.mlflow as JsonRecord | undefined, ...hidden };
  return store.put({
    ...stored,
    body: { ...stored.body, properties, systemData: at },
    hidden: { ...stored.hidden, mlflow: own },
  });
}

function modelId({ workspace }: Scope, name: string): string {
  return `${workspace}/models/${name}`;
}

function modelOf(stored: Stored): Model {
  const { description, tags } = propertiesOf(stored.body);
  const own = (stored.hidden.mlflow ?? {}) as JsonRecord;
  return {
    stored,
    name: String(stored.body.name),
    description: typeof description === "string" ? description : undefined,
    tags: (tags ?? {}) as Readonly<Record<string, string>>,
    aliases: (own.aliases ?? {}) as Readonly<Record<string, string>>,
    lastVersion: Number(own.lastVersion ?? 0),
  };
}

function versionOf(stored: Stored, model: string): Version {
  const { description, tags, modelUri, jobName } = propertiesOf(stored.body);
  const own = (stored.hidden.mlflow ?? {}) as JsonRecord;
  const text = (...values: unknown[]) => String(values.find((value) => value) ?? "");
  return {
    ...{ stored, model, number: Number(stored.body.name) },
    description: typeof description === "string" ? description : undefined,
    tags: (tags ?? {}) as Readonly<Record<string, string>>,
    source: text(own.source, modelUri),
    download: text(own.download, own.source, modelUri),
    runId: text(own.runId, jobName),
    runLink: text(own.runLink),
    stage: text(own.stage, "None"),
  };
}
