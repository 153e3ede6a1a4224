/** `deno task deploy`, a whole notebook run, while its Local Azure is killed five times. */

import assert from "node:assert/strict";
import { findLocalAzure } from "lib/azure/mod.ts";
import { stream } from "lib/core/mod.ts";
import { ownCheckout } from "./own_checkout.ts";
import { tell } from "../tell.ts";

const KILLS = 5, SEED = 20261124;

/** Cells between two kills, at most, and the pause after the last of them, in milliseconds. */
const MOST_CELLS = 4, LONGEST_PAUSE_MS = 700;

/** Cells that have ended, by what the task has said. */
const cellsIn = (said: string) => said.match(/^ +\[ *\d+\/\d+\]/gm)?.length ?? 0;

Deno.test("deploy: green though Local Azure is killed five times, or one clear line and then green", async () => {
  await using checkout = await ownCheckout();
  const { root } = checkout, random = stream(SEED, "deploy killed");
  const { program, args, options } = checkout.command("deploy", ["--json"]);
  const began = performance.now();
  const child = new Deno.Command(program, {
    ...{ args: [...args], ...options, stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  let said = "", isOver = false;
  const printed = new Response(child.stdout).text();
  const heard = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  const ended = child.status.finally(() => isOver = true);
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  const killed: string[] = [];
  for (let cells = 6; killed.length < KILLS && !isOver; cells += 1 + random.integer(MOST_CELLS)) {
    const pauseMs = random.integer(LONGEST_PAUSE_MS);
    const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
    while (cellsIn(said) < cells && !isOver) await pause(10);
    await pause(pauseMs);
    for (; !isOver; await pause(20)) {
      const found = await findLocalAzure({ checkout: root });
      if (!found) continue; // it is just coming up
      Deno.kill(found.pid, "SIGKILL");
      killed.push(`${seconds()} s (cell ${cellsIn(said) + 1})`);
      break;
    }
  }
  const [{ code }, out] = await Promise.all([ended, printed, heard]);
  const last = said.trimEnd().split("\n").at(-1)!;
  tell(`deploy, killed after ${killed.join(", ")}: exit ${code} after ${seconds()} s; ${last}`);
  assert.equal(killed.length, KILLS, `the run was over before that: ${said}`);
  if (code === 0) return assert.equal(JSON.parse(out).rollback.verified, true);
  assert.equal(code, 1);
  assert.match(last, /^deploy: .*(?:run this once more|Local Azure)/);
  const again = await checkout.run("deploy", ["--json"]);
  assert.equal(again.code, 0, again.err);
  assert.equal(JSON.parse(again.out).rollback.verified, true);
});
