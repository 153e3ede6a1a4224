import assert from "node:assert/strict";
import {
  type AlertKind,
  mitigate,
  type MitigationAction,
  type ResponseBranch,
} from "lib/monitoring/mod.ts";

interface Case {
  readonly title: string;
  readonly alerts: readonly AlertKind[];
  readonly branch: ResponseBranch;
  /** The version that came with each window; null for none. */
  readonly deployed: readonly (string | null)[];
  readonly action: MitigationAction;
  readonly kind: AlertKind;
  readonly because?: RegExp;
}

const SAID = ["what respond says"];

const CASES: readonly Case[] = [
  {
    title: "broken data are mended, even if they came with a release and fail requests",
    ...{ alerts: ["errors", "data-quality"], branch: "fix-data", deployed: ["2"] },
    ...{ action: "fix-data", kind: "data-quality" },
  },
  {
    title: "a loss since a release goes back, by what respond says",
    ...{ alerts: ["performance"], branch: "roll-back", deployed: ["2", null] },
    ...{ action: "roll-back", kind: "performance" },
  },
  {
    title: "latency in the window of a release goes back",
    ...{ alerts: ["latency"], branch: "ignore", deployed: [null, "2"] },
    ...{ action: "roll-back", kind: "latency", because: /^latency calls, .* 2 .* in window 2\.$/ },
  },
  {
    title: "a release is suspected two windows later",
    ...{ alerts: ["latency"], branch: "ignore", deployed: ["2", null, null] },
    ...{ action: "roll-back", kind: "latency" },
  },
  {
    title: "and not three windows later",
    ...{ alerts: ["latency"], branch: "ignore", deployed: ["2", null, null, null] },
    ...{
      action: "wait",
      kind: "latency",
      because: /^latency calls, and no version .* window 2, window 3, window 4:/,
    },
  },
  {
    title: "errors without a release wait for a person",
    ...{ alerts: ["errors"], branch: "ignore", deployed: [null] },
    ...{ action: "wait", kind: "errors", because: /in window 1: a person has to look\.$/ },
  },
  {
    title: "errors are named before latency",
    ...{ alerts: ["latency", "errors"], branch: "wait-for-labels", deployed: ["3"] },
    ...{ action: "roll-back", kind: "errors" },
  },
  {
    title: "of two releases the later one is named",
    ...{ alerts: ["errors"], branch: "ignore", deployed: ["2", "3"] },
    ...{ action: "roll-back", kind: "errors", because: /version 3 .* window 2/ },
  },
  ...(["ignore", "retrain", "wait-for-labels", "relabel"] as const).map((branch) => ({
    title: `drift since a release waits where respond says ${branch}`,
    ...{ alerts: ["drift"] as const, branch, deployed: ["2"] },
    ...{ action: "wait" as const, kind: "drift" as const },
  })),
];

for (const { title, alerts, branch, deployed, action, kind, because } of CASES) {
  Deno.test(`mitigate: ${title}`, () => {
    const windows = deployed.map((version, i) => ({
      window: `window ${i + 1}`,
      deployed: version,
    }));
    const chosen = mitigate({ alerts, decision: { branch, because: SAID }, windows });
    assert.deepEqual([chosen.action, chosen.kind], [action, kind]);
    if (because) assert.match(chosen.because[0], because);
    assert.equal(chosen.because.at(-1), SAID[0]);
  });
}

Deno.test("mitigate: nothing to mitigate is bad input", () => {
  const decision = { branch: "ignore" as const, because: SAID };
  const windows = [{ window: "window 1", deployed: null }];
  assert.throws(() => mitigate({ alerts: [], decision, windows }), /alerts must be one or more/);
  assert.throws(
    () => mitigate({ alerts: ["drift"], decision, windows: [] }),
    /windows must be one or more/,
  );
});
