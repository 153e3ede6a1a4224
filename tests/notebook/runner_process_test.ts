/** Whatever ends the runner's process, its kernel goes with it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { assertGone, inFolder, isAlive, NOTE_PID, notedPid, ROOT, write } from "./fixtures.ts";

/** Starts a process that runs a notebook which never ends; `work` gets it with the kernel's id. */
async function withRunner(
  more: string,
  work: (runner: Deno.ChildProcess, kernel: number) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = await write(folder, "endless.ipynb", [NOTE_PID, "await new Promise(() => {});"]);
    const script = join(folder, "run.ts");
    const code = 'import { runNotebook } from "lib/notebook/mod.ts";\n' +
      `runNotebook(${JSON.stringify(path)}, { timeoutSeconds: 60 });\n${more}`;
    await Deno.writeTextFile(script, code);
    const runner = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script],
      cwd: ROOT,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      let kernel = 0;
      for (let i = 0; i < 500 && !kernel; i++) {
        await new Promise((wake) => setTimeout(wake, 20));
        kernel = await notedPid(folder).catch(() => 0);
      }
      assert.ok(kernel > 0 && isAlive(kernel), "the kernel runs");
      await work(runner, kernel);
    } finally {
      if (isAlive(runner.pid)) runner.kill("SIGKILL");
      await runner.status;
    }
  });
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`runNotebook: ${signal} ends the runner and leaves no kernel`, async () => {
    await withRunner("", async (runner, kernel) => {
      runner.kill(signal);
      assert.equal((await runner.status).signal, signal, "with its usual effect");
      await assertGone(kernel, 500);
    });
  });
}

Deno.test("runNotebook: Deno.exit in the runner's process leaves no kernel", async () => {
  await withRunner("setTimeout(() => Deno.exit(5), 1500);", async (runner, kernel) => {
    assert.equal((await runner.status).code, 5);
    await assertGone(kernel, 500);
  });
});

Deno.test("runNotebook: kill -9 of the runner leaves a kernel for a second or two only", async () => {
  await withRunner("", async (runner, kernel) => {
    runner.kill("SIGKILL");
    await runner.status;
    await assertGone(kernel, 4000);
  });
});
