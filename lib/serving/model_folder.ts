/** The model as it lies in the container. */

import { type Model, readModel } from "lib/model/mod.ts";

/** A model, or why there is none. */
export type LoadedModel =
  | { readonly ok: true; readonly model: Model }
  | { readonly ok: false; readonly reason: string };

/**
 * Loads `model.json` from a folder or one folder below: Azure keeps the uploaded folder's own name
 * inside the model's folder.
 *
 * @param folder What `AZUREML_MODEL_DIR` names.
 * @param options `digest`: SHA-256 that its bytes must have. Default any.
 * @returns The model, or one sentence on why there is none: the service then lives and says so.
 *
 * @example
 * ```ts ignore
 * // reads files
 * const loaded = loadModel("/var/azureml-app/azureml-models/iris/3");
 * ```
 */
export function loadModel(folder: string, { digest }: { digest?: string } = {}): LoadedModel {
  try {
    const own = `${folder}/model.json`;
    const files = isFile(own) ? [own] : below(folder).filter(isFile);
    if (files.length !== 1) {
      const found = files.length === 0 ? "there is none" : `there are ${files.length}`;
      const reason = `${folder} must hold one model.json, itself or one folder below: ${found}`;
      return { ok: false, reason };
    }
    const model = readModel(Deno.readFileSync(files[0]), digest === undefined ? {} : { digest });
    return { ok: true, model };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function below(folder: string): string[] {
  return [...Deno.readDirSync(folder)]
    .filter(({ isFile }) => !isFile) // folders, and links to them: mounts are often links
    .map(({ name }) => `${folder}/${name}/model.json`);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
