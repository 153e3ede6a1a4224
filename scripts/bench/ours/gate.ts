/**
 * Our side of `bench gate`: `answers` takes the same answered rows as `peers/gate.py` and decides;
 * `models` sends two forests through the whole verb. The fastest of some turns counts. One JSON line.
 */

import { rowKeys } from "lib/data/mod.ts";
import { decide, type GateDecision, type GateInput } from "lib/gate/mod.ts";
import { gateModel, modelOf, type Prepared } from "lib/lifecycle/mod.ts";
import { measure, signatureOf } from "lib/model/mod.ts";
import { trainForest } from "lib/training/mod.ts";
import { irisSamples } from "./samples.ts";

const [what, rows] = [Deno.args[0], Number(Deno.args[1])], FITTED = 1500, TURNS = 5;
const wide = <T extends { features: readonly object[] }>(samples: T): T => ({
  ...samples,
  features: samples.features.map((feature) => ({ ...feature, min: -50, max: 50 })),
});
const learnt = wide(irisSamples(FITTED).samples);
const { samples, checksum } = irisSamples(rows, { seed: 43 }), holdout = wide(samples);
const { y, x, classes } = holdout;

/** The answers of `peers/gate.py`: wrong by rule, so that both sides judge the same. */
function answered(): () => GateDecision {
  const wrongEvery = (step: number) =>
    y.map((label, i) => i % step === 0 ? (label + 1) % 3 : label);
  const labels = wrongEvery(17), champion = wrongEvery(13);
  const probabilities = Float64Array.from(
    { length: 3 * rows },
    (_, at) => labels[Math.floor(at / 3)] === at % 3 ? 0.9 : 0.05,
  );
  const signature = signatureOf(holdout);
  const baselines = {
    majority: new Uint8Array(rows),
    oneSplit: Uint8Array.from(y, (_, i) => x[4 * i + 2] < 2.5 ? 0 : 1),
  };
  return () => {
    const input: GateInput = {
      challenger: { digest: "challenger", signature, labels },
      champion: { digest: "champion", signature, labels: champion },
      holdout: { sha256: "rows", actual: y },
      metrics: measure({ actual: y, labels, probabilities }, classes),
      ...{ baselines, foundDigest: "challenger", contractPassed: true },
      learnt: { rows: FITTED, broken: 0 },
      keys: { learnt: rowKeys(learnt), judged: rowKeys(holdout) },
      thresholds: { all: 1, stray: 0 },
      groups: { column: "third", of: Array.from(y, (_, i) => String(i % 3)) },
      ...{ bytes: 1, rowMs: 0 },
    };
    return decide(input);
  };
}

/** Two forests of 25 trees through the verb. */
async function judged(): Promise<() => GateDecision> {
  const grow = async (seed: number) =>
    modelOf((await trainForest(learnt, { seed, trees: 25 })).json, {
      name: "iris",
      samples: learnt,
    });
  const models = { challenger: await grow(8), champion: await grow(7) };
  const prepared = {
    dataset: {
      samples: holdout,
      descriptor: { name: "iris", cleaning: {} },
      contract: { violations: [] },
      holdout: { sha256: "rows" },
    },
    ...{ train: learnt, validation: learnt, holdout },
    split: { train: [], validation: [], holdout: [...y.keys()] },
  } as unknown as Prepared;
  return () => gateModel(prepared, models);
}

const decideOnce = what === "models" ? await judged() : answered();
let seconds = Infinity, decision = decideOnce();
for (let turn = 0; turn < TURNS; turn++) {
  const begin = performance.now();
  decision = decideOnce();
  seconds = Math.min(seconds, (performance.now() - begin) / 1000);
}
const value = (wanted: string) => decision.rules.find(({ rule }) => rule === wanted)!.value;
console.log(JSON.stringify({
  ...{ seconds, checksum, decision: decision.decision, rules: decision.rules.length },
  figures: ["classes", "calibration", "non-inferiority", "mcnemar", "leak"].map(value),
}));
