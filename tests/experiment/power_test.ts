import assert from "node:assert/strict";
import { stream } from "lib/core/mod.ts";
import { fixedPairs, powerRows, simulatePeeking } from "lib/experiment/mod.ts";

Deno.test("powerRows(): large differences take few rows, and the same seed gives the same table", () => {
  const options = { baseline: 0.95, differences: [-0.2, -0.1, -0.05, 0.03], seed: 7 };
  const rows = powerRows(options);
  assert.deepEqual(powerRows(options), rows);
  const [huge, large, small] = rows;
  assert.ok(huge.fixed < large.fixed && large.fixed < small.fixed);
  assert.ok(huge.sequential.median! < large.sequential.median!);
  for (const { fixed, sequential, paired } of rows) {
    // to be allowed to watch costs something, but not the double
    assert.ok(sequential.found > 0.99 && sequential.mean < 2.5 * fixed, JSON.stringify(sequential));
    assert.ok(paired.sequential.found > 0.99 && paired.discordant < paired.fixed);
  }
});

Deno.test("powerRows(): pairs that differ seldom take fewer rows", () => {
  const options = { baseline: 0.95, differences: [-0.05], seed: 7 };
  const [usual] = powerRows(options), [alike] = powerRows({ ...options, disagreement: 0.06 });
  assert.ok(alike.paired.fixed < usual.paired.fixed / 2);
  assert.ok(alike.paired.sequential.median! < usual.paired.sequential.median!);
});

Deno.test("powerRows(): a test that seldom ends has no median, and says how often it ended", () => {
  const [{ sequential }] = powerRows({
    ...{ baseline: 0.5, differences: [0.1], alpha: 0.001, power: 0.001, seed: 7, runs: 200 },
    lookEvery: 5,
  });
  assert.ok(sequential.found < 0.5 && sequential.median === null && sequential.mean > 0);
});

Deno.test("powerRows() names what is wrong", () => {
  const good = { baseline: 0.95, differences: [0.1], seed: 7 };
  assert.throws(
    () => powerRows(good),
    /difference must not be 0, and leave B an accuracy from 0 to 1/,
  );
  assert.throws(
    () => powerRows({ ...good, runs: 0 }),
    /runs must be a whole number from 1 to 10000/,
  );
  assert.throws(
    () => fixedPairs({ baseline: 0.9, difference: -0.05, disagreement: 0.04 }),
    /disagreement must be at least the difference, and at most 1: got 0.04/,
  );
});

Deno.test("fixed horizon: the number of rows gives the power that it promises", () => {
  const [{ fixed }] = powerRows({ baseline: 0.9, differences: [-0.1], seed: 7, runs: 1 });
  const random = stream(7, "fixed power");
  let found = 0;
  for (let run = 0; run < 2_000; run++) {
    let a = 0, b = 0;
    for (let i = 0; i < fixed; i++) {
      if (random.next() < 0.1) a++;
      if (random.next() < 0.2) b++;
    }
    const pooled = (a + b) / (2 * fixed);
    if (Math.abs(a - b) / Math.sqrt(2 * fixed * pooled * (1 - pooled)) > 1.959964) found++;
  }
  assert.ok(Math.abs(found / 2_000 - 0.8) < 0.03, String(found / 2_000));
});

Deno.test("simulatePeeking(): z-test about 29 of 100, e-process below 5, in less than a second", () => {
  const calls: number[] = [], started = performance.now();
  const found = simulatePeeking({ seed: 7, onProgress: (done) => calls.push(done) });
  const seconds = (performance.now() - started) / 1_000;
  assert.ok(seconds < 1, `${seconds} s`);
  const { falseWinners: { zTest, eProcess }, looks, examples } = found;
  assert.ok(zTest > 0.25 && zTest < 0.33, String(zTest));
  assert.ok(eProcess < 0.05, String(eProcess));
  assert.ok(looks[0].zTest < 0.08, "one look keeps its promise");
  assert.equal(looks.at(-1)!.zTest, zTest);
  assert.equal(looks.at(-1)!.rowsPerArm, 3_000);
  looks.slice(1).forEach((look, i) => assert.ok(look.zTest >= looks[i].zTest));
  assert.equal(examples.length, 6);
  assert.equal(examples.filter(({ zP }) => zP.some((p) => p < 0.05)).length, 3);
  assert.deepEqual(calls.at(-1), 2_000);
  assert.equal(calls.length, 20);
  assert.deepEqual(simulatePeeking({ seed: 7 }), found);
});

Deno.test("simulatePeeking(): more looks, more false winners of the z-test only", () => {
  const { falseWinners } = simulatePeeking({ seed: 7, runs: 500, looks: 300, rowsPerLook: 10 });
  assert.ok(
    falseWinners.zTest > 0.33 && falseWinners.eProcess < 0.05,
    JSON.stringify(falseWinners),
  );
  assert.throws(() => simulatePeeking({ seed: 7, runs: 0 }), /runs must be a whole number/);
});
