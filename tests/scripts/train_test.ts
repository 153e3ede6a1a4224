import assert from "node:assert/strict";
import { fromCheckout } from "lib/lifecycle/mod.ts";
import { type Ended, runScript } from "./task.ts";

const iris = JSON.parse(await Deno.readTextFile(fromCheckout("data/iris.dataset.json")));
const rows = await Deno.readTextFile(fromCheckout("data/iris.csv"));

/** A dataset of one's own in a temporary folder: iris with changes. */
async function withDataset(
  { descriptor = {}, csv = rows }: { descriptor?: Record<string, unknown>; csv?: string },
  use: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/mine.csv`, csv);
    const document = { ...iris, csv: "mine.csv", ...descriptor };
    await Deno.writeTextFile(`${folder}/mine.dataset.json`, JSON.stringify(document));
    await use(`${folder}/mine.dataset.json`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Asserts exit 2 and one line on standard error that is the message; progress lines may come before. */
function assertBadInput({ code, out, err }: Ended, message: RegExp): void {
  const lines = err.trim().split("\n").filter((line) => line.startsWith("train: "));
  assert.equal(code, 2, err);
  assert.equal(lines.length, 1, err);
  assert.match(lines[0], message);
  assert.doesNotMatch(err + out, /\n {4}at /, "a stack trace was printed");
}

Deno.test("train prints the record and nothing else, and the same seed gives the same digest", async () => {
  const runs = [];
  for (const seed of [8, 8, 7]) {
    runs.push(await runScript("train", "--set", `seed=${seed}`, "--set", "trees=20", "--json"));
  }
  assert.deepEqual(runs.map(({ code }) => code), [0, 0, 0], runs[0].err);
  const [first, again, other] = runs.map(({ out }) => JSON.parse(out));
  assert.deepEqual(again, first);
  assert.equal(first.seed, 8);
  assert.notEqual(other.modelDigest, first.modelDigest);
  assert.equal(other.holdout.sha256, first.holdout.sha256);
  assert.ok(first.metrics.accuracy.low < first.metrics.accuracy.value);
});

Deno.test("train takes a dataset of one's own, with BOM, CRLF and semicolons", async () => {
  const csv = "\uFEFF" + rows.replaceAll(",", ";").replaceAll("\n", "\r\n");
  await withDataset({ csv, descriptor: { name: "mine" } }, async (path) => {
    const { code, out, err } = await runScript("train", "--dataset", path, "--json");
    assert.equal(code, 0, err);
    const { dataset, holdout, rows } = JSON.parse(out);
    assert.deepEqual([dataset, holdout.frozen, rows.holdout], ["mine", false, 60]);
  });
});

Deno.test("train refuses bad flags and parameters in one line", async () => {
  const cases: [args: string[], message: RegExp][] = [
    [
      ["--sed", "8"],
      /^train: --sed must be one of --help, --debug, --json, --yes, --set VALUE, --dataset VALUE$/,
    ],
    [["now"], /^train: train must be given flags only: got "now"$/],
    [["--set", "seed"], /^train: --set must be name=value: got "seed"$/],
    [
      ["--set", "sead=8"],
      /^train: parameter must be one of dataset, seed, trees, featureShare: got "sead"$/,
    ],
    [["--set", "seed=abc"], /^train: parameter seed must be a finite number: got "abc"$/],
    [["--set", "seed=-1"], /^train: seed must be a whole number from 0 to 4294967295: got -1$/],
    [["--set", "seed=1.5"], /^train: seed must be a whole number from 0 to 4294967295: got 1.5$/],
    [["--set", "trees=0"], /^train: trees must be a whole number from 1 to 2000: got 0$/],
    [
      ["--dataset", "no/such.json"],
      /^train: dataset descriptor must be a file that can be read: got ".*no\/such.json"$/,
    ],
  ];
  for (const [args, message] of cases) assertBadInput(await runScript("train", ...args), message);
});

Deno.test("train refuses a broken dataset in one line, and leaves the old model as it was", async () => {
  const model = fromCheckout("out/model/model.json");
  const before = await Deno.readFile(model).catch(() => undefined);
  const spoil = (line: number, cell: string) => {
    const lines = rows.split("\n");
    lines[line - 1] = lines[line - 1].replace(/^[^,]*/, cell);
    return lines.join("\n");
  };
  await withDataset({ descriptor: { classes: "setosa" } }, async (path) => {
    assertBadInput(
      await runScript("train", "--dataset", path),
      /^train: mine.dataset.json \/classes must be array: got "setosa"$/,
    );
  });
  await withDataset({ csv: spoil(5, "abc") }, async (path) => {
    assertBadInput(
      await runScript("train", "--dataset", path),
      /^train: mine.csv line 5 column "sepal_length" must be a number: got "abc"$/,
    );
  });
  assert.deepEqual(await Deno.readFile(model).catch(() => undefined), before);
});
