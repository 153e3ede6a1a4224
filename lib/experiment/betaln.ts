/** The logarithm of the beta function, so exact that evidence from a million rows can be compared. */

/** Half the logarithm of 2π. */
const HALF_LOG_2PI = 0.9189385332046727;

/** From here on Stirling's series is exact to 16 digits. */
const LARGE = 15;

/**
 * Natural logarithm of the beta function B(a, b).
 *
 * The usual sum of three log-gammas loses all digits for large arguments, because they cancel. Here
 * they are cancelled on paper, and what is left are Stirling's small corrections.
 *
 * @param a Above 0.
 * @param b Above 0.
 * @returns ln B(a, b).
 * @throws {RangeError} If an argument is not a finite number above 0.
 * @see Didonato and Morris (1992), Algorithm 708, ACM Trans. Math. Softw. 18: the same idea.
 *
 * @example B(2, 3) is 1/12
 * ```ts
 * import assert from "node:assert/strict";
 * import { betaln } from "lib/experiment/mod.ts";
 *
 * assert.equal(Math.exp(betaln(2, 3)).toFixed(12), (1 / 12).toFixed(12));
 * ```
 */
export function betaln(a: number, b: number): number {
  if (!(a > 0 && b > 0 && Number.isFinite(a) && Number.isFinite(b))) {
    throw new RangeError(`Cannot take betaln as both arguments must be above 0: ${a}, ${b}`);
  }
  // B(a, b) = B(a + 1, b) · (a + b) / a: up to where the series is exact
  let shift = 0;
  for (; a < LARGE; a++) shift += Math.log1p(b / a);
  for (; b < LARGE; b++) shift += Math.log1p(a / b);
  const both = a + b;
  return shift + (a - 0.5) * -Math.log1p(b / a) + b * -Math.log1p(a / b) - 0.5 * Math.log(b) +
    HALF_LOG_2PI + correction(a) + correction(b) - correction(both);
}

/** What Stirling's formula leaves out of ln Γ(x), for x of 15 or more. */
function correction(x: number): number {
  const square = 1 / (x * x);
  return (1 / 12 -
    square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x;
}
