import assert from "node:assert/strict";
import { sha256, stream } from "../../lib/core/mod.ts";
import {
  MODEL_FORMAT,
  modelBytes,
  type ModelDocument,
  predict,
  readModel,
  vote,
} from "../../lib/model/mod.ts";
import { gridRows, randomForest } from "./random_forests.ts";

const TINY: ModelDocument = {
  format: MODEL_FORMAT,
  name: "pets",
  signature: {
    inputs: [{ name: "length", unit: "cm", min: 0, max: 9.5 }],
    classes: ["cat", "dög"],
  },
  forest: {
    name: "RFClassifier",
    baseModel: {
      isClassifier: true,
      nEstimators: 1,
      n: 1,
      indexes: [[0]],
      estimators: [{
        name: "DTClassifier",
        options: { kind: "classifier" },
        root: {
          splitColumn: 0,
          splitValue: 2.5,
          left: { distribution: [[1]] },
          right: { distribution: [[0.25, 0.75]] },
        },
      }],
    },
  },
};

// Python's json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
const TINY_DIGEST = "275b6981015ace69c5581e8b75626acd3f31e07c106d8b5b267b67571e4885d0";

const size = { columns: 3, classes: 3, trees: 7 }, random = stream(7, "document");
const document: ModelDocument = {
  format: MODEL_FORMAT,
  name: "any",
  signature: {
    inputs: ["a", "b", "c"].map((name) => ({ name, unit: "", min: -2, max: 2 })),
    classes: ["x", "y", "z"],
  },
  forest: randomForest(random, size),
};

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

Deno.test("modelBytes() of a tiny model are frozen: the digest names it everywhere", () => {
  assert.equal(sha256(modelBytes(TINY)), TINY_DIGEST);
  assert.equal(readModel(modelBytes(TINY)).digest, TINY_DIGEST);
});

Deno.test("modelBytes() are JSON with a line end, and do not care about the order of keys", () => {
  const bytes = modelBytes(document), text = new TextDecoder().decode(bytes);
  assert.ok(text.endsWith("}\n"));
  assert.deepEqual(JSON.parse(text), document);
  const { forest, name, signature, format } = document;
  assert.deepEqual(modelBytes({ forest, name, signature, format }), bytes);
});

Deno.test("readModel() takes back what modelBytes() gave, byte for byte", () => {
  const bytes = modelBytes(document), model = readModel(bytes, { digest: sha256(bytes) });
  assert.deepEqual(model.document, document);
  assert.equal(model.digest, sha256(bytes));
  assert.deepEqual(modelBytes(model.document), bytes);
  assert.deepEqual(readModel(modelBytes(model.document)), model);
});

Deno.test("readModel() refuses bytes of another digest, however small the change", () => {
  const digest = sha256(modelBytes(TINY));
  const changed = modelBytes({ ...TINY, name: "pet" });
  assert.throws(() => readModel(changed, { digest }), {
    name: "BadInput",
    message: `model digest must be ${digest}: got "${sha256(changed)}"`,
  });
  const flipped = modelBytes(TINY);
  flipped[40] ^= 1;
  assert.throws(() => readModel(flipped, { digest }), /model digest must be/);
});

Deno.test("readModel() refuses bytes that are no JSON or no UTF-8", () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(0xff), new TextEncoder().encode("model")]) {
    assert.throws(() => readModel(bytes), {
      name: "BadInput",
      message: "model must be a JSON document",
    });
  }
});

Deno.test("readModel() refuses JSON that is no model document", () => {
  const refused: [value: unknown, message: string][] = [
    [null, 'model /format must be "forest-model/1": got undefined'],
    [
      { ...TINY, format: "forest-model/2" },
      'model /format must be "forest-model/1": got "forest-model/2"',
    ],
    [
      { ...TINY, signature: undefined },
      "model /signature must have inputs and classes: got undefined",
    ],
    [
      { ...TINY, signature: { inputs: [], classes: ["a"] } },
      'model /signature must have inputs and classes: got {"inputs":[],"classes":["a"]}',
    ],
    [
      { ...TINY, signature: { inputs: TINY.signature.inputs } },
      'model /signature must have inputs and classes: got {"inputs":[{"name":"length","unit":"cm","m' +
      'in":0,"max":9.5}]}',
    ],
    [
      { ...TINY, forest: undefined },
      "forest must be an RFClassifier of 1 to 65535 trees: got undefined",
    ],
    [
      { ...TINY, signature: { ...TINY.signature, classes: ["cat"] } },
      "forest tree 0/right must have 1 to 1 class shares: got [0.25,0.75]",
    ],
  ];
  for (const [value, message] of refused) {
    assert.throws(() => readModel(bytesOf(value)), { name: "BadInput", message });
  }
});

Deno.test("predict() answers votes, labels and their shares", () => {
  const model = readModel(modelBytes(TINY));
  assert.deepEqual(predict(model, Float64Array.of(1, 2.5)), {
    votes: Uint16Array.of(1, 0, 0, 1),
    labels: Uint8Array.of(0, 1),
    trees: 1,
    probabilities: Float64Array.of(1, 0, 0, 1),
  });
});

Deno.test("predict() says the same before and after a trip through bytes", () => {
  const model = readModel(modelBytes(document)), x = gridRows(random, 200, 3);
  const again = readModel(modelBytes(model.document));
  assert.deepEqual(predict(again, x), predict(model, x));
  assert.deepEqual(predict(model, x).labels, vote(model.forest, x).labels);
});
