// train.yml and `deno task train --json` fit together: the real record, through the real steps.

import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { requires } from "../require.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** The workflow's scripts need what a runner has: bash and jq. */
const ignore = requires("act", await starts("bash") && await starts("jq"));

interface Ran {
  readonly code: number;
  readonly outputs: Record<string, string>;
  readonly summary: string;
  readonly log: string;
}

Deno.test({
  name: "train.yml turns the record of deno task train into outputs and a summary",
  ignore,
  async fn() {
    await inFolder(async (folder) => {
      await standIn(
        folder,
        `shift; exec "${Deno.execPath()}" task --quiet --config "${ROOT}/deno.json" "$@"`,
      );
      const trained = await runStep("train", { folder, env: { SEED: "3", TREES: "20" } });
      assert.equal(trained.code, 0, trained.log);
      assert.deepEqual(trained.outputs, { trained: "true" });
      const env = { REASON: "a | `b`\n$(exit 7)" };
      const { code, outputs, summary, log } = await runStep("record", { folder, env });
      assert.equal(code, 0, log);
      const record = JSON.parse(await Deno.readTextFile(join(folder, "out/train.json")));
      assert.equal(record.seed, 3);
      assert.deepEqual(outputs, {
        "dataset-digest": record.datasetDigest,
        "model-name": record.modelName,
        "model-digest": record.modelDigest,
        accuracy: String(record.metrics.accuracy.value),
      });
      assert.match(summary, /^## Trained `iris`, seed 3\n\nWhy: `a \| b\$\(exit 7\)`\./);
      const { low, high } = record.metrics.accuracy;
      const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
      assert.ok(summary.includes(`| ${rounded(low)} to ${rounded(high)} |`), summary);
      for (const { class: name } of record.metrics.perClass) {
        assert.match(summary, new RegExp(`\\n\\| ${name} \\| [\\d.]+ \\| [\\d.]+ \\|`));
      }
      for (const { name } of record.baselines) {
        assert.match(summary, new RegExp(`\\| ${name} \\| 0`));
      }
      assert.doesNotMatch(summary, /null|\[object/);
    });
  },
});

Deno.test({
  name:
    "train.yml: a finding is an output of a green run, a fault is red, unset values are the defaults",
  ignore,
  async fn() {
    await inFolder(async (folder) => {
      await standIn(folder, `shift; echo "$@"; exit "$EXIT"`);
      const run = (exit: string) =>
        runStep("train", { folder, env: { SEED: "", TREES: "", EXIT: exit } });
      const finding = await run("3");
      assert.deepEqual([finding.code, finding.outputs], [0, { trained: "false" }]);
      const said = await Deno.readTextFile(join(folder, "out/train.json"));
      assert.equal(said, "train --set seed=7 --set trees=100 --json\n");
      for (const exit of ["1", "2"]) {
        const { code, outputs } = await run(exit);
        assert.deepEqual([code, outputs], [Number(exit), {}]);
      }
    });
  },
});

/** Runs the script of one step of train.yml as a runner does, in a folder. */
async function runStep(
  id: string,
  { folder, env }: { folder: string; env: Record<string, string> },
): Promise<Ran> {
  const text = await Deno.readTextFile(join(ROOT, ".github/workflows/train.yml"));
  const steps: { id?: string; run?: string }[] = parse(text).jobs.train.steps;
  const script = steps.find((step) => step.id === id)?.run;
  assert.ok(script, `train.yml must have a step ${id} that runs a script`);
  const files = { GITHUB_OUTPUT: join(folder, "output"), GITHUB_STEP_SUMMARY: join(folder, "md") };
  for (const file of Object.values(files)) await Deno.writeTextFile(file, "");
  const PATH = `${folder}:${Deno.env.get("PATH")}`;
  const child = new Deno.Command("bash", {
    args: ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
    ...{ cwd: folder, env: { ...files, ...env, PATH } },
  });
  const { code, stdout, stderr } = await child.output();
  const lines = (await Deno.readTextFile(files.GITHUB_OUTPUT)).trim().split("\n").filter(Boolean);
  return {
    code,
    outputs: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    summary: await Deno.readTextFile(files.GITHUB_STEP_SUMMARY),
    log: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n"),
  };
}

/** Puts a `deno` of the test's own before the real one; `$1` is `task`. */
async function standIn(folder: string, script: string): Promise<void> {
  const text = `#!/bin/sh\n${script}\n`;
  await Deno.writeTextFile(join(folder, "deno"), text, { mode: 0o755 });
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "train-yml-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function starts(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}
