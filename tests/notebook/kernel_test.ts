/** The kernel's process: found, asked, interrupted, ended whatever happens; and what we lean on. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Kernel, type Message } from "lib/notebook/mod.ts";
import {
  freePorts,
  removeConnectionFile,
  writeConnectionFile,
} from "lib/notebook/connection_file.ts";
import { assertGone, inFolder, isAlive, ROOT } from "./fixtures.ts";

async function withKernel(work: (kernel: Kernel, heard: Message[]) => Promise<void>) {
  const kernel = await Kernel.start({ cwd: ROOT }), heard: Message[] = [];
  kernel.onMessage = (message) => heard.push(message);
  try {
    await work(kernel, heard);
  } finally {
    await kernel.stop();
  }
  await assertGone(kernel.pid, 0);
}

/** The value of an expression in a kernel, as the kernel prints it. */
async function valueOf(kernel: Kernel, heard: Message[], code: string): Promise<string> {
  heard.length = 0;
  await kernel.execute(code);
  for (let i = 0; i < 100; i++) {
    const result = heard.find(({ type }) => type === "execute_result");
    if (result) return (result.content.data as Record<string, string>)["text/plain"];
    await new Promise((wake) => setTimeout(wake, 10));
  }
  throw new Error(`no value for ${code}`);
}

Deno.test("kernel: the internal that settle and cap wrap is there, and is called for each cell", async () => {
  await withKernel(async (kernel, heard) => {
    const internals = "Deno[Deno.internal].jupyter";
    assert.equal(await valueOf(kernel, heard, `typeof ${internals}.broadcastResult`), '"function"');
    await kernel.execute(`{
      const internals = ${internals}, show = internals.broadcastResult.bind(internals);
      internals.broadcastResult = (...args) => (globalThis.calls++, show(...args));
    } undefined`);
    await kernel.execute("globalThis.calls = 0; undefined");
    assert.equal(await valueOf(kernel, heard, "globalThis.calls"), "1");
  });
});

Deno.test("setup: waits at the end of each cell, installed once however often it is imported", async () => {
  await withKernel(async (kernel, heard) => {
    await kernel.execute('import "lib/notebook/setup.ts";');
    const wrapped = "globalThis.first = Deno[Deno.internal].jupyter.broadcastResult; 'noted'";
    await valueOf(kernel, heard, wrapped);
    await kernel.execute(
      'await import("lib/notebook/setup.ts?again"); (await import("lib/notebook/mod.ts")).installSettle();',
    );
    const same = "globalThis.first === Deno[Deno.internal].jupyter.broadcastResult";
    assert.equal(await valueOf(kernel, heard, same), "true");
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      await kernel.execute("1");
      times.push(performance.now() - start);
    }
    assert.ok(Math.min(...times) >= 14, `cells took ${times} ms`);
  });
});

Deno.test("setup: shows an error that nobody caught", async () => {
  await withKernel(async (kernel, heard) => {
    await kernel.execute('import "lib/notebook/setup.ts";');
    assert.equal(
      await valueOf(kernel, heard, "Promise.reject(new TypeError('lost')); 'ran'"),
      '"ran"',
    );
    const error = heard.find(({ type }) => type === "error");
    assert.equal(error?.content.evalue, "lost");
    const printed = heard.filter(({ type }) => type === "stream").map(({ content }) =>
      content.text
    );
    assert.deepEqual(printed, ["Not caught, in a promise that nobody awaited:\n"]);
  });
});

Deno.test("mod: imports in a kernel without loading an npm package", async () => {
  await withKernel(async (kernel, heard) => {
    const start = performance.now();
    assert.equal(
      await valueOf(kernel, heard, 'typeof (await import("lib/notebook/mod.ts")).publish'),
      '"function"',
    );
    const milliseconds = performance.now() - start;
    assert.ok(milliseconds < 3000, `took ${milliseconds} ms`);
  });
});

Deno.test("Kernel.interrupt: stops a loop and keeps the variables", async () => {
  await withKernel(async (kernel, heard) => {
    await kernel.execute("const kept = 7;");
    const loop = kernel.execute("while (true);");
    await new Promise((wake) => setTimeout(wake, 200));
    await kernel.interrupt();
    assert.equal((await loop).status, "error");
    assert.equal(await valueOf(kernel, heard, "kept"), "7");
  });
});

Deno.test("writeConnectionFile: only its owner can read it", async () => {
  const path = await writeConnectionFile(freePorts(), "key");
  const { mode } = await Deno.stat(path), { key, ip } = JSON.parse(await Deno.readTextFile(path));
  assert.deepEqual([(mode ?? 0) & 0o777, key, ip], [0o600, "key", "127.0.0.1"]);
  removeConnectionFile(path);
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  removeConnectionFile(path); // a second time does nothing
});

Deno.test({
  name: "Kernel.start: its connection file is gone once it runs",
  ignore: Deno.build.os !== "linux", // reads the path from /proc
  async fn() {
    await withKernel(async ({ pid }) => {
      const path = (await Deno.readTextFile(`/proc/${pid}/cmdline`)).split("\0").at(-2) ?? "";
      assert.match(path, /mlops-kernel-.*\.json$/);
      await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    });
  },
});

Deno.test("Kernel.start: tries again with other ports when one was taken", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 }), listen = Deno.listen;
  let calls = 0;
  const fake = (options: Deno.TcpListenOptions) =>
    ++calls <= 5 ? { addr: taken.addr, close() {} } : listen(options);
  Object.assign(Deno, { listen: fake });
  try {
    const kernel = await Kernel.start({ cwd: ROOT });
    assert.equal(calls, 10);
    assert.equal((await kernel.execute("1")).status, "ok");
    await kernel.stop();
  } finally {
    Object.assign(Deno, { listen });
    taken.close();
  }
});

Deno.test("Kernel.start: a kernel that cannot start is an error that says why", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "deno.json"), "{ not json");
    await assert.rejects(Kernel.start({ cwd: folder }), /the kernel ended \(exit code 1\): .+/);
  });
});

Deno.test("Kernel.stop: ends a kernel that hangs, when it is told to kill", async () => {
  const kernel = await Kernel.start({ cwd: ROOT });
  const loop = assert.rejects(kernel.execute("while (true);"), /the kernel was stopped/);
  await new Promise((wake) => setTimeout(wake, 100));
  assert.ok(isAlive(kernel.pid));
  await kernel.stop({ kill: true });
  await loop;
  await assertGone(kernel.pid, 0);
  await kernel.stop(); // a second time does nothing
});

Deno.test("Kernel: a request to a kernel that was killed is refused with the reason", async () => {
  const kernel = await Kernel.start({ cwd: ROOT });
  Deno.kill(kernel.pid, "SIGKILL");
  await assert.rejects(kernel.execute("await new Promise(() => {})"), /killed by SIGKILL/);
  await kernel.stop();
});
