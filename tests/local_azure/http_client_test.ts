import assert from "node:assert/strict";
import { createHttpClient } from "lib/local_azure/http_client.ts";
import type { HttpAnswer } from "lib/local_azure/http_connection.ts";
import type { HttpRequest } from "lib/local_azure/http_sender.ts";
import type { HttpError, HttpFault } from "lib/local_azure/http_error.ts";
import { type RawPeer, rawServer } from "./raw_server.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function get(more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", path: "/", headers: [["host", "h"]], ...more };
}

async function textOf({ body }: HttpAnswer): Promise<string> {
  return await new Response(body).text();
}

/** Plays one answer to every request of every connection. */
function always(answer: string): (peer: RawPeer) => Promise<void> {
  return async (peer) => {
    while (await peer.head() !== undefined) await peer.say(answer);
  };
}

/** Plays one answer to the first request, then ends the connection. */
function once(answer: string): (peer: RawPeer) => Promise<void> {
  return async (peer) => {
    if (await peer.head() === undefined) return;
    await peer.say(answer);
    peer.end();
  };
}

async function faultOf(promise: Promise<unknown>): Promise<HttpFault> {
  try {
    await promise;
  } catch (error) {
    assert.equal((error as Error).name, "HttpError", (error as Error).stack);
    return (error as HttpError).fault;
  }
  throw new Error("it went well");
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

Deno.test("createHttpClient() sends head and body byte for byte and adds nothing", async () => {
  const seen: string[] = [];
  await using server = rawServer(async (peer) => {
    for (let head; (head = await peer.head()) !== undefined;) {
      seen.push(head + await peer.body(Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0)));
      await peer.say(OK);
    }
  });
  const client = createHttpClient({ port: server.port });
  await client.send({
    method: "PUT",
    path: "/c/a%20b/../%2e%2E|x?sig=a%2Bb+c&q",
    headers: [
      ["host", "acc.blob.core.windows.net"],
      ["content-length", "99"],
      ["connection", "close"],
      ["transfer-encoding", "chunked"],
      ["x-ms-meta-k", "caf\u00e9,  two"],
      ["if-match", '"0x1"'],
    ],
    body: new TextEncoder().encode("hi"),
  });
  await client.send({ method: "PUT", path: "/", headers: [["host", "h"]] });
  await client.send({ method: "DELETE", path: "/", headers: [["host", "h"]] });
  client.close();
  assert.deepEqual(seen, [
    "PUT /c/a%20b/../%2e%2E|x?sig=a%2Bb+c&q HTTP/1.1\r\nhost: acc.blob.core.windows.net\r\n" +
    'x-ms-meta-k: caf\u00e9,  two\r\nif-match: "0x1"\r\ncontent-length: 2\r\n\r\nhi',
    "PUT / HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n",
    "DELETE / HTTP/1.1\r\nhost: h\r\n\r\n",
  ]);
  assert.equal(server.connections, 1);
});

Deno.test("createHttpClient() refuses to split a head with a control character", async () => {
  await using server = rawServer(always(OK));
  const client = createHttpClient({ port: server.port });
  for (
    const bad of [
      get({ path: "/a b" }),
      get({ path: "/a\r\nx: y" }),
      get({ headers: [["host", "h\r\nx: y"]] }),
      get({ headers: [["ho:st", "h"]] }),
      get({ headers: [["x", "\u20ac"]] }),
    ]
  ) assert.equal(await faultOf(client.send(bad)), "malformed");
  client.close();
});

Deno.test("createHttpClient() reads names in lower case and values as they are", async () => {
  await using server = rawServer(
    always(
      'HTTP/1.1 206 \r\nContent-Length: 2\r\nETag:"0x8D" \t\r\nX-Ms-Meta-K: caf\u00e9, \u00a0z\r\n' +
        "Set-Cookie: a\r\nSet-Cookie: b\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive\r\n\r\nok",
    ),
  );
  const client = createHttpClient({ port: server.port });
  const { status, headers, body } = await client.send(get());
  client.close();
  assert.equal(status, 206);
  assert.deepEqual(headers, [
    ["content-length", "2"],
    ["etag", '"0x8D"'],
    ["x-ms-meta-k", "caf\u00e9, \u00a0z"],
    ["set-cookie", "a"],
    ["set-cookie", "b"],
  ]);
  assert.deepEqual(body, new TextEncoder().encode("ok"));
});

Deno.test("createHttpClient() knows answers without a body, whatever length they state", async () => {
  await using server = rawServer(async (peer) => {
    for (let head; (head = await peer.head()) !== undefined;) {
      const status = /\/(\d+)/.exec(head)![1];
      await peer.say(`HTTP/1.1 ${status} X\r\nContent-Length: 1234\r\nETag: "x"\r\n\r\n`);
    }
  });
  const client = createHttpClient({ port: server.port });
  for (const [method, path] of [["HEAD", "/200"], ["GET", "/204"], ["GET", "/304"]]) {
    const { status, headers, body } = await client.send(get({ method, path }));
    assert.equal(status, Number(path.slice(1)));
    assert.equal(body, null);
    assert.deepEqual(headers[0], ["content-length", "1234"]);
  }
  client.close();
  assert.equal(server.connections, 1);
});

Deno.test("createHttpClient() reads chunks however they are cut", async () => {
  const whole = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
    "3;note=x\r\nabc\r\nA \r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\n";
  for (const size of [1, 2, 3, 7, whole.length]) {
    await using server = rawServer(async (peer) => {
      while (await peer.head() !== undefined) {
        for (let at = 0; at < whole.length; at += size) {
          await peer.say(whole.slice(at, at + size));
          if (size < 7) await pause(0);
        }
      }
    });
    const client = createHttpClient({ port: server.port });
    for (let i = 0; i < 2; i++) {
      const answer = await client.send(get());
      assert.equal(await textOf(answer), "abc0123456789", `pieces of ${size}`);
      await pause(1);
    }
    client.close();
    assert.equal(server.connections, 1, `pieces of ${size}`);
  }
});

Deno.test("createHttpClient() hands a chunk over before the next one comes", async () => {
  const go = Promise.withResolvers<void>();
  await using server = rawServer(async (peer) => {
    await peer.head();
    await peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    await go.promise;
    await peer.say("1\r\nb\r\n0\r\n\r\n");
  });
  const client = createHttpClient({ port: server.port });
  const { body } = await client.send(get());
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  assert.deepEqual((await reader.read()).value, Uint8Array.of(97));
  go.resolve();
  assert.deepEqual((await reader.read()).value, Uint8Array.of(98));
  assert.equal((await reader.read()).done, true);
  client.close();
});

Deno.test("createHttpClient() reads a body that ends with the connection", async () => {
  await using server = rawServer(
    once("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end"),
  );
  const client = createHttpClient({ port: server.port });
  assert.equal(await textOf(await client.send(get())), "to the end");
  assert.equal(await textOf(await client.send(get())), "to the end");
  client.close();
  assert.equal(server.connections, 2);
});

Deno.test("createHttpClient() streams a large body and keeps the connection", async () => {
  const large = "0123456789abcdef".repeat(64 * 1024); // 1 MiB
  await using server = rawServer(
    always(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}`),
  );
  const client = createHttpClient({ port: server.port });
  for (let i = 0; i < 3; i++) {
    const answer = await client.send(get());
    assert.ok(answer.body instanceof ReadableStream);
    assert.equal(await textOf(answer), large);
  }
  client.close();
  assert.equal(server.connections, 1);
});

Deno.test("createHttpClient() collects a small body that comes in pieces", async () => {
  await using server = rawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      await peer.say("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab");
      await pause(5);
      await peer.say("cd");
      await pause(5);
      await peer.say("ef");
    }
  });
  const client = createHttpClient({ port: server.port });
  const { body } = await client.send(get());
  client.close();
  assert.deepEqual(body, new TextEncoder().encode("abcdef"));
});

Deno.test("createHttpClient() passes over interim answers", async () => {
  await using server = rawServer(
    always(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}`),
  );
  const client = createHttpClient({ port: server.port });
  const { status } = await client.send(get());
  client.close();
  assert.equal(status, 200);
});

Deno.test("createHttpClient() names what is not HTTP", async () => {
  const cases: [HttpFault, string][] = [
    ["malformed", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["malformed", "HTTP/2 200 OK\r\n\r\n"],
    ["malformed", "HTTP/1.1 099 X\r\n\r\n"],
    ["malformed", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"],
    ["malformed", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
    ["closed", ""],
    ["closed", "HTTP/1.1 200 OK\r\nContent-Le"],
    ["closed", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"],
    ["too-large", `HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}\r\n\r\n`],
    ["too-large", `HTTP/1.1 200 OK\r\nX: ${"y".repeat(200_000)}`],
  ];
  for (const [fault, answer] of cases) {
    await using server = rawServer(once(answer));
    const client = createHttpClient({ port: server.port });
    assert.equal(await faultOf(client.send(get({ method: "POST" }))), fault, answer.slice(0, 60));
    client.close();
  }
});

Deno.test("createHttpClient() fails a stream that is cut or wrongly chunked", async () => {
  const cases: [HttpFault, string][] = [
    ["closed", `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${"x".repeat(70_000)}`],
    ["closed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
    ["closed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n"],
    ["malformed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nab\n0\n\n"],
    ["malformed", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${"e".repeat(9000)}`],
  ];
  for (const [fault, answer] of cases) {
    await using server = rawServer(once(answer));
    const client = createHttpClient({ port: server.port });
    const { body } = await client.send(get());
    const read = (async () => {
      for await (const _ of body as ReadableStream<Uint8Array>);
    })();
    assert.equal(await faultOf(read), fault, answer.slice(0, 80));
    client.close();
  }
});

Deno.test("createHttpClient() does not keep a connection that it cannot trust", async () => {
  const answers = [
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`,
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
  ];
  for (const answer of answers) {
    await using server = rawServer(always(answer));
    const client = createHttpClient({ port: server.port });
    for (let i = 0; i < 2; i++) {
      assert.equal(await textOf(await client.send(get())), "ok");
      await pause(5);
    }
    client.close();
    assert.equal(server.connections, 2, answer);
  }
});

Deno.test("createHttpClient() drops an idle connection on which the server speaks or leaves", async () => {
  for (const last of [undefined, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"]) {
    await using server = rawServer(async (peer) => {
      while (await peer.head() !== undefined) {
        await peer.say(OK);
        await pause(10);
        if (last) await peer.say(last);
        else peer.end();
      }
    });
    const client = createHttpClient({ port: server.port });
    for (let i = 0; i < 3; i++) {
      assert.equal(await textOf(await client.send(get({ method: "POST" }))), "ok");
      await pause(30);
    }
    client.close();
    assert.equal(server.connections, 3);
  }
});

Deno.test("createHttpClient() repeats on a stale connection what may be repeated, once", async () => {
  // The first answer is kept alive; the second request on that connection is met by silence.
  const seen: string[] = [];
  await using server = rawServer(async (peer) => {
    const head = await peer.head();
    if (head === undefined) return;
    seen.push(head.slice(0, 5));
    await peer.say(OK);
    const second = await peer.head();
    if (second !== undefined) seen.push(second.slice(0, 5));
    peer.end();
  });
  const client = createHttpClient({ port: server.port });
  const put = get({ method: "PUT", body: new Uint8Array(0) });
  await client.send(put);
  assert.equal(await textOf(await client.send(put)), "ok");
  assert.deepEqual(seen, ["PUT /", "PUT /", "PUT /"]);
  assert.equal(await faultOf(client.send(get({ method: "POST" }))), "closed");
  assert.deepEqual(seen.slice(3), ["POST "]);
  client.close();
});

Deno.test("createHttpClient() does not repeat once the answer has begun", async () => {
  let requests = 0;
  await using server = rawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      requests++;
      if (requests === 1) await peer.say(OK);
      else {
        await peer.say("HTTP/1.1 200 OK\r\n");
        peer.end();
      }
    }
  });
  const client = createHttpClient({ port: server.port });
  await client.send(get());
  assert.equal(await faultOf(client.send(get())), "closed");
  assert.equal(requests, 2);
  client.close();
});

Deno.test("createHttpClient() gives up at the time limit and does not reuse the connection", async () => {
  await using server = rawServer(async (peer) => {
    const head = await peer.head();
    if (head?.startsWith("GET /slow-body")) {
      await peer.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
    } else if (head?.startsWith("GET /fast")) await peer.say(OK);
    await peer.gone;
  });
  const client = createHttpClient({ port: server.port });
  for (const path of ["/slow-head", "/slow-body"]) {
    const before = performance.now();
    assert.equal(await faultOf(client.send(get({ path, timeoutMs: 60 }))), "timeout");
    const tookMs = performance.now() - before;
    assert.ok(tookMs > 50 && tookMs < 1000, `${tookMs} ms`);
  }
  assert.equal(await textOf(await client.send(get({ path: "/fast", timeoutMs: 1000 }))), "ok");
  assert.equal(server.connections, 3);
  client.close();
});

Deno.test("createHttpClient() ends the connection of a caller that gives up, at any point", async () => {
  const gone: number[] = [];
  await using server = rawServer(async (peer) => {
    const head = await peer.head();
    if (head?.startsWith("GET /stream")) {
      await peer.say(`HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${"x".repeat(70_000)}`);
    }
    await peer.gone;
    gone.push(peer.number);
  });
  const client = createHttpClient({ port: server.port });
  const early = new AbortController();
  early.abort();
  assert.equal(await faultOf(client.send(get({ signal: early.signal }))), "aborted");
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(new Error("went home")), 20);
  assert.equal(await faultOf(client.send(get({ signal: waiting.signal }))), "aborted");
  const reading = new AbortController();
  const { body } = await client.send(get({ path: "/stream", signal: reading.signal }));
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  reading.abort();
  const rest = (async () => {
    while (!(await reader.read()).done);
  })();
  assert.equal(await faultOf(rest), "aborted");
  const unwanted = await client.send(get({ path: "/stream" }));
  await (unwanted.body as ReadableStream).cancel();
  await pause(30);
  assert.deepEqual(gone, [0, 1, 2]);
  client.close();
});

Deno.test("createHttpClient() sends a stream with its length, and chunked without one", async () => {
  const seen: string[] = [];
  await using server = rawServer(async (peer) => {
    for (let head; (head = await peer.head()) !== undefined;) {
      const length = /content-length: (\d+)/.exec(head)?.[1];
      seen.push(length ? await peer.body(Number(length)) : await peer.until("0\r\n\r\n"));
      await peer.say(OK);
    }
  });
  const client = createHttpClient({ port: server.port });
  const stream = () =>
    ReadableStream.from(["ab", "", "cde"].map((part) => new TextEncoder().encode(part)));
  await client.send(get({ method: "PUT", body: stream(), length: 5 }));
  await client.send(get({ method: "PUT", body: stream() }));
  assert.deepEqual(seen, ["abcde", "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"]);
  for (const length of [4, 6]) {
    assert.equal(
      await faultOf(client.send(get({ method: "PUT", body: stream(), length }))),
      "length",
    );
  }
  client.close();
});

Deno.test("createHttpClient() fails when the caller's body fails, and cancels it when it cannot be sent", async () => {
  await using server = rawServer(async (peer) => {
    await peer.head();
    await peer.gone;
  });
  const client = createHttpClient({ port: server.port });
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("the disk is gone"));
    },
  });
  assert.equal(
    await faultOf(client.send(get({ method: "PUT", body: broken, length: 9 }))),
    "aborted",
  );
  const reasons: unknown[] = [];
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    cancel: (reason) => void reasons.push(reason),
  });
  await faultOf(client.send(get({ method: "PUT", body: endless, timeoutMs: 50 })));
  await pause(10);
  assert.equal(reasons.length, 1);
  client.close();
  const nobody = createHttpClient({ port: 1 });
  const unsent = new ReadableStream<Uint8Array>({ cancel: (reason) => void reasons.push(reason) });
  assert.equal(await faultOf(nobody.send(get({ method: "PUT", body: unsent }))), "refused");
  assert.equal(reasons.length, 2);
});

Deno.test("createHttpClient() hears an answer that comes before the body is sent", async () => {
  await using server = rawServer(async (peer) => {
    await peer.head();
    await peer.say("HTTP/1.1 409 Conflict\r\nContent-Length: 5\r\n\r\nthere");
    await peer.gone; // reads what still comes
  });
  const client = createHttpClient({ port: server.port });
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === 4_000_000) return controller.close();
      sent += 40_000;
      controller.enqueue(new Uint8Array(40_000));
    },
  }, { highWaterMark: 0 });
  const answer = await client.send(get({ method: "PUT", body, length: 4_000_000 }));
  assert.equal(answer.status, 409);
  assert.equal(await textOf(answer), "there");
  while (sent < 4_000_000) await pause(1);
  await pause(5);
  client.close();
});

Deno.test("createHttpClient() keeps answers apart when many are asked at once", async () => {
  await using server = rawServer(async (peer) => {
    for (let head; (head = await peer.head()) !== undefined;) {
      const path = head.split(" ")[1];
      await pause(Number(path.length % 7));
      await peer.say(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
    }
  });
  const client = createHttpClient({ port: server.port, maxIdle: 8 });
  const paths = Array.from({ length: 300 }, (_, i) => `/${"x".repeat(i % 11)}${i}`);
  for (let at = 0; at < paths.length; at += 30) {
    const some = paths.slice(at, at + 30);
    const texts = await Promise.all(
      some.map(async (path) => textOf(await client.send(get({ path })))),
    );
    assert.deepEqual(texts, some);
  }
  assert.ok(server.connections >= 30 && server.connections < 300, String(server.connections));
  client.close();
});

Deno.test("createHttpClient() lets go of connections that were idle too long", async () => {
  await using server = rawServer(always(OK));
  const client = createHttpClient({ port: server.port, idleMs: 10 });
  await client.send(get());
  await client.send(get());
  assert.equal(server.connections, 1);
  await pause(30);
  await client.send(get());
  assert.equal(server.connections, 2);
  client.close();
});

Deno.test("createHttpClient() fails what is under way when it is closed", async () => {
  await using server = rawServer(async (peer) => {
    await peer.head();
    await peer.gone;
  });
  const client = createHttpClient({ port: server.port });
  const fault = faultOf(client.send(get()));
  await pause(20);
  client.close();
  assert.equal(await fault, "aborted");
});

Deno.test("createHttpClient() agrees with Deno.serve in both directions", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const bytes = await request.bytes();
    if (request.url.endsWith("/stream")) {
      return new Response(ReadableStream.from([bytes, bytes]));
    }
    return new Response(bytes, { headers: { "x-length": String(bytes.length) } });
  });
  const client = createHttpClient({ port: server.addr.port });
  for (const size of [0, 1, 8000, 8192, 65_536, 65_537, 3_000_000]) {
    const body = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)));
    const whole = new Uint8Array(size).map((_, i) => body[i % body.length] ?? 0);
    const answer = await client.send(get({ method: "POST", body: whole }));
    assert.deepEqual(new Uint8Array(await new Response(answer.body).arrayBuffer()), whole);
    const twice = await client.send(get({ method: "POST", path: "/stream", body: whole }));
    assert.equal((await new Response(twice.body).arrayBuffer()).byteLength, 2 * size);
  }
  client.close();
  await server.shutdown();
});
