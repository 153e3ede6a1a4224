/** A lineage as a picture: what came from what. */

import { type LineageEdge, type LineageNode, lineagePicture, type Picture } from "lib/view/mod.ts";
import type { DeploymentRecord } from "lib/registry/mod.ts";
import type { DigestTrace } from "./trace.ts";
import type { RequestTrace } from "./trace_request.ts";

/** Things of a column that are drawn, of models the last; below them stands how many more there are. */
const SHOWN = 6;

/** What a kind of digest is called. */
const KINDS = { model: "Model", rows: "Rows", lockfile: "Lockfile", image: "Image" } as const;

/**
 * Draws where an answer came from.
 *
 * @param trace What {@linkcode traceRequest} found.
 * @returns The picture.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requestPicture } from "lib/lifecycle/mod.ts";
 *
 * const nothing = { answer: null, deployment: null, version: null, run: null, rows: null };
 * const { alt } = requestPicture({ id: "r1", ...nothing, findings: ["Nobody knows r1."] });
 * assert.match(alt, /^Request r1 \(asked\), Answer not in the log \(missing\)/);
 * ```
 */
export function requestPicture(
  { id, answer, deployment, version, run, rows, findings }: RequestTrace,
): Picture {
  const nodes: LineageNode[] = [
    {
      id: "request",
      kind: "Request",
      name: id,
      detail: answer?.time.slice(0, 16).replace("T", " "),
      column: 0,
      state: "asked",
    },
  ];
  const edges: LineageEdge[] = [];
  const add = (
    from: string,
    node: LineageNode,
  ) => (nodes.push(node), edges.push({ from, to: node.id }));
  if (!answer) {
    const name = "not in the log";
    add("request", { id: "place", kind: "Answer", name, column: 1, state: "missing" });
  } else {
    const { deployment: place, endpoint } = answer;
    add("request", { id: "place", kind: "Deployment", name: place, detail: endpoint, column: 1 });
    add("place", modelNode(version, answer.modelVersion));
    add("place", imageNode(deployment));
  }
  if (version) {
    const { datasetDigest, commit, lockfile, runId } = version, column = 3;
    add(
      "model",
      run
        ? { id: "run", kind: "Run", name: run.name, detail: run.status, column }
        : { id: "run", kind: "Run", name: short(runId), column, state: "missing" },
    );
    const detail = short(datasetDigest), name = rows ? `${rows.dataset}, ${rows.rows.train}` : "";
    add("model", {
      id: "rows",
      kind: "Rows",
      name: name || detail,
      detail: name && detail,
      column,
    });
    add("model", { id: "commit", kind: "Commit", name: short(commit), column });
    add("model", { id: "lockfile", kind: "Lockfile", name: short(lockfile), column });
  }
  const title = version
    ? `${id} was answered by ${version.name}:${version.version}`
    : `It cannot be told where ${id} came from`;
  const subtitle = findings.length > 0
    ? findings.join(" ")
    : "From the answer at the left to the rows and the code at the right; digests are cut.";
  return lineagePicture({ title, subtitle, nodes, edges });
}

/**
 * Draws what a digest touched.
 *
 * @param trace What {@linkcode traceDigest} found.
 * @returns The picture.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { digestPicture } from "lib/lifecycle/mod.ts";
 *
 * const digest = "a".repeat(64), findings = ["Nothing is known of it."];
 * assert.match(digestPicture({ digest, kind: null, versions: [], findings }).alt, /^Digest aaaaaaaaaaaa \(asked\)/);
 * ```
 */
export function digestPicture({ digest, kind, versions, findings }: DigestTrace): Picture {
  const what = kind ? KINDS[kind] : "Digest";
  const nodes: LineageNode[] = [
    { id: "digest", kind: what, name: short(digest), column: 0, state: "asked" },
  ];
  const edges: LineageEdge[] = [];
  const more = (column: number, count: number, kind: string) => {
    if (count > 0) nodes.push({ id: `more ${column}`, kind, name: `and ${count} more`, column });
  };
  let places = 0, drawn = 0;
  for (const { version: { name, version, digest: own }, deployments } of versions.slice(-SHOWN)) {
    const id = `${name}:${version}`;
    nodes.push({ id, kind: "Model", name: id, detail: short(own), column: 1 });
    edges.push({ from: "digest", to: id });
    for (const { endpoint, deployment, at } of lastOfEach(deployments)) {
      places++;
      if (drawn >= SHOWN) continue;
      const to = `${id} ${endpoint} ${deployment}`, detail = `${deployment}, ${at.slice(0, 10)}`;
      nodes.push({ id: to, kind: "Deployment", name: endpoint, detail, column: 2 });
      edges.push({ from: id, to });
      drawn++;
    }
  }
  more(1, versions.length - SHOWN, "Earlier models");
  more(2, places - drawn, "Deployments");
  const touched = `${counted(versions.length, "version")} and ${
    counted(versions.flatMap(({ deployments }) => lastOfEach(deployments)).length, "deployment")
  }`;
  return lineagePicture({
    title: `${kind ? `These ${NOUNS[kind]}` : "This digest"} touched ${touched}`,
    subtitle: findings[0] ?? "Asked at the left; digests are cut to 12 digits.",
    nodes,
    edges,
  });
}

/** How a title speaks of a kind of digest. */
const NOUNS = {
  model: "bytes of a model",
  rows: "rows",
  lockfile: "packages",
  image: "files of an image",
} as const;

/** Of each place the last time; the record keeps every one. */
function lastOfEach(deployments: readonly DeploymentRecord[]): DeploymentRecord[] {
  const places = Map.groupBy(deployments, (one) => `${one.endpoint}/${one.deployment}`);
  return [...places.values()].map((all) => all[all.length - 1]);
}

function modelNode(version: RequestTrace["version"], said: string): LineageNode {
  if (!version) {
    return { id: "model", kind: "Model", name: `version ${said}`, column: 2, state: "missing" };
  }
  const name = `${version.name}:${version.version}`;
  return { id: "model", kind: "Model", name, detail: short(version.digest), column: 2 };
}

function imageNode(deployment: DeploymentRecord | null): LineageNode {
  const known = { id: "image", kind: "Image", column: 2 };
  if (!deployment) return { ...known, name: "unknown", state: "missing" };
  const [name] = deployment.environment.split(":");
  return {
    ...known,
    name,
    detail: deployment.image === null ? "not built here" : short(deployment.image),
  };
}

function short(digest: string): string {
  return digest.slice(0, 12);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
