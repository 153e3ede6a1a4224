/** A lineage as lines of text, for a terminal. */

import type { DigestTrace } from "./trace.ts";
import type { RequestTrace } from "./trace_request.ts";

/** What a kind of digest is called. */
const KINDS = {
  model: "a model",
  rows: "rows",
  lockfile: "a lockfile",
  image: "an image",
} as const;

/**
 * The lines of an answer's lineage, findings last.
 *
 * @param trace What {@linkcode traceRequest} found.
 * @returns The lines.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requestLines } from "lib/lifecycle/mod.ts";
 *
 * const nothing = { answer: null, deployment: null, version: null, run: null, rows: null };
 * assert.deepEqual(requestLines({ id: "r1", ...nothing, findings: ["Nobody knows r1."] }), [
 *   "request     r1",
 *   "finding     Nobody knows r1.",
 * ]);
 * ```
 */
export function requestLines(
  { id, answer, deployment, version, run, rows, findings }: RequestTrace,
): string[] {
  const lines = [line("request", id)];
  if (answer) {
    const labels = answer.rows.map(({ outputs }) => String(outputs.label)).join(", ");
    lines.push(line("answer", `${labels} at ${answer.time}`));
    lines.push(line("deployment", `${answer.deployment} of ${answer.endpoint}`));
  }
  if (deployment) {
    lines.push(
      line("image", `${deployment.environment} ${deployment.image ?? "(not built here)"}`),
    );
  }
  if (version) lines.push(line("model", `${version.name}:${version.version} ${version.digest}`));
  if (run) lines.push(line("run", `${run.runId} (${run.name}, ${run.status})`));
  if (version) {
    const { datasetDigest, commit, lockfile } = version;
    const of = rows &&
      `${rows.dataset}, ${rows.rows.train} of training, ${rows.rows.holdout} held out`;
    lines.push(line("rows", `${datasetDigest}${of ? ` (${of})` : ""}`));
    lines.push(line("commit", commit), line("lockfile", lockfile));
  }
  return [...lines, ...findings.map((finding) => line("finding", finding))];
}

/**
 * The lines of what a digest touched, findings last.
 *
 * @param trace What {@linkcode traceDigest} found.
 * @returns The lines.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { digestLines } from "lib/lifecycle/mod.ts";
 *
 * const digest = "a".repeat(64), findings = ["Nothing is known of it."];
 * assert.match(digestLines({ digest, kind: null, versions: [], findings })[1], /^finding {5}Nothing/);
 * ```
 */
export function digestLines({ digest, kind, versions, findings }: DigestTrace): string[] {
  const lines = [line("digest", kind ? `${digest}, of ${KINDS[kind]}` : digest)];
  for (const { version: { name, version, runId, registeredAt }, deployments } of versions) {
    lines.push(line("model", `${name}:${version}, registered ${registeredAt}, run ${runId}`));
    for (const { endpoint, deployment, environment, at } of deployments) {
      lines.push(
        line("deployment", `${deployment} of ${endpoint}, ${environment}, deployed ${at}`),
      );
    }
    if (deployments.length === 0) lines.push(line("deployment", "none"));
  }
  return [...lines, ...findings.map((finding) => line("finding", finding))];
}

function line(what: string, text: string): string {
  return `${what.padEnd(12)}${text}`;
}
