/** Every body that this room PUTs, as it goes out, against Microsoft's own schema. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { hostControl } from "../local_azure/control_host.ts";
import { faultsOf, type Put, putOf } from "./put_schema.ts";

const ROUTES = { port: 8080, liveness: "/live", readiness: "/ready", scoring: "/score" };
const URI = "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/iris";

/** Does everything that PUTs, and gives what went out. */
async function record(port: number): Promise<Put[]> {
  const puts: Put[] = [], open = await azure.openAzureAt(port);
  open.ml.pipeline.addPolicy({
    name: "recorder",
    sendRequest(request, next) {
      const put = request.method === "PUT" && putOf(request.url, String(request.body));
      if (put) puts.push(put);
      return next(request);
    },
  });
  const draft = { name: "iris", version: "1", description: "Flowers", tags: { a: "b" } };
  await azure.registerData(open, { ...draft, uri: URI });
  await azure.registerDataAsset(open, {
    ...{ ...draft, name: "rows", kind: "uri_file", uri: URI, digest: "abc" },
  });
  const { id: modelId } = await azure.registerModel(open, { ...draft, uri: URI });
  const contextUrl = `${open.blobs.url}/LocalUpload/1/app/`;
  const environment = { ...draft, contextUrl, routes: ROUTES };
  const { id: environmentId } = await azure.registerEnvironment(open, environment);
  const endpoint = { name: "flowers", description: "Flowers", tags: { owner: "demo" } };
  await azure.ensureEndpoint(open, endpoint);
  for (const name of ["blue", "green"]) {
    await azure.createDeployment(open, {
      ...{ endpoint: "flowers", name, modelId, environmentId, tags: { v: "1" } },
      ...{ variables: { A: "b" }, instanceType: "Standard_DS2_v2", instances: 1, concurrency: 4 },
    });
  }
  await azure.setTraffic(open, "flowers", { blue: 100 });
  await azure.setMirrorTraffic(open, "flowers", { green: 50 });
  return puts;
}

Deno.test("PUT bodies are valid by Microsoft's schema, to the last field", async () => {
  await using host = await hostControl();
  const puts = await record(host.port);
  const kinds = new Set(puts.map(({ type }) => type));
  assert.deepEqual([...kinds].sort(), [
    ...["data/versions", "environments/versions", "models/versions"],
    ...["onlineEndpoints", "onlineEndpoints/deployments"],
  ]);
  for (const put of puts) {
    // the one field that the schema's version of the API lacks: why a newer one is asked
    const { mirrorTraffic, ...properties } = put.body.properties;
    assert.equal(mirrorTraffic !== undefined, put.apiVersion !== "2022-10-01", put.type);
    const faults = faultsOf({ ...put, body: { ...put.body, properties } });
    assert.deepEqual(faults, [], `${put.type} ${JSON.stringify(put.body)}`);
  }
});

Deno.test("PUT bodies: nothing in this room's source PUTs what the test above does not", async () => {
  const clients = new Set<string>();
  let others = 0;
  for await (const { name } of Deno.readDir("lib/azure")) {
    const text = await Deno.readTextFile(`lib/azure/${name}`);
    const calls = text.matchAll(/\bml\s*\.(\w+)\s*\.\s*(?:begin)?[cC]reate(?:OrUpdate)?\w*\(/g);
    for (const [, client] of calls) clients.add(client);
    others += [...text.matchAll(/call\(azure, "PUT"/g)].length;
  }
  assert.deepEqual([...clients].sort(), [
    ...["dataVersions", "environmentVersions", "modelVersions"],
    ...["onlineDeployments", "onlineEndpoints"],
  ]);
  assert.equal(others, 1); // an endpoint's traffic rules
});

Deno.test("PUT bodies: the schema as it is held here finds mistakes", () => {
  const endpoint = (properties: object, more = {}) =>
    faultsOf({
      ...{ type: "onlineEndpoints", name: "e", apiVersion: "2022-10-01" },
      body: { location: "eastus", properties, ...more },
    });
  assert.deepEqual(endpoint({ authMode: "Key" }), []);
  assert.match(endpoint({}).join(), /must have required property 'authMode'/);
  assert.match(endpoint({ authMode: "key" }).join(), /must be equal to one of the allowed values/);
  assert.match(endpoint({ authMode: "Key", traffik: {} }).join(), /must NOT have additional/);
  assert.match(endpoint({ authMode: "Key", traffic: { a: "1" } }).join(), /must be integer/);
  assert.match(
    endpoint({ authMode: "Key" }, { identity: { type: "Sys" } }).join(),
    /must be equal/,
  );
  const deployment = {
    ...{ type: "onlineEndpoints/deployments", name: "d", apiVersion: "2022-10-01" },
    body: { location: "eastus", properties: { endpointComputeType: "Managed", instanceTyp: "x" } },
  };
  assert.match(faultsOf(deployment).join(), /must NOT have additional properties.*instanceTyp/);
});
