/** What the fuzzer has found, and what it cannot find by chance: each kind of abuse by itself. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "lib/core/mod.ts";
import { makeImage, readContext } from "lib/local_azure/image.ts";
import { openLog } from "lib/local_azure/log_file.ts";
import { mlflowService } from "lib/local_azure/mlflow.ts";
import { requestText } from "lib/local_azure/request_text.ts";
import { hostBlob } from "./blob_host.ts";
import { HOME, hostControl } from "./control_host.ts";
import { context, memoryBlobs, specOf } from "./deployments.ts";
import { Wire } from "./fuzz_wire.ts";
import { hostMlflow } from "./mlflow_host.ts";

const ROOT = join(import.meta.dirname!, "../..");

const OWN = "http://127.0.0.1/_local";

/** The status of an answer to bytes that are sent as they are. */
async function status(port: number, text: string): Promise<number | undefined> {
  const wire = await Wire.open(port);
  try {
    await wire.write(new TextEncoder().encode(text));
    await wire.end();
    return (await wire.answer("GET"))?.status;
  } finally {
    wire.close();
  }
}

Deno.test("abuse: a clock that would leave the years with four digits is refused, and nothing breaks", async () => {
  await using host = await hostControl();
  const set = (body: object) => host.call("POST", `${OWN}/clock`, { token: null, body });
  for (
    const body of [
      { advanceMs: Number.MAX_SAFE_INTEGER },
      { advanceMs: -Number.MAX_SAFE_INTEGER },
      { set: "+275760-09-13T00:00:00.000Z" },
      { set: "-000001-01-01T00:00:00.000Z" },
    ]
  ) {
    const { status, body: { error } } = await set(body);
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(error.message, /of the years 1970 to 9000/);
  }
  assert.equal((await host.arm("GET", "")).status, 200);
  assert.equal((await set({ set: "9000-01-01T00:00:00Z" })).status, 200);
  assert.equal((await host.arm("GET", "")).status, 200);
});

Deno.test("abuse: a limit that the store could not read again is refused", async () => {
  await using host = await hostControl();
  for (const requestsPerSecond of [2 ** 53, 1e21, 1e9 + 1]) {
    const { status, body } = await host.call("POST", `${OWN}/limits`, {
      token: null,
      body: { requestsPerSecond },
    });
    assert.equal(status, 400);
    assert.match(body.error.message, /must be a whole number from 1 to 1000000000/);
  }
  assert.equal((await host.call("GET", `${OWN}/limits`, { token: null })).status, 200);
});

Deno.test("abuse: a Host that is none, a target that makes no URL: 400, not 500", async () => {
  await using host = await hostControl();
  const get = (target: string, ...hosts: string[]) =>
    status(
      host.port,
      `GET ${target} HTTP/1.1\r\n${hosts.map((name) => `Host: ${name}\r\n`).join("")}\r\n`,
    );
  for (
    const name of [
      "127.0.0.1:99999",
      "localhost:abc",
      "",
      "a b.vault.azure.net",
      "a|b.vault.azure.net",
      "evil/x.vault.azure.net",
      "user@127.0.0.1",
      "xn--a.vault.azure.net",
    ]
  ) assert.equal(await get("/secrets", name), 400, name);
  assert.equal(await get("/"), 400, "no Host");
  assert.equal(await get("/", "127.0.0.1", "evil.example"), 400, "two");
  assert.equal(await get("http://x:99999/", "127.0.0.1"), 400);
  assert.equal(await status(host.port, "GET / HTTP/1.0\r\n\r\n"), 400);
  assert.equal(await get("/_local/health", "127.0.0.1:80"), 200);
});

Deno.test("abuse: a body that is too long is 413, one that is cut off 400, one that does not come 408", async () => {
  await using host = await hostControl({ services: (local) => [mlflowService(local)] });
  const heads = [
    "POST /_local/faults HTTP/1.1\r\nHost: 127.0.0.1",
    "PUT /subscriptions HTTP/1.1\r\nHost: management.azure.com",
    "PUT /secrets/a HTTP/1.1\r\nHost: kv-local.vault.azure.net",
    "POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json",
  ];
  for (const head of heads) {
    assert.equal(await status(host.port, `${head}\r\nContent-Length: 5000000\r\n\r\n{`), 413, head);
    assert.equal(await status(host.port, `${head}\r\nContent-Length: 100\r\n\r\n{`), 400, head);
    const chunk = `100000\r\n${" ".repeat(0x100000)}\r\n`; // a mebibyte
    const chunked = `${head}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`;
    assert.equal(await status(host.port, chunked), 413, head);
  }
  const lines = (await Deno.readTextFile(join(host.folder, "log.jsonl"))).split("\n");
  assert.deepEqual(lines.filter((line) => line.includes('"level":"error"')), []);
});

Deno.test("abuse: JSON that is nested without end is refused before it is read", async () => {
  await using host = await hostControl({ services: (local) => [mlflowService(local)] });
  const deep = (levels: number) => `{"properties":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  for (const levels of [200, 100_000, 1_000_000]) {
    const since = performance.now(), body = deep(levels);
    const arm = await host.call(
      "PUT",
      `https://management.azure.com${HOME}/models/a?api-version=2022-10-01`,
      { body },
    );
    assert.deepEqual([arm.status, arm.body.error.code], [400, "InvalidRequestContent"]);
    const mlflow = await host.call("POST", "http://127.0.0.1/api/2.0/mlflow/runs/set-tag", {
      token: null,
      body,
    });
    assert.equal(mlflow.status, 400); // it counts as none, as what is no JSON does
    assert.ok(
      performance.now() - since < 5_000,
      `${levels} levels: ${performance.now() - since} ms`,
    );
  }
});

Deno.test("abuse: a text full of quotation marks takes no longer than its length", async () => {
  await using host = await hostControl({ services: (local) => [mlflowService(local)] });
  for (const body of ['{"a":"' + '\\"'.repeat(500_000), '{"a":NaN,' + '"\\\n'.repeat(300_000)]) {
    const since = performance.now();
    const { status } = await host.call("POST", "http://127.0.0.1/api/2.0/mlflow/runs/set-tag", {
      token: null,
      body,
    });
    assert.equal(status, 400);
    assert.ok(performance.now() - since < 5_000, `${performance.now() - since} ms`);
  }
});

Deno.test("abuse: what a client wrote gets into no header, whatever it is", async () => {
  await using host = await hostControl();
  const token = await host.token('https://x/é"\r\nx-injected: 日');
  for (
    const url of [
      `https://management.azure.com${HOME}?api-version=2022-10-01`,
      "https://kv-local.vault.azure.net/secrets?api-version=7.4",
    ]
  ) {
    const { status, headers } = await host.call("GET", url, { token });
    assert.equal(status, 401);
    assert.equal(headers.has("x-injected"), false);
  }
  for (const location of ["日本", "a/b", "evil.example#", "x\r\ny"]) {
    const { status, body } = await host.call(
      "PUT",
      "https://management.azure.com/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-x?api-version=2022-10-01",
      { body: { location } },
    );
    assert.deepEqual(
      [status, body.error.code],
      [400, "LocationNotAvailableForResourceType"],
      location,
    );
  }
});

Deno.test("abuse: names of inherited properties are names like others", async () => {
  await using host = await hostControl();
  const properties = {
    dataType: "uri_file",
    dataUri: "azureml://datastores/workspaceblobstore/paths/x",
  };
  const put = (more: object) =>
    host.arm("PUT", "/data/constructor/versions/toString", {
      properties: { ...properties, ...more },
    });
  const first = await put({
    properties: { constructor: "a", toString: "b" },
    tags: JSON.parse('{"__proto__":"c"}'),
  });
  assert.equal(first.status, 201, first.text);
  assert.equal((await put({})).status, 200); // they stay, and do not change
  const { body } = await host.arm("GET", "/data/constructor/versions/toString");
  assert.deepEqual(Object.entries(body.properties.properties), [["constructor", "a"], [
    "toString",
    "b",
  ]]);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("abuse: half of a surrogate pair is no text, a whole one is, and so is what only looks like one", async () => {
  await using host = await hostControl();
  const put = async (version: string, environment: string) => {
    const body =
      `{"properties":{"componentSpec":{"type":"command","environment":"${environment}"}}}`;
    const { status, body: { error } } = await host.call(
      "PUT",
      `https://management.azure.com${HOME}/components/c/versions/${version}?api-version=2022-10-01`,
      { body },
    );
    return error ? `${status} ${error.code}` : String(status);
  };
  assert.equal(await put("1", "\\ud800"), "400 InvalidRequestContent");
  assert.equal(await put("1", "\\udc00\\ud800"), "400 InvalidRequestContent");
  assert.equal(await put("1", "\\ud83d\\ude00"), "201");
  assert.equal(await put("2", "\\\\ud800"), "201");
  assert.equal(await put("2", "\\\\ud800"), "200");
});

Deno.test("abuse: a URL that is badly encoded, as a place of files, is the client's mistake", async () => {
  await using host = await hostControl();
  const modelUri = "https://devstoreaccount1.blob.core.windows.net/azureml/%zz/x";
  const { status, body } = await host.arm("PUT", "/models/a/versions/1", {
    properties: { modelUri },
  });
  assert.deepEqual([status, body.error.code], [400, "UserError"]);
});

Deno.test("abuse: a body that does not come in time is 408", async () => {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: () => new Promise(() => {}), // never
  });
  const headers = { "transfer-encoding": "chunked" };
  const slow = { headers: new Headers(headers), body } as unknown as Request;
  await assert.rejects(requestText(slow, { withinMs: 20 }), { name: "BodyError", status: 408 });
});

Deno.test("abuse: what is too much for Azurite is refused in front of it, as the service does", async () => {
  const folder = await Deno.makeTempDir({ prefix: "abuse-" });
  try {
    await using host = await hostBlob(folder);
    const { token } = host.tokens.mint("https://storage.azure.com");
    const answer = async (line: string, more = "") => {
      const wire = await Wire.open(host.port);
      try {
        const head = `Host: devstoreaccount1.blob.core.windows.net\r\nx-ms-version: 2024-11-04\r\n`;
        const pass = `Authorization: Bearer ${token}\r\n`;
        await wire.write(new TextEncoder().encode(`${line} HTTP/1.1\r\n${head}${pass}${more}\r\n`));
        await wire.end();
        const { status, headers } = (await wire.answer("GET"))!;
        return `${status} ${headers.get("x-ms-error-code")}`;
      } finally {
        wire.close();
      }
    };
    assert.equal(await answer("GET /azureml/%zz/x"), "400 InvalidUri");
    assert.equal(
      await answer("GET /azureml/x?sv=%25zz&sr=b&sig=AAAA"),
      "400 InvalidQueryParameterValue",
    );
    assert.equal(await answer("PROPFIND /azureml/x"), "405 UnsupportedHttpVerb");
    const put = "PUT /azureml/x", block = "x-ms-blob-type: BlockBlob\r\n";
    for (const tags of ["a=%zz", "a", "=b", "a=b&"]) {
      assert.equal(
        await answer(put, `${block}x-ms-tags: ${tags}\r\nContent-Length: 0\r\n`),
        "400 InvalidHeaderValue",
      );
    }
    assert.equal(
      await answer(put, `${block}Content-Length: 9007199254740991\r\n`),
      "413 RequestBodyTooLarge",
    );
    assert.equal(await answer(put, `${block}Content-Length: 100\r\n`), "400 IncompleteBody");
    assert.equal(await answer(put, `${block}Content-Length: 1000000\r\n`), "400 IncompleteBody");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("abuse: artifacts that are written, read and removed at once are there or not, never a failure", async () => {
  await using host = await hostMlflow();
  const base = "/api/2.0/mlflow-artifacts/artifacts", seen = new Set<number>();
  await Promise.all(Array.from({ length: 12 }, async (_, i) => {
    for (let times = 0; times < 30; times++) {
      const path = `${base}/folder/${times % 3}.txt`;
      const [method, target] =
        ([["PUT", path], ["GET", path], ["DELETE", `${base}/folder`]] as const)[i % 3];
      const { status } = await host.call(method, target, method === "PUT" ? "text" : undefined);
      seen.add(status);
    }
  }));
  assert.deepEqual([...seen].filter((status) => status !== 200 && status !== 404), []);
  const long = await host.call("PUT", `${base}/${"a/".repeat(2100)}x`, "text");
  assert.equal(long.brief, "400 INVALID_PARAMETER_VALUE");
});

Deno.test("abuse: a filter or an order that is longer than anybody's is refused", async () => {
  await using host = await hostMlflow();
  const search = (body: object) => host.post("runs/search", { experiment_ids: ["0"], ...body });
  const order_by = Array.from({ length: 70 }, (_, i) => `metrics.m${i}`);
  assert.equal((await search({ order_by })).brief, "400 INVALID_PARAMETER_VALUE");
  assert.equal((await search({ order_by: order_by.slice(0, 32) })).status, 200);
  const filter = `params.a = '${"a".repeat(3_000_000)}`;
  assert.equal((await search({ filter })).brief, "400 INVALID_PARAMETER_VALUE");
});

Deno.test("abuse: another site's page reaches neither control routes nor MLflow nor tokens, by no spelling", async () => {
  await using host = await hostControl({ services: (local) => [mlflowService(local)] });
  const own = `127.0.0.1:${host.port}`;
  const sites = [
    "Origin: https://evil.example",
    "Origin: null",
    "Origin: http://127.0.0.1:1",
    `Origin: http://localhost:${host.port}`, // another name is another origin
    `Origin: http://${own}.evil.example`,
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site",
  ];
  const targets = [
    "GET /_local/log",
    "GET /_local/health",
    "GET \\_local\\log",
    "GET /x/../_local/log",
    "POST /_local/reset",
    "POST /_local/stop",
    "OPTIONS /_local/reset",
    "GET /msi/token?api-version=2019-08-01&resource=https://vault.azure.net",
    "GET /api/2.0/mlflow/experiments/search?max_results=1",
    "POST /api/2.0/mlflow/runs/search",
    "PUT /api/2.0/mlflow-artifacts/artifacts/x",
    "GET /api/2.0/mlflow-artifacts/artifacts/x",
    "DELETE /api/2.0/mlflow-artifacts/artifacts/x",
  ];
  const send = (target: string, name: string, more: string) =>
    status(
      host.port,
      `${target} HTTP/1.1\r\nHost: ${name}\r\n${more}\r\nX-Identity-Header: x\r\nContent-Length: 0\r\n\r\n`,
    );
  for (const target of targets) {
    for (const site of sites) {
      const got = await send(target, own, site);
      // a request line that is no path is refused before
      assert.ok(got === 403 || (got === 400 && target.includes("\\")), `${target} ${site}: ${got}`);
    }
    // a name that was made to point here: the page's own origin, but not our name
    for (
      const name of [
        "evil.example",
        `evil.example:${host.port}`,
        "localhost.evil.example",
        "127.0.0.1.nip.io",
      ]
    ) {
      const got = await send(target, name, `Origin: http://${name}\r\nSec-Fetch-Site: same-origin`);
      assert.ok(got === 421 || (got === 400 && target.includes("\\")), `${target} ${name}: ${got}`);
    }
  }
  assert.equal((await host.arm("GET", "")).status, 200, "nothing was stopped or emptied");
});

Deno.test("abuse: a second Local Azure on a folder that is in use ends with one clear line", async () => {
  await using host = await hostControl();
  const checkout = await Deno.makeTempDir({ prefix: "abuse-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--quiet", join(ROOT, "scripts/local_azure.ts")],
        ...["--checkout", checkout, "--data", host.folder],
      ],
      ...{ cwd: ROOT, stdout: "piped", stderr: "piped" },
    }).output();
    const text = new TextDecoder();
    assert.deepEqual([code, text.decode(stdout)], [2, ""]);
    assert.equal(
      text.decode(stderr),
      `local-azure: ${host.folder} must not be in use by another Local Azure\n`,
    );
    assert.equal((await host.arm("GET", "")).status, 200);
  } finally {
    await Deno.remove(checkout, { recursive: true });
  }
});

Deno.test("abuse: files that were made for everybody become their owner's when they are opened", async () => {
  if (Deno.build.os === "windows") return;
  const folder = await Deno.makeTempDir({ prefix: "abuse-" });
  await Deno.chmod(folder, 0o755);
  {
    await using _first = await hostControl({ folder });
  }
  const bits = (name: string) => (Deno.statSync(join(folder, name)).mode ?? 0) & 0o777;
  for (const name of ["store.sqlite", "log.jsonl", "."]) {
    await Deno.chmod(join(folder, name), 0o755);
  }
  {
    await using _second = await hostControl({ folder });
    assert.equal(bits("."), 0o700);
    for (
      const name of ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "log.jsonl", "lock"]
    ) {
      assert.equal(bits(name), 0o600, name);
    }
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("abuse: a log that is written without end keeps to its size, and its end is read alone", async () => {
  const folder = await Deno.makeTempDir({ prefix: "abuse-" });
  const logFile = openLog(folder, systemClock, 20_000);
  assert.equal(logFile.last(5), "");
  for (let line = 0; line < 2000; line++) {
    logFile.log.info(`line ${line}`, { text: "x".repeat(100) });
  }
  const sizes = [...Deno.readDirSync(folder)].map(({ name }) =>
    Deno.statSync(join(folder, name)).size
  );
  assert.equal(sizes.length, 2);
  assert.ok(sizes.every((size) => size < 21_000), sizes.join());
  const last = logFile.last(3).split("\n").map((line) => JSON.parse(line).message);
  assert.deepEqual(last, ["line 1997", "line 1998", "line 1999"]);
  logFile.log.info("long", { text: "x".repeat(400_000) });
  logFile.log.info("after it");
  assert.match(logFile.last(5), /^\{.*after it"\}$/);
  logFile.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("abuse: files that would leave a deployment's folder stop it, and none of them is written", async () => {
  const folder = await Deno.makeTempDir({ prefix: "abuse-" });
  try {
    await Deno.mkdir(join(folder, "data"));
    for (
      const name of [
        "../../../../escaped",
        "a/../../../../escaped",
        "a//b",
        "a\\..\\b",
        "..",
        `${"a".repeat(300)}`,
      ]
    ) {
      const model = { container: "code", path: "up/model", name: "m", version: "1" };
      const blobs = memoryBlobs({ ...context(), [`code/up/model/${name}`]: "x" });
      const spec = specOf("blue", { model }), read = await readContext(blobs, spec);
      const root = join(await Deno.realPath(folder), "data", crypto.randomUUID());
      await assert.rejects(makeImage(root, blobs, spec, read), /must not leave its folder/, name);
      const stray = memoryBlobs(context(undefined, { [name]: "x" }));
      await assert.rejects(readContext(stray, specOf("blue")), /must not leave its folder/, name);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["data"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
