import assert from "node:assert/strict";
import type { JsonRecord } from "lib/core/mod.ts";
import { cell, code, mdTable, sparkline } from "../../scripts/markdown.ts";
import { summarise, SUMMARY_LIMIT } from "../../scripts/summaries.ts";

Deno.test("a cell cannot end its cell, its line or its table, nor be read as markup", () => {
  assert.equal(cell("a | b\n| c"), "a \\| b \\| c");
  assert.equal(
    cell("<img src=x> **b** [l](u) `c`"),
    "\\<img src=x\\> \\*\\*b\\*\\* \\[l\\](u) \\`c\\`",
  );
  assert.equal(cell("back\\|slash"), "back\\\\\\|slash");
  assert.deepEqual([cell(0.123456), cell(37409), cell(null), cell(undefined), cell(false)], [
    ...["0.1235", "37409", "", "", "false"],
  ]);
  const [, head, line, row] = mdTable(["a", "b"], [["1|2", 3]]).split("\n");
  for (const text of [head, line, row]) {
    assert.equal(text.replaceAll("\\|", "").split("|").length, 4, text);
  }
});

Deno.test("text from outside stays inside its backticks", () => {
  assert.equal(code("a` <b> \n|| `c"), "`a <b> c`");
  assert.equal(code("``"), "` `");
});

Deno.test("a sparkline has one bar a number, from the lowest to the highest", () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█");
  assert.equal(sparkline([0, NaN, 8], [0, 8]), "▁ █");
  assert.equal(sparkline([-5, 99], [0, 8]), "▁█");
  assert.deepEqual([sparkline([]), sparkline([0, 0])], ["", "▁▁"]);
});

const rule = (passed: boolean) => ({
  ...{ rule: "classes", passed, value: 0.25, limit: 0.7 },
  sentence: "virginica | 25 %",
});
const GATE = {
  ...{ modelName: "iris", modelVersion: "3", decisionId: "iris/3/1" },
  gate: {
    ...{ decision: "refuse", sentence: "Refused by classes.", challenger: "a".repeat(64) },
    ...{ champion: "b".repeat(64), holdout: { rows: 60 }, detectable: { rows: 6 } },
    rules: [rule(false)],
  },
};

Deno.test("summary of the gate: the decision and each rule with value and limit", () => {
  const text = summarise("gate", GATE);
  assert.match(
    text,
    /^## Gate: ❌ refuse `iris:3`\n\nRefused by classes\. Asked on 60 holdout rows/,
  );
  assert.match(text, /against champion `b{12}`\. Noticed from 6 lost rows on\. Model `a{12}`/);
  assert.ok(text.includes("| classes | ❌ refused | 0.25 | 0.7 | virginica \\| 25 % |"), text);
});

Deno.test("summary of a deployment: who answered at each step", () => {
  const traffic = [[60, 0], [30, 30], [0, 60]].flatMap(([blue, green], i) => [
    { step: `${i + 1}`, deployment: "blue", answers: blue },
    { step: `${i + 1}`, deployment: "green", answers: green },
  ]);
  const record = {
    ...{ endpoint: "iris-demo", servedDigest: "a", registeredDigest: "a", skewedRows: 0, traffic },
    deployments: { blue: "1", green: "2" },
  };
  const text = summarise("deploy", record, { decision: "iris/1/1" });
  assert.ok(text.includes("| blue | 1 | █▅▁ |\n| green | 2 | ▁▅█ |"), text);
  assert.ok(text.includes("| 2 | 30 | 30 |") && text.includes("decision `iris/1/1`"), text);
  assert.match(summarise("deploy", { ...record, servedDigest: "b" }), /\*\*not the same\*\*/);
});

Deno.test("summary of a rollback: from, to, and how long it took", () => {
  const record = {
    ...{ endpoint: "iris-demo", from: "2", to: "1", deployment: "blue", reason: "5xx `x`" },
    ...{ before: { green: 100 }, answers: { blue: 20 }, unanswered: 0, verified: true },
    ...{ trafficSeconds: 0.2, seconds: 0.4 },
  };
  const text = summarise("rollback", record);
  assert.match(
    text,
    /^## ✅ Rolled back: `iris-demo`\n\nVersion `2` → `1` on `blue`. Why: `5xx x`/,
  );
  assert.ok(text.includes("| blue | 0 | 20 |\n| green | 100 | 0 |"), text);
  assert.match(summarise("rollback", { ...record, verified: false }), /^## ❌ Traffic moved/);
});

Deno.test("summary of the monitoring: state, answer, and the course of inputs and accuracy", () => {
  const course = {
    windows: ["window 1", "window 2", "window 3"],
    inputs: [{ input: "petal_length", distances: [0, 0.1, 0.4], drifted: 1 }],
    byLabels: [0.95, 0.9, null],
    byVotes: [0.96, 0.96, 0.97],
  };
  const response = { branch: "retrain", because: ["labels agree", "data | fixed"] };
  const text = summarise("monitor", { drift: { state: "drift" }, response, course });
  assert.match(text, /^## Monitoring: ❌ drift, answer retrain\n\nAlerts: none\./);
  assert.ok(text.includes("- `data fixed`"), text);
  assert.ok(text.includes("| petal\\_length | ▁▃█ | 0.4 | 1 |"), text);
  assert.ok(text.includes('x-axis ["1", "2"]\n'), text); // the third window has no label yet
  assert.ok(text.includes("line [95, 90]\n  line [96, 96]"), text);
  const state = { state: "none" }, answer = { branch: "ignore", because: [] };
  assert.match(summarise("monitor", { drift: state, response: answer }), /✅ no drift/);
  assert.match(summarise("monitor", { drift: state, response }), /❌ no drift, answer retrain/);
});

Deno.test("a summary stays below GitHub's limit, and says what it left out", () => {
  const rules = Array.from({ length: 20_000 }, () => rule(true));
  const text = summarise("gate", { ...GATE, gate: { ...GATE.gate, rules } } as JsonRecord);
  assert.ok(new TextEncoder().encode(text).length < SUMMARY_LIMIT);
  assert.match(text, /\|\n\n… the rest is in the artifact\.\n$/);
});

Deno.test("a record that is another task's is refused, and so is an unknown kind", () => {
  assert.throws(() => summarise("gate", {}), {
    name: "BadInput",
    message: /record must have gate/,
  });
  assert.throws(() => summarise("deploy", GATE), /record must have traffic/);
  assert.throws(
    () => summarise("toString", GATE),
    /must be one of gate, deploy, rollback, monitor/,
  );
});
