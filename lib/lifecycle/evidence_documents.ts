/** The documents of an evidence pack: what is known of a version, measured anew and never taken on trust. */

import { BadInput, canonicalJson, type JsonRecord } from "lib/core/mod.ts";
import { refusals } from "lib/data/mod.ts";
import { type Model, predict } from "lib/model/mod.ts";
import type { GateDecision, ModelVersion, ProductionChange } from "lib/registry/mod.ts";
import type { RunRecord } from "lib/tracking/mod.ts";
import { checkBehaviour } from "lib/training/mod.ts";
import type { TrainingRecord } from "./bundle.ts";
import type { EvidenceDocuments, ModelCard } from "./evidence_records.ts";
import { expectedCost } from "./expected_cost.ts";
import { checkFairness, shareWithInterval } from "./fairness.ts";
import { sbomOf } from "./sbom.ts";
import { evaluate, type Evaluation, measureBaselines, type Prepared } from "./train.ts";

/** What a pack is made of. The same of these give the same bytes. */
export interface EvidenceInput {
  /** The version as the registry has it. */
  readonly version: ModelVersion;
  /** Its model, held against its digest. */
  readonly model: Model;
  /** How it came about, as it was saved with the model. */
  readonly record: TrainingRecord;
  /** The rows that it was trained and judged on, split with the training's seed. */
  readonly prepared: Prepared;
  /** The run that trained it; null where the tracking server has it no more. */
  readonly run: RunRecord | null;
  /** What gates decided about it, the first first. */
  readonly decisions: readonly GateDecision[];
  /** When it went into production, by whose decision. */
  readonly production: readonly ProductionChange[];
  /** Text of the `deno.lock` that made it; null where it cannot be found any more. */
  readonly lockfile: string | null;
}

/** Rows below which a slice tells little. */
const FEW_ROWS = 10;

/**
 * Measures and gathers everything that the pack says.
 *
 * @param input See {@linkcode EvidenceInput}.
 * @returns The documents, each plain data.
 * @throws {BadInput} If rows, model, training record and version do not belong together.
 *
 * @example
 * ```ts ignore
 * const { modelCard, fairness } = evidenceDocuments(input);
 * ```
 */
export function evidenceDocuments(input: EvidenceInput): EvidenceDocuments {
  checkTogether(input);
  const { version, model, record, prepared, decisions, lockfile } = input;
  const { dataset, split, holdout } = prepared, { descriptor } = dataset, { classes } = holdout;
  const evaluation = evaluate(model, holdout), decision = decisions.at(-1) ?? null;
  const cases = { known: prepared.train, cases: prepared.validation };
  const behaviour = checkBehaviour(model, cases, { seed: record.seed });
  const groups = dataset.groups && split.holdout.map((place) => dataset.groups![place]);
  const outcome = { actual: holdout.y, labels: predict(model, holdout.x).labels };
  const refused = refusals(dataset.contract, descriptor);
  return {
    modelCard: modelCard(input, evaluation),
    contract: {
      ...{ file: dataset.raw.file, csvSha256: dataset.raw.sha256, rows: dataset.contract.rows },
      ...{ keptRows: dataset.samples.y.length, passed: refused.length === 0 },
      ...{ violations: dataset.contract.violations, policy: descriptor.cleaning },
      cleaning: dataset.actions,
    },
    behaviour: {
      checks: behaviour,
      agreesWithRecord: canonicalJson(behaviour) === canonicalJson(record.behaviour),
    },
    comparison: {
      decision,
      sentence: decision
        ? `${decision.id}: ${decision.passed ? "let pass" : "refused"}, ${
          decision.against === null
            ? "as there was no champion to hold it against"
            : `held against ${version.name}:${decision.against}`
        }.`
        : "No gate has decided about this version.",
    },
    costs: expectedCost(evaluation.confusion, { classes, ...costsOf(decision) }),
    fairness: checkFairness(outcome, { classes, column: descriptor.group, groups }),
    provenance: provenance(input),
    approval: approval(input),
    ...(lockfile !== null && { sbom: sbomOf(lockfile, version) }),
  };
}

function checkTogether({ version, model, record, prepared: { dataset } }: EvidenceInput): void {
  const what = `evidence of ${version.name}:${version.version}`;
  const must = (part: string, value: string, wanted: string) => {
    if (value === wanted) return;
    throw new BadInput({ field: `${what}, ${part},`, rule: `must be ${wanted}`, value });
  };
  must("digest of the model", model.digest, version.digest);
  must("model of the training record", record.modelDigest, version.digest);
  must("rows of the training record", record.datasetDigest, version.datasetDigest);
  must("lockfile of the training record", record.lockfile, version.lockfile);
  must("digest of the rows", dataset.digest, version.datasetDigest);
  must("digest of the holdout", dataset.holdout.sha256, record.holdout.sha256);
}

function modelCard(
  { version, model, record, prepared }: EvidenceInput,
  evaluation: Evaluation,
): ModelCard {
  const { dataset, split, holdout } = prepared, { descriptor } = dataset;
  const { name, title, source, licence } = descriptor, { accuracy, confusion } = evaluation;
  const { signature } = model.document;
  const perClass = evaluation.perClass.map(({ class: label, rows, f1 }, c) => ({
    ...{ class: label, rows, f1 },
    recall: shareWithInterval(confusion[c][c], rows),
    precision: shareWithInterval(
      confusion[c][c],
      confusion.reduce((sum, row) => sum + row[c], 0),
    ),
  }));
  const agrees = accuracy.correct === record.metrics.accuracy.correct &&
    evaluation.logLoss === record.metrics.logLoss;
  const baselines = measureBaselines(prepared, holdout)
    .map(({ name, rule, metrics }) => ({ name, rule, accuracy: metrics.accuracy }));
  return {
    ...{ name: version.name, version: version.version, digest: version.digest },
    registeredAt: version.registeredAt,
    intendedUse:
      `For one row of "${title}" it says which of ${signature.classes.length} classes it is ` +
      `(${signature.classes.join(", ")}), from ${signature.inputs.length} measurements.`,
    outOfScope:
      "Rows of anything else, rows outside the ranges of its inputs, and decisions about " +
      "people that nobody looks at.",
    dataset: {
      ...{ name, title, digest: dataset.digest, csvSha256: dataset.raw.sha256 },
      ...{ source: source ?? null, licence: licence ?? null },
      rows: {
        train: split.train.length,
        validation: split.validation.length,
        holdout: split.holdout.length,
      },
      holdout: { sha256: dataset.holdout.sha256, frozen: dataset.frozen },
    },
    inputs: signature.inputs,
    classes: signature.classes,
    algorithm: { kind: "random forest", seed: record.seed, parameters: record.parameters },
    metrics: {
      measuredOn: "holdout",
      ...{ accuracy, macroF1: evaluation.macroF1, logLoss: evaluation.logLoss },
      ...{ brier: evaluation.brier, perClass, slices: evaluation.slices, confusion, baselines },
      outOfBagAccuracy: record.outOfBag.accuracy,
      agreesWithRecord: agrees,
    },
    calibration: evaluation.calibration,
    limits: limits(perClass, evaluation),
  };
}

/** What a reader must not conclude, from the numbers themselves. */
function limits(
  perClass: ModelCard["metrics"]["perClass"],
  { accuracy, slices }: Evaluation,
): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const [weakest] = perClass.toSorted((a, b) => (a.recall?.low ?? 0) - (b.recall?.low ?? 0));
  const thin = slices.filter((slice) => (slice.accuracy?.rows ?? 0) < FEW_ROWS);
  return [
    `${accuracy.rows} rows judged it: its accuracy lies between ${percent(accuracy.low)} and ` +
    `${percent(accuracy.high)} (95 %), and smaller differences cannot be told.`,
    weakest.recall === null
      ? `No row of ${weakest.class} judged it: how it treats them is not known.`
      : `Of ${weakest.class} it may recognise no more than ${percent(weakest.recall.low)} ` +
        `(lower end of 95 %).`,
    ...(thin.length > 0
      ? [
        `${thin.length} of ${slices.length} slices have fewer than ${FEW_ROWS} rows and tell little.`,
      ]
      : []),
    "It was judged on rows like those it learnt from; whether today's rows are like them, the " +
    "monitoring says and not this page.",
    "Its probabilities are shares of trees: see the calibration before a threshold is set on them.",
  ];
}

/** The gate's cost matrix, where its policy has one. */
function costsOf(decision: GateDecision | null) {
  const policy = decision?.evidence.policy as JsonRecord | undefined;
  const costs = policy?.costs as readonly (readonly number[])[] | null | undefined;
  return costs ? { costs, from: `From the policy of the gate's decision ${decision!.id}.` } : {};
}

function provenance(
  { version, record, run, lockfile }: EvidenceInput,
): EvidenceDocuments["provenance"] {
  const { runId, datasetDigest, commit, registeredAt } = version;
  return {
    ...{ runId, datasetDigest, csvSha256: record.csvSha256, commit, registeredAt },
    run: run && { name: run.name, status: run.status, startedAt: run.startedAt },
    modelDigest: version.digest,
    holdoutSha256: record.holdout.sha256,
    lockfile: { sha256: version.lockfile, found: lockfile !== null },
  };
}

function approval({ production, version }: EvidenceInput): EvidenceDocuments["approval"] {
  const into = production.filter(({ to }) => to === version.version);
  const approved = into.filter(({ approval }) => approval !== undefined);
  const sentence = into.length === 0
    ? "This version has not been in production."
    : approved.length === 0
    ? "It went into production, and nobody was asked to approve it."
    : `Approved by ${approved[approved.length - 1].approval!.by}.`;
  return { changes: into, sentence };
}
