/** Artifacts: files that belong to a run. Where they go is said by the run's artifact URI. */

import { BadInput, type Json, type JsonRecord, sha256 } from "lib/core/mod.ts";
import { type Fetch, isRecord, type Rest } from "./rest.ts";
import { TrackingError } from "./tracking_error.ts";

/** A file on its way to a run. */
export interface Artifact {
  /** The run's artifact URI. */
  readonly artifactUri: string;
  /** E.g. `plots/confusion.svg`. */
  readonly path: string;
  readonly content: Uint8Array | string;
}

/**
 * Uploads a file.
 *
 * An `mlflow-artifacts:` URI is MLflow's own proxy: the file is PUT there. An `azureml:` URI is Azure
 * ML: its run history hands out a signed URL of a blob, to which the file is PUT without a token.
 *
 * @param rest Calls the server.
 * @param plainFetch A `fetch` that adds no token.
 * @param artifact See {@linkcode Artifact}.
 * @param options `again`: it may be there already, from an upload whose answer was lost.
 * @throws {BadInput} If the path is not a relative one, or leads out of the run.
 * @throws {TrackingError} If the server refuses, or the URI is of another kind (`UNSUPPORTED`).
 * @see azureml-mlflow 1.62, whose calls the second way repeats.
 */
export async function uploadArtifact(
  rest: Rest,
  plainFetch: Fetch,
  { artifactUri, path, content }: Artifact,
  { again = false }: { readonly again?: boolean } = {},
): Promise<void> {
  checkArtifactPath(path);
  const action = `log artifact ${path}`, body = content as BodyInit;
  const root = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.+)$/.exec(artifactUri)?.[1];
  if (root !== undefined) {
    const url = `${rest.baseUrl}/api/2.0/mlflow-artifacts/artifacts/${encoded(`${root}/${path}`)}`;
    const answer = await rest.send(action, url, { method: "PUT", body });
    await answer.body?.cancel();
    return;
  }
  const [, host, below] = /^azureml:\/\/([^/]+)\/mlflow\/v[\d.]+\/(.+)$/.exec(artifactUri) ?? [];
  if (host === undefined) {
    const reason = `artifacts at ${artifactUri} are kept in a way that is not known here`;
    throw new TrackingError({ action, code: "UNSUPPORTED", reason, status: 0 });
  }
  const history = `https://${host}/history/v1.0/${below}/batch/metadata`;
  const answer = await rest.send(action, history, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ paths: [{ path }] }),
  });
  const uri = contentUri(await answer.json(), path);
  if (uri === undefined) {
    const reason = "the run history gave no URL for the file";
    throw new TrackingError({ action, code: "NO_CONTENT_URI", reason, status: answer.status });
  }
  const headers = { "x-ms-blob-type": "BlockBlob", "if-none-match": "*" };
  try {
    const put = await rest.send(action, uri, { method: "PUT", headers, body }, plainFetch);
    await put.body?.cancel();
  } catch (error) {
    const isThere = error instanceof TrackingError && error.status === 409;
    if (!again || !isThere || !await holds(rest, plainFetch, { action, uri, content })) throw error;
  }
}

/** Whether the blob has just this content. */
async function holds(
  rest: Rest,
  plainFetch: Fetch,
  { action, uri, content }: { action: string; uri: string; content: Uint8Array | string },
): Promise<boolean> {
  const answer = await rest.send(action, uri, { method: "GET" }, plainFetch);
  return sha256(new Uint8Array(await answer.arrayBuffer())) === sha256(content);
}

/** Throws `BadInput` for a path that is not relative, or leads out of the run. */
export function checkArtifactPath(path: string): void {
  const parts = path.split("/");
  if (!path.includes("\\") && parts.every((part) => !["", ".", ".."].includes(part))) return;
  const rule = "must be a relative path without . or .. in it";
  throw new BadInput({ field: "artifact path", rule, value: path });
}

function contentUri(body: Json, path: string): string | undefined {
  const information = isRecord(body) ? body.artifactContentInformation : undefined;
  const one = isRecord(information) ? information[path] as JsonRecord | undefined : undefined;
  return typeof one?.contentUri === "string" ? one.contentUri : undefined;
}

function encoded(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
