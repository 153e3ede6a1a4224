import assert from "node:assert/strict";
import { watchIdle } from "../../lib/local_azure/idle.ts";

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

Deno.test("watchIdle() is not idle while somebody asks, and then once", async () => {
  let idle = 0;
  const watch = watchIdle(100, () => idle++);
  for (let i = 0; i < 15; i++) {
    await pause(20);
    watch.touch();
  }
  assert.equal(idle, 0);
  await pause(400);
  assert.equal(idle, 1);
  watch.close();
});

Deno.test("watchIdle() with 0 is never idle", async () => {
  let idle = 0;
  const watch = watchIdle(0, () => idle++);
  await pause(50);
  watch.close();
  assert.equal(idle, 0);
});
