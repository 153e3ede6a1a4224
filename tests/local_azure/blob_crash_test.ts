import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { stream } from "lib/core/mod.ts";
import type { ContainerClient, RestError } from "@azure/storage-blob";
import { keyClient } from "./blob_host.ts";

const ROUNDS = 10, WORKERS = 4;

/** What may be found under a name: texts, or undefined for no blob. One of them, once all is quiet. */
type Expected = Map<string, (string | undefined)[]>;

/** Blob storage in a process of its own, which has yet to be told to begin. */
function prepareHost(folder: string) {
  const script = new URL("./blob_host.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", script, folder],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = child.stdin.getWriter(), output = child.stdout.getReader();
  let isOver = false;
  return {
    async begin(): Promise<ContainerClient> {
      await input.write(new TextEncoder().encode("go\n"));
      const { value } = await output.read();
      assert.ok(value, "the host did not start");
      return keyClient(Number(new TextDecoder().decode(value))).getContainerClient("data");
    },
    async kill() {
      if (isOver) return;
      isOver = true;
      child.kill("SIGKILL");
      await child.status;
      await output.cancel();
      await input.abort().catch(() => {});
    },
  };
}

async function textAt(data: ContainerClient, name: string): Promise<string | undefined> {
  try {
    const { readableStreamBody } = await data.getBlobClient(name).download();
    return (await Array.fromAsync(readableStreamBody!)).join("");
  } catch (error) {
    assert.equal((error as RestError).statusCode, 404, String(error));
    return undefined;
  }
}

/** One step of a worker: what it does, and what is there if it was done. */
async function step(
  data: ContainerClient,
  expected: Expected,
  draw: (below: number) => number,
  id: string,
) {
  const worker = id.split("-")[0], kind = draw(10);
  const mine = [...expected.keys()].filter((name) => name.startsWith(`${worker}/`));
  const old = mine[draw(mine.length || 1)];
  const [name, now, act]: [string, string | undefined, () => Promise<unknown>] = (() => {
    if (kind < 4 || old === undefined) {
      const name = kind < 2 && old !== undefined ? old : `${worker}/${id}`;
      const text = `${id} ${"x".repeat(draw(3000))}`;
      return [name, text, () => data.getBlockBlobClient(name).upload(text, text.length)];
    }
    if (kind < 5) {
      const name = `${worker}/blocks-${id}`, block = Buffer.from("block-1").toString("base64");
      return [name, id, async () => {
        const blob = data.getBlockBlobClient(name);
        await blob.stageBlock(block, id, id.length);
        await blob.commitBlockList([block]);
      }];
    }
    if (kind < 6) return [old, undefined, () => data.getBlobClient(old).delete()];
    const name = `log-${worker}`, before = expected.get(name)?.[0];
    if (before === undefined) return [name, "", () => data.getAppendBlobClient(name).create()];
    const line = `${id}\n`;
    return [
      name,
      before + line,
      () => data.getAppendBlobClient(name).appendBlock(line, line.length),
    ];
  })();
  const before = expected.get(name) ?? [undefined];
  if (kind === 5 && before[0] === undefined) return;
  expected.set(name, [...before, now]); // while it is not answered, either may be found
  await act();
  expected.set(name, [now]);
}

/** Holds what is there against what was answered, and takes it for what is expected from now on. */
async function verify(data: ContainerClient, expected: Expected, round: number): Promise<void> {
  const names: string[] = [];
  for await (const { name } of data.listBlobsFlat()) names.push(name);
  const texts = await Promise.all(names.map((name) => textAt(data, name)));
  const found = new Map(names.map((name, i) => [name, texts[i]]));
  for (const name of names) assert.ok(expected.has(name), `${name} came from nowhere`);
  for (const [name, possible] of expected) {
    const text = found.get(name);
    const said = [text, ...possible].map((one) => one?.slice(0, 60)).join(" | ");
    assert.ok(possible.includes(text), `round ${round}, ${name}: ${said}`);
    expected.set(name, [text]);
  }
}

Deno.test("openBlob() loses and doubles nothing when it is killed at random moments", async () => {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-crash-" });
  const expected: Expected = new Map(), random = stream(20260101, "kill");
  let acknowledged = 0, cutOff = 0;
  let host = prepareHost(folder), next = host;
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      host = next;
      const data = await host.begin();
      if (round === 0) await data.create();
      await verify(data, expected, round);
      if (round === ROUNDS) break;
      next = prepareHost(folder);
      let isOver = false;
      const workers = Array.from({ length: WORKERS }, async (_, worker) => {
        for (let i = 0; !isOver; i++) {
          try {
            await step(data, expected, random.integer, `w${worker}-${round}.${i}`);
            acknowledged++;
          } catch (error) {
            if (!isOver) throw error;
            cutOff++;
          }
        }
      });
      await new Promise((done) => setTimeout(done, 100 + random.integer(600)));
      isOver = true;
      await host.kill();
      await Promise.all(workers);
    }
  } finally {
    await Promise.all([host.kill(), next.kill()]);
    await Deno.remove(folder, { recursive: true });
  }
  assert.ok(acknowledged > 3 * ROUNDS, `only ${acknowledged} answers`); // how many, the machine decides
  assert.ok(cutOff >= ROUNDS, `only ${cutOff} requests were cut off`);
  console.log(`${acknowledged} acknowledged, ${cutOff} cut off, ${expected.size} names`);
});
