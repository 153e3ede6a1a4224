// The summaries of the workflows as GitHub shows them: real mermaid reads and draws every chart, in a
// real browser, and text from outside stays text.

import assert from "node:assert/strict";
import { marked } from "marked";
import type { JsonRecord } from "lib/core/mod.ts";
import { xyChart } from "../../scripts/mermaid.ts";
import { summarise } from "../../scripts/summaries.ts";
import { requires } from "../require.ts";
import { chromiumAvailable, launchChromium } from "./chromium.ts";

const ignore = requires("chromium", chromiumAvailable());

const EVIL = '"] <img src=x onerror=alert(1)> ``` ; # %% } \\ \n line [1]';
const windows = Array.from({ length: 9 }, (_, i) => `window ${i + 4}`);
const traffic = [[60, 0], [54, 6], [30, 30], [0, 60], [60, 0]].flatMap(([blue, green], i) => [
  { step: `${i + 1}: green`, deployment: "blue", answers: blue },
  { step: `${i + 1}: green`, deployment: "green", answers: green },
]);

const SUMMARIES: Readonly<Record<string, readonly [kind: string, record: JsonRecord]>> = {
  "a deployment": ["deploy", {
    ...{ endpoint: "iris-demo", servedDigest: "a", registeredDigest: "a", skewedRows: 0, traffic },
    deployments: { blue: "1", green: "2" },
  }],
  "a monitoring": ["monitor", {
    ...{ drift: { state: "drift" }, alerts: ["drift", "performance"] },
    response: { branch: "retrain", because: ["5 of the last 5 windows have a loss.", EVIL] },
    course: {
      windows,
      inputs: ["sepal_length", "petal_width", EVIL].map((input, f) => ({
        ...{ input, distances: windows.map((_, i) => (f + 1) * i * 0.05), drifted: f },
      })),
      byLabels: windows.map((_, i) => 0.95 - 0.03 * i),
      byVotes: windows.map(() => 0.96),
    },
  }],
};

/** A page with mermaid, as GitHub's. */
async function withPage(use: (draw: (markdown: string) => Promise<Drawn>) => Promise<void>) {
  const { default: mermaid } = await import("@mermaid-js/tiny/dist/mermaid.tiny.js", {
    with: { type: "text" },
  });
  await using browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 900, height: 1000 } });
  await page.setContent(
    "<style>body{font:14px sans-serif;margin:24px}td,th{padding:4px 12px}</style><main></main>",
  );
  await page.addScriptTag({ content: mermaid });
  await use(async (markdown) => {
    const html = await marked.parse(markdown);
    const drawn = await page.evaluate(DRAW, html);
    const to = Deno.env.get("LOOK"); // a folder for what was drawn, to be looked at
    if (to) {
      await page.screenshot({
        path: `${to}/summary-${drawn.charts}-${html.length}.png`,
        fullPage: true,
      });
    }
    return drawn;
  });
}

interface Drawn {
  readonly charts: number;
  readonly errors: readonly string[];
  readonly marks: number;
  readonly images: number;
  readonly text: string;
}

/** Runs in the page: GitHub draws each block of mermaid, and shows no foreign markup. */
const DRAW = async (html: string): Promise<Drawn> => {
  const { document, mermaid } = globalThis as unknown as { document: Dom; mermaid: Mermaid };
  const main = document.querySelector("main")!;
  main.innerHTML = html;
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
  const blocks = [...main.querySelectorAll("code.language-mermaid")], errors: string[] = [];
  for (const [i, block] of blocks.entries()) {
    try {
      await mermaid.parse(block.textContent);
      block.parentElement!.outerHTML = (await mermaid.render(`chart${i}`, block.textContent)).svg;
    } catch (error) {
      errors.push(String(error));
    }
  }
  const marks = main.querySelectorAll("svg .plot path, svg .plot rect").length;
  const images = main.querySelectorAll("img, script").length;
  return { charts: blocks.length, errors, marks, images, text: main.textContent };
};

interface Dom {
  readonly textContent: string;
  innerHTML: string;
  outerHTML: string;
  readonly parentElement: Dom | null;
  querySelector(selector: string): Dom | null;
  querySelectorAll(selector: string): Dom[];
}

interface Mermaid {
  initialize(options: object): void;
  parse(text: string): Promise<unknown>;
  render(id: string, text: string): Promise<{ svg: string }>;
}

Deno.test({
  name: "mermaid reads and draws the charts of the summaries, and text from outside stays text",
  ignore,
  async fn() {
    await withPage(async (draw) => {
      for (const [name, [kind, record]] of Object.entries(SUMMARIES)) {
        const drawn = await draw(summarise(kind, record));
        assert.deepEqual(drawn.errors, [], name);
        assert.equal(drawn.charts, 1, name);
        assert.equal(drawn.marks, kind === "deploy" ? 5 : 2, name); // bars, lines
        assert.equal(drawn.images, 0, name);
      }
      const y = { label: EVIL, from: 0, to: 1 }, colour = "#0072b2";
      const series = [{ kind: "bar", colour, values: [1e-9, 0.5] }] as const;
      const evil = await draw(xyChart({ title: EVIL, names: [EVIL, "b"], y, series }));
      assert.deepEqual([evil.errors, evil.charts, evil.images], [[], 1, 0]);
      // and a mistake is seen: the check can fail
      const broken = await draw("```mermaid\nxychart-beta\n  x-axys [a]\n  bar [1]\n```\n");
      assert.match(broken.errors.join(), /Parse error|Expecting|Lexical/);
    });
  },
});
