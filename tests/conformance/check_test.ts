/** The conformance check: whole against Local Azure, and able to fail; its recording tells nothing. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Azure, openAzureAt } from "lib/azure/mod.ts";
import {
  checkConformance,
  CONFORMANCE_ASSERTIONS,
  differencesOf,
} from "lib/lifecycle/conformance.ts";
import { type RawExchange, sanitised } from "lib/lifecycle/conformance_recording.ts";
import { type Fault, openFront } from "../azure/front.ts";

// one for all tests: the SDK's credential remembers the tokens of the process's first host
const front = await openFront(), azure = await openAzureAt(front.port);
Deno.test.afterAll(async () => await front[Symbol.asyncDispose]());

const only = (...names: string[]) =>
  CONFORMANCE_ASSERTIONS.filter(({ name }) => names.includes(name));

Deno.test("conformance: Local Azure is as the contract says, and nothing is left behind", async () => {
  const keys: string[] = [];
  front.answer(() => {});
  const { recording, errors, left } = await checkConformance(listening(azure, keys), {
    tag: "whole1",
  });
  assert.deepEqual(recording.findings.filter(({ ok }) => !ok), []);
  assert.deepEqual([errors, left], [{}, []]);
  assert.equal(recording.findings.length, CONFORMANCE_ASSERTIONS.length);
  assert.ok(CONFORMANCE_ASSERTIONS.length >= 45, String(CONFORMANCE_ASSERTIONS.length));
  assert.ok(CONFORMANCE_ASSERTIONS.every(({ section }) => /^§\d/.test(section)));
  const names = new Set(CONFORMANCE_ASSERTIONS.map(({ name }) => name));
  assert.equal(names.size, CONFORMANCE_ASSERTIONS.length);
  const blobs = await Array.fromAsync(azure.blobs.listBlobsFlat({ prefix: "LocalUpload/" }));
  assert.deepEqual(blobs, []);
  // every assertion but the log's wait has asked something, and the recording says of whom nothing
  const asked = new Set(recording.exchanges.map(({ assertion }) => assertion));
  assert.deepEqual([...names].filter((name) => !asked.has(name)), []);
  const text = JSON.stringify(recording),
    { subscriptionId, resourceGroup, workspace } = azure.target;
  const token = (await azure.credential.getToken("https://management.azure.com/.default"))!.token;
  const hosts = ["127.0.0.1", "api.azureml.ms", "blob.core", "vault.azure", azure.location];
  const secrets = [token, ...keys, subscriptionId, resourceGroup, workspace, ...hosts, "whole1"];
  assert.ok(keys.length >= 3, "no keys were seen, so nothing is proven of them");
  for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} is in the recording`);
  assert.deepEqual(differencesOf(recording, recording), []);
});

/** Remembers the keys that the endpoint has had. */
function listening(azure: Azure, keys: string[]): Azure {
  azure.ml.pipeline.addPolicy({
    name: "keys",
    async sendRequest(request, next) {
      const response = await next(request);
      if (request.url.includes("/listKeys")) {
        keys.push(...Object.values(JSON.parse(response.bodyAsText!)) as string[]);
      }
      return response;
    },
  }, { afterPhase: "Sign" });
  return azure;
}

Deno.test("conformance: what differs is said, and what cannot be looked at does not stop the rest", async () => {
  const shop = "the default datastore shows no key",
    delete204 = "assets: deleting what is not there";
  front.answer(broken);
  const { recording, errors } = await checkConformance(azure, {
    tag: "broken1",
    assertions: only(shop, delete204, "something that is not there"),
  });
  const seen = recording.findings.map(({ seen, ok }) => [seen, ok]);
  assert.deepEqual(seen, [
    ["404 ResourceNotFound, x-ms-failure-cause gateway", true],
    ["error: TypeError after 418 Broken", false],
    ["200", false],
  ]);
  assert.match(errors[shop], /./);
});

/** A service that answers two requests wrongly. */
const broken: Fault = ({ method, path }) => {
  if (method === "GET" && path.endsWith("/datastores/workspaceblobstore")) {
    return Response.json({ error: { code: "Broken" } }, { status: 418 });
  }
  if (method === "DELETE" && path.endsWith("/versions/99")) return new Response(null);
};

Deno.test("conformance: in the cloud nobody spends without a yes; the price is named, nothing is asked", async () => {
  let asked = 0;
  front.answer(() => void asked++);
  const cloud = { ...azure, target: { ...azure.target, kind: "cloud" as const, yes: false } };
  await assert.rejects(checkConformance(cloud, { tag: "price1" }), {
    name: "BadInput",
    message:
      /MLOPS_YES must be 1 \(or --yes given\), as .*1 × Standard_DS2_v2 in eastus: about 0\.146/,
  });
  assert.equal(asked, 0);
  const told: string[] = [];
  const paying = { ...cloud, target: { ...cloud.target, yes: true } };
  const { recording } = await checkConformance(paying, {
    ...{ tag: "price2", assertions: only("assets: deleting what is not there") },
    onCost: (sentence) => told.push(sentence),
  });
  assert.deepEqual([recording.target, told.length], ["cloud", 1]);
});

Deno.test("recording: planted secrets never come through, wherever they stand", () => {
  const secret = fc.stringMatching(/^[a-z][a-z0-9]{7,20}[0-9]$/);
  fc.assert(fc.property(secret, secret, (key, name) => {
    const body = JSON.stringify({
      ...{ id: `/subscriptions/${key}`, primaryKey: key, accessToken: `eyJ.${key}.x`, status: key },
      ...{ code: key, kind: name, type: name, tags: { [name]: key }, [`x-${name}`]: key },
      properties: { traffic: { [name]: 100 }, properties: { [name]: name }, scoringUri: name },
      systemData: { createdBy: `${name}@example.org`, createdAt: "2026-01-01" },
      error: { code: name, message: `${name} at https://${key}.example`, details: [{ code: key }] },
      value: [{ name: key }, [name], name],
    });
    const raw: RawExchange = {
      ...{ assertion: "planted", method: "PUT", status: 200, sent: body, received: body },
      url: `https://${name}.eastus.inference.ml.azure.com/${key}/score?sig=${key}&${name}=1&` +
        `api-version=${key}&type=${name}`,
      headers: [
        ["authorization", `Bearer ${key}`],
        ["location", `https://${name}.example/${key}?t=${key}`],
        ...["server", "content-type", "retry-after", "x-ms-failure-cause", "x-request-id", name]
          .map((header) => [header, key] as const),
      ],
    };
    const text = JSON.stringify([sanitised(raw), sanitised({ ...raw, received: key, sent: name })]);
    for (const planted of [key, name]) assert.ok(!text.includes(planted), `${planted} in ${text}`);
  }));
});

Deno.test("recording: what tells two services apart is kept", () => {
  const { target, headers, received } = sanitised({
    ...{ assertion: "kept", method: "GET", status: 404, sent: "" },
    url: "https://management.azure.com/subscriptions/1/resourceGroups/g/providers/" +
      "Microsoft.MachineLearningServices/workspaces/w/onlineEndpoints/e?api-version=2022-10-01",
    headers: [["x-ms-failure-cause", "gateway"], ["x-ms-request-id", "1"]],
    received: '{"error":{"code":"ResourceNotFound","message":"e"},"n":[1,2],"on":true,"no":null}',
  });
  assert.equal(target, "arm ~/onlineEndpoints/{name}?api-version=2022-10-01");
  assert.deepEqual(headers, { "x-ms-failure-cause": "gateway", "x-ms-request-id": "{text}" });
  assert.deepEqual(received, {
    error: { code: "ResourceNotFound", message: "{text}" },
    ...{ n: ["{number}"], on: true, no: null },
  });
});

Deno.test("differences: codes, headers, fields, and what only one was asked", () => {
  const exchange = {
    ...{ assertion: "a", method: "GET", target: "arm ~", sent: "", status: 200 },
    headers: { server: "x" },
    received: { id: "{text}" },
  };
  const local = { target: "local", findings: [], exchanges: [exchange, exchange] } as const;
  const other = { ...exchange, status: 202, headers: {}, received: { id: "", extra: true } };
  const cloud = {
    ...{ target: "cloud", findings: [] } as const,
    exchanges: [other, { ...other, method: "POST" }],
  };
  assert.deepEqual(differencesOf(local, cloud), [
    "a: GET arm ~: codes of local only: 200",
    "a: GET arm ~: codes of cloud only: 202",
    "a: GET arm ~: headers of local only: server",
    "a: GET arm ~: fields of cloud only: .extra",
    "a: POST arm ~: asked of cloud only",
  ]);
});
