/**
 * The rates that the drift test states, by simulation: false alarms on windows without drift, and what
 * it notices. Reference and window are both drawn anew each time, as the rate is one over both.
 */

import assert from "node:assert/strict";
import { deviation, stream } from "lib/core/mod.ts";
import { drift, driftPower } from "lib/monitoring/mod.ts";
import { irisRows, normalRows, profileOf, summaryOf } from "./rows.ts";

const WINDOWS = 1000, REFERENCE = 89, LEVEL = 0.05;

/** Above this in 1 of 1,000 tests only, if the rate is the level: 5 % and three standard errors. */
const above = (windows: number) => LEVEL + 3.09 * Math.sqrt(LEVEL * (1 - LEVEL) / windows);

for (const n of [20, 50, 200]) {
  Deno.test(`at most 5 of 100 windows of ${n} iris rows without drift are alarms`, () => {
    const random = stream(7, `false alarms ${n}`);
    let alarms = 0, uncorrected = 0;
    for (let i = 0; i < WINDOWS; i++) {
      const profile = profileOf(irisRows({ n: REFERENCE, random }));
      const window = summaryOf(irisRows({ n, random }), profile);
      const { state, features } = drift(window, profile, { seed: i, permutations: 199 });
      assert.notEqual(state, "undecided");
      if (state === "drift") alarms++;
      if (features.some(({ pValue }) => pValue! <= LEVEL)) uncorrected++;
    }
    const rate = alarms / WINDOWS;
    assert.ok(rate > 0.01 && rate <= above(WINDOWS), `${rate}`); // 0 would mean that nothing is tested
    assert.ok(uncorrected / WINDOWS > 0.09, `without correction ${uncorrected / WINDOWS}`);
  });
}

Deno.test("five independent columns: alarms are near 5 of 100, not far below", () => {
  const random = stream(7, "independent");
  const windows = 500;
  let alarms = 0;
  for (let i = 0; i < windows; i++) {
    const profile = profileOf(normalRows({ n: REFERENCE, random, d: 5 }));
    const window = summaryOf(normalRows({ n: 50, random, d: 5 }), profile);
    if (drift(window, profile, { seed: i, permutations: 239 }).state === "drift") alarms++;
  }
  // one class cannot drift, so the five share six tests' level: 5/6 of 5 %
  const rate = alarms / windows;
  assert.ok(rate > 0.02 && rate <= above(windows), `${rate}`);
});

Deno.test("the shift that is said to be noticed is noticed in about 80 of 100 windows", () => {
  const random = stream(7, "power");
  for (const n of [20, 50, 200]) {
    for (const draw of [irisRows, normalRows]) {
      let noticed = 0;
      for (let i = 0; i < 200; i++) {
        const profile = profileOf(draw({ n: REFERENCE, random }));
        const shift = driftPower(profile, { rows: n }).smallestShifts[0]!;
        const by = shift * deviation(profile.summaries[0].moments);
        const window = summaryOf(draw({ n, random, shift: { column: 0, by } }), profile);
        const { features } = drift(window, profile, { seed: i, permutations: 499 });
        if (features[0].drifted) noticed++;
      }
      assert.ok(noticed >= 140 && noticed <= 185, `${draw.name} ${n}: ${noticed} of 200`);
    }
  }
});

Deno.test("a shift of 1 deviation is noticed by the rows that are said to be needed", () => {
  const random = stream(7, "needed");
  let noticed = 0;
  for (let i = 0; i < 200; i++) {
    const profile = profileOf(irisRows({ n: REFERENCE, random }));
    const n = driftPower(profile, { rows: 1 }).rowsNeeded!;
    assert.ok(n >= 13 && n <= 17, `${n}`);
    const by = deviation(profile.summaries[1].moments);
    const window = summaryOf(irisRows({ n, random, shift: { column: 1, by } }), profile);
    if (drift(window, profile, { seed: i, permutations: 499 }).features[1].drifted) noticed++;
  }
  assert.ok(noticed >= 140, `${noticed} of 200`);
});
