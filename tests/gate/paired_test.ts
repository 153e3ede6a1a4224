import assert from "node:assert/strict";
import { stream } from "lib/core/mod.ts";
import { accuracyDifference, detectableLoss, mcnemarP } from "lib/gate/mod.ts";

const counts = (onlyChampion: number, onlyChallenger: number, bothRight = 50, bothWrong = 0) => ({
  bothRight,
  onlyChampion,
  onlyChallenger,
  bothWrong,
});

Deno.test("mcnemarP() is the two-sided binomial test, worked by hand", () => {
  // 2 · (C(10,0) + C(10,1)) / 2^10 and 2 · (1 + 5 + 10) / 2^5 cut at 1
  assert.equal(mcnemarP(counts(9, 1)).toFixed(6), (22 / 1024).toFixed(6));
  assert.equal(mcnemarP(counts(3, 2)).toFixed(9), "1.000000000");
  assert.equal(mcnemarP(counts(0, 0)), 1);
});

Deno.test("mcnemarP() does not care who is the champion, nor for rows on which both agree", () => {
  assert.equal(mcnemarP(counts(7, 2)), mcnemarP(counts(2, 7)));
  assert.equal(mcnemarP(counts(7, 2, 1, 3)), mcnemarP(counts(7, 2, 900, 0)));
});

Deno.test("mcnemarP() is sound for many discordant rows", () => {
  const p = mcnemarP(counts(5_100, 4_900));
  assert.ok(p > 0.04 && p < 0.05, String(p)); // z = 199.5 / 100
});

Deno.test("mcnemarP() calls equal models different in at most 5 of 100 comparisons", () => {
  const random = stream(7, "size of McNemar's test");
  let called = 0;
  for (let round = 0; round < 4_000; round++) {
    let lost = 0, won = 0;
    for (let i = 0; i < 60; i++) {
      const draw = random.next();
      if (draw < 0.1) lost++;
      else if (draw < 0.2) won++;
    }
    if (mcnemarP(counts(lost, won)) < 0.05) called++;
  }
  assert.ok(called / 4_000 <= 0.05, `${called} of 4,000`);
});

Deno.test("accuracyDifference() agrees with the other examples of Newcombe's table II", () => {
  // 36, 14, 0, 0 of 50; b and c as there: won 14, lost 0
  const { value, low, high } = accuracyDifference(counts(0, 14, 36, 0));
  assert.equal(value, 0.28);
  assert.ok(low > 0.15 && low < 0.19 && high > 0.38 && high < 0.43, `${low} ${high}`);
});

Deno.test("accuracyDifference() turns its sign when the two change places", () => {
  const one = accuracyDifference(counts(7, 2, 40, 11)),
    other = accuracyDifference(counts(2, 7, 40, 11));
  assert.equal(one.value, -other.value);
  assert.ok(Math.abs(one.low + other.high) < 1e-12);
});

Deno.test("accuracyDifference() holds the true difference in 95 of 100 comparisons or more", () => {
  const random = stream(7, "coverage of Newcombe's interval");
  const shares = [0.8, 0.1, 0.05]; // both, only champion, only challenger; the rest both wrong
  let held = 0;
  for (let round = 0; round < 2_000; round++) {
    const seen = [0, 0, 0, 0];
    for (let i = 0; i < 60; i++) {
      const draw = random.next();
      seen[draw < 0.8 ? 0 : draw < 0.9 ? 1 : draw < 0.95 ? 2 : 3]++;
    }
    const { low, high } = accuracyDifference(counts(seen[1], seen[2], seen[0], seen[3]));
    if (low <= shares[2] - shares[1] && shares[2] - shares[1] <= high) held++;
  }
  assert.ok(held / 2_000 > 0.94, `${held} of 2,000`);
});

Deno.test("detectableLoss() says what the test really notices", () => {
  for (const n of [30, 60, 500]) {
    const { rows, share } = detectableLoss(n);
    assert.ok(mcnemarP(counts(rows, 0)) < 0.05 && mcnemarP(counts(rows - 1, 0)) >= 0.05);
    const random = stream(7, `power ${n}`);
    let noticed = 0;
    for (let round = 0; round < 2_000; round++) {
      let lost = 0;
      for (let i = 0; i < n; i++) if (random.next() < share!) lost++;
      if (lost >= rows) noticed++;
    }
    assert.ok(Math.abs(noticed / 2_000 - 0.8) < 0.04, `${n}: ${noticed} of 2,000`);
  }
  assert.deepEqual(detectableLoss(5), { rows: 6, share: null });
});
