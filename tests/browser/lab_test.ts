// `deno task lab` opens JupyterLab, and the notebooks run there cell by cell, in a real browser.

import assert from "node:assert/strict";
import { basename, join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { pythonEnv, readPythonEnv } from "../../scripts/python_env.ts";
import { requires } from "../require.ts";
import { decodePng } from "../view/png.ts";
import { chromiumAvailable, launchChromium } from "./chromium.ts";
import { openNotebook, runCellByCell, startLab } from "./jupyter_lab.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** Each notebook, with the least number of pictures and tables that a reader must see. */
const NOTEBOOKS = [
  { path: "notebooks/00_start_here.ipynb", images: 2, tables: 1 },
  { path: "notebooks/01_foundation.ipynb", images: 6, tables: 8 },
];

// 240 MB are not installed for somebody who only runs the tests: JupyterLab is tested where
// `deno task lab` has been used, or where REQUIRE names python
const wanted = Deno.env.get("REQUIRE")?.split(",").includes("python") ?? false;
const env = wanted ? await pythonEnv("lab") : await readPythonEnv("lab");
const ignore = [requires("python", env !== undefined), requires("chromium", chromiumAvailable())]
  .some(Boolean);

Deno.test({
  name: "JupyterLab runs the notebooks cell by cell",
  ignore,
  async fn(t) {
    const home = await Deno.makeTempDir({ prefix: "lab-home-" });
    const lab = await startLab({ HOME: home, DENO_DIR: await denoDir() });
    try {
      await using browser = await launchChromium();
      for (const { path, images, tables } of NOTEBOOKS) {
        await t.step(path, async () => {
          const before = await Deno.readTextFile(join(ROOT, path));
          await using page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
          page.setDefaultTimeout(10_000);
          await openNotebook(page, { lab, path });
          const seen = await runCellByCell(page);
          const colours = await coloursOfFirstPicture(page);
          const shot = `out/screenshots/lab_${basename(path, ".ipynb")}.png`;
          await page.screenshot({ path: join(ROOT, shot) });
          assert.deepEqual(seen.filter(({ error }) => error !== null), []);
          assert.deepEqual(seen.map(({ count }) => count), seen.map(({ cell }) => cell));
          assert.ok(colours > 20, `the first picture has ${colours} colours: is it painted?`);
          const drawn = seen.reduce((sum, cell) => sum + cell.images, 0);
          assert.ok(drawn >= images, `${drawn} pictures were seen, at least ${images} must be`);
          const shown = seen.reduce((sum, cell) => sum + cell.tables, 0);
          assert.ok(shown >= tables, `${shown} tables were seen, at least ${tables} must be`);
          const after = await Deno.readTextFile(join(ROOT, path));
          assert.ok(after === before, `${path} must not change while it is shown`);
        });
      }
    } finally {
      await lab.stop();
    }
    const left = [...Deno.readDirSync(home)].map(({ name }) => name);
    await Deno.remove(home, { recursive: true });
    assert.deepEqual(left, [], "JupyterLab must leave nothing in the home folder");
  },
});

/** Scrolls to the first picture and counts what was painted, once it was: pages paint what is seen. */
async function coloursOfFirstPicture(page: Page): Promise<number> {
  const picture = page.locator(".jp-OutputArea-output img").first();
  let colours = 0;
  for (let i = 0; i < 20 && colours <= 20; i++) {
    if (i > 0) await page.waitForTimeout(250);
    const { flat, channels } = decodePng(await picture.screenshot());
    const distinct = new Set<number>();
    for (let at = 0; at < flat.length; at += channels) {
      distinct.add(flat[at] << 16 | flat[at + 1] << 8 | flat[at + 2]);
    }
    colours = distinct.size;
  }
  return colours;
}

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
