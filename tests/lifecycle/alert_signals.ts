/** Signals for the tests of alerts. */

import type { WindowSignal } from "lib/monitoring/mod.ts";

/** What window n (one a day) says about the share of failed requests. */
export function errorSignal(n: number, violated: boolean): WindowSignal {
  const value = violated ? 0.2 : 0;
  return {
    ...{ window: `window ${n}`, time: new Date(Date.UTC(2026, 0, n)).toISOString() },
    ...{ kind: "errors", subject: null, violated, value, limit: 0.01 },
    sentence: `${value * 100} % of the requests failed, limit 1 %`,
  };
}
