/**
 * The whole of Local Azure as a process, asked for what it has and for what it has not: requests by the
 * grammar of its routes made wrong, bytes that are no HTTP, connections that dawdle. Afterwards it must
 * be as if nothing had been.
 *
 * `FUZZ_SEED` chooses other requests, `FUZZ_REQUESTS` how many, `FUZZ_REPORT=1` prints what came back.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { createLogger, manualClock } from "lib/core/mod.ts";
import { armRoutes } from "lib/local_azure/arm.ts";
import type { Route } from "lib/local_azure/arm_router.ts";
import { createLimits, LIMITS } from "lib/local_azure/limits.ts";
import { MLFLOW_OPERATIONS } from "lib/local_azure/mlflow.ts";
import { createTokens, openStore } from "lib/local_azure/mod.ts";
import { createOperations } from "lib/local_azure/operations.ts";
import { fakeRuntime } from "./control_host.ts";
import { canariesLive, deploy, furnish, PLACES, SECRETS } from "./fuzz_furniture.ts";
import { type FuzzHost, hostFuzz, listening, logTexts, modes } from "./fuzz_host.ts";
import { sendNoise, sendRequests, type Tally } from "./fuzz_run.ts";
import { dawdle } from "./fuzz_slow.ts";

const COUNT = Number(Deno.env.get("FUZZ_REQUESTS") ?? 100_000);
const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 7);

/** How many of the requests are bytes that are no good HTTP. */
const NOISE_SHARE = 0.12;

/** Kilobytes that the process may have taken at most; it begins with about 180,000. */
const MOST_MEMORY = 1_000_000;

/**
 * Handles that may stay open beside those before: the scoring router keeps up to 256 idle connections to
 * a container, Azurite some files.
 */
const MORE_HANDLES = 256 + 40;

/** Connections that dawdle all the while. */
const DAWDLERS = 40;

const linux = Deno.build.os === "linux";

Deno.test({
  name: `fuzz: ${COUNT} requests that are wrong break nothing, leak nothing, and leave no trace`,
  ignore: !linux, // it looks at the process through /proc
  async fn(t) {
    await using host = await hostFuzz();
    const furniture = await furnish(host), mark = `escaped-${SEED}`;
    const ground = { ...furniture, port: host.port, mark, ...WHAT_THERE_IS };
    const before = { outside: host.outside(), handles: host.handles() };
    const slow = await dawdle(host.port, DAWDLERS);

    const noisy = Math.round(COUNT * NOISE_SHARE), options = { seed: SEED, workers: 8 };
    await t.step("no answer breaks a rule", async () => {
      const tally = await sendRequests(host, ground, { ...options, count: COUNT - noisy });
      report(host, tally);
      assert.deepEqual(Object.fromEntries(tally.faults), {});
      assert.ok(answered(tally) > 0.98 * (COUNT - noisy), `${answered(tally)} were answered`);
    });
    await t.step("bytes that are no HTTP break nothing", async () => {
      const tally = await sendNoise(host, ground, { ...options, count: noisy });
      report(host, tally);
      assert.deepEqual(Object.fromEntries(tally.faults), {});
    });
    await t.step("connections that dawdle have held nobody up", async () => {
      assert.ok(slow.sent() > 100, "they went on all the time");
      // a body has 30 s; a run that is shorter tells nothing of it
      if (slow.lasted() > 40_000) assert.equal(slow.turnedAway(), DAWDLERS / 2);
      await slow.end();
    });
    await t.step("it still deploys and scores", async () => {
      assert.equal((await host.own("POST", "/_local/limits", LIMITS)).status, 200);
      await deploy(host, "tulips");
      assert.deepEqual(await canariesLive(host), [true, true]);
      const url = `https://${furniture.endpoint.host}/score`, token = furniture.endpoint.key;
      assert.equal((await host.call("POST", url, { token, body: [[1]] })).status, 200);
    });
    await t.step("it is the same process, and no larger than it may be", async () => {
      const health = await (await host.own("GET", "/_local/health")).json();
      assert.equal(health.pid, host.pid);
      assert.ok(host.memory().most < MOST_MEMORY, `${host.memory().most} kB`);
      await settled(() => host.handles() <= before.handles + MORE_HANDLES);
      assert.ok(host.handles() <= before.handles + MORE_HANDLES, `${host.handles()} handles`);
    });
    await t.step("it listens on 127.0.0.1 alone", () => {
      const addresses = listening(host.pid);
      assert.ok(addresses.includes(`127.0.0.1:${host.port}`), addresses.join());
      assert.deepEqual(addresses.filter((address) => !address.startsWith("127.0.0.1:")), []);
    });
    await t.step("nothing outside its folder has changed", () => {
      assert.deepEqual(host.outside(), before.outside);
      for (const folder of ["/", "/tmp", "/etc", Deno.cwd(), join(Deno.cwd(), "..")]) {
        const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
        assert.deepEqual(names.filter((name) => name.includes(mark)), [], folder);
      }
    });
    await t.step("what it keeps is its owner's alone", () => {
      assert.equal((Deno.statSync(host.data).mode ?? 0) & 0o777, 0o700);
      const found = [...modes(host.data)].map(({ path, ...rest }) => ({
        path: path.slice(host.data.length + 1),
        ...rest,
      }));
      const store = found.filter(({ path }) =>
        /^(store\.sqlite|log|lock|mlflow-artifacts\/)/.test(path)
      );
      assert.ok(store.length > 5);
      const open = store.filter(({ mode, isDirectory }) => mode !== (isDirectory ? 0o700 : 0o600));
      assert.deepEqual(open, []);
    });
    await t.step("no secret is in a log, and no error", () => {
      const logs = logTexts(host);
      assert.ok(logs.length > 3 && logs.every(({ text }) => text !== undefined));
      for (const secret of [...furniture.secrets, atob(SECRETS.datastore)]) {
        assert.deepEqual(
          logs.filter(({ text }) => text.includes(secret)).map(({ path }) => path),
          [],
        );
      }
      const lines = Deno.readTextFileSync(join(host.data, "log.jsonl")).split("\n");
      assert.deepEqual(lines.filter((line) => line.includes('"level":"error"')).slice(0, 5), []);
    });
  },
});

const WHAT_THERE_IS = {
  routes: routes(),
  operations: MLFLOW_OPERATIONS,
  places: PLACES,
};

/** The routes of the control plane. */
function routes(): readonly Route[] {
  const clock = manualClock("2026-01-01T00:00:00Z"), store = openStore(":memory:", () => 0);
  const log = createLogger({ clock, level: "error" });
  const found = armRoutes({
    lenient: false,
    ...{ store, clock, log, folder: "", port: 0, tokens: createTokens(store, clock) },
    blobs: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) },
    runtime: fakeRuntime(),
    operations: createOperations({ store, clock, log }),
    limits: createLimits(store),
    ensureContainer: () => Promise.resolve(),
    writeBlob: () => Promise.resolve(),
  }).routes;
  store.close();
  return found;
}

function answered({ counts }: Tally): number {
  return [...counts].filter(([what]) => /\d$/.test(what)).reduce(
    (sum, [, count]) => sum + count,
    0,
  );
}

function report(host: FuzzHost, { counts }: Tally): void {
  if (!Deno.env.get("FUZZ_REPORT")) return;
  const { now, most } = host.memory();
  console.log(`memory ${now} kB, at most ${most} kB; ${host.handles()} handles`);
  for (const [what, count] of [...counts].sort()) console.log(what, count);
}

async function settled(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) {
    await new Promise((done) => setTimeout(done, 50));
  }
}
