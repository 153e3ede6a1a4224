import assert from "node:assert/strict";
import { manualClock, stream } from "lib/core/mod.ts";
import { eventually } from "./deployments.ts";
import { ENDPOINT_ID, HOST, hostScoring, type ScoringHost } from "./scoring_host.ts";

const POST = {
  method: "POST",
  body: "[[5.1,3.5,1.4,0.2]]",
  headers: { "content-type": "application/json" },
};

interface Echo {
  pid: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

function withHeaders(headers: Record<string, string>): RequestInit {
  return { ...POST, headers: { ...POST.headers, ...headers } };
}

/** Status, body and what the headers say of the model's error. */
async function outcome(
  response: Response,
): Promise<[number, string, string | null, string | null]> {
  const { headers } = response;
  return [
    response.status,
    await response.text(),
    headers.get("ms-azureml-model-error-reason"),
    headers.get("ms-azureml-model-error-statuscode"),
  ];
}

Deno.test("scoringService() passes requests to the container and back", async (test) => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { Blue: 100 } });
  await host.deploy("Blue", { maxConcurrentRequests: 100, requestTimeoutMs: 20_000 });

  await test.step("as they came, without the key", async () => {
    const response = await host.call(
      "/score?a=%20b&a=c",
      withHeaders({
        "x-request-id": "request-1",
        "x-ms-client-request-id": "client-1",
        "traceparent": "00-1-2-01",
        "x-own": "caf\u00e9, zwei",
      }),
    );
    assert.equal(response.status, 200);
    const { headers, ...echo } = await response.json() as Echo;
    assert.equal(echo.method, "POST");
    assert.equal(echo.path, "/score?a=%20b&a=c");
    assert.equal(echo.body, POST.body);
    assert.equal(headers.host, HOST);
    assert.equal(headers["content-type"], "application/json");
    assert.equal(headers["x-request-id"], "request-1");
    assert.equal(headers["x-ms-request-id"], "request-1");
    assert.equal(headers["x-ms-client-request-id"], "client-1");
    assert.equal(headers.traceparent, "00-1-2-01");
    assert.equal(headers["x-own"], "caf\u00e9, zwei");
    assert.equal(headers.authorization, undefined);
  });

  await test.step("with the front door's headers on the way back", async () => {
    const { headers, body } = await host.call("/score", POST);
    await body?.cancel();
    assert.equal(headers.get("azureml-model-deployment"), "Blue");
    assert.equal(headers.get("azureml-model-session"), "Blue");
    assert.equal(headers.get("server"), "azureml-frontdoor");
    assert.equal(headers.get("x-served-by"), "the container");
    assert.match(headers.get("x-request-id")!, /^[\da-f-]{36}$/);
    assert.equal(headers.get("x-ms-request-id"), headers.get("x-request-id"));
    assert.match(headers.get("ms-azureml-model-time")!, /^\d+$/);
    assert.equal(headers.get("ms-azureml-model-error-reason"), null);
  });

  await test.step("below the scoring route and for the swagger file, and nowhere else", async () => {
    assert.equal((await (await host.call("/score/echo", POST)).json() as Echo).path, "/score/echo");
    assert.deepEqual(await (await host.call("/swagger.json")).json(), { openapi: "3.0.0" });
    for (const path of ["/", "/scored", "/live", "/do/exit?code=1"]) {
      assert.deepEqual(
        await outcome(await host.call(path)),
        [404, `iris has no route ${path.split("?")[0]}`, null, null],
      );
    }
    assert.deepEqual(await outcome(await host.call("/score/none", POST)), [
      424,
      "no such route",
      "model_error",
      "404",
    ]);
  });

  await test.step("whatever but 200 the container answers as 424, with its body", async () => {
    for (const code of [201, 400, 422, 500, 503]) {
      const path = `/score/status?code=${code}&body=because`;
      assert.deepEqual(await outcome(await host.call(path, POST)), [
        424,
        "because",
        "model_error",
        String(code),
      ]);
    }
    for (const code of [204, 304]) {
      const response = await host.call(`/score/status?code=${code}`, POST);
      assert.deepEqual(await outcome(response), [424, "", "model_error", String(code)]);
    }
    const large = await host.call("/score/status?code=400", { ...POST, body: "x".repeat(300_000) });
    assert.equal((await outcome(large))[0], 424);
  });

  await test.step("with bodies of any size, told or not", async () => {
    for (const size of [0, 65_536, 65_537, 3_000_000]) {
      const text = "x".repeat(size);
      assert.equal(
        (await (await host.call("/score", { ...POST, body: text })).json() as Echo).body.length,
        size,
      );
    }
    const body = ReadableStream.from(["one", "two"]).pipeThrough(new TextEncoderStream());
    assert.equal(
      (await (await host.call("/score", { method: "POST", body })).json() as Echo).body,
      "onetwo",
    );
    assert.equal(await (await host.call("/score/stream", POST)).text(), "abc");
    assert.equal((await (await host.call("/score", { method: "GET" })).json() as Echo).body, "");
  });

  await test.step("and counts them", () => {
    const counts = host.scoring.snapshot()[`${ENDPOINT_ID}/deployments/blue`];
    assert.equal(counts.underWay, 0);
    assert.equal(counts.statusCodes[404], 4);
    assert.equal(counts.modelStatusCodes[422], 1);
    assert.equal(counts.statusCodes[424], 9);
    assert.equal(
      counts.requests,
      Object.values(counts.statusCodes).reduce((sum, count) => sum + count, 0),
    );
    assert.ok(counts.latencyMs.p50! > 0 && counts.latencyMs.p50! <= counts.latencyMs.p99!);
  });
});

Deno.test("scoringService() opens to either key, as it is at this moment", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100 } });
  await host.deploy("blue");
  const status = async (authorization: string) => {
    const response = await host.call("/score", withHeaders({ authorization }));
    const [status, text] = await outcome(response);
    return status === 200 ? "200" : `${status} ${text}`;
  };
  assert.equal(await status("Bearer primary-key"), "200");
  assert.equal(await status("bearer  secondary-key"), "200");
  assert.equal(await status("Bearer primary-keys"), "401 key_auth_access_denied");
  assert.equal(await status("Bearer undefined"), "401 key_auth_access_denied");
  for (const header of ["", "primary-key", "Basic primary-key", "Bearer"]) {
    assert.equal(await status(header), "401 key_auth_bad_header_forbidden", header);
  }
  host.putEndpoint({ traffic: { blue: 100 }, keys: ["new-key", "secondary-key"] });
  assert.equal(await status("Bearer primary-key"), "401 key_auth_access_denied");
  assert.equal(await status("Bearer secondary-key"), "200");
  assert.equal(await status("Bearer new-key"), "200");
  const { token } = host.tokens.mint("https://ml.azure.com");
  assert.equal(await status(`Bearer ${token}`), "401 key_auth_access_denied");
});

Deno.test("scoringService() opens to tokens of the endpoint's kind", async () => {
  const clock = manualClock("2026-01-01T00:00:00Z");
  await using host = await hostScoring({}, clock);
  await host.deploy("blue");
  const status = async (token: string) =>
    (await outcome(await host.call("/score", withHeaders({ authorization: `Bearer ${token}` }))))
      .slice(0, 2).join(" ");
  const aml = (endpoint: string, seconds = 60) =>
    host.tokens.mint("azureml", seconds, { endpoint }).token;
  const entra = host.tokens.mint("https://ml.azure.com/", 60).token;

  host.putEndpoint({ traffic: { blue: 100 }, authMode: "AMLToken" });
  const mine = aml(ENDPOINT_ID);
  assert.match(await status(mine), /^200/);
  assert.equal(
    await status(aml(`${ENDPOINT_ID}2`)),
    "401 The access token was made for another endpoint.",
  );
  assert.match(await status(entra), /^401 .*wrong audience/);
  assert.match(await status("primary-key"), /^401 The access token is invalid/);

  host.putEndpoint({ traffic: { blue: 100 }, authMode: "AADToken" });
  assert.match(await status(entra), /^200/);
  assert.match(await status(mine), /^401 .*wrong audience/);
  clock.advance(61_000);
  assert.match(await status(entra), /^401 The access token expiry/);
});

/** Sends requests and counts who answered. */
async function answers(host: ScoringHost, requests: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let left = requests; left > 0; left -= 20) {
    await Promise.all(Array.from({ length: 20 }, async () => {
      const response = await host.call("/score", POST);
      await response.body?.cancel();
      const name = response.headers.get("azureml-model-deployment") ?? String(response.status);
      counts[name] = (counts[name] ?? 0) + 1;
    }));
  }
  return counts;
}

function chiSquare(counts: Record<string, number>, shares: Record<string, number>): number {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.entries(shares).reduce((sum, [name, share]) => {
    const expected = total * share / 100;
    return sum + ((counts[name] ?? 0) - expected) ** 2 / expected;
  }, 0);
}

Deno.test("scoringService() splits traffic by the weights, and by the header past them", async (test) => {
  await using host = await hostScoring({ draw: stream(7, "traffic").next });
  const busy = { maxConcurrentRequests: 100 };
  await Promise.all(["blue", "green", "red"].map((name) => host.deploy(name, busy)));

  await test.step("no deployment has a weight", async () => {
    host.putEndpoint({});
    const text = "iris has no deployment with positive weight";
    assert.deepEqual(await outcome(await host.call("/score", POST)), [404, text, null, null]);
    host.putEndpoint({ traffic: { blue: 0 } });
    assert.equal((await outcome(await host.call("/score", POST)))[0], 404);
  });

  await test.step("two thousand requests at 60, 30 and 10 percent", async () => {
    const shares = { blue: 60, green: 30, red: 10 };
    host.putEndpoint({ traffic: shares });
    const counts = await answers(host, 2000);
    assert.deepEqual(Object.keys(counts).sort(), ["blue", "green", "red"]);
    const distance = chiSquare(counts, shares);
    assert.ok(distance < 9.21, `${JSON.stringify(counts)}: ${distance}`); // 1 % with 2 degrees of freedom
    assert.ok(chiSquare(counts, { blue: 55, green: 35, red: 10 }) > 9.21); // it would tell a wrong split
  });

  await test.step("a change of the weights counts from the next request on", async () => {
    host.putEndpoint({ traffic: { blue: 0, green: 100 } });
    assert.deepEqual(await answers(host, 40), { green: 40 });
  });

  await test.step("the header reaches a deployment without weight, and no one else", async () => {
    for (const name of ["blue", "red", "RED"]) {
      const response = await host.call("/score", withHeaders({ "azureml-model-deployment": name }));
      await response.body?.cancel();
      assert.equal(response.headers.get("azureml-model-deployment"), name.toLowerCase());
    }
    const unknown = await host.call("/score", withHeaders({ "azureml-model-deployment": "pink" }));
    assert.deepEqual(await outcome(unknown), [404, "iris has no deployment pink", null, null]);
  });
});

Deno.test("scoringService() draws without a seed by default, and evenly", async () => {
  await using host = await hostScoring();
  const shares = { blue: 50, green: 50 };
  host.putEndpoint({ traffic: shares });
  await Promise.all(
    ["blue", "green"].map((name) => host.deploy(name, { maxConcurrentRequests: 100 })),
  );
  const distance = chiSquare(await answers(host, 400), shares);
  assert.ok(distance < 28, String(distance)); // once in 8 million runs
});

Deno.test("scoringService() answers 408 after the request timeout, and goes on", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100 } });
  await host.deploy("blue", { requestTimeoutMs: 150 });
  const since = performance.now();
  const late = await host.call("/score/sleep?ms=5000", POST), tookMs = performance.now() - since;
  assert.equal(late.headers.get("azureml-model-deployment"), "blue");
  assert.deepEqual(await outcome(late), [408, "upstream request timeout", null, null]);
  assert.ok(tookMs > 140 && tookMs < 2000, `${tookMs} ms`);
  assert.equal((await outcome(await host.call("/score", POST)))[0], 200);
});

Deno.test("scoringService() turns away what is more than twice what the containers take", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100 } });
  await host.deploy("blue", { maxConcurrentRequests: 1, instances: 2 });
  const slow = Array.from({ length: 4 }, () => host.call("/score/sleep?ms=400", POST));
  const underWay = () => host.scoring.snapshot()[`${ENDPOINT_ID}/deployments/blue`]?.underWay;
  await eventually("four are under way", () => underWay() === 4);
  const fifth = await host.call("/score", POST);
  assert.equal(fifth.headers.get("content-type"), "text/plain");
  assert.deepEqual(await outcome(fifth), [429, "", "too_many_pending_request", null]);
  for (const response of await Promise.all(slow)) assert.equal((await outcome(response))[0], 200);
  assert.equal((await outcome(await host.call("/score", POST)))[0], 200);
  const { statusCodes } = host.scoring.snapshot()[`${ENDPOINT_ID}/deployments/blue`];
  assert.deepEqual(statusCodes, { 200: 5, 429: 1 });
});

Deno.test("scoringService() counts a streamed answer as under way until it is over or unwanted", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100 } });
  await host.deploy("blue");
  const status = async () => (await outcome(await host.call("/score", POST)))[0];
  const slow = await Promise.all([1, 2].map(() => host.call("/score/slow-stream?ms=300", POST)));
  assert.deepEqual(slow.map((response) => response.status), [200, 200]); // the heads are there
  assert.equal(await status(), 429);
  assert.deepEqual(await Promise.all(slow.map((response) => response.text())), ["ab", "ab"]);
  assert.equal(await status(), 200);
  const unwanted = await Promise.all(
    [1, 2].map(() => host.call("/score/slow-stream?ms=60000", POST)),
  );
  await Promise.all(unwanted.map((response) => response.body!.cancel()));
  await eventually("there is room again", async () => await status() === 200);
});

Deno.test("scoringService() keeps to the requests per second that are allowed, until they are lifted", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100 } });
  await host.deploy("blue", { maxConcurrentRequests: 100 });
  host.limits.set({ requestsPerSecond: 5 });
  const statuses = async (requests: number) => {
    const all = Array.from(
      { length: requests },
      async () => (await outcome(await host.call("/score", POST)))[0],
    );
    return (await Promise.all(all)).filter((status) => status === 429).length;
  };
  const refused = await statuses(20);
  assert.ok(refused >= 12 && refused <= 15, `${refused} of 20`); // some more may pass while they arrive
  assert.deepEqual((await outcome(await host.call("/score", POST))).slice(1), ["", null, null]);
  host.limits.set({ requestsPerSecond: 100_000 });
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(await statuses(20), 0);
});

Deno.test("scoringService() answers 424 while a container is not ready or gone, and recovers", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100, green: 0 } });
  const readiness = {
    periodMs: 50,
    timeoutMs: 1000,
    initialDelayMs: 20_000,
    failureThreshold: 1,
    successThreshold: 1,
  };
  await host.deploy("blue", { readiness });
  const running = () => host.runtime.get(`${ENDPOINT_ID}/deployments/blue`)!;
  const become = (query: string) => fetch(`http://127.0.0.1:${running().port}/do/become?${query}`);

  await (await become("ready=no")).body?.cancel();
  await eventually("it is out of rotation", () => !running().ready);
  assert.deepEqual(await outcome(await host.call("/score", POST)), [
    424,
    "upstream connect error",
    "model_not_ready",
    "503",
  ]);
  await (await become("ready=yes")).body?.cancel();
  await eventually("it is back", () => running().ready);

  const { pid } = running(), cutOff = host.call("/score/sleep?ms=2000", POST);
  await eventually(
    "it is under way",
    () => host.scoring.snapshot()[`${ENDPOINT_ID}/deployments/blue`].underWay === 1,
  );
  Deno.kill(pid, "SIGKILL");
  assert.deepEqual(await outcome(await cutOff), [
    424,
    "upstream connect error",
    "model_error",
    "503",
  ]);
  await eventually("another container is ready", () => running().pid !== pid && running().ready);
  assert.equal((await (await host.call("/score", POST)).json() as Echo).pid, running().pid);

  const unstarted = `${ENDPOINT_ID}/deployments/green`;
  host.store.put({
    id: unstarted,
    type: "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments",
    parent: ENDPOINT_ID,
    body: { id: unstarted, name: "green" },
    hidden: {},
  });
  const green = await host.call("/score", withHeaders({ "azureml-model-deployment": "green" }));
  assert.equal((await outcome(green))[2], "model_not_ready");
});

Deno.test("scoringService() keeps the caller's connection through refusals, and knows its hosts", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100 } });
  await host.deploy("blue");
  const socket = await Deno.connect({ hostname: "127.0.0.1", port: host.port });
  const buffer = new Uint8Array(10_000);
  const say = async (key: string, name = HOST) => {
    const text =
      `POST /score HTTP/1.1\r\nHost: ${name}\r\nAuthorization: Bearer ${key}\r\nContent-Length: 5\r\n\r\n12345`;
    await socket.write(new TextEncoder().encode(text));
    const count = await socket.read(buffer);
    return count && new TextDecoder().decode(buffer.subarray(0, count)).slice(9, 12);
  };
  const seen = [
    await say("wrong"),
    await say("primary-key"),
    await say("wrong"),
    await say("primary-key", `none.${HOST}`),
    await say("primary-key"),
  ];
  socket.close();
  assert.deepEqual(seen, ["401", "200", "401", "404", "200"]);
  assert.deepEqual(host.scoring.hosts, ["*.inference.ml.azure.com"]);
});
