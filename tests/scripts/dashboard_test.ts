/** The task dashboard as people type it: usage, one page, a server that ends on Ctrl-C. */

import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { stopLocalAzure } from "lib/azure/mod.ts";
import { ownCheckout } from "./own_checkout.ts";
import { runScript } from "./task.ts";

Deno.test("dashboard tells its usage, and refuses in one line what it does not know", async () => {
  const help = await runScript("dashboard", "--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /^deno task dashboard /);
  for (
    const wrong of [["stray"], ["--colour"], ["--port", "0"], ["--port", "x"], [
      "--endpoint",
      "a/b",
    ], ["--model", ".."]]
  ) {
    const { code, out, err } = await runScript("dashboard", ...wrong);
    assert.deepEqual([code, out], [2, ""], wrong.join(" "));
    assert.match(err, /^dashboard: [^\n]+\n$/);
  }
});

Deno.test("dashboard with the task's own permissions: once, then served until Ctrl-C", async (t) => {
  await using checkout = await ownCheckout();
  const file = join(checkout.root, "out/dashboard/index.html");

  await t.step("--once writes the page and says that there is no endpoint yet", async () => {
    const { code, out, err } = await checkout.run("dashboard", ["--once"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.equal(
      out,
      `There is no endpoint yet: deno task deploy makes one.\nDashboard: ${file}\n`,
    );
    assert.match(await Deno.readTextFile(file), /There is no endpoint yet/);
  });

  await t.step(
    "served: the next free port, GET only, its own hosts only, and a stopped Azure",
    async () => {
      using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = taken.addr;
      const { program, args, options } = checkout.command("dashboard", ["--port", String(port)]);
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
      assert.match(said, new RegExp(`Port ${port} is taken: taking \\d+\n`));
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0];
      const page = await fetch(url);
      assert.equal(page.status, 200);
      const text = await page.text();
      assert.match(text, /There is no endpoint yet/);
      assert.match(text, /http-equiv="refresh" content="5"/);
      const posted = await fetch(url, { method: "POST" });
      assert.equal(posted.status, 405);
      await posted.body!.cancel();
      assert.match(await rawGet(Number(new URL(url).port), "evil.example"), /^HTTP\/1\.1 421 /);
      await stopLocalAzure({ checkout: checkout.root });
      for (let i = 0; i < 2; i++) {
        const failed = await fetch(url);
        assert.equal(failed.status, 200);
        const line = i === 0
          ? /<p class="notice">[^<]+</
          : /<p class="notice">Local Azure has ended/;
        assert.match(await failed.text(), line);
      }
      assert.equal((await checkout.run("dashboard", ["--once"])).code, 0); // it starts Local Azure again
      assert.match(await (await fetch(url)).text(), /There is no endpoint yet/);
      child.kill("SIGINT");
      const { code } = await child.status;
      await reader.cancel();
      assert.deepEqual([code, await errors], [0, ""]);
    },
  );
});

/** What a server says to a GET under another host's name. */
function rawGet(port: number, host: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1", () => {
    socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  });
  let text = "";
  socket.on("data", (chunk) => text += chunk);
  socket.on("end", () => resolve(text));
  socket.on("error", reject);
  return promise;
}
