/** The dashboard's later sections: what is deployed, and what was decided, tested and drilled. */

import {
  confidencePicture,
  eprocessPicture,
  formatSeconds,
  peekingPicture,
  type ReportSection,
  rolloutPicture,
  table,
  timelinePicture,
} from "lib/view/mod.ts";
import { age, instant } from "./dashboard_age.ts";
import type { DashboardData } from "./dashboard_data.ts";
import { DIGEST_DIGITS } from "./dashboard_tiles.ts";
import { experimentTable, rolloutTable } from "./experiment_tables.ts";

/** Rows of a table: the latest ones. */
const LATEST = 8;

type Content = Omit<ReportSection, "heading">;

/** Deployments with their traffic, and registered versions. */
export function versions(
  { deployments, versions, aliases, production, at }: DashboardData,
): Content {
  const standing = table(
    deployments.map(({ name, state, version, digest, share, mirrored }) => ({
      ...{ deployment: name, share, mirrored, version },
      ...{ digest: digest?.slice(0, DIGEST_DIGITS), state },
    })),
    {
      columns: [
        { key: "deployment" },
        { key: "share", label: "answers", unit: "%", digits: 0 },
        { key: "mirrored", label: "gets copies of", unit: "%", digits: 0 },
        { key: "version" },
        { key: "digest" },
        { key: "state" },
      ],
      caption: "Deployments",
    },
  );
  const inProduction = production.at(-1)?.to;
  const registered = table(
    versions.slice(-LATEST).reverse().map(({ version, digest, metrics, ...of }) => ({
      version,
      is: [
        ...(version === inProduction ? ["production"] : []),
        ...Object.entries(aliases).filter(([, to]) => to?.version === version).map(([a]) => a),
      ].join(", "),
      accuracy: metrics.accuracy === undefined ? null : 100 * metrics.accuracy,
      ...{ digest: digest.slice(0, DIGEST_DIGITS), rows: of.datasetDigest.slice(0, DIGEST_DIGITS) },
      ...{ commit: of.commit.slice(0, DIGEST_DIGITS), registered: age(of.registeredAt, at) },
    })),
    {
      columns: [
        { key: "version" },
        { key: "is", label: "is" },
        { key: "accuracy", label: "accuracy on the holdout", unit: "%", digits: 1 },
        { key: "digest", label: "digest" },
        { key: "rows", label: "digest of its rows" },
        { key: "commit" },
        { key: "registered" },
      ],
      caption: versions.length > LATEST
        ? `Versions, the last ${LATEST} of ${versions.length}`
        : "Versions, the latest first",
    },
  );
  return {
    lead: "Who answers now, and which versions there are. The digest of what is deployed must be " +
      "that of the registered version.",
    items: [
      ...(deployments.length > 0 ? [standing] : []),
      ...(versions.length > 0 ? [registered] : []),
    ],
  };
}

/** The last rollout, step by step. */
export function rollout({ rollout }: DashboardData): Content {
  if (!rollout) return { items: [] };
  const wasTaken = rollout.history.some(({ takenAt }) => takenAt !== null);
  return {
    lead:
      "The steps by which a new deployment came to its share of the traffic, and why each ended.",
    items: [...(wasTaken ? [rolloutPicture(rollout)] : []), rolloutTable(rollout)],
  };
}

/** The last A/B test. */
export function experiment({ experiment, at }: DashboardData): Content {
  if (!experiment) return { items: [] };
  const { decision, peeking, at: keptAt } = experiment, { looks, plan } = decision;
  const { alpha, margin } = plan;
  return {
    lead: `A against B, decided ${age(keptAt, at)}: evidence that may be looked at any time, and ` +
      "the difference of accuracy that is still possible.",
    items: [
      ...(looks.length > 0
        ? [
          eprocessPicture([{ name: "B", looks }], { alpha }),
          confidencePicture(looks, { alpha, margin }),
        ]
        : []),
      experimentTable(decision, { most: LATEST }),
      ...(peeking ? [peekingPicture(peeking)] : []),
    ],
  };
}

/** What the gate and people decided. */
export function decisions({ gate, production }: DashboardData): Content {
  const verdicts = table(
    gate.slice(-LATEST).reverse().map((
      { at, version, against, passed, evidence, reasons, by },
    ) => ({
      at: instant(at),
      ...{ version, against, decision: passed ? "passed" : "refused" },
      why: (evidence as { sentence?: string } | null)?.sentence ?? reasons.join(" "),
      by,
    })),
    {
      columns: [
        { key: "at" },
        { key: "version", align: "left" },
        { key: "against", align: "left" },
        { key: "decision" },
        { key: "why" },
        { key: "by" },
      ],
      caption: "The gate, the latest first",
    },
  );
  const changes = table(
    production.slice(-LATEST).reverse().map(({ at, from, to, reason, by, decision, approval }) => ({
      ...{ at: instant(at), from, to, why: reason, gate: decision },
      by: approval ? `${by}, approved by ${approval.by}: ${approval.reason}` : by,
    })),
    {
      columns: [
        { key: "at" },
        { key: "from", align: "left" },
        { key: "to", align: "left" },
        { key: "why" },
        { key: "by" },
        { key: "gate", label: "decision of the gate", align: "left" },
      ],
      caption: "What was in production, the latest change first",
    },
  );
  return {
    lead: "Who let which version pass, and what put it into production or took it out.",
    items: [...(gate.length > 0 ? [verdicts] : []), ...(production.length > 0 ? [changes] : [])],
  };
}

/** The drill's steps as the picture calls them. */
const STEPS = [
  ["injected", "fault injected"],
  ["noticed", "noticed"],
  ["mitigated", "mitigated"],
  ["recovered", "recovered"],
] as const;

/** The last drill on its axis of time. */
export function incident({ incident }: DashboardData): Content {
  if (!incident) return { items: [] };
  const { events, fault, alerts, mitigation, falseAlarms } = incident;
  const steps = STEPS.map(([kind, name]) => ({
    name,
    seconds: events.find((event) => event.kind === kind)?.seconds ?? null,
  }));
  const durations = [
    { name: "time to detect", from: "fault injected", to: "noticed" },
    { name: "time to mitigate", from: "fault injected", to: "mitigated" },
    { name: "time to recover", from: "fault injected", to: "recovered" },
  ];
  const log = table(
    events.map(({ seconds, window, kind, sentence }) => ({
      at: formatSeconds(seconds),
      ...{ window, step: kind === "window" ? "" : kind, what: sentence },
    })),
    { caption: "The drill's log" },
  );
  return {
    lead:
      `${fault?.sentence ?? "Nothing was injected."} Noticed by: ${
        alerts.join(", ") || "nothing"
      }. ` +
      `Done: ${mitigation?.replaceAll("-", " ") ?? "nothing"}. ` +
      `${falseAlarms} alert${falseAlarms === 1 ? "" : "s"} fired before anything was wrong.`,
    items: [
      ...(steps.some(({ seconds }) => seconds !== null)
        ? [timelinePicture({ events: steps, durations })]
        : []),
      log,
    ],
  };
}

/** What the monitor noticed of each scene. */
export function scenes({ scenes }: DashboardData): Content {
  if (!scenes || scenes.tried.length === 0) return { items: [] };
  const { tried } = scenes, met = tried.filter(({ asExpected }) => asExpected).length;
  const rows = tried.map(({ scene, sentence, fired, asExpected }) => ({
    ...{ scene, sentence },
    noticed: fired.map(({ kind, window }) => `${kind} (${window})`).join(", ") || "nothing",
    asExpected: asExpected ? "yes" : "no",
  }));
  return {
    lead: `What the monitor noticed of each scene: ${met} of ${tried.length} as expected.`,
    items: [table(rows, {
      columns: [
        { key: "scene" },
        { key: "sentence", label: "what happens" },
        { key: "noticed" },
        { key: "asExpected", label: "as expected" },
      ],
    })],
  };
}
