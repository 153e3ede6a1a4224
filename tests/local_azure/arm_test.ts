import assert from "node:assert/strict";
import { GROUP, HOME, hostControl, SUBSCRIPTION, WORKSPACE } from "./control_host.ts";

const ARM = "https://management.azure.com", VERSION = "api-version=2022-10-01";

Deno.test("ARM: any api-version will do, but there must be one", async () => {
  await using host = await hostControl();
  for (const version of ["2022-10-01", "2024-10-01-preview", "1999-01-01"]) {
    const { status } = await host.call("GET", `${ARM}${HOME}?api-version=${version}`);
    assert.equal(status, 200, version);
  }
  const { status, body, headers } = await host.call("GET", ARM + HOME);
  assert.equal(status, 400);
  assert.equal(body.error.code, "MissingApiVersionParameter");
  assert.equal(headers.get("x-ms-failure-cause"), "gateway");
  for (const version of ["1999", "latest", "2022-10-01; drop", "2022-13-01"]) {
    const url = `${ARM}${HOME}?api-version=${encodeURIComponent(version)}`;
    const { status, body } = await host.call("GET", url);
    assert.deepEqual([status, body.error.code], [400, "InvalidApiVersionParameter"], version);
  }
});

Deno.test("ARM: a name with a slash in it, and what every object has, are nobody's resource", async () => {
  await using host = await hostControl();
  for (const name of ["a%2Fversions%2F1", "a%5Cb", "a%00b", "%2E%2E%2Fx", "a%0Ab"]) {
    for (
      const kind of ["models", "jobs", "schedules", "computes", "onlineEndpoints", "components"]
    ) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const url = `${ARM}${HOME}/${kind}/${name}?${VERSION}&underlyingResourceAction=Delete`;
        const { status } = await host.call(method, url, method === "PUT" ? { body: {} } : {});
        assert.equal(status, 400, `${method} ${kind} ${name}`);
      }
    }
  }
  for (const query of ["tags=constructor", "tags=__proto__", "properties=toString"]) {
    const properties = { image: "python:3.12" };
    await host.arm("PUT", "/environments/py/versions/1", { properties });
    const { body } = await host.arm("GET", `/environments/py/versions?${query}`);
    assert.deepEqual(body.value, [], query);
  }
  const limits = { token: null, body: { toString: 5 } };
  assert.equal((await host.call("POST", "http://127.0.0.1/_local/limits", limits)).status, 400);
});

Deno.test("ARM: paths in any case and with doubled slashes; ids keep their first spelling", async () => {
  await using host = await hostControl();
  for (const path of [HOME.toLowerCase(), HOME.toUpperCase(), `/${HOME}`, `${HOME}/`]) {
    const { status, body } = await host.call("GET", `${ARM}${path}?${VERSION}`);
    assert.deepEqual([status, body?.id], [200, HOME], path);
  }
});

Deno.test("ARM: headers of every answer", async () => {
  await using host = await hostControl();
  const headers = { "x-ms-correlation-request-id": "11111111-2222-3333-4444-555555555555" };
  const good = await host.call("GET", `${ARM}${HOME}?${VERSION}`, { headers });
  assert.equal(good.headers.get("x-ms-response-type"), "standard");
  assert.equal(
    good.headers.get("x-ms-correlation-request-id"),
    headers["x-ms-correlation-request-id"],
  );
  assert.match(good.headers.get("x-ms-request-id")!, /^[\da-f-]{36}$/);
  assert.match(good.headers.get("x-request-time")!, /^0\.\d{3}$/);
  assert.ok(good.headers.get("x-ms-ratelimit-remaining-subscription-reads"));
  const bad = await host.arm("PUT", "/models/a/versions/x", {});
  assert.equal(bad.headers.get("x-ms-response-type"), "error");
  assert.ok(bad.headers.get("x-ms-ratelimit-remaining-subscription-writes"));
});

Deno.test("ARM: the two shapes of errors", async () => {
  await using host = await hostControl();
  const gateway = await host.call("GET", `${ARM}${HOME}x?${VERSION}`);
  assert.equal(gateway.status, 404);
  assert.equal(gateway.headers.get("x-ms-failure-cause"), "gateway");
  assert.deepEqual(gateway.body, {
    error: {
      code: "ResourceNotFound",
      message: "The Resource 'Microsoft.MachineLearningServices/workspaces/mlw-localx' under " +
        "resource group 'rg-local' was not found. For more details please go to " +
        "https://aka.ms/ARMResourceNotFoundFix",
    },
  });
  const front = await host.arm("GET", "/models/none");
  assert.equal(front.status, 404);
  assert.equal(front.headers.get("x-ms-failure-cause"), null);
  const { code, message, details, additionalInfo } = front.body.error;
  assert.equal(code, "NotFound");
  assert.match(message, /Model 'none' was not found in workspace 'mlw-local'/);
  assert.deepEqual(details, [{ code, message, details: [], additionalInfo: [] }]);
  const info = Object.fromEntries(additionalInfo.map(({ type, info }: never) => [type, info]));
  assert.deepEqual(Object.keys(info), [
    "ComponentName",
    "Correlation",
    "Environment",
    "Location",
    "Time",
  ]);
  assert.equal(info.ComponentName.value, "managementfrontend");
  assert.equal(info.Correlation.value.request, front.headers.get("x-ms-request-id"));
});

Deno.test("ARM: what is not there, and what is no JSON object, is said so", async () => {
  await using host = await hostControl();
  const code = async (method: string, url: string, body?: string) => {
    const answer = await host.call(method, url, { body });
    return [answer.status, answer.body.error.code];
  };
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups`;
  assert.deepEqual(await code("GET", `${ARM}${HOME}/wheels?${VERSION}`), [
    404,
    "InvalidResourceType",
  ]);
  assert.deepEqual(await code("PATCH", `${ARM}${HOME}/models/a?${VERSION}`), [
    405,
    "MethodNotAllowed",
  ]);
  assert.deepEqual(await code("GET", `${ARM}${group}/none?${VERSION}`), [
    404,
    "ResourceGroupNotFound",
  ]);
  assert.deepEqual(
    await code("GET", `${ARM}${HOME.replace(GROUP, "none")}/models?${VERSION}`),
    [404, "ResourceGroupNotFound"],
  );
  assert.deepEqual(
    await code("GET", `${ARM}${HOME.replace(WORKSPACE, "none")}/models?${VERSION}`),
    [404, "ResourceNotFound"],
  );
  assert.deepEqual(
    await code("GET", `${ARM}/subscriptions/mine/resourceGroups?${VERSION}`),
    [400, "InvalidSubscriptionId"],
  );
  assert.deepEqual(await code("GET", `${ARM}${HOME}/models/%zz?${VERSION}`), [
    400,
    "InvalidRequestUri",
  ]);
  for (const body of ["{", "[1]", "1"]) {
    assert.deepEqual(
      await code("PUT", `${ARM}${HOME}/models/a?${VERSION}`, body),
      [400, "InvalidRequestContent"],
      body,
    );
  }
});

Deno.test("ARM: lenient mode makes groups and workspaces that are mentioned, strict mode does not", async () => {
  const path = HOME.replace(GROUP, "sample-rg").replace(WORKSPACE, "sample-ws");
  await using strict = await hostControl();
  assert.equal((await strict.call("GET", `${ARM}${path}/datastores?${VERSION}`)).status, 404);
  await using lenient = await hostControl({ lenient: true });
  const { status, body } = await lenient.call("GET", `${ARM}${path}/datastores?${VERSION}`);
  assert.deepEqual([status, body.value.length], [200, 4]);
  const id = async () =>
    (await lenient.call("GET", `${ARM}${path}?${VERSION}`)).body.properties.workspaceId;
  assert.equal(await id(), await id());
});
