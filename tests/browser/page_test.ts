// The page made of a notebook, in a real browser: light and dark, wide and on a phone.

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import {
  confusionPicture,
  DARK,
  indexPage,
  JUPYTER_DISPLAY,
  LIGHT,
  notebookPage,
  pairsPlot,
  table,
} from "lib/view/mod.ts";
import { requires } from "../require.ts";
import { CONFUSION, iris } from "../view/fixtures.ts";
import { colourAt, decodePng } from "../view/png.ts";
import { chromiumAvailable, launchChromium } from "./chromium.ts";

const ignore = requires("chromium", chromiumAvailable());

/** What a reader may have. */
const VIEWS = [
  { name: "wide and light", width: 1280, scheme: "light", paper: LIGHT.paper },
  { name: "wide and dark", width: 1280, scheme: "dark", paper: DARK.paper },
  { name: "phone and light", width: 390, scheme: "light", paper: LIGHT.paper },
  { name: "phone and dark", width: 390, scheme: "dark", paper: DARK.paper },
] as const;

const PROSE = `# A page to test

Some prose with \`code\`, a [link](01_next.ipynb) and an address that does not end:
https://example.com/${"a".repeat(120)}

<script>globalThis.scriptRan = true</script>
<img src=x onerror="globalThis.scriptRan = true">

| in Python | in these notebooks | and a third column that says a lot |
| --- | --- | ---: |
| \`def f(a, *, b=1)\` | \`function f(a, { b = 1 } = {})\` | 1.25 |

> A quotation.

<details><summary>Why?</summary>
Because.</details>

## A second heading

1. one
2. two
`;

/** A notebook with one of everything that can be shown, much of it too wide for a phone. */
async function testPage(): Promise<string> {
  const shown = (data: Record<string, unknown>) => ({
    output_type: "display_data",
    data,
    metadata: {},
  });
  const rows = Array.from({ length: 4 }, (_, i) => ({
    name: `a row with a long name ${i}`,
    ...Object.fromEntries([..."abcdefgh"].map((key) => [`column_${key}`, i / 7])),
  }));
  const { "image/png": png } = await confusionPicture(CONFUSION)[JUPYTER_DISPLAY]();
  const outputs = [
    shown(await pairsPlot(iris())[JUPYTER_DISPLAY]()),
    shown({ "image/png": png, "text/plain": "a matrix" }),
    shown(table(rows, { caption: "A wide table" })[JUPYTER_DISPLAY]() as Record<string, unknown>),
    shown({ "application/json": { a: [1, 2], b: "text" } }),
    shown({ "text/plain": "x".repeat(400) }),
    { output_type: "stream", name: "stdout", text: "printed\n" },
    { output_type: "stream", name: "stderr", text: "\u001b[33ma warning\u001b[0m\n" },
    { output_type: "error", ename: "RangeError", evalue: "too far", traceback: ["RangeError"] },
  ];
  const source = `// a comment\nimport { x } from "lib/x.ts";\nconst text: string = \`\${x(12)} ${
    "long ".repeat(40)
  }\`;\nasync function f(n = /a+/g) { return await class A {}; }`;
  return notebookPage({
    cells: [
      { cell_type: "markdown", source: PROSE },
      {
        cell_type: "code",
        source,
        outputs,
        execution_count: 3,
        metadata: { execution: { seconds: 0.4 }, tags: ["injected-parameters"] },
      },
    ],
  }, { title: "Test", home: "index.html" });
}

/** Text whose contrast to its ground is too low, as a reader sees it. Runs in the page. */
const LOW_CONTRAST = `(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement, style = getComputedStyle(element);
    if (!walk.currentNode.textContent.trim() || !element.getClientRects().length) continue;
    const [a, b] = [light(rgb(style.color)), light(ground(element))].sort((a, b) => a - b);
    const ratio = (b + 0.05) / (a + 0.05), large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) low.push([ratio.toFixed(2), walk.currentNode.textContent.trim().slice(0, 40)]);
  }
  return low;
})()`;

/** Opens a page and remembers what it complains of and what it asks for. */
async function open(browser: Browser, file: string, view: typeof VIEWS[number]) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: 844 },
    colorScheme: view.scheme,
  });
  const page = await context.newPage(), complaints: string[] = [], requests: string[] = [];
  page.setDefaultTimeout(10_000);
  page.on("console", (message) => void complaints.push(message.text()));
  page.on("pageerror", (error) => void complaints.push(error.message));
  page.on("request", (request) => void requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests };
}

async function assertSound(page: Page, { width, paper }: typeof VIEWS[number]): Promise<void> {
  await page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })");
  assert.equal(
    await page.evaluate("document.documentElement.scrollWidth"),
    width,
    "sideways scroll",
  );
  assert.deepEqual(await page.evaluate(LOW_CONTRAST), []);
  assert.equal(await page.evaluate("typeof globalThis.scriptRan"), "undefined", "a script ran");
  assert.equal(await page.evaluate(GROUND), paper);
}

/** The colour that the page is painted on. Runs in the page. */
const GROUND = `"#" + getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)
  .map((v) => Number(v).toString(16).padStart(2, "0")).join("")`;

Deno.test({
  name: "a notebook's page in Chromium",
  ignore,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "page-test-" });
    try {
      await using browser = await launchChromium();
      const file = `${folder}/page.html`;
      await Deno.writeTextFile(file, await testPage());
      for (const view of VIEWS) {
        await t.step(`${view.name}: sound, readable, complete`, async () => {
          const { page, complaints, requests } = await open(browser, file, view);
          await assertSound(page, view);
          assert.deepEqual(complaints, []);
          const outside = requests.filter((url) => !url.startsWith("data:"));
          assert.deepEqual(outside, [pathToFileURL(file).href]);
          const images = await page.evaluate(
            "[...document.images].map((i) => i.complete && i.naturalWidth > 0)",
          );
          assert.deepEqual(images, [true, true]);
          // the SVG follows the scheme although it stands in an <img>
          const shot = await page.locator(".figure img").first().screenshot();
          assert.equal(colourAt(decodePng(shot), 20, 4), view.paper);
          await page.context().close();
        });
      }

      await t.step(
        "the list of contents: at the side, folded on a phone, and it leads there",
        async () => {
          for (const view of [VIEWS[0], VIEWS[2]]) {
            const { page } = await open(browser, file, view);
            const wide = view.width > 1000;
            assert.equal(await page.locator("nav.side").isVisible(), wide);
            assert.equal(await page.locator("details.contents").isVisible(), !wide);
            if (!wide) await page.locator("details.contents summary").click();
            const list = page.locator(wide ? "nav.side" : "details.contents");
            await list.getByText("A second heading").click();
            assert.match(page.url(), /#a-second-heading$/);
            await page.context().close();
          }
        },
      );

      await t.step("wide things scroll inside their own box on a phone", async () => {
        const { page } = await open(browser, file, VIEWS[2]);
        const scrolling = await page.evaluate(
          `["pre.code", ".html", ".figure", "pre.text"].map((selector) =>
            [...document.querySelectorAll(selector)].some((e) => e.scrollWidth > e.clientWidth))`,
        );
        assert.deepEqual(scrolling, [true, true, true, true]);
        // text of 15 px in a picture of 760 px must not shrink below 11 px
        const width = await page.evaluate("document.querySelector('.figure img').clientWidth");
        assert.ok((width as number) >= 557, `${width} px`);
        await page.context().close();
      });

      await t.step("on paper: light, without the list of contents, nothing cut off", async () => {
        const { page } = await open(browser, file, VIEWS[1]);
        await page.emulateMedia({ media: "print", colorScheme: "dark" });
        assert.equal(await page.evaluate(GROUND), LIGHT.paper);
        assert.equal(await page.locator("nav.side").isVisible(), false);
        assert.equal(
          await page.evaluate("getComputedStyle(document.querySelector('pre.code')).whiteSpace"),
          "pre-wrap",
        );
        await page.context().close();
      });

      await t.step("the start page, on every screen", async () => {
        const index = `${folder}/index.html`;
        await Deno.writeTextFile(
          index,
          indexPage([
            { title: "00", href: "page.html", status: "ok", seconds: 1, line: "x".repeat(200) },
            { title: "01", href: "page.html", status: "failed", line: "an error" },
            { title: "02", href: "page.html", status: "not run" },
          ]),
        );
        for (const view of VIEWS) {
          const { page, complaints } = await open(browser, index, view);
          await assertSound(page, view);
          assert.deepEqual(complaints, []);
          await page.context().close();
        }
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
