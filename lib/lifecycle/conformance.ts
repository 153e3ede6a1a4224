/**
 * The conformance check: the same assertions, each with its place in `azure-ml-contract.md`, against Local
 * Azure or Azure itself. It makes a model, an environment, an endpoint with one deployment and a run, and
 * removes them again.
 */

import { type Azure, checkConsent, priceOf } from "lib/azure/mod.ts";
import { redact } from "lib/core/mod.ts";
import { type Table, table } from "lib/view/mod.ts";
import { ASSET_ASSERTIONS } from "./conformance_assets.ts";
import { cleanUp } from "./conformance_clean_up.ts";
import { type Assertion, checkContextOf } from "./conformance_context.ts";
import type { Finding, Recording } from "./conformance_differences.ts";
import { DEPLOYMENT_ASSERTIONS, FAREWELL_ASSERTIONS } from "./conformance_deployment.ts";
import { ENDPOINT_ASSERTIONS } from "./conformance_endpoint.ts";
import { createRecorder, type Recorder } from "./conformance_recording.ts";
import { MLFLOW_ASSERTIONS, SCORING_ASSERTIONS } from "./conformance_scoring.ts";
import { INSTANCE_TYPE } from "./instance.ts";
import { openWorkspace } from "./workspace.ts";

export type {
  Assertion as ConformanceAssertion,
  CheckNames,
  Context as ConformanceContext,
  RawAnswer,
} from "./conformance_context.ts";
export {
  differencesOf,
  type Finding as ConformanceFinding,
  type Recording as ConformanceRecording,
} from "./conformance_differences.ts";
export type { Exchange as ConformanceExchange } from "./conformance_recording.ts";

/** All assertions, in the order in which they can be looked at. */
export const CONFORMANCE_ASSERTIONS: readonly Assertion[] = [
  ...ASSET_ASSERTIONS,
  ...MLFLOW_ASSERTIONS,
  ...ENDPOINT_ASSERTIONS,
  ...DEPLOYMENT_ASSERTIONS,
  ...SCORING_ASSERTIONS,
  ...FAREWELL_ASSERTIONS,
];

/** Options of {@linkcode checkConformance}. */
export interface ConformanceOptions {
  /** Ends the names of what is made: 4 to 12 small letters and digits, another one for each run. */
  readonly tag: string;
  /** What is looked at. Default {@linkcode CONFORMANCE_ASSERTIONS}. */
  readonly assertions?: readonly Assertion[];
  /** Ends it before the next assertion; what was made is removed all the same. */
  readonly signal?: AbortSignal;
  /** Told of each assertion when it has been looked at. Default nobody. */
  readonly onFinding?: (finding: Finding) => void;
  /** Takes the price, where there is one. Default: the console. */
  readonly onCost?: (sentence: string) => void;
}

/** What a run of the check came to. */
export interface Conformance {
  /** What may be kept and shown. */
  readonly recording: Recording;
  /** What went wrong with assertions that could not be looked at, by name; for the screen only. */
  readonly errors: Readonly<Record<string, string>>;
  /** What could not be removed; empty if all is gone. */
  readonly left: readonly string[];
}

/**
 * Looks at every assertion. One that differs, or cannot be looked at, does not stop the others.
 *
 * @param azure The target.
 * @param options See {@linkcode ConformanceOptions}.
 * @returns See {@linkcode Conformance}.
 * @throws {BadInput} If it is the cloud and nobody has agreed to the price; nothing is made then.
 *
 * @example
 * ```ts ignore
 * const { recording } = await checkConformance(await openAzure(), { tag: "a1b2" });
 * conformanceTable(recording);
 * ```
 */
export async function checkConformance(
  azure: Azure,
  options: ConformanceOptions,
): Promise<Conformance> {
  const {
    signal,
    tag,
    assertions = CONFORMANCE_ASSERTIONS,
    onFinding = () => {},
    onCost = console.log,
  } = options;
  const { target, location: region } = azure, instanceType = INSTANCE_TYPE;
  const names = { asset: `conformance-${tag}`, endpoint: `check-${tag}`, deployment: "blue" };
  const what = `the conformance check (one deployment of ${names.endpoint}, until it is removed)`;
  const price = priceOf({ instanceType, region });
  const cost = checkConsent(target, { what, instanceType, region, instances: 1, price });
  if (cost) onCost(cost);

  const recorder = createRecorder();
  const workspace = await openWorkspace({ azure: recorded(azure, recorder) });
  const { intervalMs } = azure;
  const context = checkContextOf(workspace, { names, instanceType, intervalMs, signal });
  const findings: Finding[] = [], errors: Record<string, string> = {};
  let left: string[] = [];
  try {
    for (const assertion of assertions) {
      if (signal?.aborted) break;
      const { name, section, expected } = assertion;
      recorder.begin(name);
      let seen: string;
      try {
        seen = await assertion.see(context);
      } catch (error) {
        const { message, name: kind, code } = error as Error & { code?: string };
        seen = `error: ${code ?? `${kind} after ${context.last() || "nothing"}`}`;
        errors[name] = message;
      }
      const finding = { assertion: name, section, expected, seen, ok: seen === expected };
      findings.push(finding);
      onFinding(finding);
    }
  } finally {
    recorder.begin("clean-up");
    left = await cleanUp(context);
    azure.ml.pipeline.removePolicy({ name: POLICY });
  }
  const { subscriptionId, resourceGroup, workspace: own } = target;
  const secrets = [subscriptionId, resourceGroup, own, region, ...Object.values(names)];
  return {
    recording: {
      target: target.kind,
      findings: findings.map((found) => ({ ...found, seen: withoutNames(found.seen, secrets) })),
      exchanges: recorder.exchanges(),
    },
    errors,
    left,
  };
}

/** The step of the SDK's pipeline that keeps what passes. */
const POLICY = "conformance-recording";

/** The same target, but what goes over the wire is kept. */
function recorded(azure: Azure, recorder: Recorder): Azure {
  azure.ml.pipeline.addPolicy({
    name: POLICY,
    async sendRequest(request, next) {
      const response = await next(request), { method, url, body } = request;
      recorder.keep({
        ...{ method, url, status: response.status, received: response.bodyAsText ?? "" },
        sent: typeof body === "string" ? body : "",
        headers: Object.entries(response.headers.toJSON()),
      });
      return response;
    },
  }, { afterPhase: "Sign" });
  return {
    ...azure,
    fetch: recorder.recording(azure.fetch),
    armFetch: recorder.recording(azure.armFetch),
  };
}

/** What was seen, without addresses, ids and names. */
function withoutNames(text: string, names: readonly string[]): string {
  return String(redact(text, names))
    .replace(/\b(https?|azureml):\/\/(?!management\.azure\.com\/…|…)[^\s,]+/g, "$1://[address]")
    .replace(/[\da-f]{8}-[\da-f-]{27}|[\da-f]{16,}/gi, "[id]");
}

/**
 * The findings as a table.
 *
 * @param recording See {@linkcode Recording}.
 * @returns The table, a row for each assertion.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { conformanceTable } from "lib/lifecycle/conformance.ts";
 *
 * const finding = { assertion: "a wrong key", section: "§2", expected: "401", seen: "200", ok: false };
 * const { text } = conformanceTable({ findings: [finding] });
 * assert.match(text, /a wrong key +§2 +401 +200 +differs/);
 * ```
 */
export function conformanceTable({ findings }: Pick<Recording, "findings">): Table {
  const rows = findings.map(({ ok, seen, ...rest }) => ({
    ...rest,
    seen: ok ? "the same" : seen,
    verdict: ok ? "ok" : "differs",
  }));
  return table(rows, {
    columns: [
      { key: "assertion" },
      { key: "section", label: "contract" },
      { key: "expected", label: "expected by contract" },
      { key: "seen" },
      { key: "verdict", label: "" },
    ],
    limit: Math.max(1, rows.length),
  });
}

/**
 * The counts, in a sentence.
 *
 * @param recording See {@linkcode Recording}.
 * @returns E.g. `local: 43 assertions, 43 ok, 0 differ`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { conformanceSentence } from "lib/lifecycle/conformance.ts";
 *
 * assert.equal(conformanceSentence({ target: "cloud", findings: [] }), "cloud: 0 assertions, 0 ok, 0 differ");
 * ```
 */
export function conformanceSentence(
  { target, findings }: Pick<Recording, "target" | "findings">,
): string {
  const ok = findings.filter((finding) => finding.ok).length;
  return `${target}: ${findings.length} assertions, ${ok} ok, ${findings.length - ok} differ`;
}
