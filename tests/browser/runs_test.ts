// The page of runs in a real browser: filtered, ordered and compared by its form; light, dark, on a phone.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { readRuns, runsPage } from "lib/lifecycle/mod.ts";
import { createTracking } from "lib/tracking/mod.ts";
import { DARK, LIGHT } from "lib/view/mod.ts";
import { answerRuns } from "../../scripts/runs.ts";
import { hostMlflow, type MlflowHost } from "../local_azure/mlflow_host.ts";
import { requires } from "../require.ts";
import { colourAt, decodePng } from "../view/png.ts";
import { chromiumAvailable, launchChromium } from "./chromium.ts";

const ignore = requires("chromium", chromiumAvailable());
const OUT = resolve(import.meta.dirname!, "../../out/screenshots");

const VIEWS = [
  { name: "wide and light", width: 1280, scheme: "light", paper: LIGHT.paper },
  { name: "wide and dark", width: 1280, scheme: "dark", paper: DARK.paper },
  { name: "phone and dark", width: 390, scheme: "dark", paper: DARK.paper },
] as const;

/** Forests of growing size, with a curve each. */
async function seed(host: MlflowHost) {
  const tracking = createTracking({ fetch, baseUrl: host.base, clock: host.clock });
  for (const [i, trees] of [5, 10, 25, 50].entries()) {
    host.clock.advance(60_000);
    const tags = { datasetDigest: "ab".repeat(32), commit: `c${i}` };
    const run = await tracking.startRun({ experiment: "iris", name: `forest of ${trees}`, tags });
    await run.logParams({ trees, seed: 7, depth: i % 2 === 0 ? null : 4 });
    for (let step = 0; step < 30; step++) {
      await run.logMetrics({ "oob/error": 0.05 + Math.exp(-step * trees / 100) }, { step });
    }
    await run.logMetrics({ accuracy: 0.9 + trees / 1_000 });
    host.clock.advance(4_200);
    await run.finish();
  }
  await tracking.startRun({ experiment: "other", name: "still running" });
  return tracking;
}

async function open(browser: Browser, url: string, { width, scheme }: typeof VIEWS[number]) {
  const context = await browser.newContext({
    ...{ viewport: { width, height: 844 }, colorScheme: scheme },
  });
  const page = await context.newPage(), complaints: string[] = [];
  page.setDefaultTimeout(10_000);
  page.on("console", (message) => void complaints.push(message.text()));
  page.on("pageerror", (error) => void complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:") && !request.url().startsWith(url.split("?")[0])) {
      complaints.push(`asks for ${request.url()}`);
    }
  });
  await page.goto(url);
  return { page, complaints };
}

const namesOn = (page: Page) => page.locator(".list tbody th").allInnerTexts();

Deno.test({
  name: "the page of runs in Chromium",
  ignore,
  async fn(t) {
    await using host = await hostMlflow();
    const tracking = await seed(host),
      about = { place: "local: mlw-local", at: "2026-01-01T00:00:00Z" };
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => answerRuns(request, (choice) => readRuns(tracking, choice, about)),
    );
    const url = `http://127.0.0.1:${server.addr.port}/`;
    await Deno.mkdir(OUT, { recursive: true });
    await using browser = await launchChromium();

    for (const view of VIEWS) {
      await t.step(
        `served, ${view.name}: filter, order, columns and comparison by its form`,
        async () => {
          const { page, complaints } = await open(browser, url, view);
          assert.deepEqual(await namesOn(page), [
            ...["still running", "forest of 50", "forest of 25", "forest of 10", "forest of 5"],
          ]);
          await page.getByLabel("Experiment").selectOption("iris");
          await page.getByLabel("Order").selectOption("metrics.accuracy ASC");
          await page.getByLabel("Filter").fill("metrics.accuracy > 0.905 and params.seed = '7'");
          await page.getByLabel("Columns").fill("metrics.accuracy, params.trees, tags.commit");
          await page.getByLabel("compare forest of 50").check();
          await page.getByLabel("compare forest of 10").check();
          await page.getByRole("button").click();
          await page.getByText("2 runs compared").waitFor();
          assert.deepEqual(await namesOn(page), ["forest of 10", "forest of 25", "forest of 50"]);
          assert.equal(await page.getByLabel("compare forest of 50").isChecked(), true);
          const [row] = await page.locator(".list tbody tr").allInnerTexts();
          assert.match(row.replace(/\s+/g, " "), /forest of 10 iris FINISHED .* 4\.2 0\.91 10 c1$/);
          const differing = await page.locator(".report table").first().innerText();
          assert.match(differing, /trees\s+10\s+50/);
          assert.doesNotMatch(differing, /seed|depth|dataset/);
          const pictures = page.locator(".compared img");
          const alts = await Promise.all([0, 1].map((i) => pictures.nth(i).getAttribute("alt")));
          assert.equal(alts[0], "accuracy. forest of 10: 0.91. forest of 50: 0.95");
          assert.match(alts[1]!, /^oob\/error\. forest of 10: 0\.105\. forest of 50: 0\.05$/);
          const painted = await page.evaluate(
            "[...document.images].map((i) => i.complete && i.naturalWidth > 0)",
          );
          assert.deepEqual(painted, [true, true]);
          const scroll = await page.evaluate("document.documentElement.scrollWidth");
          assert.equal(scroll, view.width, "sideways scroll");
          assert.deepEqual(complaints, []);
          assert.equal(colourAt(decodePng(await pictures.first().screenshot()), 20, 4), view.paper);
          const name = view.name.replaceAll(" ", "_");
          await page.screenshot({ path: `${OUT}/runs_${name}.png`, fullPage: true });
          await page.context().close();
        },
      );
    }

    await t.step("served: a filter that the server refuses is said, in one line", async () => {
      const { page, complaints } = await open(browser, `${url}?filter=nonsense`, VIEWS[0]);
      assert.match(await page.locator(".notice").innerText(), /^Cannot search runs: /);
      assert.equal(await page.getByLabel("Filter").inputValue(), "nonsense");
      assert.deepEqual(complaints, []);
      await page.context().close();
    });

    await t.step("as a file: the list and the comparison, no form", async () => {
      const runs = await readRuns(tracking, { experiment: "iris" }, about);
      const compare = runs.runs.map(({ runId }) => runId);
      const folder = await Deno.makeTempDir({ prefix: "runs-" }), file = `${folder}/index.html`;
      const data = await readRuns(tracking, { experiment: "iris", compare }, about);
      await Deno.writeTextFile(file, runsPage(data));
      const { page, complaints } = await open(browser, pathToFileURL(file).href, VIEWS[1]);
      await page.getByText("4 runs compared").waitFor();
      assert.equal((await namesOn(page)).length, 4);
      assert.equal(await page.locator("form, input, script").count(), 0);
      assert.deepEqual(complaints, []);
      await page.screenshot({ path: `${OUT}/runs_file_dark.png`, fullPage: true });
      await page.context().close();
      await Deno.remove(folder, { recursive: true });
    });

    await t.step("under another host's name it answers nobody", async () => {
      const answer = await answerRuns(
        new Request(url, { headers: { host: "evil.example" } }),
        () => assert.fail("it was read"),
      );
      assert.equal(answer.status, 421);
    });

    await server.shutdown();
  },
});
