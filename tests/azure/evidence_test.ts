/** Evidence for a real version: made, kept in datastore and run, verified, and tampered with. */

import assert from "node:assert/strict";
import { getSecret } from "lib/azure/mod.ts";
import {
  gateModel,
  keepDecision,
  makeEvidence,
  publicKeyOf,
  readStoredEvidence,
  SIGNING_KEY,
  storeEvidence,
  verifyEvidence,
} from "lib/lifecycle/mod.ts";
import { ownWorkspace, prepared, registerForest } from "./own_workspace.ts";

Deno.test("evidence: made, kept, verified, and refused once a byte of it has changed", async (t) => {
  await using own = await ownWorkspace();
  const { workspace } = own, { azure } = workspace;
  const { version, candidate } = await registerForest(workspace, 7);
  const decision = gateModel(prepared, { challenger: candidate.model });
  await keepDecision(workspace, { version, decision });
  const choice = { version, dataset: "data/iris.dataset.json" };
  await assert.rejects(publicKeyOf(azure), /secret evidence-signing-key must be in the key vault/);
  const started = performance.now(), files = await makeEvidence(workspace, choice);
  const made = performance.now();
  const { folder, artifacts } = await storeEvidence(workspace, version, files);
  const stored = performance.now();
  console.log(
    `made in ${(made - started).toFixed(0)} ms, kept in ${(stored - made).toFixed(0)} ms`,
  );
  const publicKey = await publicKeyOf(azure), wanted = { ...version, publicKey };

  await t.step("the same inputs give the same bytes, and one key signs all", async () => {
    assert.deepEqual(await makeEvidence(workspace, choice), files);
    const secret = JSON.parse((await getSecret(azure, SIGNING_KEY))!);
    assert.equal(secret.publicKey, publicKey);
    const texts = Object.values(files).map((bytes) => new TextDecoder().decode(bytes)).join("");
    assert.ok(!texts.includes(secret.privateKey));
  });

  await t.step(
    "the copy beside the model is the same; the model's own folder has no more files",
    async () => {
      const there = await readStoredEvidence(azure, version);
      assert.deepEqual(Object.keys(there).sort(), Object.keys(files).sort());
      assert.equal((await verifyEvidence(there, wanted)).digest, version.digest);
      const names: string[] = [];
      const prefix = folder.replace(/[^/]+$/, "model/");
      for await (const { name } of azure.blobs.listBlobsFlat({ prefix })) {
        names.push(name.slice(prefix.length));
      }
      assert.deepEqual(names, ["model.json", "signature.json", "training.json"]);
    },
  );

  await t.step(
    "it is an artifact of the run, and keeping it once more changes nothing",
    async () => {
      assert.match(artifacts!, /^evidence\/[0-9a-f]{12}$/);
      assert.deepEqual(await storeEvidence(workspace, version, files), { folder, artifacts });
      const url = `${azure.mlflowUrl}/api/2.0/mlflow/artifacts/list?run_id=${version.runId}` +
        `&path=${artifacts}`;
      const listed = await (await azure.armFetch(url)).json();
      assert.equal(listed.files.length, Object.keys(files).length);
    },
  );

  await t.step("a changed blob is refused by its name", async () => {
    const blob = azure.blobs.getBlockBlobClient(`${folder}/fairness.json`);
    await blob.uploadData(new TextEncoder().encode("{}"));
    await assert.rejects(
      readStoredEvidence(azure, version).then((all) => verifyEvidence(all, wanted)),
      {
        message: "fairness.json must be as it was signed",
      },
    );
  });

  await t.step("rows that are not on this machine are one clear line", async () => {
    const nowhere = { found: "no/such", made: "no/such" };
    await assert.rejects(makeEvidence(workspace, { version, folders: nowhere }), {
      name: "BadInput",
      message:
        `rows of iris:1 must be on this machine: name their descriptor with --dataset: got ` +
        `"${version.datasetDigest}"`,
    });
  });

  await t.step("a secret that is no key is told without its value", async () => {
    await azure.secrets.setSecret(SIGNING_KEY, "hunter2");
    await assert.rejects(makeEvidence(workspace, choice), {
      message: `secret ${SIGNING_KEY} must hold publicKey and privateKey of an Ed25519 key`,
    });
  });
});
