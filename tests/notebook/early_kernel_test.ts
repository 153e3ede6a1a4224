/** Kernels that start before their notebook's turn: same outputs, same failures, none left behind. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { openEarlyKernels, runNotebook, startEarly } from "lib/notebook/mod.ts";
import { assertGone, inFolder, NOTE_PID, notedPid, textOf, write } from "./fixtures.ts";

/** A module that notes when it is loaded, and by which process. */
const NOTES =
  'Deno.writeTextFileSync(new URL("loaded", import.meta.url), `${Deno.pid}\\n`, { append: true });';

Deno.test("startEarly: modules are loaded before the first cell, once, and no cell is run", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "notes.ts"), `${NOTES} export const six = 6;`);
    const path = await write(folder, "test.ipynb", [
      'import "lib/notebook/setup.ts";\nimport {\n  six,\n} from "./notes.ts";',
      `${NOTE_PID} six * 7`,
    ]);
    const early = startEarly(path);
    const kernel = await early.take(() => {});
    const loaded = () => Deno.readTextFile(join(folder, "loaded"));
    assert.equal(await loaded(), `${kernel.pid}\n`);
    await assert.rejects(() => notedPid(folder).then((pid) => assert.ok(pid > 0)));
    const run = await runNotebook(path, { early });
    assert.equal(run.error, undefined);
    assert.equal(textOf(run, 2), "42");
    assert.equal(await notedPid(folder), kernel.pid);
    assert.equal(await loaded(), `${kernel.pid}\n`);
    await assertGone(kernel.pid, 0);
  });
});

Deno.test("startEarly: a module that throws fails the cell that imports it, as without it", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "bad.ts"), 'throw new RangeError("no");');
    const path = await write(folder, "test.ipynb", ['import "./bad.ts";']);
    const [early, late] = [
      await runNotebook(path, { early: startEarly(path) }),
      await runNotebook(path),
    ];
    assert.equal(early.error?.name, "RangeError");
    assert.deepEqual([early.error?.cell, early.error?.message], [
      late.error?.cell,
      late.error?.message,
    ]);
  });
});

Deno.test("startEarly: a notebook that is none is refused when its turn comes", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "none.ipynb");
    await Deno.writeTextFile(path, "[]");
    const early = startEarly(path);
    await assert.rejects(runNotebook(path, { early }), { name: "BadInput" });
    await assert.rejects(early.take(() => {}));
  });
});

Deno.test("openEarlyKernels: one kernel a notebook, given once; those that nobody took end", async () => {
  await inFolder(async (folder) => {
    const path = await write(folder, "a.ipynb", ["1"]),
      other = await write(folder, "b.ipynb", ["2"]);
    let unwanted: number;
    {
      await using kernels = openEarlyKernels();
      kernels.prepare(path);
      kernels.prepare(path);
      kernels.prepare(other);
      const early = kernels.take(path)!;
      assert.equal(kernels.take(path), undefined);
      unwanted = (await early.take(() => {})).pid;
      await early.stop();
      await assertGone(unwanted, 0);
      const late = kernels.take(other)!;
      unwanted = (await late.take(() => {})).pid;
      kernels.prepare(other);
      await late.stop();
    }
    await assertGone(unwanted);
  });
});
