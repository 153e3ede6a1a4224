import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  BlobSASPermissions,
  BlobServiceClient,
  generateBlobSASQueryParameters,
  type RestError,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { manualClock } from "lib/core/mod.ts";
import { containerSas } from "lib/local_azure/blob_sas.ts";
import { createBlobReader } from "lib/local_azure/blob_reader.ts";
import { createHttpClient } from "lib/local_azure/http_client.ts";
import type { HttpRequest } from "lib/local_azure/http_sender.ts";
import { ACCOUNT, ACCOUNT_KEY } from "lib/local_azure/storage_account.ts";
import { BLOB_URL, hostBlob, keyClient, tokenClient } from "./blob_host.ts";
import { emulatorTransport } from "./emulator_transport.ts";

const STORAGE = "https://storage.azure.com";
const HOST: [string, string] = ["host", `${ACCOUNT}.blob.core.windows.net`];

/** Code and status of the SDK's error. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const { code, statusCode, details } = error as RestError & { details?: { errorCode?: string } };
    return `${statusCode} ${code ?? details?.errorCode ?? ""}`.trim();
  }
  throw new Error("it was not refused");
}

async function textAt(client: { downloadToBuffer(): Promise<Uint8Array> }): Promise<string> {
  return new TextDecoder().decode(await client.downloadToBuffer());
}

async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "local-azure-blob-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("openBlob() serves the SDK with the account's key", async (test) => {
  await using folder = await tempFolder();
  await using host = await hostBlob(folder.path);
  const service = keyClient(host.port), data = service.getContainerClient("data");

  await test.step("containers", async () => {
    await data.create();
    assert.equal(await refusal(data.create()), "409 ContainerAlreadyExists");
    await host.blob.ensureContainer("data");
    await host.blob.ensureContainer("made-inside");
    assert.equal(await service.getContainerClient("made-inside").exists(), true);
    assert.equal(await refusal(service.getContainerClient("d").create()), "400 OutOfRangeInput");
  });

  await test.step("blobs with any name, type and metadata", async () => {
    for (
      const name of ["plain.txt", "a/b c/\u00e9\u20ac+&=%25.txt", "x%2Fy?#'()!*~", "dot..dot/.z"]
    ) {
      const blob = data.getBlockBlobClient(name);
      const { etag } = await blob.upload("hello", 5, {
        metadata: { note: "caf, two  words" },
        blobHTTPHeaders: { blobContentType: "text/x-note", blobContentEncoding: "gzip" },
      });
      const properties = await blob.getProperties();
      assert.equal(properties.etag, etag);
      assert.equal(properties.contentLength, 5);
      assert.equal(properties.contentType, "text/x-note");
      assert.equal(properties.contentEncoding, "gzip");
      assert.deepEqual(properties.metadata, { note: "caf, two  words" });
      assert.deepEqual(await host.blob.files.read("data", name), new TextEncoder().encode("hello"));
    }
    const empty = data.getBlockBlobClient("empty");
    await empty.upload("", 0);
    assert.equal((await empty.getProperties()).contentLength, 0);
    assert.deepEqual(await host.blob.files.read("data", "empty"), new Uint8Array(0));
    assert.equal(await host.blob.files.read("data", "absent"), undefined);
    assert.deepEqual(await host.blob.files.list("data", "a/b"), ["a/b c/\u00e9\u20ac+&=%25.txt"]);
    assert.deepEqual(await host.blob.files.list("nowhere", ""), []);
  });

  await test.step("conditions", async () => {
    const blob = data.getBlockBlobClient("state.json");
    const first = await blob.upload("1", 1, { conditions: { ifNoneMatch: "*" } });
    const again = blob.upload("2", 1, { conditions: { ifNoneMatch: "*" } });
    assert.equal(await refusal(again), "409 BlobAlreadyExists");
    const second = await blob.upload("2", 1, { conditions: { ifMatch: first.etag } });
    const stale = blob.upload("3", 1, { conditions: { ifMatch: first.etag } });
    assert.equal(await refusal(stale), "412 ConditionNotMet");
    const unchanged = blob.download(0, undefined, { conditions: { ifNoneMatch: second.etag } });
    assert.match(await refusal(unchanged), /^304/);
    assert.equal(await textAt(blob), "2");
    assert.equal(await refusal(data.getBlobClient("absent").download()), "404 BlobNotFound");
  });

  await test.step("compare and set, of which one wins", async () => {
    const blob = data.getBlockBlobClient("alias.json");
    for (let round = 0; round < 5; round++) {
      const { etag } = await blob.upload("before", 6);
      const outcomes = await Promise.all(Array.from({ length: 8 }, async (_, i) => {
        const written = blob.upload(`by ${i}`, 4, { conditions: { ifMatch: etag } });
        return await written.then(() => `by ${i}`, (error: RestError) => error.statusCode);
      }));
      const winners = outcomes.filter((outcome) => outcome !== 412);
      assert.equal(winners.length, 1, String(outcomes));
      assert.equal(await textAt(blob), winners[0]);
    }
  });

  await test.step("large bodies both ways, and ranges", async () => {
    const bytes = new Uint8Array(9_000_001).map((_, i) => i * 31 + (i >> 13));
    const blob = data.getBlockBlobClient("large.bin");
    await blob.upload(Buffer.from(bytes), bytes.length);
    assert.equal(Buffer.compare(await blob.downloadToBuffer(), bytes), 0);
    assert.equal(
      Buffer.compare(
        await blob.downloadToBuffer(4_000_000, 70_000),
        bytes.slice(4_000_000, 4_070_000),
      ),
      0,
    );
    await blob.uploadData(bytes, {
      blockSize: 2_000_000,
      maxSingleShotSize: 1_000_000,
      concurrency: 3,
    });
    assert.equal(Buffer.compare(await blob.downloadToBuffer(), bytes), 0);
    for (let i = 0; i < 3; i++) { // the refusal comes while the body is still on its way
      const taken = blob.upload(Buffer.from(bytes), bytes.length, {
        conditions: { ifNoneMatch: "*" },
      });
      assert.equal(await refusal(taken), "409 BlobAlreadyExists");
    }
  });

  await test.step("lists, flat, by folder and by page", async () => {
    for (const name of ["t/1", "t/2", "t/u/3", "t/u/4", "t/<&>"]) {
      await data.getBlockBlobClient(name).upload(name, name.length);
    }
    assert.deepEqual(await host.blob.files.list("data", "t/"), [
      "t/1",
      "t/2",
      "t/<&>",
      "t/u/3",
      "t/u/4",
    ]);
    const kinds: string[] = [];
    for await (const item of data.listBlobsByHierarchy("/", { prefix: "t/" })) {
      kinds.push(`${item.kind} ${item.name}`);
    }
    assert.deepEqual(kinds, ["prefix t/u/", "blob t/1", "blob t/2", "blob t/<&>"]);
    const pages: number[] = [];
    for await (const page of data.listBlobsFlat({ prefix: "t/" }).byPage({ maxPageSize: 2 })) {
      pages.push(page.segment.blobItems.length);
    }
    assert.deepEqual(pages, [2, 2, 1]);
  });

  await test.step("append blobs, leases, snapshots, copies, tags, delete", async () => {
    const log = data.getAppendBlobClient("log.jsonl");
    await log.create();
    await log.appendBlock("one\n", 4, { conditions: { appendPosition: 0 } });
    const twice = log.appendBlock("one\n", 4, { conditions: { appendPosition: 0 } });
    assert.equal(await refusal(twice), "412 AppendPositionConditionNotMet");
    await log.appendBlock("two\n", 4);
    assert.equal(await textAt(log), "one\ntwo\n");

    const lease = log.getBlobLeaseClient();
    await lease.acquireLease(15);
    assert.equal(await refusal(log.appendBlock("x", 1)), "412 LeaseIdMissing");
    await lease.releaseLease();

    const { snapshot } = await log.createSnapshot();
    await log.appendBlock("three\n", 6);
    assert.equal(await textAt(log.withSnapshot(snapshot!)), "one\ntwo\n");

    const copy = data.getBlobClient("copy.txt");
    await (await copy.beginCopyFromURL(data.getBlobClient("plain.txt").url)).pollUntilDone();
    assert.equal(await textAt(copy), "hello");

    await copy.setTags({ stage: "gold" });
    const found: string[] = [];
    for await (const item of service.findBlobsByTags("stage='gold'")) found.push(item.name);
    assert.deepEqual(found, ["copy.txt"]);

    assert.equal(await refusal(log.delete()), "409 SnapshotsPresent");
    await log.delete({ deleteSnapshots: "include" });
    assert.equal(await log.exists(), false);
  });

  await test.step("shared access signatures", async () => {
    const credential = new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY);
    const expiresOn = new Date(Date.now() + 60_000);
    const sas = generateBlobSASQueryParameters({
      containerName: "data",
      blobName: "plain.txt",
      permissions: BlobSASPermissions.parse("r"),
      expiresOn,
    }, credential);
    const guest = new BlobServiceClient(`${BLOB_URL}?${sas}`, undefined, {
      httpClient: emulatorTransport(`http://127.0.0.1:${host.port}`),
      retryOptions: { maxTries: 1 },
    }).getContainerClient("data").getBlockBlobClient("plain.txt");
    assert.equal(await textAt(guest), "hello");
    assert.equal(await refusal(guest.upload("x", 1)), "403 AuthorizationPermissionMismatch");
  });

  await test.step("several deletes in one batch", async () => {
    const batch = await service.getBlobBatchClient().deleteBlobs([
      data.getBlobClient("t/1"),
      data.getBlobClient("t/2"),
    ]);
    assert.equal(batch.subResponsesSucceededCount, 2);
    assert.deepEqual(await host.blob.files.list("data", "t/u"), ["t/u/3", "t/u/4"]);
    assert.equal(await data.getBlobClient("t/1").exists(), false);
  });
});

Deno.test("openBlob() takes tokens for storage and refuses others as the service does", async () => {
  await using folder = await tempFolder();
  const clock = manualClock("2030-06-01T00:00:00Z"); // far from the machine's clock
  await using host = await hostBlob(folder.path, clock);
  const mint = (audience: string) => host.tokens.mint(audience).token;
  for (const audience of [STORAGE, `${STORAGE}/`, BLOB_URL]) {
    const data = tokenClient(host.port, mint(audience)).getContainerClient("data");
    await data.createIfNotExists();
    await data.getBlockBlobClient("x").upload("x", 1);
  }
  const good = mint(STORAGE);
  const service = tokenClient(host.port, good);
  const key = await service.getUserDelegationKey(new Date(), new Date(Date.now() + 60_000));
  assert.equal(key.signedTenantId, "11111111-1111-1111-1111-111111111111");

  const [head, claims] = good.split(".");
  const forged = `${head}.${claims}.${Buffer.from("not the signature").toString("base64url")}`;
  const old = mint(STORAGE);
  clock.advance(3_601_000);
  const cases: [string, string, RegExp][] = [
    ["expired", old, /Lifetime validation failed\. The token is expired\./],
    ["for another service", mint("https://vault.azure.net"), /Audience did not match/],
    ["forged", forged, /Signature validation failed/],
    ["no token at all", "abc", /Signature validation failed/],
  ];
  for (const [what, token, detail] of cases) {
    const data = tokenClient(host.port, token).getContainerClient("data");
    assert.equal(
      await refusal(data.getBlobClient("x").download()),
      "401 InvalidAuthenticationInfo",
      what,
    );
    const client = createHttpClient({ port: host.port });
    const { status, headers, body } = await client.send({
      method: "PUT",
      path: "/data/x",
      headers: [HOST, ["authorization", `Bearer ${token}`], ["x-ms-blob-type", "BlockBlob"]],
      body: new Uint8Array(100_000),
    });
    assert.equal(status, 401, what);
    assert.match(await new Response(body).text(), detail, what);
    const fields = new Headers(headers);
    assert.match(
      fields.get("www-authenticate")!,
      /^Bearer authorization_uri=.* resource_id=https:\/\/storage\.azure\.com$/,
    );
    assert.equal(fields.get("x-ms-error-code"), "InvalidAuthenticationInfo");
    client.close();
  }
});

Deno.test("openBlob() keeps Azurite's own port to itself", async () => {
  await using folder = await tempFolder();
  const ports: number[] = [], { connect } = Deno;
  Deno.connect = ((options: Deno.ConnectOptions) => {
    ports.push(options.port);
    return connect(options);
  }) as typeof Deno.connect;
  try {
    await using host = await hostBlob(folder.path);
    await host.blob.ensureContainer("data");
    assert.equal(ports.length, 1);
    const client = createHttpClient({ port: ports[0] });
    const { status } = await client.send({
      method: "GET",
      path: "/data?restype=container&comp=list",
      headers: [HOST],
    });
    assert.equal(status, 403);
    client.close();
  } finally {
    Deno.connect = connect;
  }
});

Deno.test("createBlobReader() follows the pages of a list and unescapes names", async () => {
  const asked: string[] = [];
  const page = (names: string[], next: string) =>
    `<?xml version="1.0"?><EnumerationResults ContainerName="c"><Blobs>${
      names.map((name) => `<Blob><Name>${name}</Name><Properties/></Blob>`).join("")
    }</Blobs>${next ? `<NextMarker>${next}</NextMarker>` : "<NextMarker/>"}</EnumerationResults>`;
  const answers = [page(["a&amp;b", "c&lt;&#x41;&#66;"], "m&amp;1"), page(["z"], "")];
  const client = {
    send({ path }: HttpRequest) {
      asked.push(path);
      const body = new TextEncoder().encode(answers[asked.length - 1]);
      return Promise.resolve({ status: 200, headers: [], body });
    },
    close() {},
  };
  const documents = { isDirty: false, settled: () => Promise.resolve(), flush() {} };
  const reader = createBlobReader(client, {
    port: 1,
    pass: ["a", "b"],
    documents,
    close: () => Promise.resolve(),
  });
  assert.deepEqual(await reader.list("c", "p/"), ["a&b", "c<AB", "z"]);
  assert.match(asked[0], /prefix=p%2F&marker=$/);
  assert.match(asked[1], /prefix=p%2F&marker=m%261$/);
});

Deno.test("openBlob() finds everything as it was when it is opened again", async () => {
  await using folder = await tempFolder();
  const before: Record<string, unknown> = {};
  let leaseId: string | undefined;
  {
    await using host = await hostBlob(folder.path);
    const data = keyClient(host.port).getContainerClient("data");
    await data.create();
    const state = data.getBlockBlobClient("state");
    before.state = (await state.upload("{}", 2, { tags: { a: "b" } })).etag;
    await data.getBlockBlobClient("gone").upload("x", 1);
    await data.getBlockBlobClient("gone").delete();
    const log = data.getAppendBlobClient("log");
    await log.create();
    for (let i = 0; i < 5; i++) await log.appendBlock(String(i), 1);
    before.log = (await log.getProperties()).etag;
    const parts = data.getBlockBlobClient("parts"),
      id = (n: number) => Buffer.from(`b${n}`).toString("base64");
    for (const n of [1, 2, 3]) await parts.stageBlock(id(n), `part${n}`, 5);
    await parts.commitBlockList([id(2), id(1)]);
    await parts.stageBlock(id(4), "part4", 5);
    leaseId = (await state.getBlobLeaseClient().acquireLease(-1)).leaseId;
    await data.getBlockBlobClient("over").upload("first", 5);
    before.over = (await data.getBlockBlobClient("over").upload("second", 6)).etag;
  }
  for (let again = 0; again < 2; again++) {
    await using host = await hostBlob(folder.path);
    const data = keyClient(host.port).getContainerClient("data");
    const state = data.getBlockBlobClient("state");
    assert.equal((await state.getProperties()).etag, before.state);
    assert.deepEqual((await state.getTags()).tags, { a: "b" });
    assert.equal(await refusal(state.upload("[]", 2)), "412 LeaseIdMissing");
    assert.equal(await data.getBlobClient("gone").exists(), false);
    assert.equal(await textAt(data.getBlobClient("over")), "second");
    const log = data.getAppendBlobClient("log");
    assert.equal(await textAt(log), again === 0 ? "01234" : "012345");
    if (again === 0) {
      assert.equal((await log.getProperties()).etag, before.log);
      await log.appendBlock("5", 1, { conditions: { appendPosition: 5 } });
    }
    const parts = data.getBlockBlobClient("parts");
    assert.equal(await textAt(parts), "part2part1");
    const { uncommittedBlocks } = await parts.getBlockList("uncommitted");
    assert.deepEqual(uncommittedBlocks?.map(({ size }) => size), [5]);
  }
  await using host = await hostBlob(folder.path);
  const data = keyClient(host.port).getContainerClient("data");
  await data.getBlobClient("state").delete({ conditions: { leaseId } });
  await data.delete();
  await data.create();
  const names: string[] = [];
  for await (const { name } of data.listBlobsFlat()) names.push(name);
  assert.deepEqual(names, []);
});

Deno.test("openBlob() acknowledges nothing that it could not write down", async () => {
  await using folder = await tempFolder();
  {
    await using host = await hostBlob(folder.path);
    const data = keyClient(host.port).getContainerClient("data");
    await data.create();
    host.store.db.exec(
      "CREATE TEMP TRIGGER full BEFORE INSERT ON main.blob_documents BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    const blob = data.getBlockBlobClient("x");
    assert.equal(await refusal(blob.upload("x", 1)), "503 ServerBusy");
    assert.equal(await refusal(blob.download()), "503 ServerBusy"); // nobody sees it either
    host.store.db.exec("DROP TRIGGER full");
    await blob.upload("y", 1, { conditions: { ifMatch: "*" } });
  }
  await using host = await hostBlob(folder.path);
  assert.deepEqual(await host.blob.files.read("data", "x"), new TextEncoder().encode("y"));
});

Deno.test("openBlob() writes an append blob's new block only, not its whole list", async () => {
  await using folder = await tempFolder();
  await using host = await hostBlob(folder.path);
  const log = keyClient(host.port).getContainerClient("data").getAppendBlobClient("log");
  await host.blob.ensureContainer("data");
  await log.create();
  const count = (table: string) =>
    (host.store.db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
  const longest = () =>
    (host.store.db.prepare("SELECT max(length(body)) AS n FROM blob_documents").get() as {
      n: number;
    }).n;
  await log.appendBlock("a", 1);
  const before = longest();
  for (let i = 0; i < 40; i++) await log.appendBlock("a", 1);
  assert.equal(count("blob_blocks"), 41);
  assert.ok(longest() < before + 100, `${before} -> ${longest()}`);
  await log.delete();
  assert.equal(count("blob_blocks"), 0);
});

Deno.test("openBlob() throws away bytes that no blob has any more, and only those", async () => {
  await using folder = await tempFolder();
  const extents = `${folder.path}/blob/extents`;
  {
    await using host = await hostBlob(folder.path);
    await host.blob.ensureContainer("data");
    await keyClient(host.port).getContainerClient("data").getBlockBlobClient("kept").upload(
      "kept",
      4,
    );
  }
  await Deno.writeTextFile(`${extents}/cut-off-by-a-crash`, "bytes without a document");
  await using host = await hostBlob(folder.path);
  assert.deepEqual(await host.blob.files.read("data", "kept"), new TextEncoder().encode("kept"));
  const names = [...Deno.readDirSync(extents)].map(({ name }) => name);
  assert.equal(names.length, 1);
  assert.doesNotMatch(names[0], /crash/);
});

Deno.test("containerSas() opens one container for a while, to the SDK as well", async () => {
  await using folder = await tempFolder();
  await using host = await hostBlob(folder.path);
  await host.blob.ensureContainer("ours");
  await host.blob.ensureContainer("theirs");
  const guest = (now: Date) =>
    new BlobServiceClient(`${BLOB_URL}?${containerSas("ours", now, 1)}`, undefined, {
      httpClient: emulatorTransport(`http://127.0.0.1:${host.port}`),
      retryOptions: { maxTries: 1 },
    });
  const open = guest(new Date()),
    blob = open.getContainerClient("ours").getBlockBlobClient("src/a");
  await blob.upload("hello", 5);
  assert.equal(await textAt(blob), "hello");
  assert.equal((await Array.fromAsync(open.getContainerClient("ours").listBlobsFlat())).length, 1);
  const theirs = open.getContainerClient("theirs").getBlockBlobClient("a");
  assert.match(await refusal(theirs.upload("x", 1)), /^403 /);
  const late = guest(new Date(Date.now() - 7_200_000));
  assert.match(
    await refusal(late.getContainerClient("ours").getBlobClient("src/a").download()),
    /^403 /,
  );
});
