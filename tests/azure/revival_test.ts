/** Clients while Local Azure is killed under them. */

import assert from "node:assert/strict";
import { createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import {
  blobDocuments,
  ensureLocalAzure,
  findLocalAzure,
  localTransport,
  reviveLocalAzure,
  stopLocalAzure,
  targetFetch,
} from "lib/azure/mod.ts";
import { NEW, updateDocument } from "lib/registry/mod.ts";
import { ACCOUNT, ACCOUNT_KEY, openLocalAzure } from "lib/local_azure/mod.ts";

/** A checkout of its own, whose Local Azure is gone afterwards. */
async function temporaryCheckout() {
  const checkout = await Deno.makeTempDir({ prefix: "revival-" });
  return {
    checkout,
    async [Symbol.asyncDispose]() {
      await stopLocalAzure({ checkout });
      await Deno.remove(checkout, { recursive: true });
    },
  };
}

/** MLflow's REST API of Local Azure's own workspace, by way of a name of Azure's. */
const MLFLOW = "https://127.0.0.1/api/2.0/mlflow";

function create(call: typeof fetch, name: string): Promise<Response> {
  return call(`${MLFLOW}/experiments/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
}

Deno.test("a killed Local Azure is brought up again at its port by the requests that miss it", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary, { pid, port, url } = await ensureLocalAzure({ checkout });
  const call = targetFetch(url, { revive: reviveLocalAzure({ checkout }) });
  assert.equal((await create(call, "before")).status, 200);
  Deno.kill(pid, "SIGKILL");
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, i) => create(call, `after ${i}`)),
  );
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 200]);
  const again = (await findLocalAzure({ checkout }))!;
  assert.notEqual(again.pid, pid);
  assert.equal(again.port, port);
  const { status, body } = await call(
    `${MLFLOW}/experiments/get-by-name?experiment_name=before`,
  );
  await body?.cancel();
  assert.equal(status, 200);
  await Promise.all(answers.map(({ body }) => body?.cancel()));
});

Deno.test("a stranger that got the port of a killed Local Azure is not taken for it", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary, { pid, port, url, folder } = await ensureLocalAzure({ checkout });
  const how = { folder, revive: reviveLocalAzure({ checkout }) };
  const call = targetFetch(url, how), { sendRequest } = localTransport(url, how);
  Deno.kill(pid, "SIGKILL");
  const other = await Deno.makeTempDir({ prefix: "stranger-" });
  const stranger = await takePort(other, port);
  try {
    const made = await create(call, "mine");
    assert.equal(made.status, 200);
    await made.body?.cancel();
    assert.notEqual((await findLocalAzure({ checkout }))?.port, port);
    const query = `${MLFLOW}/experiments/get-by-name?experiment_name=mine`;
    const asked = await sendRequest(createPipelineRequest({ url: query }));
    assert.equal(JSON.parse(asked.bodyAsText).experiment.name, "mine");
    const there = await targetFetch(`http://127.0.0.1:${port}`)(query);
    assert.equal(there.status, 404, "the stranger has it");
    await there.body?.cancel();
  } finally {
    await stranger.close();
    await Deno.remove(other, { recursive: true });
  }
});

/** Opens a Local Azure at a port as soon as that is free. */
async function takePort(folder: string, port: number) {
  for (;;) {
    try {
      return await openLocalAzure({ folder, port });
    } catch (error) {
      if (!/must be free/.test((error as Error).message)) throw error;
    }
  }
}

Deno.test("a Local Azure that was stopped on purpose stays so", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary, { url } = await ensureLocalAzure({ checkout });
  const call = targetFetch(url, { revive: reviveLocalAzure({ checkout }) });
  await stopLocalAzure({ checkout });
  await assert.rejects(create(call, "after"), /fetch failed/);
  assert.equal(await findLocalAzure({ checkout }), undefined);
});

/** A server that takes each request, and breaks the connection of the first so many. */
function breaking(times: number): { url: string; seen: string[] } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), seen: string[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      const bytes = new Uint8Array(10_000), length = await connection.read(bytes) ?? 0;
      seen.push(new TextDecoder().decode(bytes.subarray(0, length)).split(" HTTP")[0]);
      if (seen.length > times) {
        const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
        await connection.write(new TextEncoder().encode(answer));
      }
      connection.close();
    }
  })();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    ...{ url: `http://127.0.0.1:${port}`, seen },
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving.catch(() => {});
    },
  };
}

Deno.test("a request that was cut off is sent again only if that does no more than once", async () => {
  await using server = breaking(1);
  const call = targetFetch(server.url, { revive: () => Promise.resolve(server.url) });
  const run = "https://x.api.azureml.ms/w/api/2.0/mlflow/runs";
  await assert.rejects(
    call(`${run}/create`, { method: "POST", body: "{}" }),
    /^Error: Cannot tell whether POST \/w\/api\/2.0\/mlflow\/runs\/create was done as Local Azure ended meanwhile: it runs again, so run this once more$/,
  );
  assert.equal(server.seen.length, 1);
  await using second = breaking(1);
  const again = targetFetch(second.url, { revive: () => Promise.resolve(second.url) });
  const answer = await again(`${run}/log-batch`, { method: "POST", body: '{"a":1}' });
  assert.equal(await answer.text(), "ok");
  assert.equal(second.seen.length, 2);
});

Deno.test("a request that nobody revives fails as before, and so does one that goes on failing", async () => {
  await using server = breaking(1_000);
  const plain = targetFetch(server.url);
  await assert.rejects(plain("https://x.api.azureml.ms/a"), /fetch failed/);
  let revivals = 0;
  const revive = () => (revivals++, Promise.resolve(server.url));
  const call = targetFetch(server.url, { revive });
  await assert.rejects(call("https://x.api.azureml.ms/a"), /fetch failed/);
  assert.equal(revivals, 5);
});

Deno.test("blobDocuments(): a write whose answer was lost is done once, though the SDK repeats it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lost-answer-" });
  const local = await openLocalAzure({ folder, port: 0 });
  try {
    const inner = localTransport(`http://127.0.0.1:${local.port}`);
    let losing = 0;
    const httpClient = {
      async sendRequest(request: { method: string }) {
        const answer = await inner.sendRequest(request);
        if (request.method !== "PUT" || losing-- <= 0) return answer;
        throw new RestError("socket hang up", { code: "ECONNRESET" });
      },
    };
    const service = new BlobServiceClient(
      `https://${ACCOUNT}.blob.core.windows.net`,
      new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY),
      { httpClient: httpClient as never, retryOptions: { retryDelayInMs: 1 } },
    );
    const blobs = service.getContainerClient("azureml"), store = blobDocuments({ blobs });
    losing = 1;
    await store.write("list.json", ["a"], { ifMatch: NEW });
    losing = 1;
    await updateDocument(store, "list.json", (before) => [...before as string[], "b"]);
    assert.deepEqual((await store.read("list.json"))?.value, ["a", "b"]);
    // and somebody else's document is still a conflict
    await assert.rejects(
      store.write("list.json", ["c"], { ifMatch: NEW }),
      /Cannot write list.json/,
    );
  } finally {
    await local.close();
    await Deno.remove(folder, { recursive: true });
  }
});
