import assert from "node:assert/strict";
import { join } from "node:path";
import {
  evaluate,
  measureBaselines,
  prepare,
  saveBundle,
  savedCandidate,
  trainCandidate,
  trainingRecord,
} from "../../lib/lifecycle/mod.ts";
import { inFolder } from "./checkout.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
const candidate = await trainCandidate(prepared, { seed: 7, trees: 9 });
const record = await trainingRecord({
  ...{ prepared, candidate, behaviour: [] },
  evaluation: evaluate(candidate.model, prepared.holdout),
  baselines: measureBaselines(prepared, prepared.holdout),
});
const { model } = candidate, { digest } = model;

/** The candidate out of a bundle whose record says something else. */
async function saved(
  change: object,
  choice: { digest?: string; seed?: number } = {},
): Promise<Awaited<ReturnType<typeof savedCandidate>>> {
  let found: Awaited<ReturnType<typeof savedCandidate>>;
  await inFolder(async (folder) => {
    const bundle = join(folder, "model");
    await saveBundle(bundle, { model, record: { ...record, ...change } });
    const { seed = 7, ...rest } = choice;
    found = await savedCandidate(prepared, { bundle, ...rest }, { seed });
  });
  return found;
}

Deno.test("savedCandidate() gives the model that was saved, with what its training said", async () => {
  for (const choice of [{}, { digest: "" }, { digest }]) {
    const found = await saved({}, choice);
    assert.equal(found?.model.digest, digest);
    assert.deepEqual(found?.parameters, candidate.parameters);
    assert.deepEqual(found?.outOfBag.accuracy, candidate.outOfBag.accuracy);
  }
});

Deno.test("savedCandidate() refuses another model, other rows, another holdout and another seed", async () => {
  const refused = (word: RegExp, change: object, choice?: { digest?: string; seed?: number }) =>
    assert.rejects(saved(change, choice), (error: Error) => {
      assert.equal(error.name, "BadInput");
      assert.match(error.message, word);
      return true;
    });
  await refused(/must have the digest abc/, {}, { digest: "abc" });
  await refused(/must have the dataset [0-9a-f]{64}: got "other"/, { datasetDigest: "other" });
  await refused(/must have the holdout/, { holdout: { ...record.holdout, sha256: "other" } });
  await refused(/must have the holdout/, { holdout: undefined });
  await refused(/must have the seed 8: got 7/, {}, { seed: 8 });
  await refused(/digest/, { modelDigest: "0".repeat(64) });
});

Deno.test("savedCandidate() without a bundle is nothing, and a digest alone is a mistake", async () => {
  assert.equal(await savedCandidate(prepared, { bundle: "" }, { seed: 7 }), undefined);
  await assert.rejects(savedCandidate(prepared, { bundle: "", digest }, { seed: 7 }), {
    message: `digest must come with a bundle: got "${digest}"`,
  });
});
