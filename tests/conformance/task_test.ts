/** `deno task conformance`, as a person types it, with the task's own permissions. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { ownCheckout } from "../scripts/own_checkout.ts";

Deno.test("deno task conformance: whole against Local Azure, compared with another recording, and no cent without a yes", async () => {
  await using checkout = await ownCheckout();
  const { code, out, err } = await checkout.run("conformance", ["--target", "local"]);
  assert.equal(code, 0, err);
  assert.match(out, /assertion +contract +expected by contract +seen/);
  assert.match(out, /\nlocal: (\d+) assertions, \1 ok, 0 differ\nThere is no recording of cloud/);

  const folder = join(checkout.root, "out/conformance");
  const recording = JSON.parse(await Deno.readTextFile(join(folder, "local.json")));
  const [first, ...rest] = recording.findings;
  const findings = [{ ...first, seen: "something else", ok: false }, ...rest];
  const cloud = JSON.stringify({ ...recording, target: "cloud", findings });
  await Deno.writeTextFile(join(folder, "cloud.json"), cloud);
  const again = await checkout.run("conformance", []);
  assert.equal(again.code, 0, again.err);
  assert.match(
    again.out,
    /1 difference between local and cloud\n.*local saw .*, cloud saw something else\n$/,
  );

  const state = JSON.parse(await Deno.readTextFile(join(checkout.root, ".local/local-azure.json")));
  const env = {
    MLOPS_EMULATOR_PORT: String(state.port),
    AZURE_SUBSCRIPTION_ID: "00000000-0000-0000-0000-000000000000",
    AZURE_RESOURCE_GROUP: "rg-local",
    AZURE_ML_WORKSPACE: "mlw-local",
  };
  const asked = await checkout.run("conformance", ["--target", "cloud"], env);
  assert.equal(asked.code, 2);
  assert.match(
    asked.err,
    /^conformance: MLOPS_YES must be 1 \(or --yes given\), as .* USD per hour/,
  );
  const wrong = await checkout.run("conformance", ["--target", "moon"]);
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  assert.match(wrong.err, /^conformance: --target must be local or cloud: got "moon"/);
});
