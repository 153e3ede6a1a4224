/** `deno task deploy` where the gate refuses: a finding that stops the line, told in one line. */

import assert from "node:assert/strict";
import { findLocalAzure, getEndpoint, listEndpoints, openAzureAt } from "lib/azure/mod.ts";
import { stream } from "lib/core/mod.ts";
import { fromCheckout } from "lib/lifecycle/mod.ts";
import { ownCheckout } from "./own_checkout.ts";

/** A table whose classes have nothing to do with its columns. */
async function noise(folder: string): Promise<string> {
  const random = stream(7, "noise");
  const lines = Array.from(
    { length: 150 },
    (_, i) => [random.next(), random.next(), i % 2 ? "heads" : "tails"].join(","),
  );
  await Deno.writeTextFile(`${folder}/coins.csv`, ["a,b,side", ...lines, ""].join("\n"));
  const features = ["a", "b"].map((name) => ({ name, unit: "", min: 0, max: 1 }));
  const descriptor = { name: "coins", csv: "coins.csv", target: "side", features };
  const path = `${folder}/coins.dataset.json`;
  await Deno.writeTextFile(path, JSON.stringify({ ...descriptor, classes: ["heads", "tails"] }));
  return path;
}

Deno.test("deploy exits 3 where the gate refuses", async (test) => {
  await using checkout = await ownCheckout();
  await test.step("the first model: in one line, before there is an endpoint", async () => {
    const dataset = await noise(`${checkout.root}/data`);
    const { code, err } = await checkout.run("deploy", ["--dataset", dataset, "--json"]);
    assert.equal(code, 3, err);
    assert.match(
      err.trim().split("\n").at(-1)!,
      /^deploy: the first model, coins:1, is refused by the gate\. baseline: Against the commonest class \d+ rows won, \d+ lost \(p [\d.]+\): not better than by chance \(needed: p below 0\.05\)\./,
    );
    assert.doesNotMatch(err, /\n {4}at /, "a stack trace was printed");
    const { port } = (await findLocalAzure({ checkout: checkout.root }))!;
    assert.deepEqual(await listEndpoints(await openAzureAt(port)), []);
  });

  await test.step("green: the record says why, and blue keeps the traffic", async () => {
    const dataset = fromCheckout("tests/fixtures/datasets/wine.dataset.json");
    const flags = ["--dataset", dataset, "--set", "trees=30", "--json"];
    const { code, out, err } = await checkout.run("deploy", flags);
    assert.equal(code, 3, err);
    const { greenGate } = JSON.parse(out);
    assert.equal(greenGate.sentence, "Refused by non-inferiority.");
    const { sentence } = greenGate.rules.find((rule: { passed: boolean }) => !rule.passed);
    assert.equal(
      err.trim().split("\n").at(-1),
      `deploy: green, wine:2, is refused by the gate. non-inferiority: ${sentence}`,
    );
    const { port } = (await findLocalAzure({ checkout: checkout.root }))!;
    const endpoint = await getEndpoint(await openAzureAt(port), "wine-demo");
    assert.deepEqual(endpoint?.traffic, { blue: 100 });
  });
});
