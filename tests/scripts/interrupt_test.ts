/** Ctrl-C during a long task: it ends at once, and says what it leaves. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { findLocalAzure } from "lib/azure/mod.ts";
import { type OwnCheckout, ownCheckout } from "./own_checkout.ts";

/** A task in a process group of its own, as a terminal's foreground job is. */
interface Job {
  readonly child: ChildProcess;
  /** What it has said so far, on both streams. */
  readonly said: () => string;
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; signal: string | null; seconds: number }>;
}

function start(checkout: OwnCheckout, task: string, args: readonly string[]): Job {
  const { program, args: words, options } = checkout.command(task, args);
  const env = { ...Deno.env.toObject(), ...options.env };
  const child = spawn(program, [...words], { cwd: options.cwd, env, detached: true });
  let text = "", endedAt = 0;
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on("data", (bytes: Uint8Array) => text += new TextDecoder().decode(bytes));
  }
  const ended = new Promise<{ code: number | null; signal: string | null; seconds: number }>(
    (resolve) => {
      child.on("exit", () => endedAt = performance.now());
      child.on("close", (code, signal) => resolve({ code, signal, seconds: endedAt / 1000 }));
    },
  );
  return { child, said: () => text, ended };
}

async function until(job: Job, what: RegExp): Promise<void> {
  const since = performance.now();
  while (!what.test(job.said())) {
    if (performance.now() - since > 60_000 || job.child.exitCode !== null) {
      throw new Error(`it never said ${what}: ${job.said()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What still runs in the task's process group; Local Azure and its containers are in another. */
async function runningIn(job: Job): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pgid=,stat=,args="] }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.trim().startsWith(`${job.child.pid} `))
    .filter((line) => !/^\s*\d+\s+Z/.test(line));
}

/** What a person sees of an interruption, and how long it took. */
async function interrupt(job: Job): Promise<{ line: string; seconds: number }> {
  const since = performance.now() / 1000;
  process.kill(-job.child.pid!, "SIGINT"); // Ctrl-C reaches everyone in the foreground
  const { code, seconds } = await job.ended;
  const lines = job.said().trim().split("\n").filter((line) => /^\w+: /.test(line));
  assert.equal(lines.length, 1, job.said());
  assert.equal(code, 130, job.said());
  assert.doesNotMatch(job.said(), /\n {4}at /, "a stack trace was printed");
  return { line: lines[0], seconds: seconds - since };
}

Deno.test("deploy that is interrupted ends within 2 s, and names the deployments that it leaves", async () => {
  await using checkout = await ownCheckout();
  const job = start(checkout, "deploy", []);
  await until(job, /Does it serve what was registered\?/); // blue is there, and the work goes on
  const { line, seconds } = await interrupt(job);
  assert.match(
    line,
    new RegExp(
      "^deploy: interrupted in 03_azure_ml.ipynb cell \\d+ \\(.+\\); left are endpoint iris-demo " +
        "\\(\\w+\\) with blue \\(Succeeded\\).*: deno task cleanup removes them$",
    ),
  );
  assert.ok(seconds < 2, `it took ${seconds} s`);
  assert.deepEqual(await runningIn(job), [], "nothing of the task goes on");
  // Local Azure was not in the foreground: it lives, and can be asked and cleaned up
  assert.ok(await findLocalAzure({ checkout: checkout.root }));
  const cleaned = await checkout.run("cleanup", []);
  assert.equal(cleaned.code, 0, cleaned.err);
  assert.match(cleaned.out, /iris-demo/);
});

Deno.test("train that is interrupted says where it was", async () => {
  await using checkout = await ownCheckout();
  const job = start(checkout, "train", ["--set", "trees=2000"]);
  await until(job, /\[ 1\//);
  const { line, seconds } = await interrupt(job);
  assert.match(line, /^train: interrupted in 01_foundation.ipynb cell \d+ \(.+\)$/);
  assert.ok(seconds < 2, `it took ${seconds} s`);
  await assert.rejects(Deno.stat(`${checkout.root}/out/model/model.json`), Deno.errors.NotFound);
});
