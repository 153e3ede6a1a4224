/** An evidence pack as one page: everything that its documents say, for people. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { ShareMetric } from "lib/model/mod.ts";
import type { GateDecision } from "lib/registry/mod.ts";
import {
  calibrationPicture,
  confusionPicture,
  reportPage,
  type ReportSection,
  type ReportTile,
  table,
} from "lib/view/mod.ts";
import type { EvidenceDocuments } from "./evidence_records.ts";

/**
 * Makes the page.
 *
 * @param documents See {@linkcode EvidenceDocuments}.
 * @param files Names of the other files of the pack, which the last section lists.
 * @returns An HTML document that needs nothing else, light and dark.
 *
 * @example
 * ```ts ignore
 * const html = evidencePage(evidenceDocuments(input), ["model_card.json"]);
 * ```
 */
export function evidencePage(documents: EvidenceDocuments, files: readonly string[]): string {
  const { modelCard: { name, version, digest, registeredAt } } = documents;
  return reportPage({
    title: `Evidence for ${name}:${version}`,
    meta: `Model ${digest.slice(0, 12)}, registered ${registeredAt}`,
    notices: notices(documents),
    tiles: tiles(documents),
    sections: [
      ...cardSections(documents),
      ...checkSections(documents),
      ...originSections(documents, files),
    ],
  });
}

function notices({ modelCard, behaviour, sbom }: EvidenceDocuments): string[] {
  return [
    ...(modelCard.metrics.agreesWithRecord
      ? []
      : ["What was measured here is not what the training record says."]),
    ...(behaviour.agreesWithRecord
      ? []
      : ["The behavioural tests do not end here as the training record says."]),
    ...(sbom ? [] : ["The lockfile that made this version was not found: there is no parts list."]),
  ];
}

function tiles(
  { modelCard, contract, behaviour, comparison, costs }: EvidenceDocuments,
): ReportTile[] {
  const { metrics, calibration } = modelCard, { checks } = behaviour, { decision } = comparison;
  const passed = checks.filter((check) => check.passed).length;
  return [
    { label: "Accuracy", value: percent(metrics.accuracy.value), note: interval(metrics.accuracy) },
    { label: "Calibration error", value: percent(calibration.ece), note: "0 % is best" },
    {
      ...{ label: "Cost of a row", value: costs.mean.toFixed(3) },
      note: `always ${costs.constant.class}: ${costs.constant.mean.toFixed(3)}`,
    },
    {
      ...{ label: "Data contract", value: contract.passed ? "kept" : "broken" },
      state: contract.passed ? "ok" : "critical",
    },
    {
      ...{ label: "Behavioural tests", value: `${passed} of ${checks.length} passed` },
      state: passed === checks.length ? "ok" : "warning",
    },
    {
      ...{
        label: "Gate",
        value: decision ? (decision.passed ? "let pass" : "refused") : "not asked",
      },
      state: decision ? (decision.passed ? "ok" : "critical") : "unknown",
    },
  ];
}

function cardSections({ modelCard }: EvidenceDocuments): ReportSection[] {
  const { intendedUse, outOfScope, dataset, inputs, algorithm, metrics, limits } = modelCard;
  const { rows } = dataset, { trees } = algorithm.parameters as { trees?: number };
  const facts = [
    { what: "dataset", value: `${dataset.title} (${dataset.digest.slice(0, 12)})` },
    { what: "source", value: dataset.source ?? "not stated" },
    { what: "licence", value: dataset.licence ?? "not stated" },
    {
      what: "rows",
      value: `${rows.train} to train, ${rows.validation} to choose, ${rows.holdout} to judge` +
        (dataset.holdout.frozen ? " (frozen)" : " (drawn, not frozen)"),
    },
    { what: "algorithm", value: `${algorithm.kind}, ${trees} trees, seed ${algorithm.seed}` },
  ];
  const classes = metrics.perClass.map(({ class: label, rows, recall, precision }) => ({
    ...{ class: label, rows, recall: recall && percent(recall.value) },
    ...{ recallInterval: interval(recall), precision: precision && percent(precision.value) },
    precisionInterval: interval(precision),
  }));
  const slices = metrics.slices.map(({ name, accuracy }) => ({
    ...{ slice: name, rows: accuracy?.rows ?? 0, right: accuracy && percent(accuracy.value) },
    interval: interval(accuracy),
  }));
  const simple = metrics.baselines.map(({ rule, accuracy }) => ({
    ...{ rule, accuracy: percent(accuracy.value), interval: interval(accuracy) },
  }));
  return [
    { heading: "Intended use", lead: intendedUse, items: [`Not for ${outOfScope}`, table(facts)] },
    {
      heading: "Inputs",
      items: [
        table(inputs, {
          columns: (["name", "unit", "min", "max"] as const).map((key) => ({ key })),
        }),
      ],
    },
    {
      heading: "Metrics",
      lead:
        `Measured anew on the ${rows.holdout} held-out rows, each share with its 95 % Wilson interval.`,
      items: [
        confusionPicture({ classes: modelCard.classes, counts: metrics.confusion }),
        table(classes, {
          columns: [
            { key: "class" },
            { key: "rows", digits: 0 },
            ...[{ key: "recall", align: "right" }, {
              key: "recallInterval",
              label: "95 %",
            }] as const,
            ...[
              { key: "precision", align: "right" },
              { key: "precisionInterval", label: "95 %" },
            ] as const,
          ],
          caption: "By class",
        }),
        table(slices, { caption: "By thirds of each input", columns: shareColumns("slice") }),
        table(simple, { caption: "What simple rules reach on the same rows" }),
      ],
    },
    {
      heading: "Calibration",
      lead: "Whether its confidence may be taken at its word.",
      items: [calibrationPicture(modelCard.calibration)],
    },
    { heading: "Limits", lead: "What must not be concluded from this page.", items: limits },
  ];
}

function shareColumns<K extends string>(first: K) {
  return [
    { key: first },
    { key: "rows" as const, digits: 0 },
    { key: "right" as const, align: "right" as const },
    { key: "interval" as const, label: "95 %" },
  ];
}

function checkSections(
  { contract, behaviour, comparison, costs, fairness, modelCard }: EvidenceDocuments,
): ReportSection[] {
  const { decision } = comparison, { classes } = modelCard;
  const violations = contract.violations.map(({ row, column, expected, value }) => ({
    ...{ line: row, column, expected, found: value },
  }));
  const tests = behaviour.checks.map(({ kind, expectation, cases, value, limit, passed }) => ({
    ...{ kind, expectation, cases, share: percent(value), needed: percent(limit) },
    result: passed ? "passed" : "failed",
  }));
  const groups = fairness.groups.map(({ group, accuracy }) => ({
    ...{ group, rows: accuracy.rows, right: percent(accuracy.value), interval: interval(accuracy) },
  }));
  return [
    {
      heading: "Data contract",
      lead: `${contract.file}: ${contract.rows} rows read, ${contract.keptRows} used.`,
      items: [
        violations.length > 0
          ? table(violations, { caption: "Rules that rows broke", limit: 20 })
          : "No row broke a rule.",
        ...contract.cleaning.map(({ what }) => `Cleaning ${what}.`),
      ],
    },
    {
      heading: "Behavioural tests",
      lead: "Not how often it is right, but whether it behaves as one would expect.",
      items: [table(tests)],
    },
    {
      heading: "Against the champion",
      lead: comparison.sentence,
      items: decision ? [table(rulesOf(decision))] : [],
    },
    {
      heading: "Costs",
      lead: `${costs.from} A row costs ${costs.mean.toFixed(3)} on average; always saying ` +
        `${costs.constant.class} would cost ${costs.constant.mean.toFixed(3)}.`,
      items: [
        table(costs.costs.map((row, a) => ({
          actual: classes[a],
          ...Object.fromEntries(row.map((cost, b) => [`said ${classes[b]}`, cost])),
        }))),
      ],
    },
    {
      heading: "Fairness",
      lead: fairness.sentence,
      items: groups.length > 0
        ? [table(groups, { columns: shareColumns("group") })]
        : ['A descriptor that names a column under "group" is answered here.'],
    },
  ];
}

function originSections(
  { provenance, approval, sbom }: EvidenceDocuments,
  files: readonly string[],
): ReportSection[] {
  const { run, lockfile } = provenance;
  const origin = [
    { what: "run", value: run ? `${run.name} (${run.status})` : "not on the tracking server" },
    { what: "run id", value: provenance.runId },
    { what: "model, SHA-256", value: provenance.modelDigest },
    { what: "rows, SHA-256", value: provenance.datasetDigest },
    { what: "CSV, SHA-256", value: provenance.csvSha256 },
    { what: "holdout, SHA-256", value: provenance.holdoutSha256 },
    { what: "commit", value: provenance.commit },
    { what: "lockfile, SHA-256", value: lockfile.sha256 },
  ];
  const changes = approval.changes.map(({ at, by, reason, approval }) => ({
    ...{
      at,
      by,
      reason,
      approved: approval ? `${approval.by}: ${approval.reason}` : "nobody asked",
    },
  }));
  const packages = sbom ? (sbom.components as readonly unknown[]).length : 0;
  return [
    { heading: "Provenance", items: [table(origin)] },
    {
      heading: "Approval",
      lead: approval.sentence,
      items: changes.length > 0 ? [table(changes)] : ["Nothing to approve."],
    },
    {
      heading: "Parts list",
      items: [
        sbom
          ? `${packages} packages, those for tests included, as CycloneDX 1.6 in sbom.cdx.json.`
          : "There is none: the lockfile that made this version was not found.",
      ],
    },
    {
      heading: "Files",
      lead: "evidence.json lists each file by its SHA-256, evidence.sig signs it with Ed25519. " +
        "deno task verify-evidence holds all of it against the workspace's key.",
      items: [table(files.map((file) => ({ file })))],
    },
  ];
}

/** The rules of a decision; of one that a newer or older gate has written, at least its sentences. */
function rulesOf({ evidence, reasons }: GateDecision) {
  const rules = evidence.rules as readonly JsonRecord[] | undefined;
  return reasons.map((why, i) => {
    const { rule, passed } = rules?.[i] ?? {};
    const result = passed === undefined ? null : passed ? "passed" : "refused";
    return { rule: rule === undefined ? null : String(rule), result, why };
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function interval(share: Pick<ShareMetric, "low" | "high"> | null): string | undefined {
  return share === null ? undefined : `${percent(share.low)} to ${percent(share.high)}`;
}
