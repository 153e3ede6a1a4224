/**
 * Local Azure is killed (`kill -9`) at random moments, the same ones for the same seed as far as a clock
 * can be: while it starts for the first time, under a stream of writes, in the middle of deployments,
 * and while it starts again. After each kill everything that was acknowledged must be there with its
 * content, everything else wholly or not at all, operations must end, deployments must answer without
 * being asked to, and no process may be left.
 *
 * What is shown is the end of a process, not of a machine: what was handed to the operating system
 * outlives it.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { stream } from "lib/core/mod.ts";
import { HALF_SENT } from "lib/local_azure/mlflow_context.ts";
import { AT, type KillClients, openKillClients } from "./kill_clients.ts";
import { openDeploys } from "./kill_deploys.ts";
import { type KillHost, prepareKillHost, type Victim } from "./kill_host.ts";
import { type Journal, type KillCounts, killTable, noCounts, openJournal } from "./kill_journal.ts";
import { recordedAlive, untilGone } from "./kill_processes.ts";
import { tell } from "../tell.ts";
import { killReaders, killWorkers } from "./kill_writes.ts";

const SEED = 20261124;

/** Kills of each phase. */
const KILLS = { firstStart: 8, writes: 26, deploys: 12, restarts: 6 };

/** Longest that children may outlive Local Azure, in milliseconds. */
const GONE_MS = 5_000;

const random = stream(SEED, "kill");
const rows: Record<string, KillCounts> = {}, faults: string[] = [];
let longestGoneMs = 0, longestOperationMs = 0;

const pause = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));
const victim = (): Victim => random.integer(2) === 0 ? "process" : "group";

/** A free port, below those that outgoing connections take, so that it stays free between two hosts. */
function freePort(): number {
  for (let port = 21_000 + random.integer(8_000);; port++) {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Local Azure on a folder, whose successor waits beside it. */
async function openSuccession(folder: string, port: number) {
  let host = prepareKillHost(folder, port), next: KillHost | undefined;
  host.go();
  await host.ready;
  return {
    prepareNext: () => next = prepareKillHost(folder, port),
    /** Kills it, sees that nothing of it is left, and has the next one begin. */
    async killNow(phase: string): Promise<void> {
      await host.kill(victim());
      const { ms, left } = await untilGone(folder, [next!.pid], GONE_MS);
      longestGoneMs = Math.max(longestGoneMs, ms);
      if (left.length > 0) faults.push(`${phase}: processes ${left} outlived Local Azure`);
      const recorded = recordedAlive(folder);
      if (recorded.length > 0) faults.push(`${phase}: recorded processes ${recorded} live`);
      host = next!;
      next = undefined;
      host.go();
    },
    ready: () => host.ready,
    async end(): Promise<void> {
      await Promise.all([host.kill("group"), next?.kill("group")]);
    },
  };
}

/** Has workers write until Local Azure is killed; every error before that is a fault. */
async function storm(
  steps: readonly ((id: string) => Promise<unknown>)[],
  { phase, round, kill }: { phase: string; round: number; kill: () => Promise<void> },
): Promise<void> {
  let isOver = false;
  const working = steps.map(async (step, worker) => {
    for (let i = 0; !isOver; i++) {
      try {
        await step(`w${worker}-${round}.${i}`);
      } catch (error) {
        if (!isOver) faults.push(`${phase}, round ${round}: ${(error as Error).stack}`);
        return;
      }
    }
  });
  await pause(100 + random.integer(600));
  isOver = true;
  await kill();
  await Promise.all(working);
}

async function temporary(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "local-azure-kill-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** That the workspace which is there from the start is whole. */
async function checkDefaultWorkspace({ ml, blobs, secrets, mlflow }: KillClients): Promise<void> {
  assert.equal((await ml.workspaces.get(...AT)).provisioningState, "Succeeded");
  await blobs.getBlockBlobClient("whole").upload("x", 1);
  await secrets.setSecret("whole", "x");
  const { status, body } = await mlflow("mlflow/experiments/get?experiment_id=0");
  await body?.cancel();
  assert.equal(status, 200);
}

async function firstStarts(): Promise<KillCounts> {
  const counts = noCounts(), port = freePort();
  let wholeMs = 400; // what a first start takes, once one was seen
  for (let round = 0; round < KILLS.firstStart; round++) {
    await using folder = await temporary();
    const first = prepareKillHost(folder.path, port), second = prepareKillHost(folder.path, port);
    try {
      await pause(round === 0 ? 2_000 : 800); // they load what takes long
      first.go();
      await pause(random.integer(wholeMs));
      await first.kill(victim());
      counts.kills++;
      const began = performance.now();
      second.go();
      await second.ready;
      wholeMs = Math.max(wholeMs, Math.ceil(performance.now() - began));
      using clients = await openKillClients(port);
      await checkDefaultWorkspace(clients);
    } catch (error) {
      counts.lost++;
      faults.push(`first start, round ${round}: ${(error as Error).stack}`);
    } finally {
      await Promise.all([first.kill("group"), second.kill("group")]);
    }
  }
  return counts;
}

async function writes(): Promise<KillCounts> {
  await using folder = await temporary();
  const port = freePort(), local = await openSuccession(folder.path, port);
  try {
    using clients = await openKillClients(port);
    const blame = (line: string) => void faults.push(`writes: ${line}`);
    const journal = openJournal(killReaders(clients), blame);
    const workers = Object.values(killWorkers(clients, journal, random.integer));
    for (let round = 0; round < KILLS.writes; round++) {
      local.prepareNext();
      const kill = () => local.killNow("writes");
      await storm(workers, { phase: "writes", round, kill });
      journal.counts.kills++;
      await local.ready();
      await journal.verify("touched");
    }
    await journal.verify("all"); // what was written long before is there as well
    const strays = [...Deno.readDirSync(join(folder.path, "mlflow-artifacts"))]
      .filter(({ name }) => HALF_SENT.test(name));
    if (strays.length > 0) faults.push(`writes: ${strays.length} half-sent artifacts were left`);
    return journal.counts;
  } finally {
    await local.end();
  }
}

async function deploys(): Promise<[deploys: KillCounts, restarts: KillCounts]> {
  await using folder = await temporary();
  const port = freePort(), local = await openSuccession(folder.path, port);
  try {
    using clients = await openKillClients(port);
    const blame = (line: string) => void faults.push(`deploys: ${line}`);
    const journal: Journal = openJournal(
      { deployment: (name) => deployments.reader(name) },
      blame,
    );
    const deployments = openDeploys(clients, () => journal, random.integer);
    await deployments.prepare();
    for (let round = 0; round < KILLS.deploys; round++) {
      local.prepareNext();
      const kill = () => local.killNow("deploys");
      await storm([deployments.step], { phase: "deploys", round, kill });
      journal.counts.kills++;
      await local.ready();
      await journal.verify("all");
    }
    const deployed = { ...journal.counts };
    Object.assign(journal.counts, noCounts());
    for (let round = 0; round < KILLS.restarts; round++) {
      local.prepareNext();
      await pause(700); // the next one loads what takes long
      await local.killNow("restarts"); // of one that has just begun
      journal.counts.kills++;
      local.prepareNext();
      await pause(random.integer(700));
      await local.killNow("restarts");
      journal.counts.kills++;
      await local.ready();
      await journal.verify("all");
    }
    longestOperationMs = deployments.longestMs;
    return [deployed, journal.counts];
  } finally {
    await local.end();
  }
}

Deno.test("kill -9 at random moments: nothing acknowledged is lost, doubled or half, and no process is left", async () => {
  const began = performance.now();
  rows["first start"] = await firstStarts();
  rows.writes = await writes();
  [rows.deploys, rows.restarts] = await deploys();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const children = `children ended at most ${longestGoneMs.toFixed(0)} ms after it`;
  const waited = `operations at most ${longestOperationMs.toFixed(0)} ms after the next start`;
  tell(`${killTable(rows)}\n${children}, ${waited}; ${seconds} s in all`);
  assert.deepEqual(faults, []);
  const sum = (name: keyof KillCounts) =>
    Object.values(rows).reduce((total, row) => total + row[name], 0);
  assert.ok(sum("kills") >= 50, `only ${sum("kills")} kills`);
  assert.ok(rows.writes.acknowledged > 5 * KILLS.writes, "too few answers to say anything");
  assert.ok(rows.writes.cutOff > KILLS.writes, "too few requests were cut off to say anything");
  for (const name of ["lost", "doubled", "half"] as const) assert.equal(sum(name), 0, name);
});
