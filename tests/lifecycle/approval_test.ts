import assert from "node:assert/strict";
import { manualClock } from "lib/core/mod.ts";
import { DEFAULT_POLICY } from "lib/gate/mod.ts";
import { type ApprovalSources, askApproval } from "lib/lifecycle/mod.ts";

const policy = { ...DEFAULT_POLICY, approval: "production" } as const;
const at = "2026-01-01T00:00:00.000Z";

function sources(
  variables: Record<string, string>,
  { answer = null, reviews, status = 200 }: {
    readonly answer?: string | null;
    readonly reviews?: unknown;
    readonly status?: number;
  } = {},
): ApprovalSources & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    ...{ asked, clock: manualClock(at), env: (name) => variables[name] },
    prompt: (question) => (asked.push(question), answer),
    fetch: (url, init) => {
      const { authorization } = init!.headers as Record<string, string>;
      asked.push(`${url} ${authorization}`);
      return Promise.resolve(new Response(JSON.stringify(reviews), { status }));
    },
  };
}

const GITHUB = {
  ...{ GITHUB_ACTIONS: "true", GITHUB_RUN_ID: "42", GITHUB_TOKEN: "t" },
  ...{ GITHUB_REPOSITORY: "o/r", GITHUB_API_URL: "https://api.example" },
};
const review = (change: object) => ({
  ...{ state: "approved", comment: "looked at the table", user: { login: "ada" } },
  ...{ environments: [{ name: "production" }], ...change },
});

Deno.test("askApproval() asks nobody where the policy wants none", async () => {
  const none = sources(GITHUB);
  assert.equal(await askApproval(DEFAULT_POLICY, "iris:2", none), undefined);
  assert.deepEqual(none.asked, []);
});

Deno.test("askApproval() takes the command line first, whatever the policy says", async () => {
  const typed = sources({ MLOPS_APPROVE: "Ada: looked at the table", ...GITHUB });
  const expected = { by: "Ada", reason: "looked at the table", at, from: "command line" };
  assert.deepEqual(await askApproval(policy, "iris:2", typed), expected);
  assert.deepEqual(await askApproval(DEFAULT_POLICY, "iris:2", typed), expected);
  assert.deepEqual(typed.asked, []);
  const broken = sources({ MLOPS_APPROVE: "yes" });
  await assert.rejects(askApproval(policy, "iris:2", broken), /--approve must be "name: reason"/);
});

Deno.test("askApproval() reads GitHub's reviewer of the environment production", async () => {
  const other = review({ environments: [{ name: "staging" }], user: { login: "bob" } });
  const found = sources(GITHUB, { reviews: [other, review({})] });
  assert.deepEqual(await askApproval(policy, "iris:2", found), {
    ...{ by: "ada", reason: "looked at the table", at, from: "GitHub" },
  });
  assert.deepEqual(found.asked, [
    "https://api.example/repos/o/r/actions/runs/42/approvals Bearer t",
  ]);
  const silent = sources(GITHUB, { reviews: [review({ comment: "" })] });
  assert.match(
    (await askApproval(policy, "iris:2", silent))!.reason,
    /^let run 42 into .*without a comment$/,
  );
});

Deno.test("askApproval(): an environment without a reviewer, or one who rejected, approves nothing", async () => {
  for (const reviews of [[], [review({ state: "rejected" })], [review({ user: null })]]) {
    await assert.rejects(askApproval(policy, "iris:2", sources(GITHUB, { reviews })), {
      name: "BadInput",
      message: /^approval of iris:2 must be given, as the policy asks for it: --approve/,
    });
  }
  const forbidden = sources(GITHUB, { status: 403, reviews: {} });
  await assert.rejects(
    askApproval(policy, "iris:2", forbidden),
    /approvals of run 42 must be readable/,
  );
});

Deno.test("askApproval() asks the person at the notebook, who has to say name and reason", async () => {
  const asked = sources({}, { answer: "Ada: looked at the table" });
  assert.equal((await askApproval(policy, "iris:2", asked))?.from, "prompt");
  assert.deepEqual(asked.asked, ["Approve iris:2 for production? name: reason"]);
  await assert.rejects(
    askApproval(policy, "iris:2", sources({}, { answer: "ok" })),
    /must be "name: reason"/,
  );
  await assert.rejects(askApproval(policy, "iris:2", sources({})), /must be given/);
});
