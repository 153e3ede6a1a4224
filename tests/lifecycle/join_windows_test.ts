import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CallerRecord,
  createInferenceLog,
  joinWindows,
  type LabelRecord,
} from "../../lib/lifecycle/mod.ts";
import type { Signature } from "../../lib/model/mod.ts";
import { collectedLines } from "../../lib/serving/mod.ts";

const SIGNATURE: Signature = {
  inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }],
  classes: ["a", "b"],
};
const HOUR = 3_600_000, BEGIN = Date.parse("2026-03-02T00:00:00.000Z");
const iso = (hours: number) => new Date(BEGIN + hours * HOUR).toISOString();

/** A request of window w with these ids. */
function request(w: number, ids: readonly string[], changes: Partial<CallerRecord> = {}) {
  const window = { name: `window ${w}`, from: iso(w - 1), to: iso(w) };
  const known = { window, requestId: `q-${ids[0]}`, sentAt: window.from, deployment: "blue" };
  return { ...known, status: 200, ms: 1, correlationIds: ids, refused: [], ...changes };
}

/** A log with a row for each id, of the length that its place says. */
function logOf(ids: readonly string[], { deployment = "blue" } = {}) {
  const log = createInferenceLog(SIGNATURE);
  const origin = { endpoint: "e", deployment, instance: "i1", source: "s", modelVersion: "1" };
  ids.forEach((id, i) => {
    const scored = {
      ...{ requestId: id, correlationId: id, time: "2026-11-24T00:00:00.000Z" },
      inputs: [{ length: i, correlation_id: id }],
      outputs: [{ label: "b", probability_a: 0.25, probability_b: 0.75, correlation_id: id }],
    };
    collectedLines(scored, origin).forEach(({ path, line }) => {
      assert.equal(log.add({ path, text: line, line: 1, isCut: false }), undefined);
    });
  });
  return log;
}

const label = (correlationId: string, name: string, hours: number): LabelRecord => (
  { correlationId, label: name, arrivedAt: iso(hours) }
);

Deno.test("joinWindows() gives the same windows, whatever the order of records and labels", () => {
  const ids = Array.from({ length: 40 }, (_, i) => `c${i}`), log = logOf(ids);
  const callers = ids.map((id, i) => request(1 + i % 4, [id], { sentAt: iso(i % 4 + i / 100) }));
  const labels = ids.flatMap((id, i) =>
    i % 3 === 0 ? [] : [label(id, i % 2 ? "a" : "b", i % 4 + 1 + i / 1_000)]
  );
  const expected = joinWindows({ signature: SIGNATURE, log, callers, labels });
  assert.deepEqual(
    expected.windows.map(({ name }) => name),
    [1, 2, 3, 4].map((w) => `window ${w}`),
  );
  const shuffled = fc.tuple(
    fc.shuffledSubarray(callers, { minLength: callers.length }),
    fc.shuffledSubarray(labels, { minLength: labels.length }),
  );
  fc.assert(
    fc.property(shuffled, ([callers, labels]) => {
      assert.deepEqual(joinWindows({ signature: SIGNATURE, log, callers, labels }), expected);
    }),
    { numRuns: 50 },
  );
});

Deno.test("joinWindows() knows more labels the later it is, and never forgets one", () => {
  const ids = Array.from({ length: 20 }, (_, i) => `c${i}`), log = logOf(ids);
  const callers = [request(1, ids)];
  const hours = fc.array(fc.double({ min: 0, max: 9, noNaN: true }), {
    ...{ minLength: 20, maxLength: 20 },
  });
  fc.assert(
    fc.property(hours, fc.array(fc.double({ min: 0.1, max: 10, noNaN: true })), (at, looks) => {
      const labels = ids.map((id, i) => label(id, "a", at[i]));
      let before = 0;
      for (const look of looks.sort((a, b) => a - b)) {
        const parts = { signature: SIGNATURE, log, callers, labels, asOf: iso(look) };
        const { windows: [{ actual }], problems } = joinWindows(parts);
        const known = actual.filter((label) => label === 0).length;
        assert.equal(known + problems.labelsLater, 20);
        assert.ok(known >= before);
        before = known;
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("joinWindows(): the last of contradictory labels counts, the same one twice is one", () => {
  const labels = [
    label("c1", "a", 3),
    label("c1", "b", 2),
    label("c1", "a", 3.5),
    label("c2", "b", -1),
  ];
  const parts = {
    signature: SIGNATURE,
    log: logOf(["c1", "c2"]),
    callers: [request(1, ["c1", "c2"])],
  };
  const { windows, problems } = joinWindows({ ...parts, labels });
  assert.deepEqual([...windows[0].actual], [0, 1]);
  assert.deepEqual(problems, {
    ...{ idsDoubled: 0, rowsWithoutCaller: 0, labelsOfLostRows: 0, labelsUnknown: 0 },
    ...{ labelsDoubled: 1, labelsContradictory: 1, labelsEarly: 1, labelsLater: 0 },
  });
  const at = joinWindows({ ...parts, labels, asOf: iso(2.5) });
  assert.deepEqual([...at.windows[0].actual], [1, 1]);
  assert.equal(at.problems.labelsLater, 2);
});

Deno.test("joinWindows() has the rows that the answering deployment logged, not those of a mirror", () => {
  const log = logOf(["c1", "c2"]), mirror = logOf(["x", "c1"], { deployment: "green" });
  const callers = [request(1, ["c1"]), request(1, ["c2"], { deployment: "green" })];
  const { windows, missing } = joinWindows({ signature: SIGNATURE, log, callers, labels: [] });
  assert.deepEqual([[...windows[0].x], missing], [[0], ["c2"]]);
  const green = joinWindows({
    ...{ signature: SIGNATURE, log: mirror, callers, labels: [label("c1", "a", 1)] },
    deployment: "green",
  });
  assert.deepEqual([green.windows[0].x.length, green.missing], [0, ["c2"]]);
  assert.equal(green.problems.labelsUnknown, 0, "a row of blue is not unknown");
  assert.equal(green.problems.rowsWithoutCaller, 1);
});

Deno.test("joinWindows() adds up reasons, and keeps the rows of an id that came twice once", () => {
  const refused = [{ input: "length", rule: "must be a finite number", rows: 2 }];
  const callers = [
    request(1, ["c1", "c2"], { status: 424, refused }),
    request(1, ["c3"], { status: 424, refused: [{ ...refused[0], rows: 1 }] }),
    request(1, ["c4", "c5"]),
    request(2, ["c4"]),
  ];
  const { windows, problems } = joinWindows({
    ...{ signature: SIGNATURE, log: logOf(["c4", "c5"]), callers, labels: [label("c1", "a", 1)] },
  });
  assert.deepEqual(windows[0].refused, [{ ...refused[0], rows: 3 }]);
  assert.deepEqual(windows.map(({ predicted }) => predicted.length), [2, 0]);
  assert.deepEqual([problems.idsDoubled, problems.labelsOfLostRows], [1, 1]);
});

Deno.test("createInferenceLog() refuses lines that are none of the log's, with the reason", () => {
  const log = createInferenceLog(SIGNATURE), row = { correlation_id: "c", length: 1 };
  const reason = (text: string, { collection = "model_inputs", isCut = false } = {}) =>
    log.add({ path: `modelDataCollector/e/blue/${collection}/2026/1.jsonl`, text, line: 1, isCut });
  const data = (value: unknown) => JSON.stringify({ id: "r1", data: value });
  assert.equal(reason("{"), "not JSON");
  assert.equal(reason("{", { isCut: true }), "cut off");
  for (const value of [null, 5, {}, [{ length: 1 }], [{ ...row, length: "1" }], [row, null]]) {
    assert.equal(reason(data(value)), "unknown shape", JSON.stringify(value));
  }
  for (const text of ["null", "[]", '{"data":[]}']) assert.equal(reason(text), "unknown shape");
  const output = { correlation_id: "c", label: "z", probability_a: 0, probability_b: 1 };
  assert.equal(reason(data([output]), { collection: "model_outputs" }), "unknown shape");
  assert.equal(reason(data([row]), { collection: "model_notes" }), "unknown collection");
  assert.equal(reason(data([row])), undefined);
  assert.deepEqual([[...log.ids()], log.doubled], [["c"], 0]);
});
