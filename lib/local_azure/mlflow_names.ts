/** Names, keys and values of MLflow: what they may be made of, and how long they may be. */

import { posix } from "node:path";
import { invalid, invalidValue, missing } from "./mlflow_error.ts";

/** Longest texts, in characters, and largest batches. */
export const MLFLOW_LIMITS = {
  /** Keys of metrics, parameters and tags. */
  key: 250,
  /** Value of a parameter; longer ones are cut. */
  param: 6_000,
  /** Value of a run's tag; longer ones are cut. */
  tag: 8_000,
  /** Value of an experiment's tag. */
  experimentTag: 20_000,
  /** Value of a tag of a model or of a version. */
  modelTag: 100_000,
  /** Name of an experiment. */
  experimentName: 500,
  /** An alias. */
  alias: 255,
  /** Name of a dataset. */
  datasetName: 500,
  /** Digest of a dataset. */
  datasetDigest: 36,
  /** Metrics of a batch, and of all items of a batch. */
  batchMetrics: 1_000,
  /** Parameters of a batch, and tags. */
  batchPairs: 100,
} as const;

/** Stages of a model version, which aliases have taken the place of. */
export const STAGES: readonly string[] = ["None", "Staging", "Production", "Archived"];

/**
 * Checks the key of a metric, a parameter or a tag.
 *
 * @param key The key.
 * @param path How the client knows it.
 * @throws {MlflowError} 400 if it has other characters than letters, digits, `_ - . : /` and blanks,
 * or would as a file's path name another place.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkKey } from "lib/local_azure/mlflow_names.ts";
 *
 * checkKey("validation/loss per row", "key");
 * assert.throws(() => checkKey("../up", "key"), /would resolve to '..\/up'/);
 * assert.throws(() => checkKey("a*b", "key"), /may only contain/);
 * ```
 */
export function checkKey(key: string, path: string): void {
  if (!/^[\p{L}\p{N}_ \-./:]*$/u.test(key)) {
    throw invalidValue(
      path,
      key,
      "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), " +
        "colon(:) and slashes (/).",
    );
  }
  const parts = key.split("/");
  if (!key.startsWith("..") && !parts.some((part) => ["", ".", ".."].includes(part))) return;
  const normal = posix.normalize(key).replace(/(?<=.)\/+$/, "");
  throw invalidValue(
    path,
    key,
    "Names may be treated as files in certain cases, and must not resolve to other names when " +
      `treated as such. This name would resolve to '${normal}'`,
  );
}

/** Refuses a text of more than `limit` characters. */
export function checkLength(text: string, what: string, limit: number): void {
  if (text.length > limit && [...text].length > limit) {
    throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
  }
}

/** The text, or its first `limit` characters. */
export function cut(text: string, limit: number): string {
  return text.length > limit ? [...text].slice(0, limit).join("") : text;
}

/** Refuses a name that no registered model may have. */
export function checkModelName(name: string): void {
  if (name.trim() === "") throw missing("name");
  if (/[/:]/.test(name)) {
    throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  }
}

/** Refuses an alias that is malformed or that stands for something already. */
export function checkAlias(alias: string): void {
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and ` +
        "dashes (-).",
    );
  }
  checkLength(alias, "Registered model alias name", MLFLOW_LIMITS.alias);
  if (alias.toLowerCase() === "latest") {
    throw invalid("'latest' alias name (case insensitive) is reserved.");
  }
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}

/** The number of a model version, as the store spells it. */
export function checkVersion(version: string): string {
  if (/^-?\d+$/.test(version)) return String(Number(version));
  throw invalid(`Parameter 'version' must be an integer, got '${version}'.`);
}

/** The stage, in any case, as MLflow spells it. */
export function checkStage(stage: string): string {
  const found = STAGES.find((one) => one.toLowerCase() === stage.toLowerCase());
  if (found) return found;
  throw invalid(
    `Invalid Model Version stage: ${stage}. Value must be one of ${STAGES.join(", ")}.`,
  );
}
