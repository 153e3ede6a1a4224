import assert from "node:assert/strict";
import { runbookCommands } from "../../lib/lifecycle/runbook.ts";
import { ALERT_KINDS, DEFAULT_RULES } from "../../lib/monitoring/mod.ts";

const root = new URL("../../", import.meta.url);
const tasks = Object.keys(JSON.parse(Deno.readTextFileSync(new URL("deno.json", root))).tasks);

Deno.test("runbooks: one page for each kind of alert, and no other", () => {
  const pages = [...Deno.readDirSync(new URL("notebooks/runbooks/", root))].map(({ name }) => name);
  assert.deepEqual(pages.sort(), ALERT_KINDS.map((kind) => `${kind}.md`).sort());
});

for (const { id, kind, severity, needed, of, clean, runbook } of DEFAULT_RULES) {
  const text = () => Deno.readTextFileSync(new URL(runbook, root));

  Deno.test(`runbooks: ${runbook} has its parts and says when rule ${id} fires`, () => {
    assert.deepEqual(
      [...text().matchAll(/^## (.+)$/gm)].map(([, title]) => title),
      ["What it means", "Look first", "Decide", "Commands", "It is over when"],
    );
    const said = `Alert \`${kind}\`, ${severity}. Fires when ${needed} of the last ${of} windows ` +
      `violate, the latest among them. Resolved after ${clean} clean windows in a row.`;
    assert.ok(text().replace(/\s+/g, " ").includes(said), said);
  });

  Deno.test(`runbooks: each command in ${runbook} is a task that there is`, () => {
    const commands = runbookCommands(text());
    assert.ok(commands.length > 0, "a page without a command");
    const strange = commands.filter((line) => {
      const task = /^deno task ([\w:-]+)/.exec(line)?.[1];
      return task === undefined || !tasks.includes(task);
    });
    assert.deepEqual(strange, []);
  });
}

Deno.test("runbooks: what the answer to the windows tells people to type is a task that there is", () => {
  const source = Deno.readTextFileSync(new URL("lib/monitoring/respond.ts", root));
  const named = [...source.matchAll(/deno task ([\w:-]+)/g)].map(([, task]) => task);
  assert.ok(named.length >= 3);
  assert.deepEqual([...new Set(named)].filter((task) => !tasks.includes(task)), []);
});
