/** How often the comparison refuses: who is as good as the champion, and who is worse by so much. */

import { BadInput, stream, wilsonInterval } from "lib/core/mod.ts";
import { compare } from "./comparison.ts";
import { DEFAULT_POLICY, type GatePolicy } from "./policy.ts";

/** A world in which challenger and champion are compared. */
export interface ComparedWorld {
  /** Rows of the holdout. */
  readonly rows: number;
  /** Share of rows that the challenger loses in truth: 0 is as good as the champion. */
  readonly loss: number;
  /** Share of rows that the champion gets right in truth. Default 0.95. */
  readonly accuracy?: number;
  /** Share of rows that the challenger wins, and loses again besides. Default 0.02: one of another seed. */
  readonly swaps?: number;
}

/** How often the comparison refused. */
export interface RefusalRate {
  /** Rows of the holdout. */
  readonly rows: number;
  /** The true loss, as a share. */
  readonly loss: number;
  /** Share of the holdouts that refused; `low` and `high` are its 95 % Wilson interval. */
  readonly refused: { readonly value: number; readonly low: number; readonly high: number };
  /** Holdouts that were drawn. */
  readonly draws: number;
  /** The world's other shares, see {@linkcode ComparedWorld}. */
  readonly accuracy: number;
  /** As there. */
  readonly swaps: number;
}

/**
 * Draws holdouts from a world whose truth is known, and asks non-inferiority and McNemar's test.
 *
 * @param world See {@linkcode ComparedWorld}.
 * @param options `seed`; `draws`: holdouts, default 1,000; `policy`: its margin and alpha count.
 * @returns See {@linkcode RefusalRate}.
 * @throws {BadInput} If the shares leave no room for each other.
 *
 * @example A loss of 30 points is nearly always refused on 60 rows
 * ```ts
 * import assert from "node:assert/strict";
 * import { refusalRate } from "lib/gate/mod.ts";
 *
 * const { refused } = refusalRate({ rows: 60, loss: 0.3 }, { seed: 7, draws: 200 });
 * assert.ok(refused.value > 0.99);
 * ```
 */
export function refusalRate(
  { rows, loss, accuracy = 0.95, swaps = 0.02 }: ComparedWorld,
  { seed, draws = 1000, policy = DEFAULT_POLICY }: {
    readonly seed: number;
    readonly draws?: number;
    readonly policy?: Pick<GatePolicy, "margin" | "alpha">;
  },
): RefusalRate {
  const lost = loss + swaps, won = swaps, bothRight = accuracy - lost;
  if (!(loss >= 0 && swaps >= 0 && bothRight >= 0 && accuracy + won <= 1)) {
    const rule = "must leave room: loss and swaps within the accuracy, swaps within the rest";
    throw new BadInput({ field: "world", rule, value: { loss, accuracy, swaps } });
  }
  const random = stream(seed, `power:${rows}:${loss}`);
  let refused = 0;
  for (let draw = 0; draw < draws; draw++) {
    const counts = { bothRight: 0, onlyChampion: 0, onlyChallenger: 0, bothWrong: 0 };
    for (let row = 0; row < rows; row++) {
      const at = random.next();
      if (at < bothRight) counts.bothRight++;
      else if (at < accuracy) counts.onlyChampion++;
      else if (at < accuracy + won) counts.onlyChallenger++;
      else counts.bothWrong++;
    }
    if (compare(counts, policy).rules.some(({ passed }) => !passed)) refused++;
  }
  const interval = wilsonInterval({ successes: refused, trials: draws });
  return { rows, loss, refused: { value: refused / draws, ...interval }, draws, accuracy, swaps };
}

/**
 * The power table: a row for each size of the holdout and each true loss.
 *
 * @param options `rows` and `losses` of the table; the rest as in {@linkcode refusalRate}.
 * @returns One rate for each pair, by rows and then by loss.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { powerTable } from "lib/gate/mod.ts";
 *
 * const [same, worse] = powerTable({ rows: [150], losses: [0, 0.2], seed: 7, draws: 100 });
 * assert.ok(same.refused.value < worse.refused.value);
 * ```
 */
export function powerTable(
  { rows, losses, ...options }: {
    readonly rows: readonly number[];
    readonly losses: readonly number[];
    readonly seed: number;
    readonly draws?: number;
    readonly policy?: Pick<GatePolicy, "margin" | "alpha">;
  },
): RefusalRate[] {
  return rows.flatMap((n) => losses.map((loss) => refusalRate({ rows: n, loss }, options)));
}
