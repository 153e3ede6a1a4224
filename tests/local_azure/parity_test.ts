/** The parity table: made from the routes, over all operations that the SDK has. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createLogger, manualClock } from "lib/core/mod.ts";
import { armRoutes } from "lib/local_azure/arm.ts";
import { OPERATION_GROUPS } from "lib/local_azure/arm_contract.ts";
import { parityPage } from "lib/local_azure/arm_parity.ts";
import { createLimits } from "lib/local_azure/limits.ts";
import { createTokens, openStore } from "lib/local_azure/mod.ts";
import { createOperations } from "lib/local_azure/operations.ts";
import { fakeRuntime } from "./control_host.ts";

const PAGE = "lib/local_azure/PARITY.md";

Deno.test("parity: the page is in step with the routes (UPDATE=1 writes it)", async () => {
  const clock = manualClock("2026-01-01T00:00:00Z"), store = openStore(":memory:", () => 0);
  const log = createLogger({ clock, level: "error" });
  const { routes } = armRoutes({
    ...{ store, clock, log, folder: "", port: 0, tokens: createTokens(store, clock) },
    blobs: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) },
    runtime: fakeRuntime(),
    operations: createOperations({ store, clock, log }),
    limits: createLimits(store),
    lenient: false,
    ensureContainer: () => Promise.resolve(),
    writeBlob: () => Promise.resolve(),
  });
  const page = await formatted(parityPage(routes));
  if (Deno.env.get("UPDATE")) await Deno.writeTextFile(PAGE, page);
  assert.equal(await Deno.readTextFile(PAGE), page);
  const without = routes.filter(({ path }) => !path.startsWith("~/jobs"));
  assert.throws(
    () => parityPage(without),
    /Cannot tell why jobs\.\w+ is missing/,
  );
  store.close();
});

async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "--line-width=100", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

Deno.test("parity: the list has every operation that the SDK's source has, and no other", async () => {
  const home = createRequire(import.meta.url).resolve("@azure/arm-machinelearning/package.json");
  const folder = join(dirname(home), "src/operations"), found: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(join(folder, name));
    for (
      const [, spec, body] of text.matchAll(/const (\w+)OperationSpec: [\s\S]*?\{([\s\S]*?)\n\};/g)
    ) {
      if (spec.endsWith("Next")) continue;
      const [, path] = /path:\s*"([^"]+)"/.exec(body)!;
      const [, method] = /httpMethod: "(\w+)"/.exec(body)!;
      const short = path.replace(/^.*workspaces\/\{workspaceName\}/, "~");
      found.push(`${name.slice(0, -3)}.${spec} ${method} ${short}`);
    }
  }
  const listed = OPERATION_GROUPS.flatMap(({ group, operations }) =>
    operations.map(([name, method, path]) => `${group}.${name} ${method} ${path}`)
  );
  assert.ok(listed.length > 100, String(listed.length));
  assert.deepEqual(listed.sort(), found.sort());
});
