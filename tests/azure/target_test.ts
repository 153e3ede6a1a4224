import assert from "node:assert/strict";
import { LOCAL_WORKSPACE, localEnvironment, readTarget } from "lib/azure/mod.ts";

const CLOUD = {
  AZURE_SUBSCRIPTION_ID: "s",
  AZURE_RESOURCE_GROUP: "g",
  AZURE_ML_WORKSPACE: "w",
};

const env = (values: Partial<Record<string, string>>) => (name: string) => values[name];

Deno.test("readTarget() is local whatever AZURE_* variables lie around", () => {
  for (const values of [{}, CLOUD, { ...CLOUD, MLOPS_TARGET: "" }, { MLOPS_TARGET: "local" }]) {
    assert.deepEqual(readTarget(env(values)), { kind: "local", ...LOCAL_WORKSPACE, yes: false });
  }
});

Deno.test("readTarget() takes the cloud's three settings", () => {
  assert.deepEqual(readTarget(env({ ...CLOUD, MLOPS_TARGET: "cloud" })), {
    kind: "cloud",
    subscriptionId: "s",
    resourceGroup: "g",
    workspace: "w",
    yes: false,
  });
});

Deno.test("readTarget() names exactly the settings that are missing, an empty one among them", () => {
  const names = Object.keys(CLOUD) as (keyof typeof CLOUD)[];
  for (let bits = 1; bits < 8; bits++) {
    const missing = names.filter((_, i) => bits >> i & 1);
    for (const absent of [undefined, "", "  "]) {
      const values: Record<string, string> = { ...CLOUD, MLOPS_TARGET: "cloud" };
      for (const name of missing) {
        if (absent === undefined) delete values[name];
        else values[name] = absent;
      }
      assert.throws(() => readTarget(env(values)), {
        name: "BadInput",
        message: `${missing.join(", ")} must be set, as MLOPS_TARGET is cloud`,
      });
    }
  }
});

Deno.test("readTarget() refuses another target, and MLOPS_YES counts only as 1", () => {
  assert.throws(() => readTarget(env({ MLOPS_TARGET: "Cloud" })), {
    message: 'MLOPS_TARGET must be local or cloud: got "Cloud"',
  });
  assert.equal(readTarget(env({ MLOPS_YES: "1" })).yes, true);
  assert.equal(readTarget(env({ MLOPS_YES: "true" })).yes, false);
});

Deno.test("localEnvironment() makes the SDKs sign in at Local Azure and at nothing else", () => {
  const { AZURE_TOKEN_CREDENTIALS, IDENTITY_ENDPOINT } = localEnvironment(7071);
  assert.equal(AZURE_TOKEN_CREDENTIALS, "ManagedIdentityCredential");
  assert.equal(new URL(IDENTITY_ENDPOINT).host, "127.0.0.1:7071");
});
