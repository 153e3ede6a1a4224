/** Artifacts over HTTP: `/api/2.0/mlflow-artifacts/artifacts/PATH`, and `?path=` for a list. */

import { json, page } from "./mlflow_answers.ts";
import { deleteArtifact, getArtifact, listArtifacts, putArtifact } from "./mlflow_artifacts.ts";
import type { Mlflow, Scope } from "./mlflow_context.ts";
import { invalid } from "./mlflow_error.ts";

/**
 * Answers a request for artifacts.
 *
 * @param rest The path behind `/artifacts`, as it was sent; nothing for a list.
 */
export async function answerArtifact(
  request: Request,
  url: URL,
  mlflow: Mlflow,
  scope: Scope,
  rest: string | undefined,
): Promise<Response> {
  if (rest === undefined) {
    if (request.method !== "GET") return page(405, ["GET"]);
    return json(200, await listArtifacts(mlflow, scope, url.searchParams.get("path") ?? ""));
  }
  const path = decoded(rest.slice(1));
  switch (request.method) {
    case "PUT":
      await putArtifact(mlflow, scope, path, request.body);
      return json(200, {});
    case "GET":
      return await getArtifact(mlflow, scope, path);
    case "DELETE":
      await deleteArtifact(mlflow, scope, path);
      return json(200, {});
    default:
      return page(405, ["PUT", "GET", "DELETE"]);
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid("Invalid path");
  }
}
