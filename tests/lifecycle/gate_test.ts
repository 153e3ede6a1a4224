/** The gate on tables that are not iris. */

import assert from "node:assert/strict";
import { gateModel, gatePlanted, gateTable, prepare, trainCandidate } from "lib/lifecycle/mod.ts";

const seed = 7;

/** A fixture's rows, and a forest on them. */
async function trained(name: string, trees: number) {
  const prepared = await prepare(`tests/fixtures/datasets/${name}.dataset.json`, { seed });
  return { prepared, model: (await trainCandidate(prepared, { seed, trees })).model };
}

Deno.test("gateModel() takes rows of which cleaning dropped those that broke the contract", async () => {
  const { prepared, model: challenger } = await trained("penguins", 50);
  assert.equal(prepared.dataset.contract.passed, false, "two penguins were not measured");
  const { decision, rules } = gateModel(prepared, { challenger });
  assert.equal(decision, "promote");
  assert.match(rules[0].sentence, /^The rows that are used keep their contract; of 137 learnt/);
  const strict = { ...prepared.dataset.descriptor.cleaning, missing: "refuse" } as const;
  const descriptor = { ...prepared.dataset.descriptor, cleaning: strict };
  const refused = gateModel({ ...prepared, dataset: { ...prepared.dataset, descriptor } }, {
    challenger,
  });
  assert.equal(refused.sentence, "Refused by contract.");
});

Deno.test("gateModel() promotes a forest that one split nearly equals, and warns in table and record", async () => {
  const { prepared, model: challenger } = await trained("breast-cancer", 100);
  const decision = gateModel(prepared, { challenger });
  assert.equal(decision.decision, "promote");
  assert.equal(decision.warnings.length, 1);
  assert.match(decision.warnings[0], /^Not proven better than one split: 15 rows won, 9 lost/);
  assert.ok(gateTable(decision).text.includes(decision.warnings[0]));
});

for (const name of ["wine", "breast-cancer", "penguins"]) {
  Deno.test(`gatePlanted() catches each planted candidate on ${name}`, async () => {
    const { prepared, model: champion } = await trained(name, 20);
    const verdicts = await gatePlanted(prepared, { champion, seed });
    assert.deepEqual(verdicts.filter(({ caught }) => !caught), []);
    assert.equal(verdicts.length, 11);
  });
}
