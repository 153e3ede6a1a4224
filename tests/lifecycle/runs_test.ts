import assert from "node:assert/strict";
import { readRuns, type RunsChoice, runsErrorPage, runsPage } from "lib/lifecycle/mod.ts";
import {
  createTracking,
  type RunRecord,
  sortRuns,
  type Tracking,
  TrackingError,
} from "lib/tracking/mod.ts";

/** A run as a server tells of it. */
function run(name: string, more: Partial<RunRecord>): RunRecord {
  return {
    ...{ runId: `id-${name}`, experimentId: "1", name, status: "FINISHED", artifactUri: "" },
    ...{ startedAt: "2026-01-01T00:00:00.000Z", endedAt: "2026-01-01T00:00:01.500Z" },
    ...{ metrics: {}, params: {}, tags: {}, ...more },
  };
}

const RUNS = [
  run("a", { metrics: { loss: 0.5, nan: null }, params: { trees: "25", seed: "7" } }),
  run("b", { metrics: { loss: 0.25 }, params: { trees: "50", seed: "7" }, tags: { commit: "c1" } }),
  run("<c>", { metrics: {}, params: { trees: "50" }, endedAt: null, status: "RUNNING" }),
];

/** A server that has these runs; it refuses one filter as MLflow does. */
const TRACKING: Pick<Tracking, "listExperiments" | "searchRuns" | "metricHistory" | "getRun"> = {
  listExperiments: () => Promise.resolve([{ experimentId: "1", name: "iris" }]),
  searchRuns({ filter, orderBy = [] }) {
    if (filter === "nonsense") {
      const fault = { code: "INVALID_PARAMETER_VALUE", reason: "Invalid clause", status: 400 };
      return Promise.reject(new TrackingError({ action: "search runs", ...fault }));
    }
    return Promise.resolve(sortRuns(RUNS, orderBy));
  },
  metricHistory: (runId, key) =>
    Promise.resolve([{ step: 0, value: 1 }, { step: 1, value: runId === "id-a" ? 0.5 : 0.25 }].map(
      (point) => ({ ...point, value: key === "nan" ? null : point.value, at: AT }),
    )),
  getRun: (runId) =>
    Promise.reject(
      new TrackingError({ action: `read run ${runId}`, code: "X", reason: "none", status: 404 }),
    ),
};
const AT = "2026-03-04T05:06:07.000Z", ABOUT = { place: "local: mlw-local", at: AT };

const read = (choice: RunsChoice) => readRuns(TRACKING as Tracking, choice, ABOUT);

Deno.test("readRuns() orders, and chooses columns by what most runs have and what differs", async () => {
  const data = await read({ order: "metrics.loss asc" });
  assert.deepEqual(data.runs.map(({ name }) => name), ["b", "a", "<c>"]);
  assert.deepEqual(data.columns, ["metrics.loss", "metrics.nan", "params.trees", "params.seed"]);
  assert.deepEqual(data.notices, []);
  assert.deepEqual(JSON.parse(JSON.stringify(data)), data);
  const own = await read({ columns: "tags.commit, metrics.loss" });
  assert.deepEqual(own.columns, ["tags.commit", "metrics.loss"]);
});

Deno.test("readRuns() tells what was asked for wrongly, and shows the rest", async () => {
  for (
    const [choice, notice, runs] of [
      [{ filter: "nonsense" }, /^Cannot search runs: Invalid clause/, 0],
      [{ order: "loss" }, /^orderBy must be start_time/, 0],
      [{ experiment: "none" }, /^There is no experiment none\.$/, 0],
      [{ columns: "loss" }, /^columns must be metrics\.KEY, .*: got "loss"$/, 3],
      [{ compare: ["gone"] }, /^Cannot read run gone/, 3],
      [{ compare: Array.from({ length: 11 }, (_, i) => `${i}`) }, /^Only the first 10 of 11/, 3],
    ] as const
  ) {
    const data = await read(choice);
    assert.match(data.notices[0], notice);
    assert.equal(data.runs.length, runs);
    assert.match(runsPage(data, { isServed: true }), /class="notice"/);
  }
});

Deno.test("readRuns() fails where nobody answers", async () => {
  const fetch = () => Promise.reject(new TypeError("connection refused"));
  const tracking = createTracking({ fetch, baseUrl: "http://127.0.0.1:1" });
  await assert.rejects(readRuns(tracking, {}, ABOUT), { code: "UNREACHABLE" });
});

Deno.test("runsPage() compares: what differs, and a picture for each metric", async () => {
  const data = await read({ compare: ["id-a", "id-b", "id-b"] });
  assert.deepEqual(data.compared.map(({ name }) => name), ["a", "b"]);
  const html = runsPage(data);
  assert.match(html, /2 runs compared/);
  assert.match(html, /1 parameter is the same in all/);
  assert.match(html, />trees</);
  assert.doesNotMatch(html, />seed<\/td>/); // it does not differ
  assert.match(html, />commit</);
  // a metric that is no number in any run has no picture
  assert.equal(html.match(/<img /g)?.length, 1);
  assert.match(html, /alt="loss\. a: 0\.5\. b: 0\.25"/);
  assert.doesNotMatch(html, /<form|<script|https?:/);
});

Deno.test("runsPage() with a server has a form that keeps what was asked, safely", async () => {
  const filter = `params.x = '"><script>'`;
  const html = runsPage(await read({ filter, compare: ["id-a"] }), { isServed: true });
  assert.match(html, /name="filter" value="params\.x = &#39;&quot;&gt;&lt;script&gt;&#39;"/);
  assert.match(html, /value="id-a" aria-label="compare a" checked/);
  assert.match(html, /aria-label="compare &lt;c&gt;">/);
  assert.doesNotMatch(html, /<script/);
  assert.match(html, /Tick two runs or more/);
  assert.match(html, /<option value="start_time DESC" selected>/);
});

Deno.test("runsErrorPage() says it in one line", () => {
  assert.match(runsErrorPage("a < b"), /a &lt; b/);
});
