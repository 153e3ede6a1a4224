/** Probes of a container that runs: what counts, what does not, and how soon it is started again. */

import assert from "node:assert/strict";
import type { DeploymentSpec } from "lib/local_azure/runtime.ts";
import { eventually, specOf } from "./deployments.ts";
import { hostRuntime, type RuntimeHost } from "./runtime_host.ts";

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function opened(): Promise<RuntimeHost> {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-probes-" });
  const host = hostRuntime(folder);
  return {
    ...host,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function tell(port: number, path: string): Promise<void> {
  await (await fetch(`http://127.0.0.1:${port}${path}`)).body?.cancel();
}

function logOf(host: RuntimeHost): string {
  return host.runtime.logs(specOf("blue").id, { container: "InferenceServer", tail: 9 })!;
}

Deno.test("probes: liveness failures count in a row only, and restart at the threshold", async () => {
  await using host = await opened();
  const liveness = { ...specOf("x").liveness, periodMs: 100, failureThreshold: 15 };
  const running = await host.runtime.start(specOf("blue", { liveness })), { pid } = running;
  for (let i = 0; i < 4; i++) { // some 20 failures, and never 15 in a row
    await tell(running.port, "/do/become?live=no");
    await pause(500);
    await tell(running.port, "/do/become?live=yes");
    await pause(250);
  }
  assert.equal(running.pid, pid);
  assert.doesNotMatch(logOf(host), /LivenessProbeFailed/);
  await tell(running.port, "/do/become?live=no");
  const since = performance.now();
  await eventually("it was started again", () => running.pid !== pid && running.ready);
  const took = performance.now() - since;
  assert.ok(took > 1300, `15 failures cannot be over after ${took} ms`);
  assert.match(logOf(host), /Name: LivenessProbeFailed, Type: Warning, .*\/live answered 500/);
});

Deno.test("probes: liveness is not asked before its initial delay", async () => {
  await using host = await opened();
  const liveness: DeploymentSpec["liveness"] = {
    ...{ initialDelayMs: 1_000, periodMs: 20, timeoutMs: 1000 },
    ...{ failureThreshold: 1, successThreshold: 1 },
  };
  const running = await host.runtime.start(specOf("blue", { liveness })), { pid } = running;
  await tell(running.port, "/do/become?live=no");
  await pause(400);
  assert.equal(running.pid, pid);
  await eventually("it was started again", () => running.pid !== pid && running.ready);
});

Deno.test("probes: a container that keeps ending is started again later each time, and never given up", async () => {
  await using host = await opened();
  const running = await host.runtime.start(specOf("blue"));
  for (let i = 0; i < 4; i++) {
    const { pid, port } = running;
    await tell(port, "/do/exit?code=3");
    await eventually(`start ${i + 1} is ready`, () => running.pid !== pid && running.ready);
  }
  const waits = [...logOf(host).matchAll(/Name: BackOff, [^\n]*Back-off (\d+) ms/g)];
  assert.deepEqual(waits.map(([, ms]) => Number(ms)), [0, 250, 500, 1000]);
});

Deno.test("probes: it is ready again after so many successes in a row", async () => {
  await using host = await opened();
  const readiness = {
    ...specOf("x").readiness,
    ...{ initialDelayMs: 10_000, periodMs: 100, failureThreshold: 2, successThreshold: 8 },
  };
  const running = await host.runtime.start(specOf("blue", { readiness }));
  await tell(running.port, "/do/become?ready=no");
  await eventually("it is out of rotation", () => !running.ready);
  await tell(running.port, "/do/become?ready=yes");
  const since = performance.now();
  await eventually("it is back", () => running.ready);
  const took = performance.now() - since;
  assert.ok(took > 600, `8 successes cannot be over after ${took} ms`);
});
