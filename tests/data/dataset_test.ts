import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stream, take } from "../../lib/core/mod.ts";
import { frozenPlaces, loadDataset, rowKeys } from "../../lib/data/mod.ts";
import { GOOD_ROWS, inFolder, PETS } from "./pets.ts";

const data = (name: string) => fileURLToPath(new URL(`../../data/${name}`, import.meta.url));
const IRIS = data("iris.dataset.json");

/** Loads pets from rows, with some keys of the descriptor changed. */
async function load(rows: string, changes: Record<string, unknown> = {}) {
  const files = {
    "pets.dataset.json": JSON.stringify({ ...PETS, ...changes }),
    "pets.csv": "length,weight,kind\n" + rows,
  };
  let loaded: Awaited<ReturnType<typeof loadDataset>> | undefined;
  await inFolder(files, async (folder) => {
    loaded = await loadDataset(join(folder, "pets.dataset.json"));
  });
  return loaded!;
}

Deno.test("loadDataset() reads iris: 150 lines, 149 rows, one of them was there twice", async () => {
  const { raw, samples, contract, actions, lines } = await loadDataset(IRIS);
  assert.equal(raw.lines.length, 150);
  assert.deepEqual(contract, { passed: true, rows: 150, violations: [] });
  assert.deepEqual([samples.y.length, samples.x.length, lines.length], [149, 596, 149]);
  assert.deepEqual(actions, [{
    step: "duplicates",
    what: "dropped 1 row equal to an earlier one in every column",
    lines: [144],
  }]);
  assert.ok(!lines.includes(144) && lines.includes(103));
});

Deno.test("loadDataset() finds iris' frozen holdout: 20 rows of each class, all in the data", async () => {
  const { samples, holdout, frozen } = await loadDataset(IRIS);
  assert.equal(frozen, true);
  const held = take(samples, frozenPlaces(samples, holdout));
  assert.deepEqual([0, 1, 2].map((label) => held.y.filter((own) => own === label).length), [
    20,
    20,
    20,
  ]);
});

Deno.test("loadDataset() keeps the holdout when the CSV is shuffled and grows", async () => {
  const [header, ...rows] = (await Deno.readTextFile(data("iris.csv"))).trim().split("\n");
  const shuffled = [...stream(7, "rows").shuffle(rows), "6.05,3.1,4.2,1.3,versicolor"];
  const files = {
    "iris.dataset.json": await Deno.readTextFile(IRIS),
    "iris.holdout.json": await Deno.readTextFile(data("iris.holdout.json")),
    "iris.csv": [header, ...shuffled].join("\n"),
  };
  await inFolder(files, async (folder) => {
    const { samples, holdout, digest } = await loadDataset(join(folder, "iris.dataset.json"));
    assert.equal(samples.y.length, 150);
    assert.notEqual(digest, (await loadDataset(IRIS)).digest);
    const keys = rowKeys(take(samples, frozenPlaces(samples, holdout)));
    assert.deepEqual(keys.sort(), holdout.keys);
  });
});

Deno.test("loadDataset() draws a holdout where none is frozen, and says so", async () => {
  const { frozen, holdout, samples } = await load(GOOD_ROWS);
  assert.equal(frozen, false);
  assert.deepEqual([holdout.rows, frozenPlaces(samples, holdout).length], [4, 4]);
});

Deno.test("loadDataset() refuses rows that break the contract: the first, and how many others", async () => {
  const messages: [rows: string, message: string][] = [
    [GOOD_ROWS + "abc,1,cat\n", 'pets.csv line 12 column "length" must be a number: got "abc"'],
    [
      GOOD_ROWS + "\n1,99,cat\n1,1,cow\n",
      'pets.csv line 13 column "weight" must be from 1 to 50 kg: got "99" ' +
      "(and 1 more violation of the contract)",
    ],
    [
      GOOD_ROWS + ",,\n",
      'pets.csv line 12 column "length" must be given: got null ' +
      "(and 2 more violations of the contract)",
    ],
    [
      "1,1,cat\n".repeat(9),
      'pets.csv column "kind" must come in at least two classes: got "cat"',
    ],
    [
      GOOD_ROWS.replace("5,5,cat\n", ""),
      'pets.csv column "kind" class "cat" must have at least 5 rows, ' +
      "so that each part of the split gets some: got 4",
    ],
  ];
  for (const [rows, message] of messages) {
    await assert.rejects(load(rows), { name: "BadInput", message });
  }
});

Deno.test("loadDataset() mends what the policy allows and keeps the finding", async () => {
  const { samples, contract, actions } = await load(GOOD_ROWS + ",1,cat\n1,99,dog\n", {
    cleaning: { missing: "drop", range: "drop" },
  });
  assert.equal(samples.y.length, 10);
  assert.deepEqual(contract.violations.map(({ rule }) => rule), ["missing", "range"]);
  assert.deepEqual(actions.map(({ step, lines }) => [step, lines]), [["missing", [12]], ["range", [
    13,
  ]]]);
});

Deno.test("loadDataset() refuses a policy that drops more of a class than a split can spare", async () => {
  // the file has six emus, and the contract passes on their number
  const classes = ["cat", "dog", "emu"], cleaning = { range: "drop" };
  await assert.rejects(load(GOOD_ROWS + "99,1,emu\n".repeat(6), { classes, cleaning }), {
    name: "BadInput",
    message: 'pets.csv column "kind" class "emu" must keep at least 5 rows after cleaning: got 0',
  });
  await assert.rejects(load(GOOD_ROWS + "1,1,emu\n".repeat(6), { classes }), {
    message: 'pets.csv column "kind" class "emu" must keep at least 5 rows after cleaning: got 1',
  });
});

Deno.test("loadDataset() passes on what descriptor, CSV and holdout file are refused for", async () => {
  await assert.rejects(load(GOOD_ROWS, { classes: [] }), /pets.dataset.json \/classes must NOT/);
  await assert.rejects(load("1,2\n"), /pets.csv line 2 must have 3 fields like the header: got 2/);
  await assert.rejects(load(GOOD_ROWS, { csv: "other.csv" }), /\/csv must name a file/);
  const files = {
    "pets.dataset.json": JSON.stringify(PETS),
    "pets.holdout.json": "{}",
    "pets.csv": "length,weight,kind\n" + GOOD_ROWS,
  };
  await inFolder(files, async (folder) => {
    await assert.rejects(
      loadDataset(join(folder, "pets.dataset.json")),
      /\/dataset must be "pets"/,
    );
  });
});
