/** Alerts over the real SDKs: documents in Blob, the secret in Key Vault, a receiver that listens. */

import assert from "node:assert/strict";
import { openAzureAt, putSecret } from "lib/azure/mod.ts";
import {
  deliverAlerts,
  listAlerts,
  listDeadLetters,
  openWebhook,
  recordSignals,
  redeliver,
  startWebhookReceiver,
} from "lib/lifecycle/mod.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { errorSignal } from "../lifecycle/alert_signals.ts";

const folder = await Deno.makeTempDir();
const local = await openLocalAzure({ folder, port: 0 });
const workspace = { azure: await openAzureAt(local.port) };
const endpoint = "iris-alerts", secretName = "webhook-secret";

Deno.test("alerts: five who watch at once write one alert in Blob, and it is said once", async () => {
  const signals = [errorSignal(1, true), errorSignal(2, true)];
  const all = await Promise.all(
    Array.from(
      { length: 5 },
      (_, i) => recordSignals(workspace, [...signals, errorSignal(3 + i, true)], { endpoint }),
    ),
  );
  assert.equal(all.flatMap(({ notifications }) => notifications).length, 1);
  const [alert, ...more] = await listAlerts(workspace, { endpoint });
  assert.deepEqual([alert.state, alert.count, more], ["firing", 7, []]);
});

Deno.test("alerts: signed with the secret in Key Vault, dead where it is another, redelivered when it fits", async () => {
  const secret = crypto.randomUUID();
  const receiver = startWebhookReceiver({ secret });
  const webhook = openWebhook(workspace, { url: receiver.url, secretName });
  await assert.rejects(
    deliverAlerts(workspace, { endpoint, webhook }),
    /key vault must hold the secret/,
  );
  await putSecret(workspace.azure, secretName, "another one");
  const [refused] = await deliverAlerts(workspace, { endpoint, webhook });
  assert.deepEqual(refused.attempts.map(({ status }) => status), [401]);
  assert.equal((await listDeadLetters(workspace, { endpoint })).length, 1);
  await putSecret(workspace.azure, secretName, secret);
  const [taken] = await redeliver(workspace, { endpoint, webhook });
  assert.equal(taken.delivered, true);
  assert.deepEqual(receiver.received.map(({ id }) => id), [taken.id]);
  assert.deepEqual(await listDeadLetters(workspace, { endpoint }), []);
  await receiver.stop();
});

Deno.test("alerts: Local Azure ends", async () => {
  await local.close();
  await Deno.remove(folder, { recursive: true });
});
