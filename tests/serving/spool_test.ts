import assert from "node:assert/strict";
import { loadModel, openSpool, type SpoolOptions } from "lib/serving/mod.ts";
import { PETS, PETS_BYTES } from "./pets.ts";

const line = (id: string) => ({
  path: "a/b.jsonl",
  id,
  line: JSON.stringify({ id, text: "x\ty\u2028z\n" }),
});

async function temporary() {
  const folder = await Deno.makeTempDir({ prefix: "spool-" });
  const open = (instance: string, more: Partial<SpoolOptions> = {}) =>
    openSpool({ folder, instance, maxBytes: 1_000_000, ...more });
  return {
    folder,
    open,
    parts: () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Ids of all that waits. */
const waiting = (spool: ReturnType<typeof openSpool>) =>
  spool.seal().flatMap((segment) => spool.read(segment)).map(({ id }) => id);

Deno.test("openSpool() gives back what it was given, in order, until it is removed", async () => {
  await using at = await temporary();
  const spool = at.open("i1");
  assert.deepEqual(spool.seal(), []);
  assert.equal(spool.append([line("1"), line("2")]), true);
  const [first] = spool.seal();
  assert.deepEqual(spool.read(first), [line("1"), line("2")]);
  assert.equal(first.isLeft, false);
  spool.append([line("3")]);
  assert.deepEqual(waiting(spool), ["1", "2", "3"]);
  spool.remove(first);
  assert.deepEqual(waiting(spool), ["3"]);
  assert.equal(spool.bytes, spool.seal().reduce((sum, { bytes }) => sum + bytes, 0));
  for (const segment of spool.seal()) spool.remove(segment);
  assert.equal(spool.bytes, 0);
  spool.close();
  assert.deepEqual(at.parts(), []);
});

Deno.test("openSpool() has on disk what append() returned for, before anything is closed", async () => {
  await using at = await temporary();
  const spool = at.open("i1");
  spool.append([line("1")]);
  assert.match(
    await Deno.readTextFile(`${at.folder}/i1/00000001.jsonl`),
    /^a\/b\.jsonl\t1\t\{.*\n$/s,
  );
  assert.equal((await Deno.stat(`${at.folder}/i1`)).mode! & 0o077, 0, "rows are private");
  spool.close();
});

Deno.test("openSpool() takes all lines of a request or none, up to its size", async () => {
  await using at = await temporary();
  const one = new TextEncoder().encode(`a/b.jsonl\t1\t${line("1").line}\n`).length;
  const spool = at.open("i1", { maxBytes: 3 * one });
  assert.equal(spool.append([line("1"), line("2")]), true);
  assert.equal(spool.append([line("3"), line("4")]), false);
  assert.equal(spool.append([line("5")]), true);
  assert.deepEqual(waiting(spool), ["1", "2", "5"]);
  spool.close();
});

Deno.test("openSpool() begins a new file when one is large", async () => {
  await using at = await temporary();
  const spool = at.open("i1", { segmentBytes: 1 });
  for (const id of ["1", "2", "3"]) spool.append([line(id)]);
  assert.equal(spool.seal().length, 3);
  assert.deepEqual(waiting(spool), ["1", "2", "3"]);
  spool.close();
});

Deno.test("openSpool() leaves what a living process has, and takes what a dead one left", async () => {
  await using at = await temporary();
  const first = at.open("i1");
  first.append([line("1")]);
  const second = at.open("i2");
  assert.deepEqual(second.seal(), []);
  second.close();
  first.close(); // lets go without having written
  const third = at.open("i3");
  const [left] = third.seal();
  assert.deepEqual([left.isLeft, waiting(third)], [true, ["1"]]);
  assert.equal(third.bytes, left.bytes);
  assert.deepEqual(at.open("i4").seal(), [], "one takes it over, no other");
  third.remove(left);
  third.close();
  assert.deepEqual(at.parts(), ["i4"]);
});

Deno.test("openSpool() leaves out a last line that was cut off", async () => {
  await using at = await temporary();
  const spool = at.open("i1");
  spool.append([line("1"), line("2")]);
  spool.close();
  const path = `${at.folder}/i1/00000001.jsonl`, text = await Deno.readTextFile(path);
  for (let cut = 1; cut < line("2").line.length; cut += 7) {
    await Deno.writeTextFile(path, text.slice(0, -cut));
    const next = at.open(`after ${cut}`);
    assert.deepEqual(waiting(next), ["1"], String(cut));
    next.close();
  }
});

Deno.test("openSpool() refuses a part that another holds", async () => {
  await using at = await temporary();
  const spool = at.open("i1");
  assert.throws(() => at.open("i1"), /must be this process's own/);
  spool.close();
});

Deno.test("loadModel() finds the model in the folder or one below, and only there", async () => {
  await using at = await temporary();
  const { folder } = at;
  const none = loadModel(folder);
  assert.ok(
    !none.ok &&
      /must hold one model.json, itself or one folder below: there is none/.test(none.reason),
  );
  await Deno.mkdir(`${folder}/a/b`, { recursive: true });
  await Deno.writeFile(`${folder}/a/b/model.json`, PETS_BYTES);
  assert.equal(loadModel(folder).ok, false);
  await Deno.writeFile(`${folder}/a/model.json`, PETS_BYTES);
  const below = loadModel(folder, { digest: PETS.digest });
  assert.equal(below.ok && below.model.digest, PETS.digest);
  await Deno.symlink(`${folder}/a`, `${folder}/link`);
  const two = loadModel(folder);
  assert.ok(!two.ok && /there are 2/.test(two.reason));
  assert.equal(loadModel(`${folder}/link`).ok, true);
});

Deno.test("loadModel() says why the bytes are not the ones asked for", async () => {
  await using at = await temporary();
  await Deno.writeFile(`${at.folder}/model.json`, PETS_BYTES);
  const other = loadModel(at.folder, { digest: "0".repeat(64) });
  assert.ok(!other.ok);
  assert.equal(other.reason, `model digest must be ${"0".repeat(64)}: got "${PETS.digest}"`);
  await Deno.writeTextFile(`${at.folder}/model.json`, "{}");
  const broken = loadModel(at.folder);
  assert.ok(!broken.ok && /format/.test(broken.reason));
  const nowhere = loadModel(`${at.folder}/nowhere`);
  assert.ok(!nowhere.ok && /nowhere|No such file/.test(nowhere.reason));
});
