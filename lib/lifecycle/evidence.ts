/** The verb evidence: everything that speaks for a version, in one signed folder. */

import { readModelFile } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import type { TrainingRecord } from "./bundle.ts";
import { evidenceDocuments } from "./evidence_documents.ts";
import { evidencePage } from "./evidence_page.ts";
import type { EvidenceDocuments } from "./evidence_records.ts";
import { type Files, signEvidence } from "./evidence_signature.ts";
import { jsonText } from "./files.ts";
import { findRows } from "./find_rows.ts";
import { lockfileOf } from "./lockfile_of.ts";
import { signingKey } from "./signing_key.ts";
import { runOf } from "./stored_evidence.ts";
import { readVersion } from "./version_on.ts";
import type { Workspace } from "./workspace.ts";

/** Which version, and where its rows may be. */
export interface EvidenceChoice {
  /** The version. */
  readonly version: ModelVersion;
  /** A descriptor to look at first, seen from the checkout. Default: only what monitoring and A/B test made. */
  readonly dataset?: string;
  /** Folders to look in next. Default `CHALLENGER_FOLDERS`. */
  readonly folders?: { readonly found: string; readonly made: string };
}

/** Documents by the names of their files. */
const NAMES: Readonly<Record<keyof EvidenceDocuments, string>> = {
  modelCard: "model_card.json",
  contract: "contract.json",
  behaviour: "behaviour.json",
  comparison: "comparison.json",
  costs: "costs.json",
  fairness: "fairness.json",
  provenance: "provenance.json",
  approval: "approval.json",
  sbom: "sbom.cdx.json",
};

/**
 * Gathers the evidence for a version and signs it: model card, data contract, behavioural tests,
 * comparison with the champion, costs, fairness, provenance, approval, parts list, and a page of it all.
 * The same version, decisions and approvals give the same bytes.
 *
 * @param workspace Where it is registered.
 * @param choice See {@linkcode EvidenceChoice}.
 * @returns The files of the folder, `evidence.json` and `evidence.sig` among them.
 * @throws {BadInput} If its rows are not on this machine, or model, record, rows and version do not
 * belong together.
 *
 * @example
 * ```ts ignore
 * const version = await workspace.registry.version("iris", "1");
 * const files = await makeEvidence(workspace, { version, dataset: "data/iris.dataset.json" });
 * ```
 */
export async function makeEvidence(
  workspace: Workspace,
  { version, dataset, folders }: EvidenceChoice,
): Promise<Files> {
  const { azure, registry } = workspace, { name } = version;
  const what = `${name}:${version.version}`;
  const [model, recordBytes, decisions, history, run, lockfile] = await Promise.all([
    readVersion(workspace, version),
    readModelFile(azure, { name, version: version.version, file: "training.json" }),
    registry.decisions(name, version.version),
    registry.productionHistory(name),
    runOf(workspace, version),
    lockfileOf(version),
  ]);
  if (!recordBytes) {
    const rule = "must lie beside the model in the datastore";
    throw new BadInput({ field: `training record of ${what}`, rule });
  }
  const record: TrainingRecord = JSON.parse(new TextDecoder().decode(recordBytes));
  const place = { name: record.dataset, seed: record.seed, first: dataset, folders };
  const prepared = await findRows(version.datasetDigest, place);
  if (!prepared) {
    const rule = "must be on this machine: name their descriptor with --dataset";
    throw new BadInput({ field: `rows of ${what}`, rule, value: version.datasetDigest });
  }
  const production = history.filter(({ to }) => to === version.version);
  const documents = evidenceDocuments({
    ...{ version, model, record, prepared, run, decisions, production, lockfile },
  });
  return await signEvidence(evidenceFiles(documents), { ...version, key: await signingKey(azure) });
}

/**
 * The documents as files, and the page.
 *
 * @param documents See {@linkcode EvidenceDocuments}.
 * @returns The files, not signed yet.
 *
 * @example
 * ```ts ignore
 * const { "index.html": page } = evidenceFiles(evidenceDocuments(input));
 * ```
 */
export function evidenceFiles(documents: EvidenceDocuments): Files {
  const encoder = new TextEncoder();
  const texts = Object.entries(documents).map(([key, value]) =>
    [NAMES[key as keyof EvidenceDocuments], jsonText(value)] as const
  );
  const names = texts.map(([name]) => name).sort();
  const all = [...texts, ["index.html", evidencePage(documents, names)] as const];
  return Object.fromEntries(all.map(([name, text]) => [name, encoder.encode(text)]));
}
