/** Signals for the tests of alerts. */

import type { WindowSignal } from "lib/monitoring/mod.ts";

/** First instant of the scene. */
const START = Date.parse("2026-01-01T00:00:00Z");

/** End of window n: one window a day. */
export function dayOf(n: number): string {
  return new Date(START + n * 86_400_000).toISOString();
}

/** What window n says about drift. */
export function signalOf(
  n: number,
  violated: boolean,
  subject: string | null = null,
): WindowSignal {
  const value = violated ? 0.001 : 0.4;
  return {
    ...{ window: `window ${n}`, time: dayOf(n), kind: "drift", subject },
    ...{ violated, value, limit: 0.05, sentence: `p = ${value}, limit 0.05` },
  };
}
