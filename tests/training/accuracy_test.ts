import assert from "node:assert/strict";
import cancerDescriptor from "../fixtures/datasets/breast-cancer.dataset.json" with {
  type: "json",
};
import cancer from "../fixtures/datasets/breast-cancer.csv" with { type: "text" };
import wineDescriptor from "../fixtures/datasets/wine.dataset.json" with { type: "json" };
import wine from "../fixtures/datasets/wine.csv" with { type: "text" };
import { mean, type Samples, stream, take } from "../../lib/core/mod.ts";
import { type Trainer, trainForest } from "../../lib/training/mod.ts";
import { IRIS, rightOf } from "./iris.ts";

interface Descriptor {
  readonly target: string;
  readonly classes: readonly string[];
  readonly features: Samples["features"];
}

function samplesOf(csv: string, { target, classes, features }: Descriptor): Samples {
  const [head, ...lines] = csv.trim().split(/\r?\n/).map((line) => line.split(","));
  const at = (name: string) => head.indexOf(name);
  return {
    features,
    classes,
    x: Float64Array.from(lines.flatMap((row) => features.map(({ name }) => Number(row[at(name)])))),
    y: Uint8Array.from(lines, (row) => classes.indexOf(row[at(target)])),
  };
}

const SEEDS = 30;

/** Rows to fit on: as many as keep the package, whose time is quadratic, within seconds. */
for (
  const [name, samples, fitted, trees] of [
    ["iris", IRIS, 74, 15],
    ["wine", samplesOf(wine, wineDescriptor), 60, 9],
    ["breast cancer", samplesOf(cancer, cancerDescriptor), 80, 7],
  ] as const
) {
  Deno.test(`on ${name} the fast trainer is as good as the package, over ${SEEDS} seeds`, async () => {
    const differences: number[] = [], own: number[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const order = stream(seed, "halves").shuffle([...samples.y.keys()]);
      const learn = take(samples, order.slice(0, fitted));
      const test = take(samples, order.slice(fitted));
      const accuracy = async (trainer: Trainer) => {
        const { json } = await trainForest(learn, { seed, trees, trainer });
        return rightOf(json, test) / test.y.length;
      };
      own.push(await accuracy("fast"));
      differences.push(own.at(-1)! - await accuracy("package"));
    }
    const middle = mean(differences);
    const squares = differences.reduce((sum, value) => sum + (value - middle) ** 2, 0);
    const error = Math.sqrt(squares / (SEEDS - 1) / SEEDS);
    const said = `${name}: ${mean(own)}, better by ${middle} ± ${error}`;
    assert.ok(mean(own) > 0.9, said);
    assert.ok(error > 0 && error < 0.012, said);
    assert.ok(middle > -2.5 * error, said); // worse by chance once in 160
  });
}
