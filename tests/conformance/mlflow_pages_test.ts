// MLflow's own web pages, from its package, in a real browser: Local Azure is the server behind them.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { createTracking } from "lib/tracking/mod.ts";
import { chromiumAvailable, launchChromium } from "../browser/chromium.ts";
import { requires } from "../require.ts";
import { type MlflowPages, openPages } from "./mlflow_pages.ts";
import { cachedEnv } from "./python_client.ts";

const env = await cachedEnv("conformance-pages", { filesOnly: true });
const noPython = requires("python", env !== undefined);
const noChromium = requires("chromium", chromiumAvailable());

/** Longest wait for a text; the machine may be busy. */
const WAIT_MS = 60_000;

/** What pages can do without: accounts, an assistant, a gateway, telemetry. Local Azure has none. */
const WITHOUT = /\/(server-info|ui-telemetry|users\/current|assistant\/\w+|gateway-proxy)$/;

/** Operations that the pages below must have asked. */
const NEEDED = [
  "GET /ajax-api/2.0/mlflow/experiments/search",
  "POST /graphql MlflowGetExperimentQuery",
  "POST /ajax-api/2.0/mlflow/runs/search",
  "POST /ajax-api/2.0/mlflow/experiments/search-datasets",
  "POST /ajax-api/2.0/mlflow/logged-models/search",
  "POST /graphql GetRun",
  "GET /ajax-api/2.0/mlflow/model-versions/search",
  "GET /ajax-api/2.0/mlflow/metrics/get-history-bulk-interval",
  "GET /ajax-api/2.0/mlflow/artifacts/list",
  "GET /get-artifact",
  "GET /ajax-api/2.0/mlflow/experiments/get",
  "GET /ajax-api/2.0/mlflow/registered-models/search",
  "GET /ajax-api/2.0/mlflow/registered-models/get",
  "GET /ajax-api/2.0/mlflow/model-versions/get",
  "GET /model-versions/get-artifact",
];

/** Two runs with a parameter, a curve and a file; a model's version out of the first. */
async function seed({ base }: MlflowPages): Promise<string[]> {
  const tracking = createTracking({ fetch, baseUrl: base }), runs: string[] = [];
  for (const seed of [1, 2]) {
    const run = await tracking.startRun({ experiment: "iris", name: `forest ${seed}` });
    await run.logParams({ seed });
    for (let step = 0; step < 20; step++) {
      await run.logMetrics({ loss: 1 / (step + seed) }, { step });
    }
    await run.logArtifact("notes/a.txt", "hello from the run");
    await run.logArtifact("model/MLmodel", "flavors: {}");
    await run.finish();
    runs.push(run.runId);
  }
  const post = async (path: string, body: unknown) => {
    const init = { method: "POST", body: JSON.stringify(body) };
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${base}/api/2.0/mlflow/${path}`, { ...init, headers });
    assert.equal(answer.status, 200, await answer.text());
  };
  await post("registered-models/create", { name: "flowers" });
  const source = `mlflow-artifacts:/1/${runs[0]}/artifacts/model`;
  await post("model-versions/create", { name: "flowers", source, run_id: runs[0] });
  return runs;
}

/** Opens a page afresh and waits for texts on it. */
async function shows(page: Page, url: string, texts: readonly string[]): Promise<void> {
  await page.goto("about:blank");
  await page.goto(url);
  for (const text of texts) {
    // a text may be spread over several elements, and in a picture
    const isThere = `document.body.innerText.replace(/\\s+/g, " ").includes(${
      JSON.stringify(text)
    })`;
    await page.waitForFunction(isThere, undefined, { timeout: WAIT_MS }).catch(async () => {
      const seen = (await page.innerText("body")).replace(/\s+/g, " ").slice(0, 1500);
      assert.fail(`'${text}' does not show on ${url}, which says: ${seen}`);
    });
  }
}

Deno.test({
  name: "MLflow's web pages show experiments, runs, curves, files and models of Local Azure",
  ignore: noPython || noChromium,
  async fn(t) {
    await using pages = await openPages(env!);
    const [one, two] = await seed(pages);
    await using browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.route(
      (url) => url.origin !== pages.url && url.protocol.startsWith("http"),
      (route) => route.abort(), // pages on a test's machine talk to nobody else
    );
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    const run = `experiments/1/runs/${one}`, both = encodeURIComponent(JSON.stringify([one, two]));
    for (
      const [what, path, texts] of [
        ["experiments", "experiments", ["iris", "Default"]],
        ["runs of an experiment", "experiments/1/runs", ["forest 1", "forest 2"]],
        ["a run", run, ["Metrics (1)", "Parameters (1)", "seed", one]],
        ["curves of a run", `${run}/model-metrics`, ["Model metrics (1)", "forest 1 (loss)"]],
        ["a file of a run", `${run}/artifacts/notes/a.txt`, ["hello from the run"]],
        [
          "runs compared",
          `compare-runs?runs=${both}&experiments=${encodeURIComponent('["1"]')}`,
          ["Comparing 2 Runs from 1 Experiment"],
        ],
        ["models", "models", ["flowers", "Version 1"]],
        ["a model", "models/flowers", ["Versions", "Version 1"]],
        ["a version of a model", "models/flowers/versions/1", ["Version 1", "forest 1"]],
      ] as const
    ) {
      await t.step(`page: ${what}`, () => shows(page, `${pages.url}/#/${path}`, texts));
    }
    const answered = () =>
      new Set(
        pages.asked.filter(({ status }) => status < 400)
          .map(({ method, path, query }) => [method, path, ...query ? [query] : []].join(" ")),
      );
    const missing = () => NEEDED.filter((call) => !answered().has(call));
    // the last page shows its texts before all of its requests are answered
    for (const end = Date.now() + 10_000; missing().length > 0 && Date.now() < end;) {
      await page.waitForTimeout(100);
    }
    const { asked } = pages, count = `${asked.length} requests, ${answered().size} operations`;
    await t.step(`${count}: what pages need is answered, and no page has failed`, () => {
      const bad = asked.filter(({ path, status }) => status >= 400 && !WITHOUT.test(path));
      assert.deepEqual([bad, faults, missing()], [[], [], []]);
    });
  },
});
