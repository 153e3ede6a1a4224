import assert from "node:assert/strict";
import { type Azure, checkConsent, createDeployment, priceOf } from "lib/azure/mod.ts";

const PLACE = { instanceType: "Standard_DS2_v2", region: "eastus" };
const KNOWN = {
  what: "deployment blue of iris-demo",
  ...PLACE,
  instances: 2,
  price: priceOf(PLACE),
};
const UNKNOWN = { ...KNOWN, region: "nowhere", price: undefined };

Deno.test("checkConsent() asks for nothing locally, agreed or not, price known or not", () => {
  for (const yes of [true, false]) {
    for (const spending of [KNOWN, UNKNOWN]) {
      assert.equal(checkConsent({ kind: "local", yes }, spending), undefined);
    }
  }
});

Deno.test("checkConsent() in the cloud with a yes gives the sentence with the price of all machines", () => {
  assert.match(
    checkConsent({ kind: "cloud", yes: true }, KNOWN)!,
    /^deployment blue of iris-demo costs money: 2 × Standard_DS2_v2 in eastus: about 0\.292 USD per hour/,
  );
  assert.match(
    checkConsent({ kind: "cloud", yes: true }, UNKNOWN)!,
    /price per hour not known here/,
  );
});

Deno.test("checkConsent() in the cloud without a yes is BadInput, with the price in the sentence", () => {
  const target = { kind: "cloud", yes: false } as const;
  assert.throws(() => checkConsent(target, KNOWN), {
    name: "BadInput",
    message: /^MLOPS_YES must be 1 \(or --yes given\), as .* about 0\.292 USD per hour/,
  });
  assert.throws(() => checkConsent(target, UNKNOWN), {
    name: "BadInput",
    message: /not known here/,
  });
});

Deno.test("createDeployment() asks before it sends anything, and tells the price once it may", async () => {
  let sent = 0;
  const azure = (yes: boolean) => ({
    target: { kind: "cloud", yes, subscriptionId: "s", resourceGroup: "g", workspace: "w" },
    location: "eastus",
    intervalMs: 1,
    ml: {
      onlineDeployments: {
        beginCreateOrUpdate() {
          sent++;
          return Promise.resolve({ isDone: () => true, getResult: () => ({}) });
        },
      },
    },
  } as unknown as Azure);
  const draft = {
    ...{ endpoint: "iris-demo", name: "blue", modelId: "m", environmentId: "e" },
    ...{ variables: {}, tags: {}, instanceType: "Standard_DS2_v2", instances: 1, concurrency: 1 },
  };
  const said: string[] = [];
  const onCost = (sentence: string) => void said.push(sentence);
  await assert.rejects(createDeployment(azure(false), draft, { onCost }), { name: "BadInput" });
  assert.deepEqual([sent, said], [0, []]);
  await createDeployment(azure(true), draft, { onCost });
  assert.equal(sent, 1);
  assert.match(
    said.join("\n"),
    /^deployment blue of iris-demo costs money: .* 0\.146 USD per hour/,
  );
});
