import assert from "node:assert/strict";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDescriptor, readDescriptor } from "../../lib/data/mod.ts";
import { inFolder, PETS, pets } from "./pets.ts";

const [length, weight] = PETS.features;
const iris = fileURLToPath(new URL("../../data/iris.dataset.json", import.meta.url));

/** What is changed in a good descriptor, and the whole message. */
const BROKEN: [what: string, changes: Record<string, unknown>, message: string][] = [
  [
    "a capital in the name",
    { name: "Pets" },
    '/name must match pattern "^[a-z][a-z0-9-]{1,30}$": got "Pets"',
  ],
  [
    "a name that is too long",
    { name: "a".repeat(32) },
    `/name must match pattern "^[a-z][a-z0-9-]{1,30}$": got "${"a".repeat(32)}"`,
  ],
  ["a name of another type", { name: 3 }, "/name must be string: got 3"],
  ["an empty csv", { csv: "" }, '/csv must NOT have fewer than 1 characters: got ""'],
  ["an empty target", { target: "" }, '/target must NOT have fewer than 1 characters: got ""'],
  ["one class", { classes: ["cat"] }, '/classes must NOT have fewer than 2 items: got ["cat"]'],
  ["classes of another type", { classes: "cat" }, '/classes must be array: got "cat"'],
  [
    "a class twice",
    { classes: ["cat", "cat"] },
    "/classes must NOT have duplicate items (items ## 1 and 0 are identical): " +
    'got ["cat","cat"]',
  ],
  [
    "a class without a name",
    { classes: ["cat", ""] },
    '/classes/1 must NOT have fewer than 1 characters: got ""',
  ],
  ["no features", { features: [] }, "/features must NOT have fewer than 1 items: got []"],
  [
    "a limit that is a text",
    { features: [{ ...length, min: "0" }] },
    '/features/0/min must be number: got "0"',
  ],
  [
    "a limit that JSON reads as infinite",
    { features: [length, { ...weight, max: JSON.parse("1e999") }] },
    "/features/1/max must be number: got Infinity",
  ],
  [
    "a feature without unit",
    { features: [{ name: "length", min: 0, max: 1 }] },
    "/features/0/unit must be there",
  ],
  [
    "limits that are equal",
    { features: [length, { ...weight, min: 50 }] },
    "/features/1/max must be above min, which is 50: got 50",
  ],
  [
    "limits the wrong way round",
    { features: [{ ...length, min: 10 }] },
    "/features/0/max must be above min, which is 10: got 9",
  ],
  [
    "a feature twice",
    { features: [length, weight, { ...length, unit: "mm" }] },
    '/features/2/name must differ from /features/0: got "length"',
  ],
  [
    "the target among the features",
    { target: "weight" },
    '/features/1/name must not be the target: got "weight"',
  ],
  [
    "a unit of another family",
    { features: [{ ...length, csvUnit: "kg" }] },
    '/features/0/csvUnit must be convertible to "cm": got "kg"',
  ],
  [
    "a unit that nobody knows",
    { features: [{ ...length, csvUnit: "toString", unit: "valueOf" }] },
    '/features/0/csvUnit must be convertible to "valueOf": got "toString"',
  ],
  [
    "a word that is no policy",
    { cleaning: { missing: "keep" } },
    '/cleaning/missing must be one of refuse, drop: got "keep"',
  ],
  [
    "another word that is no policy",
    { cleaning: { duplicates: "refuse" } },
    '/cleaning/duplicates must be one of drop, keep: got "refuse"',
  ],
  [
    "a policy that there is not",
    { cleaning: { outliers: "drop" } },
    '/cleaning must not have the key "outliers": got {"outliers":"drop"}',
  ],
  ["a title of another type", { title: 3 }, "/title must be string: got 3"],
];

for (const [what, changes, message] of BROKEN) {
  Deno.test(`parseDescriptor() refuses ${what}, in one line with its JSON pointer`, () => {
    assert.throws(() => parseDescriptor({ ...PETS, ...changes }, "/x/pets.dataset.json"), {
      name: "BadInput",
      message: `pets.dataset.json ${message}`,
    });
  });
}

Deno.test("parseDescriptor() refuses each missing key by its pointer", () => {
  for (const key of Object.keys(PETS)) {
    const { [key]: _, ...rest } = PETS as Record<string, unknown>;
    assert.throws(() => parseDescriptor(rest), {
      name: "BadInput",
      message: `descriptor /${key} must be there`,
    });
  }
});

Deno.test("parseDescriptor() counts the other rules that are broken", () => {
  assert.throws(() => parseDescriptor({}), {
    message: "descriptor /name must be there (and 4 more)",
  });
  assert.throws(() => parseDescriptor({ ...PETS, name: 1, csv: 2, title: 3 }), {
    message: "descriptor /name must be string (and 2 more): got 1",
  });
});

Deno.test("parseDescriptor() refuses a document that is no object", () => {
  for (const [document, text] of [[null, "null"], [[], "[]"], ["x", '"x"']]) {
    assert.throws(() => parseDescriptor(document), {
      name: "BadInput",
      message: `descriptor / must be object: got ${text}`,
    });
  }
});

Deno.test("parseDescriptor() fills in the defaults", () => {
  const { title, cleaning, features, path } = pets();
  assert.equal(title, "pets");
  assert.equal(path, "");
  assert.deepEqual(cleaning, { missing: "refuse", range: "refuse", duplicates: "drop" });
  assert.deepEqual(features, [{ ...length, csvUnit: "cm" }, { ...weight, csvUnit: "kg" }]);
});

Deno.test("parseDescriptor() keeps what the file says beyond the defaults", () => {
  const { title, source, licence, cleaning } = pets({
    title: "Our pets",
    source: "next door",
    licence: "none",
    cleaning: { range: "drop" },
  });
  assert.deepEqual([title, source, licence], ["Our pets", "next door", "none"]);
  assert.deepEqual(cleaning, { missing: "refuse", range: "drop", duplicates: "drop" });
});

Deno.test("parseDescriptor() leaves keys alone that it does not know", () => {
  const known = pets();
  const features = PETS.features.map((feature) => ({ ...feature, colour: "red" }));
  assert.deepEqual(pets({ $schema: "./x.json", owner: { name: "me" }, features }), known);
});

Deno.test("parseDescriptor() looks for a relative csv beside the descriptor", () => {
  const { csv } = parseDescriptor(
    { ...PETS, csv: "raw/pets.csv" },
    "/some/where/pets.dataset.json",
  );
  assert.equal(csv, resolve("/some/where/raw/pets.csv"));
  assert.equal(pets({ csv: "/else/where/pets.csv" }).csv, resolve("/else/where/pets.csv"));
});

Deno.test("readDescriptor() reads the file, from a relative path too", async () => {
  const absolute = await readDescriptor(iris);
  assert.deepEqual(await readDescriptor(relative(Deno.cwd(), iris)), absolute);
  assert.deepEqual([absolute.name, absolute.path], ["iris", iris]);
  assert.equal(absolute.csv, resolve(iris, "../iris.csv"));
  assert.deepEqual(absolute.classes, ["setosa", "versicolor", "virginica"]);
});

Deno.test("readDescriptor() passes over a byte order mark", async () => {
  await inFolder({ "pets.json": "\uFEFF" + JSON.stringify(PETS) }, async (folder) => {
    assert.equal((await readDescriptor(join(folder, "pets.json"))).name, "pets");
  });
});

Deno.test("readDescriptor() refuses a file that is not there, and a folder", async () => {
  for (const path of ["no/such.json", "."]) {
    await assert.rejects(readDescriptor(path), {
      name: "BadInput",
      message: `dataset descriptor must be a file that can be read: got "${path}"`,
    });
  }
});

Deno.test("readDescriptor() refuses what is no JSON, in one line whatever the file holds", async () => {
  await inFolder({ "pets.json": "hello\nworld" }, async (folder) => {
    await assert.rejects(readDescriptor(join(folder, "pets.json")), ({ name, message }: Error) => {
      assert.equal(name, "BadInput");
      assert.match(message, /^pets\.json \/ must be JSON \([^\n]+\): got "hello\\nworld"$/);
      return true;
    });
  });
});

Deno.test("a column of groups and a day are optional, and held to their rules", () => {
  const { group, asOf } = pets({ group: "site", asOf: "2024-02-29" });
  assert.deepEqual([group, asOf], ["site", "2024-02-29"]);
  const bad = (change: Record<string, unknown>, message: RegExp) =>
    assert.throws(() => pets(change), { name: "BadInput", message });
  bad({ group: "kind" }, /\/group must be neither target nor feature: got "kind"/);
  bad({ group: "length" }, /\/group must be neither target nor feature/);
  bad({ group: "" }, /\/group/);
  bad({ asOf: "2023-02-29" }, /\/asOf must be a day of the calendar: got "2023-02-29"/);
  bad({ asOf: "yesterday" }, /\/asOf must match pattern/);
});
