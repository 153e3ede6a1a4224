/**
 * Mistakes that are planted in copies of the workflows, one at a time, and what finds each: our rules,
 * actionlint, zizmor, or a run under act whose jobs are not those of a good run.
 *
 * The runs here repeat what the tasks printed in a real run (its artifacts) instead of running the
 * notebooks again: what is looked for lies between the tasks.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type PythonEnv, pythonEnv } from "../../scripts/python_env.ts";
import { runWorkflow, withChanged } from "./act.ts";
import { ACT } from "./act_program.ts";
import { actionlint, rules, zizmor } from "./linters.ts";

/** What looks at a workflow. */
export type Layer = "rules" | "actionlint" | "zizmor" | "act";

/** A mistake and who has to find it. */
interface Plant {
  readonly mistake: string;
  /** In `.github/workflows`. */
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly by: Layer;
}

/** A mistake and who found it. */
export interface Found extends Plant {
  readonly seenBy: readonly Layer[];
}

const CHECKOUT = / +- uses: actions\/checkout@.*\n +with:\n +persist-credentials: false\n/;

const PLANTS: readonly Plant[] = [
  {
    mistake: "an output that a script writes is misspelt",
    file: "validate.yml",
    from: "{ decision: .gate.decision",
    to: "{ decison: .gate.decision",
    by: "act",
  },
  {
    mistake: "needs lacks a job whose output is used",
    file: "train.yml",
    from: "needs: validate\n",
    to: "needs: train\n",
    by: "actionlint",
  },
  {
    mistake: "two jobs call the artifact by two names",
    file: "validate.yml",
    from: "name: model\n          path: out/model",
    to: "name: models\n          path: out/model",
    by: "act",
  },
  {
    mistake: "the gate's condition is the wrong way round",
    file: "train.yml",
    from: "decision == 'promote'",
    to: "decision != 'promote'",
    by: "act",
  },
  {
    mistake: "a string is compared with a boolean",
    file: "train.yml",
    from: "outputs.trained == 'true'\n    permissions",
    to: "outputs.trained == true\n    permissions",
    by: "act",
  },
  {
    mistake: "no checkout before a local action",
    file: "validate.yml",
    from: CHECKOUT,
    to: "",
    by: "act",
  },
  {
    mistake: "a caller without id-token: write",
    file: "train.yml",
    from: "      id-token: write # asked by deploy.yml\n",
    to: "",
    by: "rules",
  },
  {
    mistake: "a variable is misspelt",
    file: "deploy.yml",
    from: "AZURE_TENANT_ID: ${{ vars.AZURE_TENANT_ID }}",
    to: "AZURE_TENANT_ID: ${{ vars.AZURE_TENNANT_ID }}",
    by: "rules",
  },
  {
    mistake: "a job goes past the notebooks",
    file: "deploy.yml",
    from: 'deno task deploy "${set[@]}" --json 2>&1 > out/deploy.json',
    to: 'deno run -A lib/lifecycle/deploy.ts "${set[@]}" > out/deploy.json',
    by: "rules",
  },
];

const LAYERS: readonly Layer[] = ["rules", "actionlint", "zizmor", "act"];
const GOOD = { train: "success", gate: "success", endpoint: "success" };

/**
 * Plants each mistake and asks every layer.
 *
 * @param artifacts Of a good run: `train.tar`, `gate.tar`, `deploy.tar`, `model.tar`.
 * @returns The mistakes in order. Without a mistake no layer may find anything: that is asked first.
 */
export async function findPlanted(artifacts: string): Promise<Found[]> {
  const env = await pythonEnv("workflows"), replay = await makeReplay(artifacts);
  try {
    const usual = await withChanged([], (root) => look(root, { env, replay }));
    assert.deepEqual(usual.act, GOOD);
    const found: Found[] = [];
    for (const plant of PLANTS) {
      const file = `.github/workflows/${plant.file}`;
      const seen = await withChanged(
        [{ ...plant, file }],
        (root) => look(root, { env, replay, lintOnly: plant.by !== "act" }),
      );
      const seenBy = LAYERS.filter((layer) =>
        seen[layer] !== undefined && JSON.stringify(seen[layer]) !== JSON.stringify(usual[layer])
      );
      found.push({ ...plant, seenBy });
    }
    return found;
  } finally {
    await Deno.remove(replay, { recursive: true });
  }
}

/** What each layer says of a checkout. */
async function look(
  root: string,
  { env, replay, lintOnly = false }: { env: PythonEnv; replay: string; lintOnly?: boolean },
): Promise<Record<Layer, unknown>> {
  const given = { root, path: [replay] };
  const run = lintOnly
    ? undefined
    : await runWorkflow(ACT, "train.yml", "workflow_dispatch", given);
  return {
    rules: await rules(root),
    actionlint: await actionlint(root, env),
    zizmor: await zizmor(root, env),
    act: run?.jobs, // what a linter has to find is not run as well
  };
}

/**
 * A folder with a `deno` that repeats what the tasks of the pipeline did; all else is the real one.
 * `deno task monitor` prints what the variable MONITOR holds and ends with MONITOR_EXIT.
 */
export async function makeReplay(artifacts: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "replay-" });
  const unpack = (name: string) => `tar -C "$to" -xf "${join(artifacts, `${name}.tar`)}"`;
  await Deno.writeTextFile(
    join(folder, "deno"),
    `#!/bin/bash
set -e
repeat() { # ARTIFACT RECORD
  to=$(mktemp -d); tar -C "$to" -xf "${artifacts}/$1.tar"; cat "$to/$2"; rm -r "$to"
}
case "$1 $2" in
  "task train")
    mkdir -p out/model; to=out/model; ${unpack("model")}
    commit=null # the model is as if trained by this very checkout
    if head=$(git rev-parse HEAD 2> /dev/null); then
      [ -z "$(git status --porcelain --untracked-files=no)" ] || head="$head-dirty"
      commit="\\"$head\\""
    fi
    sed -i "s/\\"commit\\": .*/\\"commit\\": $commit,/" out/model/training.json
    repeat train train.json ;;
  "task gate") repeat gate gate.json ;;
  "task deploy") repeat deploy deploy.json ;;
  "task monitor") echo "$MONITOR"; exit "$MONITOR_EXIT" ;;
  "task local-azure:stop" | "install --frozen") ;;
  *) exec "${Deno.execPath()}" "$@" ;;
esac
`,
    { mode: 0o755 },
  );
  return folder;
}

/** The findings as lines for a terminal; a dot stands where nobody asked. */
export function plantedTable(found: readonly Found[]): string {
  const mark = ({ seenBy, by }: Found, layer: Layer) =>
    seenBy.includes(layer) ? "found" : layer === "act" && by !== "act" ? "·" : "–";
  const width = Math.max(...found.map(({ mistake }) => mistake.length));
  const head = `${"planted".padEnd(width)}  ${LAYERS.join("  ")}`;
  return [
    head,
    ...found.map((one) => {
      const marks = LAYERS.map((layer) => mark(one, layer).padEnd(layer.length));
      return `${one.mistake.padEnd(width)}  ${marks.join("  ")}`.trimEnd();
    }),
  ].join("\n");
}
