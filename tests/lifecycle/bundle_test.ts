import assert from "node:assert/strict";
import { join } from "node:path";
import { digestOf, sha256 } from "../../lib/core/mod.ts";
import { modelBytes, predict } from "../../lib/model/mod.ts";
import { checkBehaviour } from "../../lib/training/mod.ts";
import {
  evaluate,
  loadBundle,
  measureBaselines,
  prepare,
  saveBundle,
  trainCandidate,
  trainingRecord,
} from "../../lib/lifecycle/mod.ts";
import { inFolder, namesIn, outsideGit } from "./checkout.ts";

/** A whole training, from the descriptor to the record. */
async function run(seed: number) {
  const prepared = await prepare("data/iris.dataset.json", { seed });
  const candidate = await trainCandidate(prepared, { seed, trees: 9 });
  const { train, validation, holdout } = prepared, { model } = candidate;
  const evaluation = evaluate(model, holdout), baselines = measureBaselines(prepared, holdout);
  const behaviour = checkBehaviour(model, { known: train, cases: validation }, { seed });
  const parts = { prepared, candidate, evaluation, baselines, behaviour };
  let record: Awaited<ReturnType<typeof trainingRecord>> | undefined;
  await outsideGit(async () => {
    record = await trainingRecord(parts);
  });
  return { ...parts, model, record: record! };
}

const first = await run(7), { model, record } = first;

/** Saves the bundle in a folder of its own. */
function saved(test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const path = join(folder, "bundle");
    await saveBundle(path, { model, record });
    await test(path);
  });
}

Deno.test("trainingRecord() is the same for two runs, and another for another seed", async () => {
  const again = await run(7), other = await run(8);
  assert.equal(digestOf(again.record), digestOf(record));
  assert.notEqual(other.record.modelDigest, record.modelDigest);
  assert.deepEqual(other.record.holdout, record.holdout);
  assert.equal(other.record.datasetDigest, record.datasetDigest);
});

Deno.test("trainingRecord() joins rows, model and findings by their digests", () => {
  const { prepared, candidate, evaluation } = first;
  assert.equal(record.datasetDigest, prepared.dataset.digest);
  assert.equal(record.csvSha256, sha256(Deno.readFileSync(prepared.dataset.descriptor.csv)));
  assert.equal(record.modelDigest, sha256(modelBytes(model.document)));
  assert.deepEqual([record.dataset, record.modelName, record.seed], ["iris", "iris", 7]);
  assert.deepEqual(record.parameters, candidate.parameters);
  assert.deepEqual(record.rows, { train: 59, validation: 30, holdout: 60 });
  assert.deepEqual(record.holdout, {
    sha256: prepared.dataset.holdout.sha256,
    rows: 60,
    frozen: true,
  });
  assert.deepEqual(record.metrics.accuracy, evaluation.accuracy);
  assert.equal(record.metrics.ece, evaluation.calibration.ece);
  assert.deepEqual(record.baselines.map(({ name }) => name), ["majority class", "one split"]);
  assert.equal(record.behaviour.length, 3);
  assert.equal(record.commit, null);
});

Deno.test("trainingRecord() survives JSON and holds no time and no machine", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(record)), record);
  assert.deepEqual(Object.keys(record), [
    "dataset",
    "datasetDigest",
    "csvSha256",
    "modelName",
    "modelDigest",
    "seed",
    "parameters",
    "rows",
    "holdout",
    "metrics",
    "outOfBag",
    "baselines",
    "behaviour",
    "commit",
    "lockfile",
  ]);
  assert.ok(!JSON.stringify(record).includes(first.prepared.dataset.descriptor.csv));
});

Deno.test("saveBundle() writes the model's very bytes, its signature and its record", async () => {
  await saved(async (folder) => {
    assert.deepEqual(namesIn(folder), ["model.json", "signature.json", "training.json"]);
    const bytes = await Deno.readFile(join(folder, "model.json"));
    assert.equal(sha256(bytes), model.digest);
    const read = async (name: string) => JSON.parse(await Deno.readTextFile(join(folder, name)));
    assert.deepEqual(await read("signature.json"), model.document.signature);
    assert.deepEqual(await read("training.json"), record);
  });
});

Deno.test("loadBundle() takes back what saveBundle() wrote", async () => {
  await saved(async (folder) => {
    const loaded = await loadBundle(folder);
    assert.deepEqual(loaded.record, record);
    assert.equal(loaded.model.digest, model.digest);
    const { x } = first.prepared.holdout;
    assert.deepEqual(predict(loaded.model, x), predict(model, x));
  });
});

Deno.test("saveBundle() replaces an older bundle, whatever lay in it", async () => {
  await saved(async (folder) => {
    await Deno.writeTextFile(join(folder, "left_over.txt"), "old");
    await saveBundle(folder, { model, record: { modelDigest: model.digest } });
    assert.deepEqual(namesIn(folder), ["model.json", "signature.json", "training.json"]);
    assert.deepEqual((await loadBundle(folder)).record, { modelDigest: model.digest });
  });
});

Deno.test("loadBundle() refuses a model that was tampered with", async () => {
  await saved(async (folder) => {
    const path = join(folder, "model.json"), text = await Deno.readTextFile(path);
    const tampered = text.replace(/"splitValue":(\d)/, (_, digit) => `"splitValue":${9 - digit}`);
    assert.notEqual(tampered, text);
    for (
      const [content, digest] of [[tampered, sha256(tampered)], [text + "\n", sha256(text + "\n")]]
    ) {
      await Deno.writeTextFile(path, content);
      await assert.rejects(loadBundle(folder), {
        name: "BadInput",
        message: `model digest must be ${model.digest}: got "${digest}"`,
      });
    }
  });
});

Deno.test("loadBundle() refuses a record that names no digest: any model would pass", async () => {
  await saved(async (folder) => {
    const path = join(folder, "training.json"), { modelDigest: _, ...rest } = record;
    const records: [content: unknown, value: string][] = [
      [rest, "undefined"],
      [{ ...rest, modelDigest: null }, "null"],
      [null, "undefined"],
      [[], "undefined"],
    ];
    for (const [content, value] of records) {
      await Deno.writeTextFile(path, JSON.stringify(content));
      await assert.rejects(loadBundle(folder), {
        name: "BadInput",
        message: `${path} /modelDigest must be the model's digest: got ${value}`,
      });
    }
  });
});

Deno.test("loadBundle() refuses a bundle with a file missing or broken", async () => {
  await saved(async (folder) => {
    const path = (name: string) => join(folder, name);
    await Deno.remove(path("model.json"));
    await assert.rejects(loadBundle(folder), {
      name: "BadInput",
      message: `${path("model.json")} must be a file`,
    });
    await Deno.writeTextFile(path("training.json"), "{");
    const broken = { name: "BadInput", message: `${path("training.json")} must be a JSON file` };
    await assert.rejects(loadBundle(folder), broken);
    await Deno.remove(path("training.json"));
    await assert.rejects(loadBundle(folder), broken);
  });
});
