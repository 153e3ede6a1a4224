import assert from "node:assert/strict";
import fc from "fast-check";
import { blobPath, collectedLines, type Origin, type ScoredRequest } from "lib/serving/mod.ts";
import { pure } from "./pets.ts";

const ORIGIN: Origin = {
  endpoint: "iris",
  deployment: "blue",
  instance: "i1",
  source: "/subscriptions/s/deployments/blue",
  modelVersion: "3",
};

const scoredOf = (inputs: ScoredRequest["inputs"], more: Partial<ScoredRequest> = {}) => ({
  requestId: "r1",
  correlationId: "c1",
  time: "2026-03-04T23:59:59.999Z",
  inputs,
  outputs: inputs.map(() => ({ label: "a" })),
  ...more,
});

pure("collectedLines() writes Azure's record, field by field", () => {
  let next = 0;
  const newId = () => `id${++next}`;
  const [inputs, outputs, ...none] = collectedLines(scoredOf([{ length: 4.5 }]), ORIGIN, { newId });
  assert.deepEqual(none, []);
  const common = {
    specversion: "1.0",
    source: "/subscriptions/s/deployments/blue",
    datacontenttype: "application/json",
    time: "2026-03-04T23:59:59.999Z",
    correlationid: "c1",
    xrequestid: "r1",
    modelversion: "3",
    collectdatatype: "pandas.core.frame.DataFrame",
    agent: "mlops-demo-serving/1",
  };
  assert.deepEqual(JSON.parse(inputs.line), {
    ...common,
    id: "id1",
    type: "azureml.inference.model_inputs",
    data: [{ length: 4.5 }],
    contentrange: "bytes 0-15/16", // [{"length":4.5}] and no more
  });
  assert.deepEqual(JSON.parse(outputs.line), {
    ...common,
    id: "id2",
    type: "azureml.inference.model_outputs",
    data: [{ label: "a" }],
    contentrange: "bytes 0-14/15",
  });
  assert.deepEqual([inputs.id, inputs.path, outputs.path], [
    "id1",
    "modelDataCollector/iris/blue/model_inputs/2026/03/04/23/i1.jsonl",
    "modelDataCollector/iris/blue/model_outputs/2026/03/04/23/i1.jsonl",
  ]);
});

pure("collectedLines() splits what is too long for a block, and loses no row", () => {
  const rows = fc.array(fc.record({ name: fc.string({ unit: "binary", maxLength: 40 }) }), {
    minLength: 1,
    maxLength: 60,
    size: "max",
  });
  fc.assert(fc.property(rows, (inputs) => {
    const lines = collectedLines(scoredOf(inputs), ORIGIN, { maxBytes: 900 });
    const records = lines.map(({ line }) => JSON.parse(line));
    const kept = records.filter(({ type }) => type.endsWith("inputs"))
      .flatMap(({ data }) => data);
    assert.deepEqual(kept, JSON.parse(JSON.stringify(inputs)));
    assert.equal(new Set(lines.map(({ id }) => id)).size, lines.length);
    assert.ok(records.every(({ correlationid }) => correlationid === "c1"));
    const encoder = new TextEncoder();
    assert.ok(
      lines.every(({ line }, i) =>
        encoder.encode(line).length < 900 || records[i].data.length === 1
      ),
    );
  }));
});

pure("collectedLines() halves rows until they fit", () => {
  const inputs = Array.from({ length: 5 }, (_, i) => ({ text: String(i).repeat(300) }));
  const lines = collectedLines(scoredOf(inputs), ORIGIN, { maxBytes: 1_200 });
  const rows = lines.map(({ line }) => JSON.parse(line).data.length);
  assert.deepEqual(rows, [2, 1, 2, 5], "3 + 2 of the inputs, 3 once more; all outputs");
});

pure("blobPath() goes by the hour in UTC, and by nothing that is no time", () => {
  assert.match(
    blobPath(ORIGIN, "model_inputs", "2026-12-31T00:00:00.000Z"),
    /2026\/12\/31\/00\/i1/,
  );
  assert.throws(() => blobPath(ORIGIN, "model_inputs", "yesterday"), RangeError);
});
