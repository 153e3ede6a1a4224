import assert from "node:assert/strict";
import { join } from "node:path";
import { digestOf, stream, take } from "../../lib/core/mod.ts";
import {
  drawHoldout,
  type FrozenHoldout,
  frozenPlaces,
  holdoutPath,
  loadDataset,
  parseDescriptor,
  readHoldout,
  rowKeys,
  splitSamples,
} from "../../lib/data/mod.ts";
import { inFolder, PETS, samplesOf } from "./pets.ts";

const labels = [...Array(20).fill(0), ...Array(20).fill(1)];
const rows = samplesOf(labels, ["cat", "dog"]), holdout = drawHoldout(rows, "pets");

/** Reads a holdout file with this text beside a descriptor of pets. */
async function read(text: string | undefined): Promise<FrozenHoldout | undefined> {
  let found: FrozenHoldout | undefined;
  await inFolder(text === undefined ? {} : { "pets.holdout.json": text }, async (folder) => {
    found = await readHoldout(parseDescriptor(PETS, join(folder, "pets.dataset.json")));
  });
  return found;
}

Deno.test("drawHoldout() names 40 % of each class by their keys", () => {
  assert.deepEqual([holdout.dataset, holdout.rows, holdout.keys.length], ["pets", 16, 16]);
  assert.deepEqual(holdout.keys, [...holdout.keys].sort());
  assert.equal(holdout.sha256, digestOf(holdout.keys));
  const places = frozenPlaces(rows, holdout);
  assert.equal(places.filter((place) => labels[place] === 0).length, 8);
  assert.deepEqual(rowKeys(take(rows, places)).sort(), holdout.keys);
});

Deno.test("drawHoldout() draws the same for the same rows", () => {
  assert.deepEqual(drawHoldout(rows, "pets"), holdout);
});

Deno.test("frozenPlaces() finds the rows in any order of the table, with any rows added", () => {
  const order = stream(7, "order").shuffle([...labels.keys()]);
  const more = samplesOf([...labels, 0, 1, 1], ["cat", "dog"]);
  for (const table of [take(rows, order), more, take(more, [42, 41, ...order, 40])]) {
    const places = frozenPlaces(table, holdout);
    assert.deepEqual(places, [...places].sort((a, b) => a - b));
    assert.deepEqual(rowKeys(take(table, places)).sort(), holdout.keys);
  }
});

Deno.test("frozenPlaces() and splitSamples() keep the holdout for every seed", () => {
  const frozen = frozenPlaces(rows, holdout);
  for (const seed of [0, 1, 2, 1936]) {
    assert.deepEqual(splitSamples(rows, { seed, frozen }).holdout, frozen);
  }
});

Deno.test("frozenPlaces() holds out every copy of a row, so that none leaks into training", () => {
  const [first] = frozenPlaces(rows, holdout);
  const places = frozenPlaces(take(rows, [first, ...labels.keys(), first]), holdout);
  assert.equal(places.length, 18);
  assert.ok(places.includes(0) && places.includes(41));
});

Deno.test("frozenPlaces() refuses a table that has lost rows, and counts them", () => {
  const [first, second] = frozenPlaces(rows, holdout);
  const rest = take(rows, [...labels.keys()].filter((i) => i !== first && i !== second));
  const lost = rowKeys(take(rows, [first, second])).sort();
  assert.throws(() => frozenPlaces(rest, holdout), {
    name: "BadInput",
    message: "frozen holdout of pets must be in the data whole: 2 of 16 rows are gone, " +
      `the first is: got "${lost[0]}"`,
  });
});

Deno.test("frozenPlaces() takes a row with another value or class for lost", () => {
  const [first] = frozenPlaces(rows, holdout);
  const other = { ...rows, x: rows.x.slice() }, turned = { ...rows, y: rows.y.slice() };
  other.x[first] += 0.1;
  turned.y[first] = 1 - turned.y[first];
  for (const table of [other, turned]) {
    assert.throws(() => frozenPlaces(table, holdout), /1 of 16 rows are gone/);
  }
});

Deno.test("holdoutPath() stands beside the descriptor", () => {
  const path = (path: string) => holdoutPath({ path });
  assert.equal(path("/x/iris.dataset.json"), "/x/iris.holdout.json");
  assert.equal(path("/x/iris.json"), "/x/iris.holdout.json");
  assert.equal(path("/x.json/iris"), "/x.json/iris.holdout.json");
});

Deno.test("readHoldout() reads what was drawn, and nothing where nobody froze one", async () => {
  assert.deepEqual(await read(JSON.stringify(holdout)), holdout);
  assert.equal(await read(undefined), undefined);
});

Deno.test("readHoldout() refuses a file that is no JSON", async () => {
  await assert.rejects(read("keys: none"), {
    name: "BadInput",
    message: 'pets.holdout.json must be JSON: got "keys: none"',
  });
});

Deno.test("readHoldout() refuses the holdout of another dataset", async () => {
  await assert.rejects(read(JSON.stringify({ ...holdout, dataset: "zoo" })), {
    name: "BadInput",
    message: 'pets.holdout.json /dataset must be "pets": got "zoo"',
  });
  await assert.rejects(read("null"), { message: /\/dataset must be "pets": got undefined$/ });
});

Deno.test("readHoldout() refuses a file that was changed by hand", async () => {
  const [, ...keys] = holdout.keys, digest = digestOf(keys).slice(0, 12);
  await assert.rejects(read(JSON.stringify({ ...holdout, keys })), {
    name: "BadInput",
    message: `pets.holdout.json /sha256 must be the digest of its keys (${digest}): ` +
      `got "${holdout.sha256}"`,
  });
  await assert.rejects(read(JSON.stringify({ ...holdout, keys: "all" })), {
    message: /\/sha256 must be the digest of its keys \(there are none\)/,
  });
  await assert.rejects(read(JSON.stringify({ ...holdout, sha256: undefined })), {
    message: /\/sha256 must be the digest of its keys \(.{12}\): got undefined$/,
  });
  await assert.rejects(read(JSON.stringify({ ...holdout, rows: 3 })), {
    message: "pets.holdout.json /rows must be the number of its keys (16): got 3",
  });
});

Deno.test("readHoldout() refuses what is there and cannot be read", async () => {
  await inFolder({}, async (folder) => {
    await Deno.mkdir(join(folder, "pets.holdout.json"));
    await assert.rejects(readHoldout(parseDescriptor(PETS, join(folder, "pets.json"))), {
      name: "BadInput",
      message: "pets.holdout.json must be a file that can be read",
    });
  });
});

Deno.test("drawHoldout() draws the same rows whatever their order in the file", async () => {
  const { samples } = await loadDataset("data/iris.dataset.json");
  const backwards = take(samples, [...samples.y.keys()].reverse());
  assert.deepEqual(drawHoldout(backwards, "iris"), drawHoldout(samples, "iris"));
});
