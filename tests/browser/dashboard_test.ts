// The dashboard of a real endpoint in a real browser: served and as a file, light and dark, on a phone.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import {
  answerDashboard,
  dashboardErrorPage,
  dashboardPage,
  readDashboard,
  writeDashboard,
} from "lib/lifecycle/mod.ts";
import { DARK, LIGHT } from "lib/view/mod.ts";
import { dashboardWorld } from "../azure/dashboard_world.ts";
import { ownWorkspace } from "../azure/own_workspace.ts";
import { requires } from "../require.ts";
import { colourAt, decodePng } from "../view/png.ts";
import { chromiumAvailable, launchChromium } from "./chromium.ts";

const ignore = requires("chromium", chromiumAvailable());
const OUT = resolve(import.meta.dirname!, "../../out/screenshots");

const VIEWS = [
  { name: "wide and light", width: 1280, scheme: "light", paper: LIGHT.paper },
  { name: "wide and dark", width: 1280, scheme: "dark", paper: DARK.paper },
  { name: "phone and light", width: 390, scheme: "light", paper: LIGHT.paper },
  { name: "phone and dark", width: 390, scheme: "dark", paper: DARK.paper },
] as const;

type View = typeof VIEWS[number];

/** Opens an address and remembers what the page complains of and what it asks for. */
async function open(browser: Browser, url: string, { width, scheme }: View) {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: scheme,
  });
  const page = await context.newPage(), complaints: string[] = [], requests: string[] = [];
  page.setDefaultTimeout(10_000);
  page.on("console", (message) => void complaints.push(message.text()));
  page.on("pageerror", (error) => void complaints.push(error.message));
  page.on("request", (request) => void requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

/** Waits until an expression holds. Its own security policy forbids the page to evaluate one by itself. */
async function until(page: Page, expression: string): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end;) {
    if (await page.evaluate(expression).catch(() => false)) return; // it may be just loading
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${expression} did not become true`);
}

Deno.test({
  name: "the dashboard in Chromium",
  ignore,
  async fn(t) {
    await using own = await ownWorkspace();
    const { workspace } = own;
    await dashboardWorld(workspace);
    const folder = await Deno.makeTempDir({ prefix: "dashboard-" }), file = `${folder}/index.html`;
    await writeDashboard(workspace, { file });
    let loads = 0, refreshSeconds = 3600, isBroken = false;
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) =>
        answerDashboard(request, async () => {
          loads++;
          if (isBroken) return dashboardErrorPage("Nobody answers.", new Date().toISOString());
          return dashboardPage(await readDashboard(workspace), { refreshSeconds });
        }),
    );
    const served = `http://127.0.0.1:${server.addr.port}/`;
    await Deno.mkdir(OUT, { recursive: true });
    await using browser = await launchChromium();

    for (const url of [served, pathToFileURL(file).href]) {
      for (const view of VIEWS) {
        const how = url === served ? "served" : "as a file";
        await t.step(`${how}, ${view.name}: complete, painted, asks for nothing`, async () => {
          const { page, complaints, requests } = await open(browser, url, view);
          const tiles = await page.locator(".tiles li").allInnerTexts();
          assert.equal(tiles.length, 12);
          assert.ok(tiles.some((text) => /^Realised accuracy[\s\S]*✗ critical/.test(text)));
          assert.ok(tiles.some((text) => /^Version in use[\s\S]*as registered/.test(text)));
          const painted = await page.evaluate(
            "[...document.images].map((i) => i.complete && i.naturalWidth > 0)",
          ) as boolean[];
          assert.ok(painted.length >= 6 && painted.every(Boolean), `${painted}`);
          const scroll = await page.evaluate("document.documentElement.scrollWidth");
          assert.equal(scroll, view.width, "sideways scroll");
          assert.deepEqual(complaints, []);
          assert.deepEqual(requests.filter((one) => !one.startsWith("data:")), [url]);
          const shot = await page.locator(".figure img").first().screenshot();
          assert.equal(colourAt(decodePng(shot), 20, 4), view.paper);
          if (url === served) {
            const name = view.name.replaceAll(" ", "_");
            await page.screenshot({ path: `${OUT}/dashboard_${name}.png`, fullPage: true });
          }
          await page.context().close();
        });
      }
    }

    await t.step("on paper: light, without the list of contents", async () => {
      const { page } = await open(browser, served, VIEWS[1]);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      assert.equal(await page.locator("nav.side").isVisible(), false);
      const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      assert.equal(ground, "rgb(255, 255, 255)");
      await page.context().close();
    });

    await t.step(
      "a served page loads itself again, and the reader stays where they read",
      async () => {
        refreshSeconds = 2;
        const { page } = await open(browser, served, VIEWS[0]);
        await page.evaluate("globalThis.isFirst = true; scrollTo(0, 1500)");
        await until(page, "!globalThis.isFirst && document.readyState === 'complete'");
        await until(page, "scrollY > 1300");
        isBroken = true;
        await page.getByText("Nobody answers.").waitFor();
        assert.ok(loads >= 3);
        await page.context().close();
      },
    );

    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  },
});
