/**
 * Runs a workflow of a checkout here, with nektos/act and without Docker or GitHub. Every step really
 * runs; only the foreign actions are stand-ins (`standins/`), and a checkout is a copy of the tree.
 *
 * act does not enforce `permissions`, `concurrency`, `environment` and a job's `timeout-minutes`, and
 * does not tell a caller's job apart from the jobs of the workflow that it calls: ids are unique here.
 */

import { globSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

/** This checkout. */
export const ROOT = resolve(import.meta.dirname!, "../..");

type Pairs = Readonly<Record<string, string>>;

/** What a run is given. */
export interface Given {
  /** Of `workflow_dispatch`. */
  readonly inputs?: Pairs;
  /** Repository variables. */
  readonly vars?: Pairs;
  /** Secrets; long ones, as every occurrence is masked. */
  readonly secrets?: Pairs;
  /** Variables that every step sees. */
  readonly env?: Pairs;
  /** The event. */
  readonly payload?: unknown;
  /** The checkout. Default: this one. */
  readonly root?: string;
  /** Folders before all others in PATH. */
  readonly path?: readonly string[];
  /** Where the artifacts go, as `NAME.tar`. Default: a folder that is removed. */
  readonly artifacts?: string;
}

/** What a run showed. */
export interface Run {
  /** act's exit code: 0 is a green run. */
  readonly code: number;
  /** Job → success or failure; a job that was skipped or never reached is not in it. */
  readonly jobs: Readonly<Record<string, string>>;
  /** Job → output of one of its steps → value. */
  readonly outputs: Readonly<Record<string, Pairs>>;
  /** All summaries, in order. */
  readonly summary: string;
  /** Everything that was written, each line with its job. */
  readonly log: string;
  /** How long it took. */
  readonly seconds: number;
}

/**
 * Runs a workflow.
 *
 * @param act Path of the program.
 * @param file Its name in `.github/workflows`.
 * @param event The event's name.
 * @param given See {@linkcode Given}.
 * @returns See {@linkcode Run}.
 */
export async function runWorkflow(
  act: string,
  file: string,
  event: string,
  given: Given = {},
): Promise<Run> {
  const { root = ROOT, path = [] } = given, started = performance.now();
  const tmp = await Deno.makeTempDir({ prefix: "act-" });
  const artifacts = given.artifacts ?? join(tmp, "artifacts");
  try {
    await Deno.mkdir(join(tmp, "bin"));
    await Deno.symlink(Deno.execPath(), join(tmp, "bin/deno"));
    const args = [
      ...[event, "-W", `.github/workflows/${file}`, "-P", "ubuntu-24.04=-self-hosted", "--json"],
      ...["--no-cache-server", "--pull=false", "--action-cache-path", join(tmp, "act")],
      ...["--env", `ARTIFACTS=${artifacts}`, "--env", "NO_COLOR=1"],
      ...standIns(root).flatMap((pair) => ["--local-repository", pair]),
      ...flags("input", given.inputs),
      ...flags("var", given.vars),
      ...flags("secret", given.secrets),
      ...flags("env", given.env),
    ];
    if (given.payload !== undefined) {
      await Deno.writeTextFile(join(tmp, "event.json"), JSON.stringify(given.payload));
      args.push("-e", join(tmp, "event.json"));
    }
    const PATH = [...path, join(tmp, "bin"), Deno.env.get("PATH")].join(delimiter);
    // act keeps its files there; the jobs' caches stay where they are
    const command = new Deno.Command(act, { args, cwd: root, env: { PATH, INIT_CWD: "" } });
    const { code, stdout, stderr } = await command.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, seconds: (performance.now() - started) / 1000, ...readLog(out + err) };
  } finally {
    await Deno.remove(tmp, { recursive: true });
  }
}

function flags(name: string, pairs: Pairs = {}): string[] {
  return Object.entries(pairs).flatMap(([key, value]) => [`--${name}`, `${key}=${value}`]);
}

/** `OWNER/NAME@COMMIT=FOLDER` for each foreign action; act makes the checkout itself. */
function standIns(root: string): string[] {
  const pairs = new Set<string>();
  for (const file of globSync(join(root, ".github/{workflows/*,actions/*/action}.yml"))) {
    const text = Deno.readTextFileSync(file);
    for (const [, ref, name] of text.matchAll(/uses: +(([\w.-]+\/[\w.-]+)@\S+)/g)) {
      if (name !== "actions/checkout") {
        pairs.add(`${ref}=${join(ROOT, "tests/workflows/standins", name)}`);
      }
    }
  }
  return [...pairs];
}

function readLog(text: string): Omit<Run, "code" | "seconds"> {
  const jobs: Record<string, string> = {}, outputs: Record<string, Record<string, string>> = {};
  let summary = "", log = "";
  for (const line of text.split("\n")) {
    if (!line.startsWith("{")) {
      log += line + "\n";
      continue;
    }
    const event = JSON.parse(line);
    log += `[${event.jobID ?? ""}] ${event.msg}`.trimEnd() + "\n";
    // a matrix reports once a leg
    if (event.jobResult && jobs[event.jobID] !== "failure") jobs[event.jobID] = event.jobResult;
    if (event.command === "set-output") (outputs[event.jobID] ??= {})[event.name] = event.arg;
    if (event.command === "summary") summary += event.content;
  }
  return { jobs, outputs, summary, log };
}

/**
 * Gives a copy of this checkout to a test that changes it: tracked and new files, not ignored ones.
 *
 * @param change Mistakes to plant: file, what is there, what comes in its place.
 * @param use Takes the copy's folder.
 */
export async function withChanged<T>(
  change: readonly { readonly file: string; readonly from: string | RegExp; readonly to: string }[],
  use: (root: string) => Promise<T>,
): Promise<T> {
  const root = await Deno.makeTempDir({ prefix: "checkout-" });
  try {
    const args = ["-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const listed = await new Deno.Command("git", { args }).output();
    for (const file of new TextDecoder().decode(listed.stdout).split("\0").filter(Boolean)) {
      await Deno.mkdir(dirname(join(root, file)), { recursive: true });
      await Deno.copyFile(join(ROOT, file), join(root, file)).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error; // removed, not yet committed
      });
    }
    for (const { file, from, to } of change) {
      const text = await Deno.readTextFile(join(root, file)),
        changed = text.replace(from, () => to);
      if (changed === text) throw new Error(`Cannot plant a mistake as ${file} has no ${from}`);
      await Deno.writeTextFile(join(root, file), changed);
    }
    await new Deno.Command("git", { args: ["-C", root, "init", "--quiet"] }).output();
    return await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
