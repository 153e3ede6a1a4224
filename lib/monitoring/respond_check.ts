/** Refuses summaries and policies that the answer could not rest on. */

import { BadInput } from "lib/core/mod.ts";
import { instant } from "./instant.ts";
import type { RespondInput, RespondPolicy } from "./respond_input.ts";

/** Throws for what is no summary, and for a policy that could never act. */
export function checkRespond(input: RespondInput, policy: RespondPolicy): void {
  const must = (holds: boolean, field: string, rule: string, value: unknown) => {
    if (!holds) throw new BadInput({ field, rule, value });
  };
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
  const isShare = (value: number) => value >= 0 && value <= 1;
  const { windows, expected, labelledRows, lastRetrain, now } = input;
  must(windows.length > 0, "windows", "must not be empty", windows.length);
  must(isShare(expected), "expected accuracy", "must be from 0 to 1", expected);
  must(isCount(labelledRows), "labelled rows", "must be a whole number", labelledRows);
  const at = instant(now, "now");
  if (lastRetrain !== null) {
    must(
      instant(lastRetrain, "last retrain") <= at,
      "last retrain",
      `must not be after ${now}`,
      lastRetrain,
    );
  }
  const names = windows.map(({ window }) => window);
  must(new Set(names).size === names.length, "windows", "must have names of their own", names);
  for (const { window, time, rows, labels, estimated, realised } of windows) {
    instant(time, `${window} time`);
    must(isCount(rows), `${window} rows`, "must be a whole number", rows);
    must(
      isCount(labels) && labels <= rows,
      `${window} labels`,
      `must be from 0 to ${rows}`,
      labels,
    );
    for (const [name, measured] of [["estimated", estimated], ["realised", realised]] as const) {
      if (measured === null) continue;
      const { low, value, high } = measured;
      const holds = isShare(low) && low <= value && value <= high && isShare(high);
      must(holds, `${window} ${name}`, "must be shares low ≤ value ≤ high", measured);
    }
  }
  const { needed, of, margin, minRows, minLabels, minCoverage, minTrainRows, coolDownHours } =
    policy;
  must(isCount(of) && of >= 1, "policy of", "must be a whole number from 1 on", of);
  must(
    isCount(needed) && needed >= 1 && needed <= of,
    "policy needed",
    `must be from 1 to ${of}`,
    needed,
  );
  must(
    margin >= 0 && margin < expected,
    "policy margin",
    `must be from 0 to below ${expected}`,
    margin,
  );
  must(
    minCoverage > 0 && minCoverage <= 1,
    "policy minCoverage",
    "must be above 0 and at most 1",
    minCoverage,
  );
  for (const [name, value] of Object.entries({ minRows, minLabels, minTrainRows })) {
    must(isCount(value) && value >= 1, `policy ${name}`, "must be a whole number from 1 on", value);
  }
  must(
    coolDownHours >= 0 && coolDownHours < Infinity,
    "policy coolDownHours",
    "must be a number from 0 on",
    coolDownHours,
  );
}
