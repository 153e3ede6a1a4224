/** Asking the endpoint, as any caller would. */

import type { Samples } from "lib/core/mod.ts";
import { asSpan } from "./telemetry.ts";
import type { Workspace } from "./workspace.ts";

/** Why the endpoint did not answer. */
export class ScoringError extends Error {
  /** Always `ScoringError`. */
  override readonly name = "ScoringError";
  /** HTTP status; 424 where the model answered with an error, whose own status stands beside it. */
  readonly status: number;
  /** The container's own status, where it answered. */
  readonly modelStatus?: number;

  /** `message` carries what the endpoint said. */
  constructor(message: string, { status, modelStatus }: { status: number; modelStatus?: number }) {
    super(message);
    this.status = status;
    if (modelStatus !== undefined) this.modelStatus = modelStatus;
  }
}

/** One row's answer. */
export interface ScoredRow {
  /** Its class. */
  readonly label: string;
  /** Share of the trees by class. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Joins the answer with the label that comes later. */
  readonly correlationId: string;
}

/** Answers to some rows. */
export interface Scored {
  /** In the order of the rows. */
  readonly predictions: readonly ScoredRow[];
  /** Digest of the model that answered. */
  readonly digest: string;
  /** The deployment that answered. */
  readonly deployment: string;
}

/** Rows in one request. */
const BATCH = 200;

/**
 * Sends rows to an endpoint.
 *
 * @param workspace Where it is.
 * @param call Its scoring URL and key; `deployment` asks one deployment past the traffic rules; the
 * rows.
 * @returns The answers; deployment and digest are those of the last request.
 * @throws {ScoringError} If a request is refused.
 *
 * @example
 * ```ts ignore
 * const { predictions } = await scoreRows(workspace, { url, key, samples });
 * ```
 */
export async function scoreRows(
  { azure, telemetry }: Workspace,
  { url, key, deployment, samples }: {
    url: string;
    key: string;
    deployment?: string;
    samples: Samples;
  },
): Promise<Scored> {
  const { features, x, y } = samples, d = features.length;
  const columns = features.map(({ name }) => name), predictions: ScoredRow[] = [];
  const call = telemetry ? telemetry.traced(azure.fetch) : azure.fetch;
  let digest = "", answered = "";
  for (let from = 0; from < y.length; from += BATCH) {
    const rows = Math.min(BATCH, y.length - from);
    const data = Array.from(
      { length: rows },
      (_, i) => [...x.subarray((from + i) * d, (from + i + 1) * d)],
    );
    const response = await call(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        ...(deployment !== undefined && { "azureml-model-deployment": deployment }),
      },
      body: JSON.stringify({ input_data: { columns, index: [...data.keys()], data } }),
    });
    const text = await response.text();
    if (!response.ok) {
      const modelStatus = Number(response.headers.get("ms-azureml-model-error-statuscode"));
      const { status } = response;
      throw new ScoringError(`The endpoint answered ${status}: ${text.slice(0, 300)}`, {
        status,
        ...(modelStatus && { modelStatus }),
      });
    }
    const answer = JSON.parse(text);
    predictions.push(...answer.predictions);
    digest = answer.model.digest;
    answered = response.headers.get("azureml-model-deployment") ?? "";
  }
  return { predictions, digest, deployment: answered };
}

/**
 * Asks with single rows, and counts who answers: what the traffic rules really do.
 *
 * @param workspace Where the endpoint is.
 * @param call Scoring URL, key, rows, and the number of requests.
 * @returns Answers by deployment.
 * @throws {ScoringError} If a request is refused.
 *
 * @example
 * ```ts ignore
 * const { blue, green } = await countAnswers(workspace, { url, key, samples, requests: 100 });
 * ```
 */
export async function countAnswers(workspace: Workspace, draft: {
  url: string;
  key: string;
  samples: Samples;
  requests: number;
}): Promise<Record<string, number>> {
  const attributes = { requests: draft.requests };
  const work = () => countEach(workspace, draft);
  return await asSpan(workspace, { name: "count answers", attributes, work });
}

async function countEach(
  workspace: Workspace,
  { url, key, samples, requests }: Parameters<typeof countAnswers>[1],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}, d = samples.features.length;
  for (let i = 0; i < requests; i++) {
    const at = i % samples.y.length;
    const row = {
      ...samples,
      x: samples.x.slice(at * d, at * d + d),
      y: samples.y.slice(at, at + 1),
    };
    const { deployment } = await scoreRows(workspace, { url, key, samples: row });
    counts[deployment] = (counts[deployment] ?? 0) + 1;
  }
  return counts;
}
