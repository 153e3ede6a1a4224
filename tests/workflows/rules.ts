/** The project's own rules for its GitHub workflows: what no linter checks. Pure: texts in, findings out. */

import { parse } from "yaml";

/** One breach of a rule. */
export interface Finding {
  /** Path of the file, from the top of the checkout. */
  readonly file: string;
  /** One line: where, and what must be. */
  readonly message: string;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: Record<string, string> | string;
  readonly environment?: unknown;
  readonly secrets?: unknown;
  readonly concurrency?: string | { readonly group: string };
  readonly "timeout-minutes"?: number;
}

interface Workflow {
  readonly on: string | readonly string[] | Record<string, unknown>;
  readonly permissions?: unknown;
  readonly concurrency?: string | { readonly group: string };
  readonly jobs: Record<string, Job>;
}

interface Action {
  readonly inputs?: Record<string, unknown>;
  readonly runs: { readonly steps?: readonly Step[] };
}

/** A commit and the tag that it stands for. */
const PIN = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

/** Rights in rising order. */
const RANK: Record<string, number> = { none: 0, read: 1, write: 2 };

/**
 * Checks the workflows and the composite actions of a checkout.
 *
 * @param texts Path from the top of the checkout → text: `.github/workflows/*.yml`,
 * `.github/actions/*\/action.yml`, `README.md`, which must name every variable and secret used, and
 * `deno.json`, which must have every task that is run.
 * @returns All findings, in the order of the files.
 */
export function checkWorkflows(texts: ReadonlyMap<string, string>): Finding[] {
  const findings: Finding[] = [];
  const workflows = new Map<string, Workflow>(), actions = new Map<string, Action>();
  for (const [file, text] of texts) {
    if (file.startsWith(".github/workflows/")) workflows.set(file, parse(text));
    if (file.startsWith(".github/actions/")) actions.set(file, parse(text));
  }
  const add = (file: string) => (message: string) => findings.push({ file, message });
  for (const [file, action] of actions) {
    checkSteps({ steps: action.runs.steps ?? [], text: texts.get(file)!, actions }, add(file));
  }
  for (const [file, workflow] of workflows) {
    const found = add(file), text = texts.get(file)!;
    checkTriggers(workflow, text, found);
    checkNames(text, texts.get("README.md") ?? "", found);
    checkPipeline(file, workflow, found);
    checkTasks(text, texts.get("deno.json") ?? "{}", found);
    if (JSON.stringify(workflow.permissions) !== "{}") found("permissions must be {} on top");
    for (const [id, job] of Object.entries(workflow.jobs)) {
      const foundHere = (message: string) => found(`job ${id}: ${message}`);
      checkJob(job, foundHere);
      checkSteps({ steps: job.steps ?? [], text, actions }, foundHere);
      if (job.uses?.startsWith("./")) {
        const called = workflows.get(job.uses.slice(2));
        if (called) checkCall({ caller: workflow, job, called }, foundHere);
        else foundHere(`${job.uses} must be there`);
      }
    }
  }
  return findings;
}

type Found = (message: string) => void;

function checkTriggers(workflow: Workflow, text: string, found: Found): void {
  const on = typeof workflow.on === "string"
    ? [workflow.on]
    : Array.isArray(workflow.on)
    ? workflow.on
    : Object.keys(workflow.on);
  for (const trigger of ["pull_request_target", "workflow_run", "issue_comment"]) {
    if (on.includes(trigger)) {
      found(`must not run on ${trigger}: it gives a stranger's code rights`);
    }
  }
  if (!on.includes("pull_request")) return;
  for (const word of ["secrets.", "id-token", ": write"]) {
    if (text.includes(word)) found(`must not contain "${word}" as it runs on pull_request`);
  }
}

/** Each repository variable and secret is told to whoever sets the repository up. */
function checkNames(text: string, readme: string, found: Found): void {
  for (const [, kind, name] of text.matchAll(/\b(vars|secrets)\.(\w+)/g)) {
    if (name !== "GITHUB_TOKEN" && !readme.includes(name)) {
      found(`${kind}.${name} must be explained in README.md`);
    }
  }
}

function checkTasks(text: string, denoJson: string, found: Found): void {
  const { tasks = {} } = JSON.parse(denoJson);
  for (const [, task] of text.matchAll(/\bdeno task ([\w:-]+)/g)) {
    if (!(task in tasks)) found(`deno task ${task} must be in deno.json`);
  }
}

/** Which task each workflow of the pipeline runs: the notebooks are the pipeline, there is no other. */
const PIPELINE: Readonly<Record<string, string>> = {
  ...{ "train.yml": "train", "validate.yml": "gate", "deploy.yml": "deploy" },
  ...{ "rollback.yml": "rollback", "monitor.yml": "monitor" },
};

/** No step goes past the tasks, and a workflow of the pipeline runs its own. */
function checkPipeline(file: string, workflow: Workflow, found: Found): void {
  const runs = Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps)
    .map(({ run = "" }) => run);
  for (const run of runs) {
    for (const [, word] of run.matchAll(/\bdeno +(?!task\b)([\w-]+)/g)) {
      found(`must run tasks, which run the notebooks, and no deno ${word}`);
    }
  }
  const task = PIPELINE[file.split("/").at(-1)!];
  if (task && !runs.some((run) => new RegExp(`\\bdeno task ${task}\\b`).test(run))) {
    found(`must run deno task ${task}`);
  }
}

function checkJob(job: Job, found: Found): void {
  if (job.permissions === undefined) found("must state its permissions");
  else if (typeof job.permissions === "string") found("must name each permission");
  if (job.secrets === "inherit") found("must name the secrets it hands on");
  if (job.uses) return;
  if (job["timeout-minutes"] === undefined) found("must state timeout-minutes");
  if (rights(job)["id-token"] && job.environment === undefined) {
    found("must name an environment as it asks for an ID token");
  }
}

function checkSteps(
  { steps, text, actions }: {
    steps: readonly Step[];
    text: string;
    actions: ReadonlyMap<string, Action>;
  },
  found: Found,
): void {
  for (const { uses, run, with: given = {} } of steps) {
    if (run?.includes("${{")) found(`a script must take its values by env: ${firstLine(run)}`);
    if (!uses) continue;
    if (uses.startsWith("./")) {
      const inputs = actions.get(`${uses.slice(2)}/action.yml`)?.inputs;
      if (!inputs) found(`${uses} must be there, with its inputs`);
      for (const key of Object.keys(given)) {
        if (inputs && !(key in inputs)) found(`${uses} must have the input ${key}`);
      }
      continue;
    }
    const tag = text.split("\n").filter((line) => line.includes(`uses: ${uses}`))
      .every((line) => / # v\d+\.\d+\.\d+$/.test(line));
    if (!PIN.test(uses) || !tag) found(`must be pinned as OWNER/NAME@COMMIT # vX.Y.Z: ${uses}`);
    if (uses.startsWith("actions/checkout@") && given["persist-credentials"] !== false) {
      found("checkout must set persist-credentials: false");
    }
  }
}

/** On GitHub a call that asks for more than its caller has does not start, and one in a shared group waits for itself. */
function checkCall(
  { caller, job, called }: { caller: Workflow; job: Job; called: Workflow },
  found: Found,
): void {
  for (const [inner, asked] of Object.entries(called.jobs)) {
    for (const [right, level] of Object.entries(rights(asked))) {
      if ((RANK[rights(job)[right]] ?? 0) < RANK[level]) {
        found(`must grant ${right}: ${level}, which job ${inner} of ${job.uses} asks for`);
      }
    }
  }
  const groups = (workflow: Workflow) =>
    [workflow, ...Object.values(workflow.jobs)].map((it) =>
      typeof it.concurrency === "string" ? it.concurrency : it.concurrency?.group
    ).filter((group) => group !== undefined);
  for (const group of groups(called)) {
    if (groups(caller).includes(group)) found(`must not share the group ${group} with ${job.uses}`);
  }
}

function rights(job: Job): Record<string, string> {
  return typeof job.permissions === "object" ? job.permissions : {};
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0];
}
