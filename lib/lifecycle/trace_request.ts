/** Lineage of one answer: from its id to deployment, image, version, run, rows and code. */

import { getDeployment, readModelFile } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import { type DeploymentRecord, type ModelVersion, NotFoundError } from "lib/registry/mod.ts";
import { type RunRecord, TrackingError } from "lib/tracking/mod.ts";
import type { TrainingRecord } from "./bundle.ts";
import { findLogged, findSent, type LoggedRequest, type WantedId } from "./find_logged.ts";
import { modelOfDeployment } from "./production.ts";
import type { Workspace } from "./workspace.ts";

/** Where an answer came from. What could not be found is null, and a finding says why. */
export interface RequestTrace {
  /** The id that was asked for. */
  readonly id: string;
  /** The request in the inference log. */
  readonly answer: LoggedRequest | null;
  /** The deployment as it was made, with its image. */
  readonly deployment: DeploymentRecord | null;
  /** The version that answered, with the digests of model, rows and lockfile, and the commit. */
  readonly version: ModelVersion | null;
  /** The run that trained it. */
  readonly run: RunRecord | null;
  /** Name of the dataset, and rows in each part. */
  readonly rows: Pick<TrainingRecord, "dataset" | "rows" | "holdout"> | null;
  /** What is missing, one line each. */
  readonly findings: readonly string[];
}

/**
 * Traces one answer back to everything that it came from.
 *
 * @param workspace Where to look.
 * @param wanted See {@linkcode WantedId}.
 * @returns The way back; an id that nobody knows, or a gap on the way, is a finding.
 * @throws {BadInput} If the id is none.
 *
 * @example
 * ```ts ignore
 * const { version, run, findings } = await traceRequest(workspace, { id: "iris-live-0001-000001" });
 * ```
 */
export async function traceRequest(
  workspace: Workspace,
  wanted: WantedId,
): Promise<RequestTrace> {
  const { id } = wanted, findings: string[] = [];
  // deno-lint-ignore no-control-regex -- what no header and so no id can hold
  if (id.trim() === "" || id.length > 256 || /[\x00-\x1f\x7f]/.test(id)) {
    throw new BadInput({ field: "request id", rule: "must be 1 to 256 characters", value: id });
  }
  const nothing = { deployment: null, version: null, run: null, rows: null };
  const answer = await findLogged(workspace, wanted);
  if (!answer) {
    return { id, answer: null, ...nothing, findings: [await whyMissing(workspace, wanted)] };
  }
  if (answer.rows.some(({ inputs }) => inputs === null)) {
    findings.push(`The inputs of ${id} were never collected, only the outputs.`);
  }
  const { name, deployment } = await servedBy(workspace, answer, findings);
  const version = name === null ? null : await versionOf(workspace, name, answer, findings);
  if (!version) return { id, answer, ...nothing, deployment, findings };
  const [run, rows] = await Promise.all([
    runOf(workspace, version, findings),
    rowsOf(workspace, version, findings),
  ]);
  return { id, answer, deployment, version, run, rows, findings };
}

/** Why an id is not in the log: lost on the way, never answered, or never sent. */
async function whyMissing(workspace: Workspace, wanted: WantedId): Promise<string> {
  const { id, endpoint } = wanted, sent = await findSent(workspace, wanted);
  if (!sent) {
    const where = endpoint === undefined ? "any endpoint" : endpoint;
    return `Nobody knows ${id}: it is in no inference log and in no caller's record of ${where}.`;
  }
  const { deployment, status, sentAt } = sent.record, by = deployment ?? "nobody";
  return status === 200
    ? `${id} was answered by ${by} of ${sent.endpoint}, but was never collected (sent ${sentAt}).`
    : `${id} was sent to ${sent.endpoint} at ${sentAt}, and was not answered (status ${status}).`;
}

/** What stood in that place at that time; where nobody wrote it down, what stands there now. */
async function servedBy(
  { azure, registry }: Workspace,
  { endpoint, deployment: place, modelVersion, time }: LoggedRequest,
  findings: string[],
): Promise<{ name: string | null; deployment: DeploymentRecord | null }> {
  const records = await registry.deployedTo(endpoint, place);
  const same = records.filter(({ version }) => version === modelVersion);
  const deployment = same.findLast(({ at }) => Date.parse(at) <= Date.parse(time)) ?? same[0];
  if (deployment) return { name: deployment.name, deployment };
  const stands = await getDeployment(azure, { endpoint, name: place });
  const name = stands ? modelOfDeployment(stands).name : records.at(-1)?.name;
  findings.push(
    name
      ? `Nobody wrote down that ${name}:${modelVersion} was deployed to ${place} of ${endpoint}.`
      : `${place} of ${endpoint} answered with version ${modelVersion}, and nothing says of which model.`,
  );
  return { name: name ?? null, deployment: null };
}

async function versionOf(
  { registry }: Workspace,
  name: string,
  { modelVersion }: LoggedRequest,
  findings: string[],
): Promise<ModelVersion | null> {
  try {
    return await registry.version(name, modelVersion);
  } catch (error) {
    if (!(error instanceof NotFoundError || error instanceof BadInput)) throw error;
    const there = (await registry.versions(name)).map(({ version }) => version);
    findings.push(
      `${name}:${modelVersion} answered, and is not in the registry, which has ` +
        `${there.length > 0 ? there.join(", ") : "no version"}.`,
    );
    return null;
  }
}

async function runOf(
  { tracking }: Workspace,
  { name, version, runId }: ModelVersion,
  findings: string[],
): Promise<RunRecord | null> {
  try {
    return await tracking.getRun(runId);
  } catch (error) {
    if (!(error instanceof TrackingError && error.code === "RESOURCE_DOES_NOT_EXIST")) throw error;
    findings.push(`The run ${runId} of ${name}:${version} is not on the tracking server.`);
    return null;
  }
}

async function rowsOf(
  { azure }: Workspace,
  { name, version, digest }: ModelVersion,
  findings: string[],
): Promise<RequestTrace["rows"]> {
  const bytes = await readModelFile(azure, { name, version, file: "training.json" });
  const record: TrainingRecord | undefined = bytes && JSON.parse(new TextDecoder().decode(bytes));
  if (record?.modelDigest === digest) {
    const { dataset, rows, holdout } = record;
    return { dataset, rows, holdout };
  }
  const why = record ? "is of another model" : "is not in the datastore";
  findings.push(`The training record of ${name}:${version} ${why}.`);
  return null;
}
