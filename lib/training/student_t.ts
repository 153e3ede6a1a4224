/**
 * Student's t for whole degrees of freedom, by its finite series; exact to about 1e-14.
 *
 * @see Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */

/**
 * Probability beyond ± t.
 *
 * @param t The statistic.
 * @param freedom Degrees of freedom, a whole number from 1 up.
 * @returns The two-sided p.
 */
export function studentTails(t: number, freedom: number): number {
  return Math.max(0, 1 - within(Math.abs(t), freedom));
}

/**
 * The value below which a share of the distribution lies.
 *
 * @param share From 0.5 to below 1.
 * @param freedom Degrees of freedom, a whole number from 1 up.
 * @returns The quantile, by bisection.
 */
export function studentQuantile(share: number, freedom: number): number {
  const wanted = 2 * share - 1;
  let low = 0, high = 1;
  while (within(high, freedom) < wanted) high *= 2;
  for (let step = 0; step < 80 && low < high; step++) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability between - t and t, t ≥ 0. */
function within(t: number, freedom: number): number {
  if (t === Infinity) return 1;
  const angle = Math.atan(t / Math.sqrt(freedom)), cos = Math.cos(angle), sin = Math.sin(angle);
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cos : 1, sum = 0;
  for (let power = isOdd ? 1 : 0; power <= freedom - 2; power += 2) {
    sum += term;
    term *= (power + 1) / (power + 2) * cos * cos;
  }
  return isOdd ? (angle + sin * sum) * 2 / Math.PI : sin * sum;
}
