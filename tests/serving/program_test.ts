import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { buildContext } from "lib/serving/mod.ts";
import { CONTAINER, openFront, recordsOf } from "./blob_front.ts";
import { PETS } from "./pets.ts";
import { layImage, type Program } from "./program.ts";

const front = await openFront(), image = await layImage();

/** Collects into the front; written only when it is told to, unless a test says otherwise. */
const COLLECT = {
  LOCAL_AZURE_URL: front.url,
  IDENTITY_ENDPOINT: `${front.url}/msi/token`,
  IDENTITY_HEADER: "local",
  AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
  COLLECT_ACCOUNT_URL: "https://devstoreaccount1.blob.core.windows.net",
  COLLECT_CONTAINER: CONTAINER,
  COLLECT_FLUSH_SECONDS: "3600",
  ENDPOINT_NAME: "iris",
  SHUTDOWN_SECONDS: "20",
};

/** Scores rows under these ids, one after the other; each has to be answered. */
async function scoreAll(program: Program, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const response = await program.score(id);
    const { predictions } = await response.json();
    assert.deepEqual([response.status, predictions[0].correlationId], [200, id]);
  }
}

/** What a deployment has in Blob: correlation ids of a collection. */
async function collected(deployment: string, collection: string): Promise<string[]> {
  const blobs = [...await front.blobs()].filter(([path]) => path.includes(`/${deployment}/`));
  return recordsOf(new Map(blobs), collection).map(({ correlationid }) => correlationid);
}

const ids = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`);

async function get(url: string): Promise<[status: number, body: Record<string, unknown>]> {
  const response = await fetch(url);
  return [response.status, await response.json()];
}

Deno.test("main.ts, bundled: serves the model that was asked for, and ends with 0 at SIGTERM", async () => {
  const program = await image.start();
  const { digest, modelVersion, collects } = await program.logged("serving");
  assert.deepEqual([digest, modelVersion, collects], [PETS.digest, "3", false]);
  assert.deepEqual(await get(`${program.url}/health/ready`), [200, {
    status: "ready",
    digest: PETS.digest,
  }]);
  await scoreAll(program, ["a"]);
  program.kill("SIGTERM");
  assert.equal(await program.ended, 0);
  assert.deepEqual(program.lines.map(({ message }) => message), [
    ...["serving", "scored", "ending", "ended"],
  ]);
});

Deno.test("main.ts, bundled: finishes what is under way before it ends", async () => {
  const program = await image.start();
  const { body, send, close } = slowBody();
  send("[[1, ");
  const answer = fetch(`${program.url}/score`, { method: "POST", body });
  await get(`${program.url}/health/live`); // sent after it: by now it is under way
  program.kill("SIGTERM");
  await program.logged("ending");
  send("5]]");
  close();
  const response = await answer;
  assert.equal(response.status, 200);
  assert.equal((await response.json()).predictions[0].label, "short");
  assert.equal(await program.ended, 0);
});

Deno.test("main.ts, bundled: writes at SIGTERM what it has collected", async () => {
  const program = await image.start({ ...COLLECT, DEPLOYMENT_NAME: "term" });
  assert.equal((await program.logged("serving")).collects, true);
  const wanted = ids("t", 20), before = front.blocks;
  await scoreAll(program, wanted);
  assert.equal(front.blocks, before);
  program.kill("SIGTERM");
  assert.equal(await program.ended, 0);
  assert.deepEqual(await collected("term", "model_inputs"), wanted);
  assert.deepEqual(await collected("term", "model_outputs"), wanted);
  const { written, waitingBytes, lost } = await program.logged("ended");
  assert.deepEqual([written, waitingBytes, lost], [40, 0, 0]);
});

Deno.test("main.ts, bundled: kill -9 loses no answered request, and the next start doubles none", async () => {
  const name = { DEPLOYMENT_NAME: "crash" }, wanted = ids("k", 20);
  const first = await image.start({ ...COLLECT, ...name });
  await scoreAll(first, wanted);
  first.kill("SIGKILL");
  assert.equal(await first.ended, "SIGKILL");
  assert.deepEqual(await collected("crash", "model_inputs"), []);

  // the next one gets its blocks to Blob and never hears so; then it is killed as well
  front.fare("loses answers");
  const block = front.nextBlock();
  const second = await image.start({ ...COLLECT, ...name });
  await block;
  await second.logged("not written to Blob");
  await scoreAll(second, ["last"]);
  second.kill("SIGKILL");
  await second.ended;
  front.fare("up");

  const third = await image.start({ ...COLLECT, ...name });
  third.kill("SIGTERM");
  assert.equal(await third.ended, 0);
  for (const collection of ["model_inputs", "model_outputs"]) {
    assert.deepEqual((await collected("crash", collection)).sort(), [...wanted, "last"].sort());
  }
  assert.deepEqual([...Deno.readDirSync(join(image.root, "tmp/collector"))], []);
});

Deno.test("main.ts, bundled: kill -9 with the disk loses what came after the last flush, and no more", async () => {
  const name = { DEPLOYMENT_NAME: "diskless", COLLECT_FLUSH_SECONDS: "1" };
  const first = await image.start({ ...COLLECT, ...name }),
    safe = ids("s", 20),
    risked = ids("r", 5);
  await scoreAll(first, safe);
  await eventually(async () => (await collected("diskless", "model_outputs")).length === 20);
  await scoreAll(first, risked); // at once: the next flush is a second away
  first.kill("SIGKILL");
  assert.equal(await first.ended, "SIGKILL");
  await Deno.remove(join(image.root, "tmp/collector"), { recursive: true }); // as a container's disk goes

  const second = await image.start({ ...COLLECT, ...name });
  await scoreAll(second, ["after"]);
  second.kill("SIGTERM");
  assert.equal(await second.ended, 0);
  for (const collection of ["model_inputs", "model_outputs"]) {
    const found = await collected("diskless", collection);
    assert.deepEqual(found.filter((id) => !risked.includes(id)).sort(), [...safe, "after"].sort());
    const lost = safe.length + risked.length + 1 - found.length; // answers and records tell it
    assert.ok(lost <= risked.length, `${lost} lost`);
  }
});

/** Waits until a condition holds; fails after 10 s. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (const start = performance.now(); !await holds();) {
    if (performance.now() - start > 10_000) throw new Error("It never came true");
    await new Promise((done) => setTimeout(done, 20));
  }
}

Deno.test("main.ts, bundled: answers while Blob is away, and catches up", async () => {
  front.fare("away");
  const variables = { ...COLLECT, DEPLOYMENT_NAME: "away", COLLECT_FLUSH_KB: "1" };
  const program = await image.start(variables);
  const wanted = ids("w", 30);
  await scoreAll(program, wanted);
  await program.logged("not written to Blob");
  front.fare("up");
  program.kill("SIGTERM");
  assert.equal(await program.ended, 0);
  assert.deepEqual(await collected("away", "model_inputs"), wanted);
  assert.deepEqual(await collected("away", "model_outputs"), wanted);
});

Deno.test("main.ts, bundled: answers though the spool cannot be written", async () => {
  const program = await image.start({
    ...COLLECT,
    ...{ DEPLOYMENT_NAME: "nowhere", COLLECT_SPOOL: join(image.root, "app/spool") },
  });
  assert.equal((await program.logged("nothing is collected")).level, "error");
  await scoreAll(program, ["a"]);
  program.kill("SIGTERM");
  assert.equal(await program.ended, 0);
});

Deno.test("main.ts, bundled: another digest than the one asked for is never ready, and says why", async () => {
  const program = await image.start({ MODEL_DIGEST: "0".repeat(64) });
  const reason = `model digest must be ${"0".repeat(64)}: got "${PETS.digest}"`;
  assert.equal((await program.logged("never ready")).reason, reason);
  assert.equal((await get(`${program.url}/health/live`))[0], 200);
  assert.deepEqual(await get(`${program.url}/health/ready`), [503, {
    status: "not ready",
    reason,
  }]);
  const refused = await program.score("a");
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  program.kill("SIGTERM");
  assert.equal(await program.ended, 0);
});

Deno.test("main.ts, bundled: ends with 2 and one line where a setting is wrong", async () => {
  const program = await image.start({ ...COLLECT, COLLECT_SAMPLING: "all" });
  assert.equal(await program.ended, 2);
  assert.equal(program.lines.length, 1);
  assert.equal(
    program.lines[0].error.message,
    'COLLECT_SAMPLING must be a number from 0 to 1: got "all"',
  );
});

Deno.test("buildContext() has everything in two files, the same bytes from wherever it lies", async () => {
  const context = await buildContext();
  assert.deepEqual(Object.keys(context), ["Dockerfile", "server.js"]);
  const elsewhere = await Deno.makeTempDir({ prefix: "elsewhere-" });
  const root = new URL("../../", import.meta.url);
  for (const room of ["core", "model", "serving"]) {
    await Deno.mkdir(join(elsewhere, "lib", room), { recursive: true });
    for (const { name } of Deno.readDirSync(new URL(`lib/${room}/`, root))) {
      await Deno.copyFile(
        new URL(`lib/${room}/${name}`, root),
        join(elsewhere, "lib", room, name),
      );
    }
  }
  for (const name of ["deno.json", "deno.lock"]) {
    await Deno.copyFile(new URL(name, root), join(elsewhere, name));
  }
  const program = `
    import { buildContext } from "lib/serving/mod.ts";
    const context = await buildContext();
    await Deno.writeFile("server.js", context["server.js"]);`;
  await Deno.writeTextFile(join(elsewhere, "build.ts"), program);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "build.ts"],
    cwd: elsewhere,
    stdin: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const there = await Deno.readFile(join(elsewhere, "server.js"));
  assert.ok(Buffer.compare(there, context["server.js"]) === 0, "the bytes differ");
  const text = new TextDecoder().decode(context["server.js"]);
  assert.ok(!text.includes(Deno.env.get("HOME") ?? "\0"), "names a folder of this machine");
  assert.doesNotMatch(text, /^import .* from "(?!node:)/m);
  await Deno.remove(elsewhere, { recursive: true });
});

/** A body that is sent piece by piece. */
function slowBody() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  return {
    body,
    send: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
    close: () => controller.close(),
  };
}

Deno.test.afterAll(async () => {
  await image[Symbol.asyncDispose]();
  await front[Symbol.asyncDispose]();
});
