/** The commands of the runbooks, typed as whoever is woken types them. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { ALERT_KINDS } from "lib/monitoring/mod.ts";
import { ownCheckout } from "./own_checkout.ts";

const pages = await Promise.all(
  ALERT_KINDS.map((kind) => lifecycle.readRunbook(`notebooks/runbooks/${kind}.md`)),
);
const commands = pages.flatMap(({ commands }) => commands);
const tasks = [...new Set(commands.map((line) => line.split(" ")[2]))].sort();

Deno.test("runbooks: each task that is named tells its use, and knows each flag that is named", async () => {
  assert.ok(tasks.includes("rollback") && tasks.includes("doctor"), tasks.join());
  await Promise.all(tasks.map(async (task) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", task, "--help"],
      cwd: lifecycle.CHECKOUT,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert.equal(code, 0, `${task}: ${new TextDecoder().decode(stderr)}`);
    assert.match(said, new RegExp(`^deno task ${task}\\b`));
    const flags = commands.filter((line) => line.split(" ")[2] === task)
      .flatMap((line) => line.match(/--[a-z]+/g) ?? []);
    for (const flag of flags) assert.ok(said.includes(flag), `${task} does not know ${flag}`);
  }));
});

Deno.test("runbooks: their rollback rolls the live endpoint back, and says so where it cannot", async () => {
  await using own = await ownCheckout();
  const open = await azure.openAzureAt((await azure.ensureLocalAzure({ checkout: own.root })).port);
  const workspace = await lifecycle.openWorkspace({ azure: open });
  const type = (line: string) => {
    const [, , task, ...words] = line.split(" ");
    return own.run(task, words);
  };
  const [plain, named] = commands.filter((line) => line.startsWith("deno task rollback"))
    .toSorted((a, b) => a.length - b.length).filter((line, i, all) => line !== all[i - 1]);
  assert.deepEqual([plain, named], ["deno task rollback", "deno task rollback --to blue"]);

  const none = await type(plain);
  assert.equal(none.code, 1);
  assert.equal(none.err.trim(), "rollback: Cannot roll back as there is no endpoint");

  const endpoint = "iris-live";
  const prepared = await lifecycle.prepare("data/iris.dataset.json", { seed: 7 });
  const good = await lifecycle.makeChampion(workspace, { prepared, seed: 7, trees: 9 });
  const live = await lifecycle.serveLive(workspace, {
    ...{ name: endpoint, version: good.version, by: "test" },
  });
  const release = async (deployment: string) =>
    await lifecycle.releaseFault(workspace, {
      ...{ endpoint, deployment, version: good.version, prepared, seed: 7 },
      fault: lifecycle.FAULTS.find(({ name }) => name === "bad-model")!,
    });
  await release("green");

  const done = await type(plain);
  assert.equal(done.code, 0, done.err);
  assert.match(
    done.out,
    /^iris-live: version 1 \(blue\) answers again after .* digest as registered/,
  );
  assert.deepEqual((await azure.getEndpoint(open, endpoint))?.traffic, { [live.deployment]: 100 });

  const again = await type(named);
  assert.equal(again.code, 1);
  assert.match(
    again.err,
    /^rollback: Cannot roll back iris-live as blue .* has all traffic already/,
  );

  await azure.ensureEndpoint(open, { name: "iris-demo", description: "d", tags: {} });
  const which = await type(plain);
  assert.equal(which.code, 2);
  assert.match(which.err, /--endpoint must say which, as there are several: iris-demo, iris-live/);
});
