/** ZMTP and Jupyter's messages against a peer that is written out by hand. */

import assert from "node:assert/strict";
import { readMessage, writeRequest } from "lib/notebook/wire.ts";
import { type SocketType, ZmtpSocket } from "lib/notebook/zmtp.ts";

const text = new TextEncoder();

/** A peer that shakes hands as the kernel does, sends `bytes` in `pieces`, and notes what it gets. */
async function withPeer(
  type: SocketType,
  bytes: Uint8Array,
  pieces: number,
  work: (socket: ZmtpSocket, received: () => Promise<Uint8Array>) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const greeting = new Uint8Array(64);
  greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
  greeting.set(text.encode("NULL"), 12);
  const ready = text.encode("\x05READY\x0bSocket-Type\0\0\0\x03PUB");
  const got: number[] = [];
  const peer = (async () => {
    const connection = await listener.accept();
    const writer = connection.writable.getWriter();
    await writer.write(new Uint8Array([...greeting, 4, ready.length, ...ready]));
    const size = Math.ceil(bytes.length / pieces) || 1;
    for (let at = 0; at < bytes.length; at += size) await writer.write(bytes.slice(at, at + size));
    for await (const chunk of connection.readable) got.push(...chunk);
  })().catch(() => {});
  const socket = await ZmtpSocket.connect(listener.addr.port, type, new AbortController().signal);
  try {
    await work(socket, async () => {
      socket.close();
      await peer;
      return new Uint8Array(got);
    });
  } finally {
    socket.close();
    listener.close();
    await peer;
  }
}

/** One message in frames: the short form for the first, the long form for the others. */
function message(...parts: string[]): number[] {
  return parts.flatMap((part, i) => {
    const body = text.encode(part), more = i < parts.length - 1 ? 1 : 0;
    if (i === 0) return [more, body.length, ...body];
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(body.length));
    return [more | 2, ...length, ...body];
  });
}

Deno.test("ZmtpSocket: puts messages together, however the bytes arrive", async () => {
  const long = "é".repeat(100_000);
  const command = [4, 5, ...text.encode("\x04PING")];
  const bytes = new Uint8Array([...message("a", long, "c"), ...command, ...message("", "b")]);
  for (const pieces of [1, 7, 500]) {
    await withPeer("SUB", bytes, pieces, async (socket) => {
      assert.deepEqual(await socket.receive(), ["a", long, "c"]);
      assert.deepEqual(await socket.receive(), ["", "b"], "a command in between is passed over");
    });
  }
});

Deno.test("ZmtpSocket: shakes hands, subscribes to everything, and sends in frames", async () => {
  await withPeer("SUB", new Uint8Array(), 1, async (socket, received) => {
    await Promise.all([socket.send(["x", "yz"]), socket.send(["w"])]);
    await new Promise((wake) => setTimeout(wake, 50));
    const bytes = await received();
    assert.deepEqual([bytes[0], bytes[9], bytes[10]], [0xff, 0x7f, 3]);
    assert.deepEqual([...bytes.slice(12, 16)], [...text.encode("NULL")]);
    const after = [...bytes.slice(64)];
    const ready = text.encode("\x05READY\x0bSocket-Type\0\0\0\x03SUB");
    assert.deepEqual(after.slice(0, 2 + ready.length), [4, ready.length, ...ready]);
    const eight = (n: number) => [0, 0, 0, 0, 0, 0, 0, n];
    assert.deepEqual(after.slice(2 + ready.length), [
      ...[0, 1, 1],
      ...[3, ...eight(1), ...text.encode("x"), 2, ...eight(2), ...text.encode("yz")],
      ...[2, ...eight(1), ...text.encode("w")],
    ]);
  });
});

Deno.test("ZmtpSocket: a stream out of step is an error, not a wait", async () => {
  const huge = new Uint8Array([2, 1, 0, 0, 0, 0, 0, 0, 0]);
  await withPeer("SUB", huge, 1, async (socket) => {
    await assert.rejects(socket.receive(), /the kernel's stream is out of step/);
  });
});

Deno.test("ZmtpSocket.connect: gives up with the signal's reason", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = listener.addr;
  const reason = new Error("enough"), silent = AbortSignal.timeout(60);
  await assert.rejects(ZmtpSocket.connect(port, "SUB", AbortSignal.abort(reason)), reason);
  await assert.rejects(ZmtpSocket.connect(port, "SUB", silent), { name: "TimeoutError" });
  listener.close();
  await assert.rejects(ZmtpSocket.connect(port, "SUB", AbortSignal.timeout(60)), {
    name: "TimeoutError",
  });
});

Deno.test("readMessage: passes over what stands before the delimiter, and checks the signature", () => {
  const { id, frames } = writeRequest("execute_request", { code: "é" }, "key");
  const routed = ["stream.stdout", ...frames];
  assert.deepEqual(readMessage(routed, "key"), {
    type: "execute_request",
    parentId: undefined,
    content: { code: "é" },
  });
  assert.match(id, /^[\da-f-]{36}$/);
  const broken = [frames.with(5, "{}"), frames.slice(0, 4), [], frames.with(1, "00")];
  for (const wrong of broken) {
    assert.throws(() => readMessage(wrong, "key"), /bad signature/);
  }
});
