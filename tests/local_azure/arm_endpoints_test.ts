import assert from "node:assert/strict";
import {
  type ControlHost,
  deploymentDraft,
  endpointDraft,
  GROUP,
  HOME,
  hostControl,
  registerAssets,
  SUBSCRIPTION,
  WORKSPACE,
} from "./control_host.ts";

const PATH = "/onlineEndpoints/flowers", ID = HOME + PATH;

/** A version that knows of mirrored traffic. */
const NEWER = "2023-04-01";

/** Endpoint `flowers` with deployments. */
async function withDeployments(host: ControlHost, ...names: string[]): Promise<void> {
  await registerAssets(host);
  await host.ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft(),
  );
  for (const name of names) {
    await host.ml.onlineDeployments
      .beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", name, deploymentDraft());
  }
}

/** The reasons inside a refusal, after its outside has been checked. */
function reasons({ status, body }: { status: number; body: never }): string {
  // deno-lint-ignore no-explicit-any -- the shape is what is asserted
  const { code, message, details } = (body as any).error;
  assert.deepEqual([status, code, message], [400, "BadRequest", "The request is invalid."]);
  assert.equal(details[0].code, "InferencingClientCallFailed");
  const { errors, title } = JSON.parse(details[0].message);
  assert.equal(title, "One or more validation errors occurred.");
  return errors[""].join();
}

Deno.test("endpoints: PUT is 201 with Azure's headers and the state in between", async () => {
  await using host = await hostControl();
  const { workspaceId } = await host.ml.workspaces.get(GROUP, WORKSPACE);
  const { status, headers, body } = await host.arm("PUT", PATH, {
    ...endpointDraft(),
    identity: { type: "systemAssigned" },
  });
  assert.equal(status, 201);
  assert.equal(headers.get("location"), `https://management.azure.com${ID}?api-version=2022-10-01`);
  assert.equal(headers.get("x-ms-async-operation-timeout"), "PT30M");
  assert.equal(headers.get("retry-after"), null);
  const poll = headers.get("azure-asyncoperation")!;
  const operations = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/` +
    `locations/eastus/mfeOperationsStatus/oe:${workspaceId}:`;
  assert.ok(poll.startsWith(`https://management.azure.com${operations}`), poll);
  const { provisioningState, scoringUri, swaggerUri, traffic } = body.properties;
  assert.deepEqual([provisioningState, scoringUri, swaggerUri, traffic], [
    "Creating",
    null,
    null,
    {},
  ]);

  const done = (await host.call("GET", poll)).body;
  assert.deepEqual([done.status, done.percentComplete, done.error], ["Succeeded", 100, undefined]);
  assert.equal(done.id, new URL(poll).pathname);
  assert.equal(done.name, done.id.split("/").at(-1));
  assert.ok(done.startTime && done.endTime);

  const made = (await host.arm("GET", PATH)).body;
  assert.deepEqual(Object.keys(made.systemData), ["createdAt", "createdBy", "lastModifiedAt"]);
  assert.deepEqual(made.identity.type, "SystemAssigned");
  assert.match(made.identity.principalId, /^[\da-f-]{36}$/);
  assert.equal(made.kind, "Managed");
  assert.deepEqual(made.properties, {
    authMode: "Key",
    description: null,
    properties: { "azureml.onlineendpointid": ID.toLowerCase(), AzureAsyncOperationUri: poll },
    publicNetworkAccess: "Enabled",
    scoringUri: "https://flowers.eastus.inference.ml.azure.com/score",
    swaggerUri: "https://flowers.eastus.inference.ml.azure.com/swagger.json",
    provisioningState: "Succeeded",
    compute: null,
    traffic: {},
  });
  const newer = (await host.arm("GET", PATH, undefined, NEWER)).body;
  assert.deepEqual(newer.properties, { ...made.properties, mirrorTraffic: {} });
});

Deno.test("endpoints: an update shows the old traffic meanwhile, and what clients send back is not kept", async () => {
  await using host = await hostControl();
  await withDeployments(host, "blue", "green");
  const before = (await host.arm("GET", PATH)).body;
  const draft = endpointDraft({ blue: 90, GREEN: 10 });
  const { status, body } = await host.arm("PUT", PATH, {
    ...draft,
    tags: { a: "b" },
    properties: {
      ...draft.properties,
      properties: { ...before.properties.properties, createdBy: "x", mine: "y" },
    },
  });
  assert.equal(status, 201);
  assert.deepEqual([body.properties.provisioningState, body.properties.traffic], ["Updating", {}]);
  const after = (await host.arm("GET", PATH)).body;
  assert.deepEqual(after.properties.traffic, { blue: 90, green: 10 });
  assert.deepEqual(after.tags, { a: "b" });
  assert.deepEqual(Object.keys(after.properties.properties), [
    "mine",
    "azureml.onlineendpointid",
    "AzureAsyncOperationUri",
  ]);
  assert.equal(
    after.properties.scoringUri,
    "https://flowers.eastus.inference.ml.azure.com/v1/predict",
  );
  assert.equal(after.systemData.createdAt, before.systemData.createdAt);
});

Deno.test("traffic: each broken rule is 400, and the traffic stays", async () => {
  await using host = await hostControl();
  await withDeployments(host, "blue", "green");
  await host.ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft({ blue: 100 }),
  );
  const put = async (traffic: object, mirrorTraffic: object = {}) => {
    const { properties, ...draft } = endpointDraft();
    return reasons(
      await host.arm("PUT", PATH, {
        ...draft,
        properties: { ...properties, traffic, mirrorTraffic },
      }, NEWER) as never,
    );
  };
  assert.equal(
    await put({ blue: 50, green: 40 }),
    "properties.traffic must add up to 0 or 100 percent (blue 50, green 40): got 90",
  );
  assert.equal(
    await put({ red: 100 }),
    'properties.traffic.red must name a deployment of the endpoint (blue, green): got "red"',
  );
  assert.match(
    await put({ blue: 101 }),
    /^properties.traffic.blue must be a whole number from 0 to 100: got 101$/,
  );
  assert.match(await put({ blue: 99.5, green: 0.5 }), /traffic.blue must be a whole number/);
  assert.match(await put({ blue: "all" }), /traffic.blue must be a whole number.*: got "all"$/);
  assert.match(
    await put({ blue: 100 }, { green: 51 }),
    /^properties.mirrorTraffic.green must be 50 percent or less: got 51$/,
  );
  assert.match(
    await put({ blue: 100 }, { blue: 10 }),
    /^properties.mirrorTraffic.blue must be 0, since the deployment has live traffic: got 10$/,
  );
  assert.match(
    await put({}, { blue: 10, green: 10 }),
    /^properties.mirrorTraffic must name one deployment only/,
  );
  assert.match(
    await put({ blue: 100 }, { red: 10 }),
    /^properties.mirrorTraffic.red must name a deployment of the endpoint/,
  );
  const { traffic } = (await host.ml.onlineEndpoints.get(GROUP, WORKSPACE, "flowers")).properties;
  assert.deepEqual(traffic, { blue: 100 });
});

Deno.test("traffic: none when an endpoint is made; mirrored and zero shares are kept", async () => {
  await using host = await hostControl();
  assert.match(
    reasons(await host.arm("PUT", PATH, endpointDraft({ blue: 100 })) as never),
    /^properties.traffic.blue must name a deployment of the endpoint \(none yet\)/,
  );
  assert.equal((await host.arm("GET", PATH)).status, 404);
  await withDeployments(host, "blue", "green");
  const { properties, ...draft } = endpointDraft({ blue: 100, green: 0 });
  await host.arm("PUT", PATH, {
    ...draft,
    properties: { ...properties, mirrorTraffic: { green: 10 } },
  }, NEWER);
  const after = (await host.arm("GET", PATH, undefined, NEWER)).body.properties;
  assert.deepEqual([after.traffic, after.mirrorTraffic], [{ blue: 100, green: 0 }, { green: 10 }]);
});

Deno.test("traffic: the SDK's api-version knows no mirror: it shows none, sets none, and its PUT ends one", async () => {
  await using host = await hostControl();
  await withDeployments(host, "blue", "green");
  const { properties, ...draft } = endpointDraft({ blue: 100 });
  const mirroring = { ...draft, properties: { ...properties, mirrorTraffic: { green: 10 } } };
  const mirrorAt = async (version: string) =>
    (await host.arm("GET", PATH, undefined, version)).body.properties.mirrorTraffic;
  const older = await host.arm("PUT", PATH, mirroring);
  assert.deepEqual([older.status, older.body.properties.mirrorTraffic], [201, undefined]);
  assert.deepEqual(await mirrorAt(NEWER), {});
  const set = await host.arm("PUT", PATH, mirroring, "2022-02-01-preview");
  assert.deepEqual([set.status, set.body.properties.mirrorTraffic], [201, {}]);
  assert.deepEqual(await mirrorAt(NEWER), { green: 10 });
  assert.equal(await mirrorAt("2022-10-01"), undefined);
  const [shown] = (await host.arm("GET", "/onlineEndpoints")).body.value;
  assert.equal("mirrorTraffic" in shown.properties, false);
  await host.arm("PUT", PATH, { ...draft, properties });
  assert.deepEqual(await mirrorAt(NEWER), {});
});

Deno.test("endpoints: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  const put = async (change: object, name = "flowers") =>
    reasons(
      await host.arm("PUT", `/onlineEndpoints/${name}`, { ...endpointDraft(), ...change }) as never,
    );
  for (const name of ["ab", "1abc", "a--b", "a_b", "abc-", "a".repeat(33)]) {
    assert.match(
      await put({}, name),
      new RegExp(`^endpoint name must be 3 to 32 .*: got "${name}"$`),
    );
  }
  assert.equal(
    await put({ location: "westus" }),
    'location must be the workspace\'s, eastus: got "westus"',
  );
  assert.match(await put({ location: undefined }), /^location must be given/);
  assert.match(await put({ identity: undefined }), /^identity.type must be one of SystemAssigned/);
  assert.match(
    await put({ identity: { type: "Nobody" } }),
    /^identity.type must be one of.*: got "Nobody"$/,
  );
  assert.match(
    await put({ identity: { type: "UserAssigned" } }),
    /^identity.userAssignedIdentities must name an identity/,
  );
  assert.match(
    await put({ properties: {} }),
    /^properties.authMode must be one of Key, AMLToken, AADToken/,
  );
  assert.match(
    await put({ properties: { authMode: "None" } }),
    /authMode must be one of.*: got "None"$/,
  );
  assert.match(
    await put({ properties: { authMode: "Key", compute: "k8s" } }),
    /^properties.compute must not be given/,
  );
});

Deno.test("endpoints: a name is taken in the whole region, whatever the workspace", async () => {
  await using host = await hostControl();
  const { ml } = host;
  const companions = await ml.workspaces.get(GROUP, WORKSPACE);
  const { storageAccount, keyVault, applicationInsights } = companions;
  for (const [name, location] of [["mlw-two", "eastus"], ["mlw-far", "westus"]]) {
    await ml.workspaces.beginCreateOrUpdateAndWait(GROUP, name, {
      ...{ location, storageAccount, keyVault, applicationInsights },
      identity: { type: "SystemAssigned" },
    });
  }
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", endpointDraft());
  const url = (workspace: string) =>
    `https://management.azure.com${ID.replace(WORKSPACE, workspace)}?api-version=2022-10-01`;
  const taken = await host.call("PUT", url("mlw-two").replace("flowers", "FLOWERS"), {
    body: endpointDraft(),
  });
  assert.match(
    reasons(taken as never),
    /^There is already an endpoint with this name, Endpoint name needs to be unique within a region\./,
  );
  const far = await host.call("PUT", url("mlw-far"), {
    body: { ...endpointDraft(), location: "westus" },
  });
  assert.equal(far.status, 201);
});

Deno.test("endpoints: the limit of a subscription and region", async () => {
  await using host = await hostControl();
  await host.call("POST", "http://127.0.0.1/_local/limits", {
    token: null,
    body: { endpoints: 1 },
  });
  assert.equal((await host.arm("PUT", PATH, endpointDraft())).status, 201);
  assert.equal(
    reasons(await host.arm("PUT", "/onlineEndpoints/second", endpointDraft()) as never),
    "endpoints must be at most 1 in a subscription and region: got 2",
  );
  await host.arm("GET", PATH); // an update is no new endpoint
  assert.equal((await host.arm("PUT", PATH, endpointDraft())).status, 201);
});

Deno.test("endpoints: PATCH takes tags and identity, answers null, and its result is the operation", async () => {
  await using host = await hostControl();
  await withDeployments(host, "blue");
  const { status, headers, text } = await host.arm("PATCH", PATH, { tags: { a: "b" } });
  assert.deepEqual([status, text], [202, "null"]);
  assert.equal(headers.get("azure-asyncoperation"), null);
  const result = await host.call("GET", headers.get("location")!);
  assert.deepEqual([result.status, result.body.status], [200, "Succeeded"]);
  assert.match(headers.get("location")!, /\/mfeOperationResults\/oe:/);
  const after = await host.ml.onlineEndpoints.get(GROUP, WORKSPACE, "flowers");
  assert.deepEqual([after.tags, after.properties.provisioningState], [{ a: "b" }, "Succeeded"]);
  await host.ml.onlineEndpoints.beginUpdateAndWait(GROUP, WORKSPACE, "flowers", {
    tags: { c: "d" },
  });
  assert.deepEqual((await host.ml.onlineEndpoints.get(GROUP, WORKSPACE, "flowers")).tags, {
    c: "d",
  });
  const user = `${HOME.split("/workspaces")[0]}/x`;
  const identity = { type: "userassigned", userAssignedIdentities: { [user]: {} } };
  await host.arm("PATCH", PATH, { identity });
  const changed = (await host.arm("GET", PATH)).body.identity;
  assert.deepEqual([changed.type, Object.keys(changed.userAssignedIdentities)], ["UserAssigned", [
    user,
  ]]);
  const refused = await host.arm("PATCH", PATH, { properties: { traffic: { blue: 100 } } });
  assert.match(
    reasons(refused as never),
    /^properties must not be in a PATCH: PUT the whole endpoint/,
  );
});

Deno.test("endpoints: DELETE is 202 null with both URLs, ends deployments, and is 204 when there is none", async () => {
  await using host = await hostControl();
  await withDeployments(host, "blue", "green");
  await host.ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft({ blue: 100 }),
  );
  const { status, headers, text } = await host.arm("DELETE", PATH);
  assert.deepEqual([status, text], [202, "null"]);
  assert.match(headers.get("azure-asyncoperation")!, /\/mfeOperationsStatus\/oe:/);
  assert.match(headers.get("location")!, /\/mfeOperationResults\/oe:/);
  assert.equal(
    (await host.call("GET", headers.get("azure-asyncoperation")!)).body.status,
    "Succeeded",
  );
  assert.equal((await host.call("GET", headers.get("location")!)).status, 200);
  assert.deepEqual(
    host.runtime.stopped.sort(),
    ["blue", "green"].map((name) => `${ID}/deployments/${name}`.toLowerCase()),
  );
  const gone = await host.arm("GET", PATH);
  assert.deepEqual([gone.status, gone.body.error.code], [404, "ResourceNotFound"]);
  assert.match(
    gone.body.error.message,
    /workspaces\/mlw-local\/onlineEndpoints\/flowers' under resource group 'rg-local'/,
  );
  assert.equal((await host.arm("GET", `${PATH}/deployments/blue`)).status, 404);
  assert.equal((await host.arm("DELETE", PATH)).status, 204);
  await host.ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft(),
  );
});

Deno.test("endpoints: deleting one leaves the deployments of others alone", async () => {
  await using host = await hostControl();
  await withDeployments(host, "blue");
  await host.arm("PUT", "/onlineEndpoints/flowers2", endpointDraft());
  await host.ml.onlineEndpoints.beginDeleteAndWait(GROUP, WORKSPACE, "flowers2");
  assert.deepEqual(host.runtime.stopped, []);
  assert.equal((await host.arm("GET", `${PATH}/deployments/blue`)).status, 200);
});

Deno.test("endpoints: the list, by name and by tag", async () => {
  await using host = await hostControl();
  for (const name of ["tulips", "roses"]) {
    await host.arm("PUT", `/onlineEndpoints/${name}`, { ...endpointDraft(), tags: { name } });
  }
  const names = async (query: string) => {
    const { body } = await host.arm("GET", `/onlineEndpoints?${query}`);
    return body.value.map(({ name }: { name: string }) => name).join();
  };
  assert.equal(await names(""), "tulips,roses");
  assert.equal(await names("name=roses"), "roses");
  assert.equal(await names("tags=name=tulips"), "tulips");
  assert.equal(await names("count=1&orderBy=CreatedTimeDesc"), "roses");
});

Deno.test("keys: two that differ, never in GET; renewing one leaves the other", async () => {
  await using host = await hostControl();
  const { onlineEndpoints } = host.ml;
  await onlineEndpoints.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", endpointDraft());
  const before = await onlineEndpoints.listKeys(GROUP, WORKSPACE, "flowers");
  assert.match(before.primaryKey!, /^[a-zA-Z0-9]{32}$/);
  assert.notEqual(before.primaryKey, before.secondaryKey);
  assert.doesNotMatch((await host.arm("GET", PATH)).text, new RegExp(before.primaryKey!));
  await onlineEndpoints.beginRegenerateKeysAndWait(GROUP, WORKSPACE, "flowers", {
    keyType: "Primary",
  });
  const after = await onlineEndpoints.listKeys(GROUP, WORKSPACE, "flowers");
  assert.notEqual(after.primaryKey, before.primaryKey);
  assert.equal(after.secondaryKey, before.secondaryKey);
  const path = `${PATH}/regenerateKeys`;
  const given = await host.arm("POST", path, { keyType: "Secondary", keyValue: "mine" });
  assert.deepEqual([given.status, given.text], [202, ""]);
  assert.equal((await host.call("GET", given.headers.get("location")!)).status, 200);
  assert.equal((await onlineEndpoints.listKeys(GROUP, WORKSPACE, "flowers")).secondaryKey, "mine");
  await host.arm("POST", path, { keyType: "Secondary", keyValue: "mine" }); // the present key: make a new one
  assert.notEqual(
    (await onlineEndpoints.listKeys(GROUP, WORKSPACE, "flowers")).secondaryKey,
    "mine",
  );
  assert.match(
    reasons(await host.arm("POST", path, { keyType: "Third" }) as never),
    /^keyType must be one of Primary, Secondary: got "Third"$/,
  );
  assert.match(
    reasons(await host.arm("POST", path) as never),
    /^keyType must be Primary or Second/,
  );
  await onlineEndpoints.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", endpointDraft());
  assert.equal(
    (await onlineEndpoints.listKeys(GROUP, WORKSPACE, "flowers")).primaryKey,
    after.primaryKey,
  );
});

Deno.test("keys: may be brought along when an endpoint is made", async () => {
  await using host = await hostControl();
  const { properties, ...draft } = endpointDraft(),
    keys = { primaryKey: "one", secondaryKey: "two" };
  const { text } = await host.arm("PUT", PATH, { ...draft, properties: { ...properties, keys } });
  assert.doesNotMatch(text, /"one"/);
  assert.deepEqual((await host.arm("POST", `${PATH}/listKeys`)).body, keys);
});

Deno.test("tokens: for endpoints of mode AMLToken; keys and tokens do not mix", async () => {
  await using host = await hostControl();
  const { onlineEndpoints } = host.ml;
  await onlineEndpoints.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", endpointDraft());
  const draft = { ...endpointDraft(), properties: { authMode: "AMLToken" } };
  await onlineEndpoints.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "tokens", draft);
  const token = await onlineEndpoints.getToken(GROUP, WORKSPACE, "tokens");
  const now = Math.floor(host.clock.now().getTime() / 1000);
  assert.deepEqual([token.tokenType, token.expiryTimeUtc, token.refreshAfterTimeUtc], [
    "Bearer",
    now + 86_400,
    now + 43_200,
  ]);
  const claims = JSON.parse(
    atob(token.accessToken!.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")),
  );
  assert.deepEqual([claims.aud, claims.iss, claims.endpoint], [
    "azureml",
    "azureml",
    `${HOME}/onlineEndpoints/tokens`.toLowerCase(),
  ]);
  assert.match(
    reasons(await host.arm("POST", `${PATH}/token`) as never),
    /authMode of endpoint 'flowers' must be AMLToken for this call: got "Key"$/,
  );
  for (const call of ["listKeys", "regenerateKeys"]) {
    const refused = await host.arm("POST", `/onlineEndpoints/tokens/${call}`, {
      keyType: "Primary",
    });
    assert.match(reasons(refused as never), /must be Key for this call: got "AMLToken"$/);
  }
  assert.equal((await host.arm("POST", "/onlineEndpoints/none/listKeys")).status, 404);
});
