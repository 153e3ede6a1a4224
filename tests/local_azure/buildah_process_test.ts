import assert from "node:assert/strict";
import { ensureLocalAzure, stopLocalAzure } from "lib/azure/local.ts";
import {
  createDeployment,
  ensureEndpoint,
  openAzureAt,
  registerEnvironment,
  registerModel,
  uploadFolder,
} from "lib/azure/mod.ts";
import { context } from "./deployments.ts";
import { IGNORED as ignore } from "./has_buildah.ts";

Deno.test({
  name: "buildah: the process in the background builds with the permissions that it has",
  ignore,
  async fn() {
    const checkout = await Deno.makeTempDir({ prefix: "buildah-process-" });
    Deno.env.set("LOCAL_AZURE_RUNTIME", "buildah");
    try {
      const { port } = await ensureLocalAzure({ checkout });
      const azure = await openAzureAt(port), encoder = new TextEncoder();
      const files = Object.fromEntries(
        Object.entries(context()).map(([name, text]) => [name.slice(12), encoder.encode(text)]),
      );
      const { url: contextUrl } = await uploadFolder(azure, { name: "context", files });
      const draft = { version: "1", description: "d", tags: {} };
      const { id: environmentId } = await registerEnvironment(azure, {
        ...{ ...draft, name: "env", contextUrl },
        routes: { port: 8080, liveness: "/live", readiness: "/ready", scoring: "/score" },
      });
      const model = { "model.json": encoder.encode("{}") };
      const { uri } = await uploadFolder(azure, { name: "model", files: model });
      const { id: modelId } = await registerModel(azure, { ...draft, name: "m", uri });
      await ensureEndpoint(azure, { name: "built-e", description: "d", tags: {} });
      await createDeployment(azure, {
        ...{ endpoint: "built-e", name: "blue", modelId, environmentId, variables: {}, tags: {} },
        ...{ instanceType: "Standard_DS2_v2", instances: 1, concurrency: 1 },
      });
      const folder = `${checkout}/.local/local-azure/images/storage/vfs/dir`;
      assert.equal([...Deno.readDirSync(folder)].length, 2); // the image and its container
    } finally {
      Deno.env.delete("LOCAL_AZURE_RUNTIME");
      await stopLocalAzure({ checkout });
      await Deno.remove(checkout, { recursive: true });
    }
  },
});
