/** The scoring router on the wire: what callers and containers do that no client library would. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { eventually } from "./deployments.ts";
import type { RawPeer } from "./raw_server.ts";
import { HOST } from "./scoring_host.ts";
import { echo, hostWire, postText, type RawCaller, type WireHost } from "./wire_host.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A header's value in an answer's head. */
function field(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1].trim();
}

async function status(caller: RawCaller): Promise<number | undefined> {
  return (await caller.answer())?.status;
}

/** Sends a request over a connection of its own. */
async function ask(host: WireHost, body = "x"): Promise<number | undefined> {
  const caller = await host.dial();
  await caller.post(body);
  const found = await status(caller);
  caller.end();
  return found;
}

Deno.test("wire: one connection carries many requests, cut anywhere, and answers keep their order", async () => {
  await using host = await hostWire(echo);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "binary-ascii", maxLength: 40 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
      async (bodies, cuts) => {
        const caller = await host.dial(), text = bodies.map((body) => postText(body)).join("");
        const answers = (async () => {
          const found: (string | undefined)[] = [];
          for (const _ of bodies) found.push((await caller.answer())?.body);
          return found;
        })();
        for (let at = 0, i = 0; at < text.length; i++) {
          const part = text.slice(at, at + cuts[i % cuts.length]);
          await caller.say(part);
          at += part.length;
        }
        assert.deepEqual(await answers, bodies);
        caller.end();
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("wire: bodies about every limit arrive whole", async () => {
  await using host = await hostWire(echo);
  const caller = await host.dial();
  for (const size of [0, 1, 8_000, 16_384, 65_535, 65_536, 65_537, 1_000_000]) {
    const body = "b".repeat(size);
    const [, answer] = await Promise.all([caller.post(body), caller.answer()]);
    assert.equal(answer?.body.length, size);
    assert.equal(answer.status, 200);
  }
});

Deno.test("wire: chunks pass in both directions, each as it comes", async () => {
  const heads: string[] = [], next = Promise.withResolvers<void>();
  await using host = await hostWire(async (peer) => {
    heads.push(await peer.head() ?? "");
    assert.equal(await peer.until("0\r\n\r\n"), "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    await peer.say(`${CHUNKED}3\r\none\r\n`);
    await next.promise;
    await peer.say("3\r\ntwo\r\n0\r\n\r\n");
  });
  const caller = await host.dial();
  await caller.say(
    postText("").replace("Content-Length: 0", "Transfer-Encoding: chunked") + "3\r\nabc\r\n",
  );
  await eventually("the container has the head", () => heads.length === 1);
  assert.match(heads[0], /transfer-encoding: chunked/i);
  assert.doesNotMatch(heads[0], /content-length|authorization/i);
  await caller.say("4\r\ndefg\r\n0\r\n\r\n");
  assert.match(await caller.until("one\r\n") ?? "", /^HTTP\/1\.1 200 [^]*\r\n\r\n3\r\none/);
  next.resolve(); // the first piece had come before the second was made
  assert.equal(await caller.until("0\r\n\r\n"), "3\r\ntwo\r\n0\r\n\r\n");
});

Deno.test("wire: a kept connection that the container has closed is not used again", async () => {
  let requests = 0;
  await using host = await hostWire(async (peer) => {
    await peer.head();
    await peer.body(1);
    requests++;
    await peer.say(OK);
    peer.end();
  });
  const caller = await host.dial();
  for (let i = 1; i <= 5; i++) {
    await caller.post("x");
    assert.equal(await status(caller), 200);
    await pause(10); // the goodbye is on its way
  }
  assert.deepEqual([requests, host.connections()], [5, 5]);
});

Deno.test("wire: a request that the container may have begun is sent again only if that is safe", async () => {
  const methods: string[] = [];
  await using host = await hostWire(async (peer) => {
    // answers the first request on a connection, and leaves on the second without a word
    for (let i = 0;; i++) {
      const head = await peer.head();
      if (head === undefined) return;
      methods.push(head.slice(0, head.indexOf(" ")));
      if (i === 1) return peer.end();
      await peer.say(OK);
    }
  });
  const caller = await host.dial(), get = postText("").replace("POST", "GET");
  await caller.post("");
  assert.equal(await status(caller), 200);
  await caller.post("");
  const refused = await caller.answer();
  assert.equal(refused?.status, 424);
  assert.equal(field(refused.head, "ms-azureml-model-error-statuscode"), "503");
  await caller.say(get);
  assert.equal(await status(caller), 200);
  await caller.say(get);
  assert.equal(await status(caller), 200);
  assert.deepEqual(methods, ["POST", "POST", "GET", "GET", "GET"]);
});

Deno.test("wire: an answer that breaks off is 424, or a broken connection once it has begun", async () => {
  const plays = [
    "HTTP/1.1 200 OK\r\nContent-Le",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    "not HTTP at all\r\n\r\n",
    `${CHUNKED}5\r\nhello\r\n`,
    `${CHUNKED}5\r\nhello\r\nzz\r\n`,
    `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf`,
  ];
  let at = 0;
  await using host = await hostWire(async (peer) => {
    await peer.head();
    await peer.body(1);
    await peer.say(plays[at++]);
    peer.end();
  });
  const found = [];
  for (const _ of plays) found.push(await ask(host));
  assert.deepEqual(found, [424, 424, 424, undefined, undefined, undefined]);
  assert.equal(host.underWay(), 0);
});

Deno.test("wire: the request timeout covers the head, a body that stalls, and a stream that stalls", async () => {
  let said = "";
  await using host = await hostWire(async (peer) => {
    await peer.head();
    await peer.body(1);
    await peer.say(said);
    await peer.gone; // the router ends the connection
  }, { requestTimeoutMs: 200 });
  for (
    const [text, expected] of [
      ["", 408],
      ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", 408],
      [`${CHUNKED}5\r\nhello\r\n`, undefined], // 200 has gone out: it ends in the middle
    ] as const
  ) {
    said = text;
    const since = performance.now(), caller = await host.dial();
    await caller.post("x", ["x-request-id: mine"]);
    const answer = await caller.answer(), took = performance.now() - since;
    assert.equal(answer?.status, expected, text);
    assert.ok(took > 190 && took < 3000, `${took} ms`);
    if (answer) {
      assert.equal(field(answer.head, "x-ms-request-id"), "mine");
      assert.equal(field(answer.head, "azureml-model-deployment"), "blue");
      assert.equal(field(answer.head, "server"), "azureml-frontdoor");
    }
    caller.end();
  }
  assert.equal(host.underWay(), 0);
});

/** A container that takes requests and answers nothing, and knows when it is left. */
function silent() {
  const seen = { heads: 0, left: 0 };
  const script = async (peer: RawPeer) => {
    if (await peer.head() === undefined) return;
    seen.heads++;
    await peer.gone;
    seen.left++;
  };
  return { seen, script };
}

Deno.test("wire: a caller who goes ends the container's exchange, whatever kind of request it was", async () => {
  const { seen, script } = silent();
  await using host = await hostWire(script, { requestTimeoutMs: 60_000 });
  const chunked = postText("").replace("Content-Length: 0", "Transfer-Encoding: chunked");
  const texts = [
    postText("x"),
    `${chunked}1\r\nx\r\n0\r\n\r\n`,
    `${chunked}1\r\nx\r\n`, // goes in the middle of its body
    postText("x".repeat(100_000)),
  ];
  for (const [i, text] of texts.entries()) {
    const caller = await host.dial();
    await caller.say(text);
    await eventually("the container has it", () => seen.heads === i + 1);
    assert.equal(host.underWay(), 1);
    caller.end();
    await eventually(`the container is left (${i})`, () => seen.left === i + 1);
    await eventually("nothing is under way", () => host.underWay() === 0);
  }
  const caller = await host.dial(); // what was never sent whole reaches nobody
  await caller.say(postText("x".repeat(50)).slice(0, -10));
  await pause(20);
  caller.end();
  await pause(20);
  assert.equal(seen.heads, texts.length);
});

Deno.test("wire: a caller who goes while it is answered ends a stream", async () => {
  let wasLeft = false;
  await using host = await hostWire(async (peer) => {
    await peer.head();
    await peer.say(`${CHUNKED}1\r\nx\r\n`);
    await peer.gone;
    wasLeft = true;
  }, { requestTimeoutMs: 60_000 });
  const caller = await host.dial();
  await caller.post("");
  await caller.until("x\r\n");
  caller.end();
  await eventually("the container is left", () => wasLeft);
  await eventually("nothing is under way", () => host.underWay() === 0);
});

Deno.test("wire: requests that hang hold up nobody else", async () => {
  const waiting: RawPeer[] = [];
  await using host = await hostWire(async (peer) => {
    for (let head; (head = await peer.head()) !== undefined;) {
      await peer.body(4);
      if (head.includes("/score/slow")) waiting.push(peer);
      else await peer.say(OK);
    }
  });
  const slow = await Promise.all(Array.from({ length: 20 }, () => host.dial()));
  for (const caller of slow) await caller.post("slow", [], "/score/slow");
  await eventually("all hang", () => waiting.length === 20);
  const quick = await host.dial(), since = performance.now();
  for (let i = 0; i < 50; i++) {
    await quick.post("fast");
    assert.equal(await status(quick), 200);
  }
  const each = (performance.now() - since) / 50;
  assert.ok(each < 50, `${each} ms each beside 20 that hang`);
  for (const peer of waiting) await peer.say(OK);
  assert.deepEqual(await Promise.all(slow.map(status)), slow.map(() => 200));
});

Deno.test("wire: one connection may ask for anything, and is passed on with its first other request", async () => {
  await using host = await hostWire(echo);
  const caller = await host.dial(), other = "GET /x HTTP/1.1\r\nHost: management.azure.com\r\n\r\n";
  await caller.say(postText("one") + other + postText("two"));
  assert.equal((await caller.answer())?.body, "one");
  assert.equal((await caller.answer())?.body, "the server, for management.azure.com");
  assert.equal((await caller.answer())?.body, "two");
  await caller.say(other);
  assert.equal((await caller.answer())?.body, "the server, for management.azure.com");
});

const KEY = "Authorization: Bearer primary-key";
const ODD: readonly string[] = [
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 0\r\n\r\n`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: -1\r\n\r\n`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 1, 1\r\n\r\nx`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nBad Name: 1\r\nContent-Length: 0\r\n\r\n`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\n: 1\r\nContent-Length: 0\r\n\r\n`,
  `POST /score HTTP/1.1\r\n${KEY}\r\nContent-Length: 0\r\n\r\n`,
  `POST /score/../live HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 0\r\n\r\n`,
  `POST /%2e%2e/live HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 0\r\n\r\n`,
  `POST http://${HOST}/score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 0\r\n\r\n`,
  `POST score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 0\r\n\r\n`,
  `POST /score HTTP/2.0\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 0\r\n\r\n`,
  `POST /score HTTP/1.0\r\nHost: ${HOST}\r\n${KEY}\r\nContent-Length: 1\r\n\r\nx`,
  `get /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\n\r\n`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nX-Own: a\x01b\r\nContent-Length: 0\r\n\r\n`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\nX-Own: a\r\n folded\r\nContent-Length: 0\r\n\r\n`,
  `\x16\x03\x01\x02\x00\x01\r\n\r\n`,
  `POST /score HTTP/1.1\r\nHost: ${HOST}\r\n${KEY}\r\n${
    "X-Long: y\r\n".repeat(3000)
  }Content-Length: 1\r\n\r\nx`,
];

Deno.test("wire: odd requests are answered through the door as without it", async () => {
  await using host = await hostWire(echo);
  for (const text of ODD) {
    const [through, direct] = await Promise.all([host.port, host.serverPort].map(async (port) => {
      const caller = await host.dial(port);
      await caller.say(text).catch(() => {}); // some are refused before they are over
      const first = await caller.answer();
      const answer = first?.status === 100 ? await caller.answer() : first;
      caller.end();
      return [answer?.status, answer?.body];
    }));
    assert.deepEqual(through, direct, text.slice(0, 200));
  }
});

Deno.test("wire: an answer that comes before a large body is over keeps the connection, and the body whole", async () => {
  const bodies: number[] = [], size = 300_000;
  await using host = await hostWire(async (peer) => {
    while (await peer.head() !== undefined) {
      await peer.say(OK); // before it has read the body
      bodies.push((await peer.body(size)).length);
    }
  });
  const caller = await host.dial(), text = postText("x".repeat(size));
  for (const expected of [1, 2]) {
    await caller.say(text.slice(0, -100_000));
    assert.equal(await status(caller), 200);
    await caller.say(text.slice(-100_000));
    await eventually("the container has all of it", () => bodies.length === expected);
  }
  assert.deepEqual(bodies, [size, size]);
  await caller.say(text.replace("primary-key", "no-key")); // read over, as nobody wants it
  assert.equal(await status(caller), 401);
  await caller.say(text);
  assert.equal(await status(caller), 200);
});

Deno.test("wire: HEAD has no body, and Connection: close is kept to", async () => {
  await using host = await hostWire(async (peer) => {
    for (let head; (head = await peer.head()) !== undefined;) {
      const body = head.startsWith("HEAD") ? "" : "12345";
      await peer.say(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Own: \xe9\r\n\r\n${body}`);
    }
  });
  const caller = await host.dial();
  await caller.say(postText("").replace("POST", "HEAD"));
  const head = await caller.until("\r\n\r\n") ?? "";
  assert.match(head, /^HTTP\/1\.1 200 OK\r\n[^]*content-length: 5\r\n/);
  assert.equal(field(head, "x-own"), "\xe9");
  await caller.post("", ["Connection: close"]);
  const last = await caller.answer();
  assert.equal(last?.body, "12345");
  assert.equal(field(last.head, "connection"), "close");
  assert.equal(await caller.answer(), undefined);
});

Deno.test("wire: every refusal has the front door's headers and the request's id", async () => {
  await using host = await hostWire(echo);
  const caller = await host.dial();
  const cases: [text: string, status: number][] = [
    [postText("x").replace("primary-key", "no-key"), 401],
    [postText("x", ["azureml-model-deployment: none"]), 404],
    [postText("x", [], "/elsewhere"), 404],
  ];
  for (const [text, expected] of cases) {
    for (const id of ["x-request-id", "x-ms-request-id", undefined]) {
      await caller.say(id ? text.replace("\r\n", `\r\n${id}: mine\r\n`) : text);
      const answer = await caller.answer();
      assert.equal(answer?.status, expected);
      const [given, ours] = ["x-request-id", "x-ms-request-id"].map((one) =>
        field(answer.head, one)
      );
      assert.equal(given, ours);
      if (id) assert.equal(given, "mine");
      else assert.match(given ?? "", /^[\da-f]{8}-[\da-f-]{27}$/);
      assert.equal(field(answer.head, "server"), "azureml-frontdoor");
      assert.equal(field(answer.head, "content-type"), "text/plain");
    }
  }
});

Deno.test("wire: a door that finishes lets what is under way be answered, and no more", async () => {
  const waiting: RawPeer[] = [];
  await using host = await hostWire(async (peer) => {
    while (await peer.head() !== undefined) waiting.push(peer);
  });
  const idle = await host.dial(), busy = await host.dial();
  await busy.post("");
  await eventually("it is under way", () => waiting.length === 1);
  const finished = host.door.finish();
  assert.equal(await idle.answer(), undefined);
  await assert.rejects(host.dial());
  await waiting[0].say(OK);
  const answer = await busy.answer();
  assert.deepEqual([answer?.status, field(answer?.head ?? "", "connection")], [200, "close"]);
  await finished;
});
