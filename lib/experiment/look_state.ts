/** All that the statistics say at one look, before anybody decides. */

import { BadInput } from "lib/core/mod.ts";
import { difference, logNonInferior } from "./confidence.ts";
import { logEvidence, pointsAgainstB } from "./eprocess.ts";
import { checkEvidence, type Evidence, rowsOf } from "./evidence.ts";
import { instant, type Look } from "./look.ts";
import type { ExperimentPlan } from "./plan.ts";
import { srmEvidence } from "./srm.ts";

/** One look with its numbers. */
export interface LookState {
  /** From 1. */
  readonly look: number;
  /** First instant behind the window. */
  readonly to: string;
  /** Rows with a label: of both arms together, or pairs. */
  readonly rows: number;
  /** Accuracy of B minus that of A. */
  readonly difference: number;
  /** Lower end of its confidence sequence. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** ln of the evidence for a difference. */
  readonly logE: number;
  /** Always-valid p-value of it. */
  readonly p: number;
  /** ln of the evidence that B loses less than the margin. */
  readonly logNonInferior: number;
  /** Always-valid p-value of the split; 1 for pairs, which have none. */
  readonly srmP: number;
  /** Whether B errs more often than its share. */
  readonly against: boolean;
}

/** The numbers at each look. Checks that the looks are those of one growing window. */
export function lookStates(looks: readonly Look<Evidence>[], plan: ExperimentPlan): LookState[] {
  let most = 0, mostSrm = 0;
  return looks.map((look, i) => {
    checkGrowth(look, looks[i - 1]);
    const { evidence, requests } = look;
    const logE = logEvidence(evidence);
    most = Math.max(most, logE);
    if (evidence.kind === "split") {
      const { shareB } = evidence;
      const counts = [requests.a, requests.b], shares = [1 - shareB, shareB];
      mostSrm = Math.max(mostSrm, srmEvidence({ counts, shares }));
    }
    const { value, low, high } = difference(evidence, { alpha: plan.alpha });
    return {
      look: i + 1,
      to: look.to,
      rows: rowsOf(evidence),
      difference: value,
      low,
      high,
      logE,
      p: Math.exp(-most),
      logNonInferior: logNonInferior(evidence, plan.margin),
      srmP: Math.exp(-mostSrm),
      against: pointsAgainstB(evidence),
    };
  });
}

/** Looks are counted from the beginning: each holds the one before. */
function checkGrowth({ from, to, evidence, requests }: Look<Evidence>, before?: Look<Evidence>) {
  checkEvidence(evidence);
  const fail = (field: string, rule: string, value: unknown): never => {
    throw new BadInput({ field, rule, value });
  };
  if (!(instant(from, "from") < instant(to, "to"))) {
    fail("look", `must begin before ${to}`, from);
  }
  const most = evidence.kind === "split"
    ? evidence.a.rows <= requests.a && evidence.b.rows <= requests.b
    : evidence.rows <= Math.min(requests.a, requests.b);
  if (!most) fail("look", "must not have more labels than requests", { requests, evidence });
  if (!before) return;
  if (from !== before.from) fail("look", `must begin with the first, at ${before.from}`, from);
  if (!(instant(to, "to") > instant(before.to, "to"))) {
    fail("look", `must end after the one before, at ${before.to}`, to);
  }
  if (evidence.kind !== before.evidence.kind || rowsOf(evidence) < rowsOf(before.evidence)) {
    fail("look", "must hold the rows of the one before", rowsOf(evidence));
  }
  if (
    evidence.kind === "split" && before.evidence.kind === "split" &&
    evidence.shareB !== before.evidence.shareB
  ) {
    fail(
      "shareB",
      `must stay ${before.evidence.shareB}: another share is another experiment`,
      evidence.shareB,
    );
  }
}
