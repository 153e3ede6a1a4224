/**
 * Refuses to compare unlike rows.
 *
 * @param ours Sum of our values.
 * @param peer Sum of the peer's.
 * @throws {Error} If the sums differ by more than rounding.
 */
export function sameRows(ours: number, peer: number): void {
  if (Math.abs(ours - peer) > 1e-3 + Math.abs(peer) * 1e-9) {
    throw new Error(`Cannot compare as both sides must have the same rows: ${ours} and ${peer}`);
  }
}
