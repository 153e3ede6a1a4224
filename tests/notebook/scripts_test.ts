/** The two thin scripts: what they print, and their exit codes. */

import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { inFolder, notebookText, ROOT, write } from "./fixtures.ts";

async function script(name: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `scripts/${name}.ts`, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const SETUP = 'import "lib/notebook/setup.ts";\n';

Deno.test("check_notebooks: one finding a line and exit 1; exit 0 when there is none", async () => {
  await inFolder(async (folder) => {
    const good = await write(folder, "good.ipynb", [SETUP.trimEnd()]);
    assert.deepEqual(await script("check_notebooks", good), {
      code: 0,
      stdout: "Checked 1 notebook\n",
      stderr: "",
    });
    const bad = await write(folder, "bad.ipynb", [SETUP + 'const n: number = "x";']);
    const { code, stdout } = await script("check_notebooks", good, bad);
    assert.equal(code, 1);
    const place = relative(ROOT, bad);
    assert.equal(
      stdout,
      `${place} [cell 1] line 2: Type 'string' is not assignable to type 'number'.\n`,
    );
  });
});

Deno.test("check_notebooks, strip: wrong usage is one line and exit 2; --help is exit 0", async () => {
  for (const name of ["check_notebooks", "strip"]) {
    const wrong = await script(name, "--none");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, new RegExp(`^${name}: --none must be one of .*\n$`));
    const missing = await script(name, "none.ipynb");
    assert.deepEqual([missing.code, missing.stderr], [
      2,
      `${name}: notebook must be an existing file: got "none.ipynb"\n`,
    ]);
    const help = await script(name, "--help");
    assert.deepEqual([help.code, help.stderr], [0, ""]);
    assert.match(help.stdout, /\[FILE…\]/);
  }
});

Deno.test("strip: --check reports and changes nothing; without it the file is rewritten", async () => {
  await inFolder(async (folder) => {
    const path = await write(folder, "a.ipynb", [{ code: "1", count: 3 }]);
    const dirty = await Deno.readTextFile(path), place = relative(ROOT, path);
    assert.deepEqual(await script("strip", "--check", path), {
      code: 1,
      stdout: `${place}: is not stripped: run deno task strip\n`,
      stderr: "",
    });
    assert.equal(await Deno.readTextFile(path), dirty);
    assert.deepEqual(await script("strip", path), {
      code: 0,
      stdout: `${place}: stripped\n`,
      stderr: "",
    });
    assert.equal(await Deno.readTextFile(path), notebookText(["1"]));
    assert.deepEqual(await script("strip", "--check", path), { code: 0, stdout: "", stderr: "" });
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => join(name)), ["a.ipynb"]);
  });
});

Deno.test("check_notebooks: a notebook that the formatter would write differently", async () => {
  await inFolder(async (folder) => {
    const loose = await write(folder, "loose.ipynb", [SETUP + "const   n = 1;"]);
    const { code, stdout } = await script("check_notebooks", loose);
    assert.equal(code, 1);
    assert.equal(stdout, `${relative(ROOT, loose)}: is not formatted: run deno fmt\n`);
  });
});
