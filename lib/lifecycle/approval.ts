/**
 * A person's word before a version gets production's traffic, where the policy asks for it: from the
 * command line, from the reviewer of a GitHub environment, or asked for in the notebook.
 */

import type { ReadEnv } from "lib/azure/mod.ts";
import { BadInput, type Clock, systemClock } from "lib/core/mod.ts";
import { checkStatement, type GatePolicy, parseStatement, type Statement } from "lib/gate/mod.ts";

/** An approval, as production's history keeps it. */
export interface Approval extends Statement {
  /** When it was given or read, in ISO 8601. */
  readonly at: string;
  /** How it came. */
  readonly from: "command line" | "GitHub" | "prompt";
}

/** Where approvals can come from. */
export interface ApprovalSources {
  /** Reads the environment: `MLOPS_APPROVE` (what `--approve` sets), and GitHub's variables. Default: this process's. */
  readonly env?: ReadEnv;
  /** Asks GitHub. Default: `fetch`. */
  readonly fetch?: typeof fetch;
  /** Asks a person; null where nobody answers. Default: the kernel's own, which the headless runner answers with null. */
  readonly prompt?: (question: string) => string | null;
  /** Tells when. Default: the machine's. */
  readonly clock?: Clock;
}

/** The GitHub environment whose reviewer counts. */
const ENVIRONMENT = "production";

/**
 * Asks for an approval. One on the command line is taken, whatever the policy says; the others are asked
 * only where the policy wants one.
 *
 * @param policy Whether one is needed.
 * @param what What is to be approved, e.g. `iris:2 behind iris-demo`.
 * @param sources See {@linkcode ApprovalSources}.
 * @returns The approval; undefined where none is needed and none was given.
 * @throws {BadInput} If one is needed and nobody gives it, or it has no name or reason.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DEFAULT_POLICY } from "lib/gate/mod.ts";
 * import { askApproval } from "lib/lifecycle/mod.ts";
 *
 * const policy = { ...DEFAULT_POLICY, approval: "production" } as const;
 * const sources = { env: () => undefined, prompt: () => null };
 * assert.equal(await askApproval(DEFAULT_POLICY, "iris:2", sources), undefined);
 * await assert.rejects(askApproval(policy, "iris:2", sources), /approval of iris:2 must be given, as the policy asks for it/);
 * ```
 */
export async function askApproval(
  policy: Pick<GatePolicy, "approval">,
  what: string,
  sources: ApprovalSources = {},
): Promise<Approval | undefined> {
  const { env = (name) => Deno.env.get(name), clock = systemClock } = sources;
  const at = clock.now().toISOString(), typed = env("MLOPS_APPROVE");
  if (typed) return { ...parseStatement(typed, "--approve"), at, from: "command line" };
  if (policy.approval === "none") return undefined;
  if (env("GITHUB_ACTIONS") === "true") {
    const said = await reviewOf(env, sources.fetch ?? fetch);
    if (said) return { ...said, at, from: "GitHub" };
  }
  const question = `Approve ${what} for production? name: reason`;
  const answer = (sources.prompt ?? prompt)(question)?.trim();
  if (answer) return { ...parseStatement(answer, "approval"), at, from: "prompt" };
  const rule = 'must be given, as the policy asks for it: --approve "name: reason"';
  throw new BadInput({ field: `approval of ${what}`, rule });
}

/** A deployment review of a run, as GitHub's API tells it. */
interface Review {
  readonly state: string;
  readonly comment?: string;
  readonly environments: readonly { readonly name: string }[];
  readonly user: { readonly login: string } | null;
}

/**
 * Who let this run's job into its environment, and with what comment.
 *
 * @see https://docs.github.com/en/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run
 */
async function reviewOf(env: ReadEnv, get: typeof fetch): Promise<Statement | undefined> {
  const run = env("GITHUB_RUN_ID"), token = env("GITHUB_TOKEN");
  const api = env("GITHUB_API_URL") ?? "https://api.github.com",
    repository = env("GITHUB_REPOSITORY");
  if (!run || !token || !repository) return undefined;
  const url = `${api}/repos/${repository}/actions/runs/${run}/approvals`;
  const response = await get(url, {
    headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
  });
  if (!response.ok) {
    await response.body?.cancel();
    const rule = "must be readable by the job (permissions: actions: read)";
    throw new BadInput({ field: `approvals of run ${run}`, rule, value: response.status });
  }
  const reviews: readonly Review[] = await response.json();
  const review = reviews.find(({ state, environments }) =>
    state === "approved" && environments.some(({ name }) => name === ENVIRONMENT)
  );
  if (!review?.user) return undefined; // an environment without a reviewer approves nothing
  const without = `let run ${run} into the environment ${ENVIRONMENT}, without a comment`;
  const comment = review.comment?.trim() ?? "";
  return checkStatement({
    by: review.user.login,
    reason: comment.length >= 10 ? comment : comment ? `${comment} (run ${run})` : without,
  }, "GitHub review");
}
