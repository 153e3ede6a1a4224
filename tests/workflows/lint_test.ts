// The GitHub workflows pass four layers: actionlint (twice), zizmor, our own rules; and each layer
// is shown to find what it is there for, by planting one mistake at a time in a copy.

import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { type PythonEnv, pythonEnv } from "../../scripts/python_env.ts";
import { wantedDenoVersion } from "../../scripts/deno_version.ts";
import { requires } from "../require.ts";
import { actionlint, readWorkflows, rules, zizmor } from "./linters.ts";
import { checkWorkflows, type Finding } from "./rules.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

let env: PythonEnv | undefined, why = "";
try {
  env = await pythonEnv("workflows");
} catch (error) {
  why = (error as Error).message;
  console.error(why);
}
const ignore = requires("python", env !== undefined);

Deno.test("the workflows keep our own rules", async () => {
  assert.deepEqual(await rules(ROOT), []);
});

Deno.test({
  name: "actionlint finds nothing, with pins and with the tags they stand for",
  ignore,
  async fn() {
    assert.deepEqual(await actionlint(ROOT, env!), []);
  },
});

Deno.test({
  name: "zizmor finds nothing",
  ignore,
  async fn() {
    await withCopy(async (copy) => assert.deepEqual(await zizmor(copy, env!), []));
  },
});

type Layer = "actionlint" | "zizmor" | "rules";

/** One mistake: what is changed in which file, and which layers see it, by a word of their finding. */
interface Plant {
  readonly mistake: string;
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly seenBy: Partial<Record<Layer, RegExp>>;
}

const CI = ".github/workflows/ci.yml", TRAIN = ".github/workflows/train.yml";
const SETUP = ".github/actions/setup/action.yml";

const PLANTS: readonly Plant[] = [
  {
    mistake: "an action by its tag",
    file: CI,
    from: /actions\/checkout@[0-9a-f]{40} # v7\.0\.1/,
    to: "actions/checkout@v7",
    seenBy: { zizmor: /unpinned-uses/, rules: /must be pinned .*: actions\/checkout@v7/ },
  },
  {
    mistake: "an action by its tag in the composite action",
    file: SETUP,
    from: /denoland\/setup-deno@[0-9a-f]{40} # v2\.0\.4/,
    to: "denoland/setup-deno@v2",
    seenBy: { zizmor: /unpinned-uses/, rules: /must be pinned .*: denoland\/setup-deno@v2/ },
  },
  {
    mistake: "a pin that does not say its tag",
    file: CI,
    from: / # v7\.0\.1/,
    to: "",
    seenBy: { rules: /must be pinned/ },
  },
  {
    mistake: "a value from outside in a script",
    file: TRAIN,
    from: "mkdir -p out/kept",
    to: 'echo "${{ inputs.reason }}"',
    seenBy: { zizmor: /template-injection/, rules: /must take its values by env/ },
  },
  {
    mistake: "a step that goes past the notebooks",
    file: TRAIN,
    from: "mkdir -p out/kept",
    to: "deno run -A lib/lifecycle/train.ts",
    seenBy: { rules: /must run tasks, which run the notebooks, and no deno run/ },
  },
  {
    mistake: "no timeout",
    file: TRAIN,
    from: /^ +timeout-minutes: 30\n/m,
    to: "",
    seenBy: { rules: /job train: must state timeout-minutes/ },
  },
  {
    mistake: "all rights",
    file: CI,
    from: "permissions: {}",
    to: "permissions: write-all",
    seenBy: { zizmor: /excessive-permissions/, rules: /permissions must be {} on top/ },
  },
  {
    mistake: "a job that states no rights",
    file: CI,
    from: /^ +permissions:\n +contents: read # checkout\n/m,
    to: "",
    seenBy: { rules: /job check: must state its permissions/ },
  },
  {
    mistake: "a checkout that leaves its token",
    file: CI,
    from: /^ +with:\n +persist-credentials: false\n/m,
    to: "",
    seenBy: { zizmor: /artipacked/, rules: /persist-credentials: false/ },
  },
  {
    mistake: "rights for a stranger's pull request",
    file: CI,
    from: "  pull_request:\n",
    to: "  pull_request_target:\n",
    seenBy: { zizmor: /dangerous-triggers/, rules: /must not run on pull_request_target/ },
  },
  {
    mistake: "a right to write on a pull request",
    file: CI,
    from: "contents: read # checkout",
    to: "contents: write # checkout",
    seenBy: { rules: /must not contain ": write"/ },
  },
  {
    mistake: "a variable that README.md does not explain",
    file: TRAIN,
    from: "REASON: ${{ inputs.reason }}",
    to: "REASON: ${{ vars.NOBODY_KNOWS_IT }}",
    seenBy: { rules: /vars\.NOBODY_KNOWS_IT must be explained in README\.md/ },
  },
  {
    mistake: "a task that deno.json has not",
    file: CI,
    from: "run: deno task demo",
    to: "run: deno task show",
    seenBy: { rules: /deno task show must be in deno\.json/ },
  },
  {
    mistake: "an ID token without an environment",
    file: TRAIN,
    from: "contents: read # checkout",
    to: "id-token: write # sign-in",
    seenBy: { rules: /must name an environment/ },
  },
  {
    mistake: "an input that the composite action has not",
    file: TRAIN,
    from: "- uses: ./.github/actions/setup",
    to: "- uses: ./.github/actions/setup\n        with: { cash: 'false' }",
    seenBy: { actionlint: /"cash" is not defined in action/, rules: /must have the input cash/ },
  },
  {
    mistake: "an input that a pinned action has not",
    file: TRAIN,
    from: "if-no-files-found: error",
    to: "if-no-files: error",
    seenBy: { actionlint: /"if-no-files" is not defined in action "actions\/upload-artifact@v7"/ },
  },
  {
    mistake: "a needed job that is not there",
    file: CI,
    from: "needs: [check, test, notebooks]",
    to: "needs: [check, tests, notebooks]",
    seenBy: { actionlint: /needs job "tests" which does not exist/ },
  },
  {
    mistake: "a script with an unquoted value",
    file: CI,
    from: 'echo "$RESULTS"',
    to: "rm $RESULTS",
    seenBy: { actionlint: /SC2086/ },
  },
];

for (const { mistake, file, from, to, seenBy } of PLANTS) {
  const layers = Object.keys(seenBy) as Layer[];
  Deno.test({
    name: `planted: ${mistake} (${layers.join(", ")})`,
    ignore: ignore && layers.some((layer) => layer !== "rules"),
    async fn() {
      await withCopy(async (copy) => {
        await edit(join(copy, file), from, to);
        await expectSeen(copy, { file, seenBy });
      });
    },
  });
}

const CALLER = `name: Caller
on:
  push:
    branches: [main]
permissions: {}
concurrency:
  group: caller
jobs:
  call:
    name: Call
    permissions: {}
    uses: ./.github/workflows/train.yml
    with:
      reason: a test
`;

Deno.test("planted: a caller without the right that the called job asks for (rules)", async () => {
  await withCopy(async (copy) => {
    const file = ".github/workflows/caller.yml";
    await Deno.writeTextFile(join(copy, file), CALLER);
    await expectSeen(copy, {
      file,
      seenBy: { rules: /must grant contents: read, which job train/ },
    });
    await edit(join(copy, file), "    permissions: {}", "    permissions: { contents: read }");
    const inner = {
      rules: /must grant id-token: write, which job deploy of .*train\.yml asks for/,
    };
    await expectSeen(copy, { file, seenBy: inner });
    await edit(
      join(copy, file),
      "contents: read",
      "contents: read, actions: read, id-token: write",
    );
    assert.deepEqual((await rules(copy)).filter((found) => found.file === file), []);
    await edit(join(copy, file), "group: caller", "group: train");
    await expectSeen(copy, { file, seenBy: { rules: /must not share the group train/ } });
  });
});

Deno.test("planted: secrets handed on without naming them (rules)", () => {
  const text = CALLER + "    secrets: inherit\n";
  const texts = new Map([[".github/workflows/caller.yml", text], [TRAIN, "on: push\njobs: {}"]]);
  const messages = checkWorkflows(texts).map(({ message }) => message);
  assert.ok(messages.includes("job call: must name the secrets it hands on"), messages.join("\n"));
});

Deno.test("no workflow reads a secret, so none can be too short to be masked", async () => {
  for (const [file, text] of await readWorkflows(ROOT)) {
    if (file.startsWith(".github/")) assert.doesNotMatch(text, /\bsecrets[.[]|secrets\s*\)/, file);
  }
});

Deno.test("train.yml runs on a push that changes something that is there", async () => {
  const { on } = parse(await Deno.readTextFile(join(ROOT, TRAIN)));
  assert.ok(on.push.paths.length > 0);
  for (const path of on.push.paths) await Deno.stat(join(ROOT, path.replace(/\/\*\*$/, "")));
});

Deno.test("the Deno version is stated once, and repeated truly everywhere else", async () => {
  const wanted = await wantedDenoVersion(ROOT);
  const told = /\bdeno(?:\]\([^)]*\))?(?:@| |-version: *)v?(\d+\.\d+\.\d+)/gi;
  let repeated = 0;
  for (const file of ["README.md", "CONTRIBUTING.md", ".ci/run", CI, TRAIN]) {
    const text = await Deno.readTextFile(join(ROOT, file)).catch(() => "");
    for (const [all, version] of text.matchAll(told)) {
      assert.equal(version, wanted, `${file} says ${all}`);
      repeated++;
    }
  }
  assert.ok(repeated >= 1, "README.md must say the Deno version");
  assert.equal(Deno.version.deno, wanted, "the Deno that runs this");
});

/** Each named layer must find it, in that file; the layers that are not here are passed over. */
async function expectSeen(
  copy: string,
  { file, seenBy }: { file: string; seenBy: Partial<Record<Layer, RegExp>> },
): Promise<void> {
  const run: Record<Layer, () => Promise<Finding[]>> = {
    rules: () => rules(copy),
    actionlint: () => actionlint(copy, env!),
    zizmor: () => zizmor(copy, env!),
  };
  for (const [layer, word] of Object.entries(seenBy) as [Layer, RegExp][]) {
    const found = await run[layer]();
    const seen = found.some((finding) => finding.file === file && word.test(finding.message));
    assert.ok(seen, `${layer} found ${JSON.stringify(found, null, 1)}`);
  }
}

/** A folder with a copy of what the linters look at; the empty `.git` marks it as a repository's top. */
async function withCopy(use: (copy: string) => Promise<void>): Promise<void> {
  const copy = await Deno.makeTempDir({ prefix: "workflows-" });
  try {
    await Deno.mkdir(join(copy, ".git"));
    const files = await readWorkflows(ROOT);
    for (const extra of [".github/zizmor.yml", ".github/dependabot.yml"]) {
      files.set(extra, await Deno.readTextFile(join(ROOT, extra)));
    }
    for (const [file, text] of files) {
      await Deno.mkdir(dirname(join(copy, file)), { recursive: true });
      await Deno.writeTextFile(join(copy, file), text);
    }
    await use(copy);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

/** Changes the first place that matches, and makes sure there is one. */
async function edit(path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await Deno.readTextFile(path), changed = text.replace(from, () => to);
  assert.notEqual(changed, text, `${path} has no ${from}`);
  await Deno.writeTextFile(path, changed);
}
