import assert from "node:assert/strict";
import { join } from "node:path";
import { replaceFile, replaceFolder } from "../../lib/lifecycle/mod.ts";
import { inFolder, namesIn } from "./checkout.ts";

/** Runs a test on a disk that is full after half of any text that holds `endless`. */
async function onFullDisk(test: () => Promise<void>): Promise<void> {
  const { writeTextFile } = Deno;
  Deno.writeTextFile = async (path, text, options) => {
    if (!String(text).includes("endless")) return await writeTextFile(path, text, options);
    await writeTextFile(path, "half", options);
    throw new Error("the disk is full");
  };
  try {
    await test();
  } finally {
    Deno.writeTextFile = writeTextFile;
  }
}

/** A name that is allowed, but not with a temporary ending behind it. */
const LONG = "x".repeat(250);

Deno.test("replaceFile() writes text and bytes, makes folders, and replaces", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a/b/note.txt");
    await replaceFile(path, "first, länger");
    assert.equal(await Deno.readTextFile(path), "first, länger");
    await replaceFile(path, Uint8Array.of(1, 2));
    assert.deepEqual(await Deno.readFile(path), Uint8Array.of(1, 2));
    assert.deepEqual(namesIn(join(folder, "a/b")), ["note.txt"]);
  });
});

Deno.test("replaceFile() leaves the old file and nothing else if writing stops half way", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "note.txt");
    await replaceFile(path, "old");
    await onFullDisk(() => assert.rejects(replaceFile(path, "endless"), /the disk is full/));
    assert.deepEqual(namesIn(folder), ["note.txt"]);
    assert.equal(await Deno.readTextFile(path), "old");
  });
});

Deno.test("replaceFile() leaves nothing behind if the file cannot be put into place", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "taken");
    await Deno.mkdir(join(path, "by a folder"), { recursive: true });
    await assert.rejects(replaceFile(path, "new"));
    assert.deepEqual(namesIn(folder), ["taken"]);
    assert.deepEqual(namesIn(path), ["by a folder"]);
  });
});

Deno.test("replaceFile() fails where no file can be made, and makes none", async () => {
  await inFolder(async (folder) => {
    await replaceFile(join(folder, "file"), "old");
    await assert.rejects(replaceFile(join(folder, "file/below"), "new"));
    await assert.rejects(replaceFile(join(folder, LONG), "new"));
    assert.deepEqual(namesIn(folder), ["file"]);
    assert.equal(await Deno.readTextFile(join(folder, "file")), "old");
  });
});

Deno.test("replaceFile() from many at once leaves one of them, whole", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "note.txt"), texts = [..."abcdefgh"].map((c) => c.repeat(50_000));
    await Promise.all(texts.map((text) => replaceFile(path, text)));
    assert.ok(texts.includes(await Deno.readTextFile(path)));
    assert.deepEqual(namesIn(folder), ["note.txt"]);
  });
});

Deno.test("replaceFolder() replaces a folder as a whole", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "deep/bundle");
    await replaceFolder(path, { "a.txt": "1", "sub/b.bin": Uint8Array.of(2) });
    assert.deepEqual(namesIn(path), ["a.txt", "sub"]);
    assert.deepEqual(await Deno.readFile(join(path, "sub/b.bin")), Uint8Array.of(2));
    await replaceFolder(path, { "c.txt": "3" });
    assert.deepEqual(namesIn(path), ["c.txt"]);
    await replaceFolder(path, {});
    assert.deepEqual(namesIn(path), []);
    assert.deepEqual(namesIn(join(folder, "deep")), ["bundle"]);
  });
});

Deno.test("replaceFolder() leaves the old folder whole if one of the files cannot be written", async () => {
  const broken: Record<string, string>[] = [
    { "a.txt": "new", "b.txt": "endless" },
    { "a.txt": "new", [LONG]: "too long" },
    { "a.txt": "new", "a.txt/below": "in a file" },
  ];
  await inFolder(async (folder) => {
    const path = join(folder, "bundle");
    for (const files of broken) {
      await onFullDisk(() => assert.rejects(replaceFolder(path, files)));
      assert.deepEqual(namesIn(folder), []);
    }
    await replaceFolder(path, { "a.txt": "old", "old.txt": "old" });
    for (const files of broken) {
      await onFullDisk(() => assert.rejects(replaceFolder(path, files)));
      assert.deepEqual(namesIn(folder), ["bundle"]);
      assert.deepEqual(namesIn(path), ["a.txt", "old.txt"]);
      assert.equal(await Deno.readTextFile(join(path, "a.txt")), "old");
    }
  });
});

Deno.test("replaceFolder() puts the old folder back if the new one cannot take its place", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bundle"), { rename } = Deno;
    await replaceFolder(path, { "a.txt": "old" });
    Deno.rename = (from, to) =>
      String(from).endsWith(".tmp") && to === path
        ? Promise.reject(new Error("the disk is gone"))
        : rename(from, to);
    try {
      await assert.rejects(replaceFolder(path, {}), /the disk is gone/);
    } finally {
      Deno.rename = rename;
    }
    assert.deepEqual(namesIn(folder), ["bundle"]);
    assert.equal(await Deno.readTextFile(join(path, "a.txt")), "old");
  });
});

Deno.test("replaceFolder() takes the place of a file too", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bundle");
    await Deno.writeTextFile(path, "a file");
    await replaceFolder(path, { "a.txt": "new" });
    assert.deepEqual(namesIn(path), ["a.txt"]);
    assert.deepEqual(namesIn(folder), ["bundle"]);
  });
});
