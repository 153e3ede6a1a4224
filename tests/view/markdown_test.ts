import assert from "node:assert/strict";
import { type Heading, markdown } from "../../lib/view/markdown.ts";
import { attributes, parsed, texts } from "./page_dom.ts";

function html(text: string, attachments?: Record<string, unknown>): string {
  return markdown(text, { headings: [], attachments });
}

/** Where the page would be; relative links lead to its neighbours. */
const PAGE = "https://page.example/";

/** Whatever could run a script, load something or change the page. */
function dangers(html: string): string[] {
  const found: string[] = [];
  const allowed = /^(?:href|src|alt|title|id|class|style|open|start|type|checked|disabled)$/;
  for (const element of parsed(html).querySelectorAll("body *")) {
    if (
      /^(?:script|style|iframe|object|embed|link|meta|base|form|svg|math|video)$/i.test(
        element.tagName,
      )
    ) {
      found.push(element.outerHTML);
    }
    for (const { name, value } of element.attributes) {
      const isBad = !allowed.test(name) || (name === "style" && !/^text-align:\w+$/.test(value)) ||
        (name === "href" && !["https:", "mailto:"].includes(new URL(value, PAGE).protocol)) ||
        (name === "src" && !value.startsWith("data:image/"));
      if (isBad) found.push(`${name}=${value}`);
    }
  }
  return found;
}

Deno.test("markdown() shows raw HTML as text and runs nothing", () => {
  const attacks = [
    "<script>alert(1)</script>",
    "before <script src=//evil></script> after",
    '<img src=x onerror="alert(1)">',
    "<details open ontoggle=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<style>*{display:none}</style>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<b onmouseover=alert(1)>x</b>",
    "<sc<script>ript>alert(1)</script>",
    "<!-- --><script>alert(1)</script>",
    "<scr<!-- -->ipt>alert(1)</script>",
    "<p style='position:fixed'>x</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "![x](javascript:alert(1))",
    "![x](https://tracker.example/p.png)",
    "![x](data:text/html,x)",
    '[x](https://a.example "t\\" onmouseover=alert(1)")',
    '![" onerror=alert(1) x="](data:image/png;base64,AA==)',
    '<https://a.example/"onclick=alert(1)>',
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "# <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
  ];
  for (const attack of attacks) assert.deepEqual(dangers(html(attack)), [], attack);
});

Deno.test("markdown() lets through what answers are folded with", () => {
  const made = html("<details><summary>Why?</summary>\nBecause `x` and <code>y</code>.</details>");
  assert.deepEqual(texts(made, "details > summary"), ["Why?"]);
  assert.deepEqual(texts(made, "details > code"), ["y"]);
});

Deno.test("markdown() writes Markdown inside details after an empty line", () => {
  const made = html("<details>\n<summary>Answer</summary>\n\nIt is **3**.\n\n</details>\n\nNext.");
  assert.deepEqual(texts(made, "details strong"), ["3"]);
  assert.deepEqual(texts(made, "body > p"), ["Next."]);
});

Deno.test("markdown() closes details that were left open", () => {
  const made = html("<details><summary>a</summary>\n\n<details>\n\ntext");
  assert.equal(made.split("<details").length, made.split("</details>").length);
});

Deno.test("markdown() gives headings ids that are their own, and lists them", () => {
  const headings: Heading[] = [];
  const first = markdown("# What? `x < 1` & *more*\n\n## Größe\n\n## Größe", { headings });
  const second = markdown("## Größe\n\n## !!!", { headings });
  assert.deepEqual(headings.map(({ id }) => id), [
    ...["what-x-1-more", "größe", "größe-2", "größe-3", "part"],
  ]);
  assert.equal(headings[0].text, "What? x < 1 & more");
  assert.deepEqual(attributes(first + second, "h1, h2", "id"), headings.map(({ id }) => id));
});

Deno.test("markdown() leads from notebook to page, and from Jupyter's anchors to ours", () => {
  const links = attributes(
    html(
      "[a](01_x.ipynb) [b](../02.ipynb#Part-one) [c](#Part-one) [d](https://a.example/x.ipynb?y=1&z=2)",
    ),
    "a",
    "href",
  );
  assert.deepEqual(links, [
    ...["01_x.html", "../02.html#Part-one", "#part-one", "https://a.example/x.ipynb?y=1&z=2"],
  ]);
});

Deno.test("markdown() keeps pictures that are in the text, and links to others", () => {
  const files = { "a b.png": { "image/png": "QUJD\nREVG" }, "x.txt": { "text/plain": "no" } };
  const made = html(
    "![one](attachment:a%20b.png) ![two](attachment:x.txt) ![three](pic.png)",
    files,
  );
  assert.deepEqual(attributes(made, "img", "src"), ["data:image/png;base64,QUJDREVG"]);
  assert.deepEqual(texts(made, "a"), ["[picture: three]"]);
  assert.ok(made.includes("[picture: two]"));
});

Deno.test("markdown() aligns tables and lets them scroll", () => {
  const made = html("| a | b |\n|---|--:|\n| 1 | `2` |");
  assert.deepEqual(attributes(made, ".scroll td", "style"), [null, "text-align:right"]);
  assert.deepEqual(texts(made, "td code"), ["2"]);
});

Deno.test("markdown() colours code whose language it knows", () => {
  assert.match(html("```ts\nconst a = 1;\n```"), /hljs-keyword">const</);
  assert.match(html("```\nconst a < 1;\n```"), /<code>const a &lt; 1;/);
});

Deno.test("markdown() leads links to files beside the text, and to pages beside the page", () => {
  const text = "[a](runbooks/drift.md) [b](../out/a.html#x) [c](03_azure_ml.ipynb) [d](#here) " +
    "[e](https://example.com/x.md) [f](/x.md)";
  const hrefs = [
    ...markdown(text, { headings: [], base: "../../notebooks/" })
      .matchAll(/href="([^"]*)"/g),
  ].map(([, href]) => href);
  assert.deepEqual(hrefs, [
    ...["../../notebooks/runbooks/drift.md", "../../notebooks/../out/a.html#x", "03_azure_ml.html"],
    ...["#here", "https://example.com/x.md", "/x.md"],
  ]);
});
