import assert from "node:assert/strict";
import { hostMlflow } from "./mlflow_host.ts";
import { rawRequest } from "./mlflow_raw.ts";

const ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";
const FOLDER = "mlflow-artifacts/00000000-0000-0000-0000-000000000000.rg-local.mlw-local";

async function namesBelow(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names.sort();
}

Deno.test("artifacts: bytes come back as they went, under any name", async () => {
  await using host = await hostMlflow();
  const { call, folder } = host;
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const { body: { run } } = await host.post("runs/create", { experiment_id: "0" });
  const id = run.info.run_id, root = `0/${id}/artifacts`;
  assert.deepEqual((await call("PUT", `${ARTIFACTS}/${root}/model/m.bin`, bytes)).body, {});
  await call("PUT", `${ARTIFACTS}/${root}/${encodeURIComponent("é b#?.txt")}`, "tulip 🌷");
  await call("PUT", `${ARTIFACTS}/${root}/empty`, "");
  const back = await fetch(`${host.base}${ARTIFACTS}/${root}/model/m.bin`);
  assert.deepEqual(await back.bytes(), bytes);
  assert.equal(back.headers.get("content-length"), "60000");
  const named = await call("GET", `${ARTIFACTS}/${root}/${encodeURIComponent("é b#?.txt")}`);
  assert.equal(named.text, "tulip 🌷");
  assert.equal((await call("GET", `${ARTIFACTS}/${root}/empty`)).text, "");
  assert.deepEqual(await Deno.readFile(`${folder}/${FOLDER}/${root}/model/m.bin`), bytes);
  // written beside and moved into place: nothing else is left
  assert.deepEqual(await namesBelow(`${folder}/mlflow-artifacts`), [FOLDER.split("/")[1]]);

  await call("PUT", `${ARTIFACTS}/${root}/empty`, "no longer");
  assert.equal((await call("GET", `${ARTIFACTS}/${root}/empty`)).text, "no longer");
  const listed = [
    { path: "empty", is_dir: false, file_size: 9 },
    { path: "model", is_dir: true },
    { path: "é b#?.txt", is_dir: false, file_size: 10 },
  ];
  assert.deepEqual((await call("GET", `${ARTIFACTS}?path=${root}`)).body, { files: listed });
  assert.deepEqual((await host.get(`artifacts/list?run_id=${id}`)).body, {
    root_uri: `mlflow-artifacts:/${root}`,
    files: listed,
  });
  assert.deepEqual((await host.get(`artifacts/list?run_uuid=${id}&path=model`)).body.files, [
    { path: "model/m.bin", is_dir: false, file_size: 60_000 },
  ]);
  assert.deepEqual((await call("GET", `${ARTIFACTS}?path=${root}/none`)).body, {});
  assert.deepEqual((await call("GET", `${ARTIFACTS}?path=${root}/empty`)).body, {});
  assert.deepEqual((await host.get(`artifacts/list?run_id=${id}&path=none`)).body.files, undefined);

  assert.equal((await call("DELETE", `${ARTIFACTS}/${root}/model`)).brief, "200");
  assert.equal((await call("DELETE", `${ARTIFACTS}/${root}/model`)).brief, "200");
  const gone = await call("GET", `${ARTIFACTS}/${root}/model/m.bin`);
  assert.equal(gone.brief, "404 RESOURCE_DOES_NOT_EXIST");
});

Deno.test("artifacts: an experiment may keep them under a path of its own", async () => {
  await using host = await hostMlflow();
  await host.post("experiments/create", { name: "a", artifact_location: "mlflow-artifacts:/own/" });
  const { body: { run } } = await host.post("runs/create", { experiment_id: "1" });
  const { run_id, artifact_uri } = run.info;
  assert.equal(artifact_uri, `mlflow-artifacts:/own/${run_id}/artifacts`);
  await host.call("PUT", `${ARTIFACTS}/own/${run_id}/artifacts/a.txt`, "a");
  const { files } = (await host.get(`artifacts/list?run_id=${run_id}`)).body;
  assert.deepEqual(files, [{ path: "a.txt", is_dir: false, file_size: 1 }]);
});

Deno.test("artifacts: no path leads out, however it is spelt", async () => {
  await using host = await hostMlflow();
  await host.call("PUT", `${ARTIFACTS}/inside`, "x");
  await Deno.writeTextFile(`${host.folder}/secret`, "secret");
  for (
    const path of [
      ..."../secret ../../secret ..%2Fsecret ..%2f..%2fsecret %2e%2e/secret %2E%2E%2Fsecret".split(
        " ",
      ),
      ..."a/../../secret a/%2e%2e/%2e%2e/secret %252e%252e/secret a/..%252fsecret .. %2e%2e".split(
        " ",
      ),
      ..."%2Fetc%2Fpasswd /etc/passwd a%5C..%5Csecret c%3A/secret a%00b a/./b ./a %E0%A4%A".split(
        " ",
      ),
      "a".repeat(256),
    ]
  ) {
    for (const method of ["PUT", "GET", "DELETE"]) {
      const { status, text } = await rawRequest(host.port, method, `${ARTIFACTS}/${path}`, "x");
      assert.equal(status, 400, `${method} ${path}`);
      assert.equal(JSON.parse(text).error_code, "INVALID_PARAMETER_VALUE");
      assert.equal(JSON.parse(text).message, "Invalid path");
    }
    const query = `${ARTIFACTS}?path=${path.replaceAll("%00", "%2500")}`;
    const listed = await rawRequest(host.port, "GET", query, "");
    assert.equal(
      listed.status === 400 || listed.text === "{}",
      true,
      `list ${path}: ${listed.text}`,
    );
  }
  assert.deepEqual(await namesBelow(host.folder), ["mlflow-artifacts", "secret"]);
  assert.equal(await Deno.readTextFile(`${host.folder}/secret`), "secret");
  for (const path of ["../x", "/etc", "%2e%2e/x"]) {
    const answer = await host.get(`artifacts/list?run_id=zz&path=${path}`);
    assert.equal(answer.brief, "404 RESOURCE_DOES_NOT_EXIST"); // the run is looked for first
    const { body: { run } } = await host.post("runs/create", { experiment_id: "0" });
    const inRun = await host.get(`artifacts/list?run_id=${run.info.run_id}&path=${path}`);
    assert.equal(inRun.brief, "400 INVALID_PARAMETER_VALUE");
  }
});

Deno.test("artifacts: a file is no folder, and a folder no file", async () => {
  await using host = await hostMlflow();
  const { call } = host;
  await call("PUT", `${ARTIFACTS}/a/b`, "x");
  for (
    const [method, path] of [
      ["PUT", "a"],
      ["PUT", "a/b/c"],
      ["PUT", "a/b/c/d"],
      ["GET", "a"],
      ["PUT", ""],
      ["PUT", "a/"],
    ]
  ) {
    const answer = await call(method, `${ARTIFACTS}/${path}`, method === "PUT" ? "y" : undefined);
    assert.equal(answer.brief, "400 INVALID_PARAMETER_VALUE", `${method} ${path}`);
  }
  const below = await call("GET", `${ARTIFACTS}/a/b/c`);
  assert.equal(below.brief, "404 RESOURCE_DOES_NOT_EXIST");
  assert.equal((await call("GET", `${ARTIFACTS}/a/b`)).text, "x");
});

Deno.test("artifacts: no file is a page of ours to a browser", async () => {
  await using host = await hostMlflow();
  await host.call("PUT", `${ARTIFACTS}/a.html`, "<script>1</script>");
  const { headers } = await host.call("GET", `${ARTIFACTS}/a.html`);
  assert.equal(headers.get("content-type"), "application/octet-stream");
  assert.equal(headers.get("content-disposition"), "attachment");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});

Deno.test("artifacts: an upload that breaks off leaves nothing", async () => {
  await using host = await hostMlflow();
  const socket = await Deno.connect({ hostname: "127.0.0.1", port: host.port });
  const head =
    `PUT ${ARTIFACTS}/broken HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf`;
  await socket.write(new TextEncoder().encode(head));
  const folder = `${host.folder}/mlflow-artifacts`;
  const names = () => namesBelow(folder).catch(() => []);
  while ((await names()).length === 0) await new Promise((done) => setTimeout(done, 5));
  socket.close();
  while ((await names()).length > 0) await new Promise((done) => setTimeout(done, 5));
  const { status } = await host.call("GET", `${ARTIFACTS}/broken`);
  assert.equal(status, 404);
});
