import assert from "node:assert/strict";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { buildahFault } from "lib/local_azure/buildah.ts";

Deno.test("local-azure --runtime: a name that is none is refused in one line", async () => {
  const checkout = await Deno.makeTempDir({ prefix: "runtime-name-" });
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "scripts/local_azure.ts", "--checkout", checkout]
      .concat("--runtime", "podman"),
    stdin: "null",
  }).output();
  assert.equal(code, 2);
  const said = new TextDecoder().decode(stderr);
  assert.match(said, /--runtime must be child or buildah: got "podman"/);
  await Deno.remove(checkout, { recursive: true });
});

Deno.test({
  name: "openLocalAzure() says what the buildah runtime lacks on this machine",
  ignore: await buildahFault() === undefined, // here it lacks nothing
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "runtime-name-" });
    const opened = openLocalAzure({ folder, port: 0, runtime: "buildah" });
    await assert.rejects(opened, /^BadInput: runtime must be one that this machine can have: /);
    await Deno.remove(folder, { recursive: true });
  },
});
