import assert from "node:assert/strict";
import { reportPage, stepsPicture, table } from "lib/view/mod.ts";
import { parsed } from "./page_dom.ts";

const picture = stepsPicture({
  title: "Steps",
  steps: [{ name: "one", detail: "", state: "now" }],
});

Deno.test("a report page shows tiles, pictures, tables and text, and asks for nothing from outside", () => {
  const html = reportPage({
    title: "iris <in use>",
    meta: "as of now",
    tiles: [{ label: "Errors", value: "2.0 %", state: "critical", note: "limit 1 %" }],
    sections: [{
      heading: "Traffic",
      lead: "Who answers.",
      items: [picture, table([{ blue: 100 }]), "a < b"],
    }],
  });
  const document = parsed(html);
  assert.equal(document.querySelector("h1")!.textContent, "iris <in use>");
  assert.match(document.querySelector(".tiles .critical")!.textContent!, /Errors2.0 %✗ critical/);
  assert.equal([...document.querySelectorAll("section.report img")].length, 1);
  assert.equal([...document.querySelectorAll("section.report table")].length, 1);
  assert.ok(html.includes("a &lt; b"));
  assert.doesNotMatch(html, /(?:src|href)="(?!data:|#)/);
});

Deno.test("an empty section says so, and a served page loads itself again", () => {
  const page = { title: "t", meta: "", sections: [{ heading: "Alerts", items: [] }] };
  assert.match(reportPage(page), /Nothing yet/);
  assert.doesNotMatch(reportPage(page), /http-equiv="refresh"/);
  assert.match(reportPage({ ...page, refreshSeconds: 5 }), /http-equiv="refresh" content="5"/);
});

Deno.test("notices stand before the tiles, and a long page has a list of its sections", () => {
  const section = (i: number) => ({ heading: `<${i}>`, items: [] });
  const page = (count: number) =>
    parsed(reportPage({
      ...{ title: "t", meta: "", notices: ["a < b"], tiles: [{ label: "l", value: "v" }] },
      sections: Array.from({ length: count }, (_, i) => section(i)),
    }));
  const long = page(4);
  assert.equal(long.querySelector(".notice")!.textContent, "a < b");
  const links = [...long.querySelectorAll("nav.side a")];
  assert.deepEqual(links.map(({ textContent }) => textContent), ["<0>", "<1>", "<2>", "<3>"]);
  for (const link of links) {
    const heading = long.querySelector(link.getAttribute("href")!)!;
    assert.equal(heading.textContent, link.textContent);
  }
  assert.equal(page(3).querySelector("nav.side"), null);
});
