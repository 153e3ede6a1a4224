import assert from "node:assert/strict";
import { createLogger, manualClock } from "lib/core/mod.ts";
import {
  deliverAlerts,
  listDeadLetters,
  openWebhook,
  recordSignals,
  redeliver,
  sendWebhook,
  signWebhook,
  startWebhookReceiver,
  verifyWebhook,
  type Webhook,
} from "lib/lifecycle/mod.ts";
import { createMemoryStore } from "lib/registry/mod.ts";
import { errorSignal } from "./alert_signals.ts";

const endpoint = "iris", secret = "only for this test, 3f9c";

/** Waits are noted, not waited for; all else is real. */
function webhookTo(url: string, options: Partial<Webhook> = {}) {
  const waits: number[] = [];
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  const webhook: Webhook = { url, readSecret: () => Promise.resolve(secret), sleep, ...options };
  return { webhook, waits };
}

/** A place in which one alert waits to be told. */
async function fired() {
  const place = { store: createMemoryStore() };
  const { notifications: [notification] } = await recordSignals(place, [errorSignal(1, true)], {
    endpoint,
  });
  return { place, notification };
}

/** A receiver that answers with these statuses in turn, the last for ever; null: much too late. */
function answering(...statuses: (number | null)[]) {
  const keys: (string | null)[] = [], headers: (string | null)[] = [];
  let end = () => {};
  const never = new Promise<void>((resolve) => end = resolve);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    keys.push(request.headers.get("idempotency-key"));
    headers.push(request.headers.get("webhook-signature"));
    await request.text();
    const status = statuses[Math.min(keys.length, statuses.length) - 1];
    if (status === null) await never;
    const location: HeadersInit = status === 307 ? { location: "/elsewhere" } : {};
    return new Response(status === 204 ? null : "body", {
      status: status ?? 200,
      headers: location,
    });
  });
  const url = `http://127.0.0.1:${server.addr.port}/hook?token=very-secret-token`;
  return {
    url,
    keys,
    headers,
    async stop() {
      end();
      await server.shutdown();
    },
  };
}

Deno.test("webhook: a good signature arrives, and leaves the outbox", async () => {
  const receiver = startWebhookReceiver({ secret });
  const { place, notification } = await fired();
  const { webhook } = webhookTo(receiver.url);
  const [delivery, ...more] = await deliverAlerts(place, { endpoint, webhook });
  assert.deepEqual([delivery.delivered, delivery.attempts.length, more], [true, 1, []]);
  assert.deepEqual(receiver.received, [notification]);
  assert.deepEqual(await deliverAlerts(place, { endpoint, webhook }), []);
  // sent once more by somebody who does not know: taken, and not counted again
  assert.equal((await sendWebhook(notification, webhook)).delivered, true);
  assert.deepEqual([receiver.received.length, receiver.refused], [1, []]);
  await receiver.stop();
});

Deno.test("webhook: a wrong secret is refused at once and becomes a dead letter", async () => {
  const receiver = startWebhookReceiver({ secret: "another one" });
  const { place } = await fired(), { webhook, waits } = webhookTo(receiver.url);
  const [delivery] = await deliverAlerts(place, { endpoint, webhook });
  await receiver.stop();
  assert.deepEqual([delivery.delivered, delivery.attempts.length, waits], [false, 1, []]);
  assert.deepEqual([receiver.received, receiver.refused], [[], ["the signature does not fit"]]);
  assert.equal((await listDeadLetters(place, { endpoint })).length, 1);
});

Deno.test("webhook: a receiver that is down is tried within limits, and a later call redelivers", async () => {
  const gone = startWebhookReceiver({ secret });
  await gone.stop(); // its port is free now
  const { place, notification } = await fired();
  const { webhook, waits } = webhookTo(gone.url, { attempts: 6, maxBackoffMs: 3000 });
  const [delivery] = await deliverAlerts(place, { endpoint, webhook });
  assert.deepEqual(waits, [500, 1000, 2000, 3000, 3000]);
  assert.ok(
    delivery.attempts.every(({ status, outcome }) =>
      status === null && /cannot be reached/.test(outcome)
    ),
  );
  assert.deepEqual(await deliverAlerts(place, { endpoint, webhook }), []); // no longer in the outbox

  await redeliver(place, { endpoint, webhook }); // still down
  const [letter] = await listDeadLetters(place, { endpoint });
  assert.equal(letter.attempts.length, 12);

  const receiver = startWebhookReceiver({ secret });
  const again = webhookTo(receiver.url).webhook;
  const [late] = await redeliver(place, { endpoint, webhook: again });
  assert.deepEqual([late.delivered, receiver.received], [true, [notification]]);
  assert.deepEqual(await listDeadLetters(place, { endpoint }), []);
  assert.deepEqual(await redeliver(place, { endpoint, webhook: again }), []);
  await receiver.stop();
});

Deno.test("webhook: 500 twice, then 200: three tries under one idempotency key", async () => {
  const receiver = answering(500, 500, 200), { place, notification } = await fired();
  const { webhook, waits } = webhookTo(receiver.url);
  const [delivery] = await deliverAlerts(place, { endpoint, webhook });
  await receiver.stop();
  assert.deepEqual(delivery.attempts.map(({ status }) => status), [500, 500, 200]);
  assert.deepEqual([delivery.delivered, waits], [true, [500, 1000]]);
  assert.deepEqual(receiver.keys, Array(3).fill(notification.id));
  assert.deepEqual(await listDeadLetters(place, { endpoint }), []);
});

Deno.test("webhook: 410, 404 and redirects are final", async () => {
  for (const [status, outcome] of [[410, "gone"], [404, "refused"], [307, "refused"]] as const) {
    const receiver = answering(status), { place } = await fired();
    const [delivery] = await deliverAlerts(place, {
      endpoint,
      webhook: webhookTo(receiver.url).webhook,
    });
    await receiver.stop();
    assert.deepEqual(delivery.attempts.map((one) => [one.status, one.outcome]), [[
      status,
      outcome,
    ]]);
    assert.equal((await listDeadLetters(place, { endpoint })).length, 1);
  }
});

Deno.test("webhook: a slow receiver is not waited for longer than stated", async () => {
  const receiver = answering(null, null, 204), { place } = await fired();
  const { webhook } = webhookTo(receiver.url, { timeoutMs: 100 }), started = performance.now();
  const [delivery] = await deliverAlerts(place, { endpoint, webhook });
  assert.ok(performance.now() - started < 5000);
  await receiver.stop();
  assert.deepEqual(delivery.attempts.map(({ status }) => status), [null, null, 204]);
  assert.equal(delivery.attempts[0].outcome, "no answer in 100 ms");
});

Deno.test("webhook: neither secret nor URL is written down, said in an error, or logged", async () => {
  const receiver = answering(500), { place } = await fired(), { webhook } = webhookTo(receiver.url);
  const deliveries = await deliverAlerts(place, { endpoint, webhook });
  await receiver.stop();
  const written: string[] = [];
  for (const path of await place.store.list("")) {
    written.push(JSON.stringify((await place.store.read(path))!.value));
  }
  const log = createLogger({ write: (line) => written.push(line) });
  log.warn("not delivered", { deliveries, webhook });
  const noUrl = webhookTo("ftp://x/very-secret-token").webhook;
  const [letter] = await listDeadLetters(place, { endpoint });
  const error = await sendWebhook(letter.notification, noUrl).then(() => "", String);
  assert.match(error, /webhook URL must begin with https/);
  written.push(error, JSON.stringify(deliveries));
  assert.equal(letter.receiver, new URL(receiver.url).origin);
  const logged = written.filter((text) => text.includes('"level":"warn"'));
  const rest = written.filter((text) => !logged.includes(text));
  assert.ok(rest.length >= 4);
  for (const text of rest) assert.doesNotMatch(text, /very-secret-token/);
  for (const text of written) assert.ok(!text.includes(secret), text);
});

Deno.test("openWebhook() reads the secret from the key vault each time, and says when there is none", async () => {
  const vault = new Map([["webhook-secret", secret]]);
  const secrets = {
    getSecret: (name: string) =>
      vault.has(name)
        ? Promise.resolve({ value: vault.get(name) })
        : Promise.reject({ statusCode: 404 }),
  };
  // deno-lint-ignore no-explicit-any -- the one client that is used
  const workspace = { azure: { secrets } } as any;
  const webhook = openWebhook(workspace, {
    url: "https://example.com/",
    secretName: "webhook-secret",
  });
  assert.equal(await webhook.readSecret(), secret);
  vault.clear();
  await assert.rejects(
    webhook.readSecret(),
    /key vault must hold the secret: got "webhook-secret"/,
  );
  const url = "http://example.com/?token=very-secret-token";
  assert.throws(
    () => openWebhook(workspace, { url, secretName: "webhook-secret" }),
    (error: Error) =>
      /must begin with https/.test(error.message) && !error.message.includes("token"),
  );
});

const now = new Date("2026-01-01T00:00:00Z");

Deno.test("signWebhook(): the golden value of another implementation", async () => {
  // printf '1767225600.{"a":1}' | openssl dgst -sha256 -hmac 'only for this test, 3f9c'
  const golden = "16fb953e709ee0c188f478066fa094e34121064df57f319bdd689807370b704f";
  assert.equal(await signWebhook('{"a":1}', { secret, now }), `t=1767225600,v1=${golden}`);
});

Deno.test("verifyWebhook() believes nothing else", async () => {
  const header = await signWebhook("{}", { secret, now }), [t, v1] = header.split(",");
  const flipped = v1.slice(0, -1) + (v1.endsWith("0") ? "1" : "0");
  const seconds = (n: number) => new Date(now.getTime() + n * 1000);
  const cases: [body: string, header: string | null, at: Date, reason: RegExp][] = [
    ["{}", header, now, /^the signature fits$/],
    ["{}", `${t},v1=${"0".repeat(64)},${v1}`, now, /^the signature fits$/], // a secret is being changed
    ["{}", header, seconds(300), /^the signature fits$/],
    ["{ }", header, now, /does not fit/],
    ["{}", `${t},${flipped}`, now, /does not fit/],
    ["{}", `t=1767225601,${v1}`, now, /does not fit/],
    ["{}", header, seconds(301), /more than 300 s off/],
    ["{}", header, seconds(-301), /more than 300 s off/],
    ["{}", null, now, /no signature/],
    ["{}", "", now, /malformed/],
    ["{}", v1, now, /malformed/],
    ["{}", `${t},v1=abc`, now, /malformed/],
    ["{}", `${t},${t},${v1}`, now, /malformed/],
  ];
  for (const [body, header, now, reason] of cases) {
    const found = await verifyWebhook(body, { header, secret, now });
    assert.match(found.reason, reason);
    assert.equal(found.ok, found.reason === "the signature fits");
  }
});

Deno.test("startWebhookReceiver() turns away what is too long, no JSON, or under another key", async () => {
  const clock = manualClock(now.toISOString()), receiver = startWebhookReceiver({ secret, clock });
  const post = async (body: string, key: string) => {
    const headers = {
      "webhook-signature": await signWebhook(body, { secret, now }),
      "idempotency-key": key,
    };
    const response = await fetch(receiver.url, { method: "POST", headers, body });
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual(
    [
      await post("x".repeat(70_000), "k"),
      await post("no json", "k"),
      await post('{"id":"a"}', "b"),
      await post("null", "b"),
    ],
    [413, 400, 400, 400],
  );
  const get = await fetch(receiver.url);
  await get.body?.cancel();
  assert.deepEqual([get.status, receiver.received], [405, []]);
  await receiver.stop();
});
