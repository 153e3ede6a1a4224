/** Signing in from a GitHub job, against a GitHub and an Entra that check what they are given. */

import assert from "node:assert/strict";
import { githubActionsCredential, localTransport } from "lib/azure/mod.ts";
import {
  accessToken,
  ENTRA_HOST,
  type FakeJob,
  type FederatedCredential,
  idToken,
  makeKeys,
} from "./fake_github.ts";

const TENANT = "11111111-1111-1111-1111-111111111111";
const CLIENT = "33333333-3333-3333-3333-333333333333";
const SUBJECT = "repo:octo@1/mlops@2:environment:production";
const ARM = "https://management.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

const keys = await makeKeys();

interface Stage {
  readonly job: FakeJob;
  /** What Entra was asked, by resource. */
  readonly asked: string[];
  credential(change?: Record<string, string>): ReturnType<typeof githubActionsCredential>;
}

/** Runs a test with both servers at one port; Entra is reached through the emulator's transport. */
async function withFakes(
  change: Partial<FakeJob> & { trust?: Partial<FederatedCredential>; strangeKey?: boolean },
  test: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { trust, strangeKey, ...rest } = change;
  const job: FakeJob = { subject: SUBJECT, requestToken: "request-token-1", given: 0, ...rest };
  const credential = { tenant: TENANT, client: CLIENT, subject: SUBJECT, ...trust };
  const signer = strangeKey ? await makeKeys() : keys, asked: string[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    if (new URL(request.url).pathname === "/idtoken") return idToken(request, job, signer);
    assert.equal(request.headers.get("host"), ENTRA_HOST);
    return accessToken(request, credential, keys, (resource) => {
      asked.push(resource);
      return `token for ${resource}`;
    });
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  const variables: Record<string, string> = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${base}/idtoken?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token-1",
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: CLIENT,
  };
  await test({
    job,
    asked,
    credential: (change = {}) =>
      githubActionsCredential((name) => ({ ...variables, ...change })[name], {
        httpClient: localTransport(base),
        retryOptions: { maxRetries: 0 },
      }),
  });
}

Deno.test("the right subject signs in, and a second audience takes the same ID token", async () => {
  await withFakes({}, async ({ job, asked, credential }) => {
    const signedIn = await credential();
    for (const scope of [ARM, VAULT, ARM]) {
      const { token } = (await signedIn.getToken(scope))!;
      assert.equal(token, `token for ${scope.replace("/.default", "")}`);
    }
    assert.deepEqual(asked, ["https://management.azure.com", "https://vault.azure.net"]);
    assert.equal(job.given, 1);
  });
});

Deno.test("a pull request's subject is refused by name", async () => {
  await withFakes(
    { subject: "repo:octo@1/mlops@2:pull_request" },
    async ({ credential, asked }) => {
      const refused = (await credential()).getToken(ARM);
      await assert.rejects(refused, /AADSTS700213: .*subject 'repo:octo@1\/mlops@2:pull_request'/);
      assert.deepEqual(asked, []);
    },
  );
});

Deno.test("another client, another tenant and a token that GitHub has not signed are refused", async () => {
  await withFakes({}, async ({ credential }) => {
    const client = await credential({ AZURE_CLIENT_ID: TENANT });
    await assert.rejects(async () => await client.getToken(ARM), /AADSTS700016/);
    const tenant = await credential({ AZURE_TENANT_ID: CLIENT });
    await assert.rejects(async () => await tenant.getToken(ARM), /AADSTS90002/);
  });
  await withFakes({ strangeKey: true }, async ({ credential }) => {
    const signedIn = await credential();
    await assert.rejects(async () => await signedIn.getToken(ARM), /AADSTS700027/);
  });
});

Deno.test("a job without the right to an ID token is told so", async () => {
  await withFakes({}, async ({ credential, job }) => {
    const signedIn = await credential({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: "wrong" });
    const refused = async () => await signedIn.getToken(ARM);
    await assert.rejects(refused, /GitHub refused an ID token: 401 Unauthorized/);
    assert.equal(job.given, 0);
  });
});

Deno.test("each variable that is missing or empty is named", async () => {
  await withFakes({}, async ({ credential }) => {
    for (
      const name of [
        ...["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
        ...["AZURE_TENANT_ID", "AZURE_CLIENT_ID"],
      ]
    ) {
      await assert.rejects(() => credential({ [name]: "" }), {
        name: "BadInput",
        message: `${name} must be set to sign in from GitHub`,
      });
    }
  });
});

Deno.test("an ID token near its end is replaced, one that has ended is refused", async () => {
  await withFakes({ seconds: 30 }, async ({ job, credential }) => {
    const signedIn = await credential();
    await signedIn.getToken(ARM);
    const before = job.given;
    await signedIn.getToken(VAULT);
    assert.ok(job.given > before, `${job.given} ID tokens after ${before}`);
  });
  await withFakes({ seconds: -1 }, async ({ credential }) => {
    const signedIn = await credential();
    await assert.rejects(async () => await signedIn.getToken(ARM), /AADSTS700024/);
  });
});
