import assert from "node:assert/strict";
import { modelOf, prepare, readProvenance, saveBundle } from "lib/lifecycle/mod.ts";
import { majorityBaseline } from "lib/training/mod.ts";
import { runScript } from "./task.ts";

const { train } = await prepare("data/iris.dataset.json", { seed: 7 });
const model = modelOf(majorityBaseline(train).json, { name: "iris", samples: train });
const record = { modelName: "iris", modelDigest: model.digest, datasetDigest: "d", seed: 7 };

async function withBundle(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await saveBundle(`${folder}/model`, { model, record });
    await use(`${folder}/model`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("verify-bundle passes the very model, and prints what the next step needs", async () => {
  await withBundle(async (folder) => {
    const { code, out } = await runScript(
      "verify_bundle",
      folder,
      "--digest",
      model.digest,
      "--json",
    );
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), record);
  });
});

Deno.test("verify-bundle refuses one changed byte, another model, and a digest that is none", async () => {
  await withBundle(async (folder) => {
    const verify = async (digest: string) => {
      const { code, out, err } = await runScript("verify_bundle", folder, "--digest", digest);
      assert.deepEqual([code, out], [2, ""]);
      return err;
    };
    assert.match(await verify("0".repeat(64)), /must hold the model 0{64}: got "[0-9a-f]{64}"/);
    assert.match(await verify(""), /--digest must be a SHA-256 in lower-case hex/);
    const path = `${folder}/model.json`, bytes = await Deno.readFile(path);
    bytes[bytes.length - 2] ^= 1;
    await Deno.writeFile(path, bytes);
    await verify(model.digest);
  });
});

Deno.test("verify-bundle --same-code refuses a model of another commit or lockfile", async () => {
  const here = await readProvenance();
  await withBundle(async (folder) => {
    const verify = async (made: object) => {
      await saveBundle(folder, { model, record: { ...record, ...made } });
      const flags = ["--digest", model.digest, "--same-code"];
      return await runScript("verify_bundle", folder, ...flags);
    };
    assert.equal((await verify(here)).code, 0);
    const other = await verify({ ...here, commit: "f".repeat(40) });
    assert.equal(other.code, 2);
    assert.match(other.err, /must come from commit .*: got "f{40}"/);
    assert.match((await verify({ ...here, lockfile: "0" })).err, /must come from lockfile/);
    assert.match((await verify({})).err, /must come from commit/);
  });
});
