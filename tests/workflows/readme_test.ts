/** README.md tells whoever sets the repository up exactly what the workflows read. */

import assert from "node:assert/strict";
import { parse } from "yaml";
import { readWorkflows } from "./linters.ts";
import { ROOT } from "./act.ts";

const texts = await readWorkflows(ROOT);
const readme = texts.get("README.md")!;
const workflows = [...texts].filter(([file]) => file.startsWith(".github/workflows/"));

/** Rows of a table under a heading, each as its cells without backticks. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`${heading}\n`)[1]?.split(/^#/m)[0] ?? "";
  return section.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.replaceAll("`", "").trim()));
}

Deno.test("README.md's table has every variable and secret that a workflow reads, and no other", () => {
  const used = workflows.flatMap(([, text]) =>
    [...text.matchAll(/\b(vars|secrets)\.(\w+)/g)].map(([, kind, name]) =>
      `${kind === "vars" ? "variable" : "secret"} ${name}`
    )
  );
  const told = tableUnder("### Variables and secrets").map(([name, kind]) => `${kind} ${name}`);
  assert.ok(told.length > 0);
  assert.deepEqual(told.sort(), [...new Set(used)].sort());
});

Deno.test("README.md's table has every workflow with its environment", () => {
  const told = tableUnder("## Workflows").map(([file, , , environment]) => [file, environment]);
  const there = workflows.map(([file, text]) => {
    const environments = Object.values<{ environment?: string | { name: string } }>(
      parse(text).jobs,
    ).flatMap(({ environment }) => environment ?? []);
    const names = environments.map((it) => typeof it === "string" ? it : it.name);
    return [file.split("/").at(-1)!, names.join(", ")];
  });
  assert.deepEqual(told.sort(), there.sort());
});
