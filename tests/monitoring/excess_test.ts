import assert from "node:assert/strict";
import fc from "fast-check";
import { errorBound, excessP } from "lib/monitoring/mod.ts";

/** The same by brute force: every way to lay the errors over the rows. */
function byCounting(errorsA: number, rowsA: number, errorsB: number, rowsB: number): number {
  const rows = rowsA + rowsB, errors = errorsA + errorsB;
  let all = 0, asMany = 0;
  for (let mask = 0; mask < 2 ** rows; mask++) {
    const bits = [...mask.toString(2).padStart(rows, "0")].map(Number);
    if (bits.reduce((a, b) => a + b) !== errors) continue;
    all++;
    if (bits.slice(0, rowsA).reduce((a, b) => a + b, 0) >= errorsA) asMany++;
  }
  return asMany / all;
}

Deno.test("excessP() is the share of permutations, counted one by one", () => {
  for (
    const [a, n, b, m] of [[3, 4, 1, 4], [2, 5, 1, 6], [0, 3, 2, 5], [4, 4, 0, 6], [1, 6, 4, 4]]
  ) {
    const p = excessP({ errors: a, rows: n }, { errors: b, rows: m });
    assert.ok(Math.abs(p - byCounting(a, n, b, m)) < 1e-12, `${a}/${n} against ${b}/${m}: ${p}`);
  }
});

Deno.test("excessP() falls with every error more, and stays a probability", () => {
  const counts = fc.tuple(
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 300 }),
    fc.nat(300),
  );
  fc.assert(
    fc.property(counts, ([n, m, b]) => {
      const trusted = { errors: b % (m + 1), rows: m };
      let last = 1 + 1e-9;
      for (let errors = 0; errors <= n; errors += Math.ceil(n / 8)) {
        const p = excessP({ errors, rows: n }, trusted);
        assert.ok(p > 0 && p <= last + 1e-9, `${p} after ${last}`);
        last = p;
      }
    }),
    { seed: 1, numRuns: 50 },
  );
  assert.equal(excessP({ errors: 0, rows: 0 }, { errors: 1, rows: 9 }), 1);
  assert.throws(() => excessP({ errors: 3, rows: 2 }, { errors: 0, rows: 1 }), /3 of 2/);
});

Deno.test("errorBound() by hand: without an error 1 - 0.05^(1/n), with all errors 1", () => {
  for (const rows of [1, 10, 59, 400]) {
    const byHand = 1 - 0.05 ** (1 / rows);
    assert.ok(Math.abs(errorBound({ errors: 0, rows }) - byHand) < 1e-9, String(rows));
    assert.equal(errorBound({ errors: rows, rows }), 1);
  }
});
