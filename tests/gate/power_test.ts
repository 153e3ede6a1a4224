import assert from "node:assert/strict";
import { DEFAULT_POLICY, powerTable, refusalRate } from "lib/gate/mod.ts";

Deno.test("refusalRate() is the sum over all outcomes, where that can be done by hand", () => {
  // 35 rows, champion always right: refused unless the challenger loses none, as (1 - 0.02)^35 tells
  const world = { rows: 35, loss: 0.02, accuracy: 1, swaps: 0 };
  const { refused } = refusalRate(world, { seed: 7, draws: 20_000 });
  const exact = 1 - 0.98 ** 35;
  assert.ok(Math.abs(refused.value - exact) < 0.015, `${refused.value} and ${exact}`);
});

Deno.test("powerTable() refuses more the more is lost, and fewer equals on more rows", () => {
  const rows = [60, 150, 500], losses = [0, 0.05, 0.1, 0.2, 0.3];
  const rates = powerTable({ rows, losses, seed: 7 });
  const value = (n: number, loss: number) =>
    rates.find((rate) => rate.rows === n && rate.loss === loss)!.refused.value;
  for (const n of rows) {
    for (const [i, loss] of losses.slice(1).entries()) {
      assert.ok(value(n, loss) >= value(n, losses[i]) - 0.01, `${n} rows, ${loss}`);
    }
    assert.ok(value(n, DEFAULT_POLICY.margin) > 0.95, "who loses the margin hardly passes");
  }
  // what the room's manual says of it, summed over all outcomes: 23 of 100
  assert.ok(Math.abs(value(60, 0) - 0.23) < 0.04);
  assert.ok(value(500, 0) < 0.05);
});

Deno.test("refusalRate() is seeded, and refuses a world without room", () => {
  const world = { rows: 60, loss: 0.1 };
  assert.deepEqual(refusalRate(world, { seed: 7 }), refusalRate(world, { seed: 7 }));
  for (const broken of [{ loss: 0.99 }, { loss: -0.1 }, { loss: 0, accuracy: 1 }]) {
    assert.throws(() => refusalRate({ rows: 60, ...broken }, { seed: 7 }), {
      name: "BadInput",
      message: /^world must leave room/,
    });
  }
});
