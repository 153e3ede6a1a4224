/** The task runs as people type it: usage, one page, a server that ends on Ctrl-C; and what it sends first. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { findLocalAzure, openAzureAt } from "lib/azure/mod.ts";
import { createTracking } from "lib/tracking/mod.ts";
import { ownCheckout } from "./own_checkout.ts";
import { runScript } from "./task.ts";

Deno.test("runs tells its usage, and refuses in one line what it does not know", async () => {
  const help = await runScript("runs", "--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /^deno task runs /);
  for (const wrong of [["stray"], ["--colour"], ["--port", "0"], ["--filter"]]) {
    const { code, out, err } = await runScript("runs", ...wrong);
    assert.deepEqual([code, out], [2, ""], wrong.join(" "));
    assert.match(err, /^runs: [^\n]+\n$/);
  }
});

Deno.test("runs with the task's own permissions", async (t) => {
  await using checkout = await ownCheckout();
  const file = join(checkout.root, "out/runs/index.html");

  await t.step("--once writes the page, of no run yet", async () => {
    const { code, out, err } = await checkout.run("runs", ["--once"]);
    assert.deepEqual([code, out, err], [0, `Runs: ${file}\n`, ""]);
    assert.match(await Deno.readTextFile(file), /No run fits/);
  });

  await t.step("what a program kept while the server was away is sent at the start", async () => {
    const { port } = (await findLocalAzure({ checkout: checkout.root }))!;
    const { mlflowUrl } = await openAzureAt(port);
    const away = () => Promise.reject(new TypeError("connection refused"));
    const folder = join(checkout.root, ".local/tracking-buffer");
    const tracking = createTracking({ fetch: away, baseUrl: mlflowUrl, buffer: { folder } });
    for (const trees of [5, 50]) {
      const run = await tracking.startRun({ experiment: "iris", name: `forest of ${trees}` });
      await run.logParams({ trees });
      await run.logMetrics({ accuracy: 0.9 + trees / 1_000 });
      await run.finish();
    }
    const order = ["--order", "metrics.accuracy DESC"];
    const { code, err } = await checkout.run("runs", ["--once", ...order]);
    assert.deepEqual([code, err], [0, ""]);
    const html = await Deno.readTextFile(file);
    assert.match(html, /2 runs compared/);
    assert.match(html, /alt="accuracy\. forest of 50: 0\.95\. forest of 5: 0\.905"/);
    // twice would be four
    await checkout.run("runs", ["--once"]);
    assert.match(await Deno.readTextFile(file), /<caption>2 runs<\/caption>/);
  });

  await t.step("served on the next free port, with a form, until Ctrl-C", async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    const { program, args, options } = checkout.command("runs", ["--port", String(port)]);
    const child = new Deno.Command(program, {
      ...{ args: [...args], ...options, stdin: "null", stdout: "piped", stderr: "piped" },
    }).spawn();
    const errors = new Response(child.stderr).text();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!/Ctrl-C ends it/.test(said)) {
      const { value, done } = await reader.read();
      assert.ok(!done, said);
      said += value;
    }
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0];
    const filter = encodeURIComponent("params.trees = '50'");
    const page = await (await fetch(`${url}/?filter=${filter}`)).text();
    assert.match(page, /<caption>1 run<\/caption>/);
    const posted = await fetch(url, { method: "POST" });
    assert.equal(posted.status, 405);
    await posted.body!.cancel();
    child.kill("SIGINT");
    const { code } = await child.status;
    await reader.cancel();
    assert.deepEqual([code, await errors], [0, ""]);
  });
});
