/**
 * Runs command jobs: Queued → Preparing → Running → Finalizing → Completed, or Failed, or Canceled. Each
 * is an operation of the store. One that Local Azure's end has cut off begins anew if it did not run
 * yet; one that ran has failed.
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { JsonRecord } from "lib/core/mod.ts";
import { type Arm, propertiesOf, withProperties } from "./arm_context.ts";
import { JOB } from "./arm_job_body.ts";
import { startContainer } from "./container.ts";
import { fillCommand } from "./job_command.ts";
import { jobEnvironment } from "./job_environment.ts";
import { JobError } from "./job_error.ts";
import { bring, filesBelow, send } from "./job_files.ts";
import { type JobLog, openJobLog } from "./job_log.ts";
import {
  childRefusal,
  jobHome,
  type JobSite,
  jobWorkdir,
  openChildSite,
  openImageSite,
} from "./job_site.ts";
import { artifactsOf, type JobSpec, jobSpec } from "./job_spec.ts";
import { insideOf } from "./mlflow.ts";
import { DEFAULT_WORKSPACE, type Scope } from "./mlflow_context.ts";
import { beginRun, endRun } from "./mlflow_job_run.ts";
import type { Operation } from "./operations.ts";
import { pause } from "./probe.ts";
import { createProcessRecord } from "./process_record.ts";
import { remove } from "./remove.ts";
import { DeploymentError } from "./runtime.ts";
import type { Store, Stored } from "./store.ts";

/** Jobs that run at once; the others wait. */
const AT_ONCE = 2;

/** How long a job that nothing here can run waits in the queue before it fails, in milliseconds. */
const HOPELESS_MS = 60_000;

/** How long a program may take to end by itself, in milliseconds. */
const GRACE_MS = 3_000;

/** Lines of a log that an error shows. */
const SHOWN_LINES = 10;

/** Whether a job runs in one of the workspaces. */
export function hasRunningJob(store: Store): boolean {
  const states: unknown[] = ["Preparing", "Running", "Finalizing"];
  return store.list({ type: JOB }).some(({ body }) => states.includes(propertiesOf(body).status));
}

/** Registers the runner. */
export function registerJobRunner(arm: Arm): void {
  const { store, operations, log, blobs, writeBlob, port, folder, tokens, runtime } = arm;
  const record = createProcessRecord(store), waiting: (() => void)[] = [];
  let running = 0;

  function setState(id: string, status: string): void {
    const job = store.get(id);
    if (job) store.put({ ...job, body: withProperties(job.body, { status }) });
  }

  function scopeOf({ parent }: Stored): Scope {
    const workspace = store.get(parent)!.id;
    return { workspace, key: workspace.toLowerCase(), strict: true };
  }

  /** Waits for its turn. */
  async function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (running < AT_ONCE) return void running++;
    await new Promise<void>((resolve, reject) => {
      const take = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      waiting.push(take);
      signal.addEventListener("abort", leave);
    });
  }

  /** Lets the next one in, in its place. */
  function exit(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  async function run({ target }: Operation, signal: AbortSignal): Promise<() => void> {
    const job = store.get(target)!, { status } = propertiesOf(job.body);
    const hash = createHash("sha256").update(target).digest("hex").slice(0, 12);
    const place = join(folder, "jobs", `${String(job.body.name).slice(0, 100)}.${hash}`);
    await remove(place);
    await Deno.mkdir(place, { recursive: true });
    const { container, path } = artifactsOf(store, job), blob = `${path}/user_logs/std_log.txt`;
    const lines = openJobLog(join(place, "std_log.txt"), {
      before: await blobs.read(container, blob),
      put: (bytes) => writeBlob(container, blob, bytes),
      log,
    });
    try {
      if (status !== "Queued" && status !== "Preparing") {
        const code = status === "CancelRequested" ? "OperationCanceled" : "JobInterrupted";
        throw new JobError(code, `Local Azure ended while the job was ${status}`);
      }
      const spec = jobSpec(store, store.get(job.parent)!, job);
      const refusal = runtime.openImage ? undefined : childRefusal(spec);
      if (refusal !== undefined) {
        lines.say(`Not run: ${refusal}`);
        await pause(HOPELESS_MS, signal);
        signal.throwIfAborted();
        throw new JobError("UserError", refusal);
      }
      await enter(signal);
      try {
        await runIn(job, spec, await Deno.realPath(place), lines, signal);
      } finally {
        exit();
      }
      return () => {
        setState(target, "Completed");
        endRun(insideOf(arm), scopeOf(job), spec.name, "FINISHED");
      };
    } catch (error) {
      const isTold = error instanceof JobError || error instanceof DeploymentError;
      if (isTold) lines.say(`${error.code}: ${error.message}`);
      throw error;
    } finally {
      await lines.close();
      await remove(place);
    }
  }

  async function runIn(
    job: Stored,
    spec: JobSpec,
    place: string,
    lines: JobLog,
    signal: AbortSignal,
  ): Promise<void> {
    setState(job.id, "Preparing");
    const { openImage } = runtime, denoDir = join(folder, "deno");
    const site = openImage
      ? await openImageSite(spec, { folder: place, signal }, openImage)
      : await openChildSite(spec, { folder: place, blobs, denoDir, localPort: port });
    try {
      await runAt(job, spec, site, lines, signal);
    } finally {
      await site.close();
    }
  }

  async function runAt(
    job: Stored,
    spec: JobSpec,
    site: JobSite,
    lines: JobLog,
    signal: AbortSignal,
  ): Promise<void> {
    const values = await furnish(spec, site);
    const line = fillCommand(spec.command, values);
    await site.handOver();
    signal.throwIfAborted();
    const scope = scopeOf(job), workspace = store.get(job.parent)!;
    const { displayName, tags } = propertiesOf(job.body);
    const experimentId = beginRun(insideOf(arm), scope, {
      ...{ id: spec.name, experiment: spec.experiment, displayName: String(displayName) },
      tags: tags as Record<string, string>,
    });
    const isDefault = scope.key === DEFAULT_WORKSPACE.toLowerCase();
    const trackingUri = isDefault
      ? `http://127.0.0.1:${port}`
      : String(propertiesOf(workspace.body).mlFlowTrackingUri);
    const command = site.command(
      line,
      jobEnvironment(spec, {
        ...{ workspace: workspace.id, experimentId, trackingUri, localPort: port, ...values },
        workspaceId: String(propertiesOf(workspace.body).workspaceId),
        token: tokens.mint("https://management.azure.com").token,
      }),
    );
    setState(job.id, "Running");
    try {
      await execute(spec, command, lines, signal);
    } finally {
      if (!operations.closing.aborted) {
        if (!signal.aborted) setState(job.id, "Finalizing");
        await collect(spec, site);
      }
    }
  }

  /** Brings code and inputs, and makes room for outputs; where each is, as the program knows it. */
  async function furnish(spec: JobSpec, { home }: JobSite) {
    const known = (path: string) => jobHome(spec) + path.slice(home.length);
    const inputs: Record<string, string> = {}, outputs: Record<string, string> = {};
    if (spec.code) await bring(blobs, "code", spec.code, join(home, "exe/wd"));
    for (const [key, input] of Object.entries(spec.inputs)) {
      inputs[key] = input.kind === "value"
        ? input.value
        : known(await bring(blobs, `inputs.${key}`, input.place, join(home, "in", key)));
    }
    for (const [key, { isFile }] of Object.entries(spec.outputs)) {
      const folder = join(home, "out", key);
      await Deno.mkdir(folder, { recursive: true });
      outputs[key] = known(isFile ? join(folder, key) : folder);
    }
    return { inputs, outputs };
  }

  async function execute(
    spec: JobSpec,
    command: ReturnType<JobSite["command"]>,
    lines: JobLog,
    signal: AbortSignal,
  ): Promise<void> {
    const program = startContainer(command, { onOutput: lines.write, record });
    const stop = () => void program.stop(GRACE_MS);
    let isLate = false;
    const timer = spec.timeoutMs === undefined ? undefined : setTimeout(() => {
      isLate = true;
      stop();
    }, spec.timeoutMs);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    const ended = await program.ended;
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    signal.throwIfAborted();
    if (isLate) {
      throw new JobError("JobTimedOut", `The job took longer than its limit, ${spec.timeoutMs} ms`);
    }
    if (ended === "exit code 0") return;
    const last = lines.last(SHOWN_LINES).join("\n");
    throw new JobError("UserError", `The command ended with ${ended}${last ? `:\n${last}` : ""}`);
  }

  /** Puts outputs where they were asked for, and the folders `outputs` and `logs` beside the log. */
  async function collect(spec: JobSpec, { home }: JobSite): Promise<void> {
    for (const [key, { place, isFile }] of Object.entries(spec.outputs)) {
      const from = join(home, "out", key), [only, ...more] = await filesBelow(from);
      if (isFile && only === key && more.length === 0) {
        await writeBlob(place.container, place.path, await Deno.readFile(join(from, only)));
      } else await send(writeBlob, from, place);
    }
    const { container, path } = spec.artifacts;
    for (const name of ["outputs", "logs"]) {
      const from = join(home, jobWorkdir(spec).slice(jobHome(spec).length), name);
      await send(writeBlob, from, { container, path: `${path}/${name}` });
    }
  }

  operations.register("job.run", {
    run,
    failed({ target }, { code, message }) {
      const job = store.get(target);
      if (!job) return;
      const isCanceled = code === "OperationCanceled", status = isCanceled ? "Canceled" : "Failed";
      const hidden: JsonRecord = isCanceled
        ? job.hidden
        : { ...job.hidden, error: { code, message } };
      store.put({ ...job, hidden, body: withProperties(job.body, { status }) });
      endRun(insideOf(arm), scopeOf(job), String(job.body.name), isCanceled ? "KILLED" : "FAILED");
    },
    explain: (_operation, error) => ({
      code: error instanceof JobError || error instanceof DeploymentError
        ? error.code
        : "InternalServerError",
      message: error.message,
      details: [],
    }),
  });
  operations.register("job.cancel", {
    async run({ target }) {
      await operations.cancel(target.slice(0, -CANCEL.length));
      return () => {};
    },
    failed: () => {},
  });
}

/** What makes a target of a job's id for the operation that cancels it. */
export const CANCEL = "#cancel";
