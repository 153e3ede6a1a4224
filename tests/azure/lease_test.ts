/** Only one at a time, by a lease in a real Blob service. */

import assert from "node:assert/strict";
import { takeLease } from "lib/azure/mod.ts";
import { ownWorkspace } from "./own_workspace.ts";

const since = "2026-03-02T00:00:00.000Z";

Deno.test("of two that take a lease the second is told who has it, and of ten one gets it", async () => {
  await using own = await ownWorkspace();
  const { azure } = own.workspace;
  const take = (by: string, name = "deploy-iris") => takeLease(azure, name, { by, since });
  const first = await take("run 1");
  assert.ok("release" in first);
  assert.deepEqual(await take("run 2"), { by: "run 1", since });
  const other = await take("run 2", "deploy-wine"); // of something else
  assert.ok("release" in other);
  await first.release();
  const second = await take("run 2");
  assert.ok("release" in second);
  assert.deepEqual(await take("run 3"), { by: "run 2", since });
  await second.release();
  await other.release();

  const asked = await Promise.all(Array.from({ length: 10 }, (_, i) => take(`${i}`, "ten")));
  const given = asked.filter((one) => "release" in one);
  assert.equal(given.length, 1);
  await given[0].release();
});
