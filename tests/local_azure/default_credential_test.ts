import assert from "node:assert/strict";
import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import { DefaultAzureCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { GROUP, hostControl, SUBSCRIPTION, WORKSPACE } from "./control_host.ts";
import { emulatorTransport } from "./emulator_transport.ts";

Deno.test("the unmodified SDKs sign in with DefaultAzureCredential and nothing but the environment", async () => {
  await using host = await hostControl();
  const environment = {
    IDENTITY_ENDPOINT: `${host.base}/msi/token`,
    IDENTITY_HEADER: "any",
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
  };
  for (const [name, value] of Object.entries(environment)) Deno.env.set(name, value);
  const credential = new DefaultAzureCredential(),
    options = { httpClient: emulatorTransport(host.base) };
  const ml = new AzureMachineLearningWorkspaces(credential, SUBSCRIPTION, options);
  const { keyVault } = await ml.workspaces.get(GROUP, WORKSPACE);
  const vault = new SecretClient(
    `https://${keyVault!.split("/").at(-1)}.vault.azure.net`,
    credential,
    options,
  );
  await vault.setSecret("a", "b");
  assert.equal((await vault.getSecret("a")).value, "b");
  await host.call("POST", "http://127.0.0.1/_local/reset", { token: null });
  // the credential keeps its tokens for an hour; they outlast the reset
  assert.equal((await ml.workspaces.get(GROUP, WORKSPACE)).name, WORKSPACE);
  for (const name of Object.keys(environment)) Deno.env.delete(name);
});
