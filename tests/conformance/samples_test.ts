/** Microsoft's own samples of `@azure/arm-machinelearning` 2.1.1, unmodified, against Local Azure. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import {
  faultsOf,
  inOrder,
  OPERATIONS,
  readSamples,
  runSamples,
  type Sample,
  sampleOf,
  SAMPLES,
} from "./samples.ts";
import { openWatchingProxy, type Spoil } from "./watching_proxy.ts";

/** SHA-256 over names and bytes of the 119 files, as version 2.1.1 of the npm package has them. */
const DIGEST = "d322e697d61ba36d86fd3bb734773b2e987aa423f74c64b7ad3ef3c812672a89";

Deno.test("the samples are the package's own bytes, and call every operation that there is", () => {
  const samples = readSamples(), hash = createHash("sha256");
  for (const { name } of samples) {
    hash.update(`${name}\n`).update(Deno.readFileSync(join(SAMPLES, `${name}.js`)));
  }
  assert.equal(hash.digest("hex"), DIGEST);
  const calls = samples.flatMap(({ calls }) => calls);
  assert.deepEqual([samples.length, calls.length], [119, 146]);
  assert.deepEqual(new Set(calls), new Set(OPERATIONS.values()));
  assert.equal(inOrder(samples).flat().length, 119);
});

/** Runs groups of samples one after the other; answers what is wrong with each that did not pass. */
async function judge(
  groups: readonly (readonly Sample[])[],
  { spoil, lenient = true }: { spoil?: Spoil; lenient?: boolean } = {},
) {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-" });
  const local = await openLocalAzure({ folder, port: 0, lenient });
  try {
    const identity = `http://127.0.0.1:${local.port}`;
    await using proxy = openWatchingProxy(identity, spoil);
    const failed: Record<string, string[]> = {};
    let requests = 0;
    for (const group of groups) {
      for (const outcome of await runSamples(group, { target: proxy.base, identity })) {
        const faults = faultsOf(outcome, proxy.seen);
        if (faults.length > 0) failed[outcome.sample.name] = faults;
      }
    }
    requests = proxy.seen.length;
    return { failed, requests };
  } finally {
    await local.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("all 119 samples pass against Local Azure in its lenient mode", async () => {
  const groups = inOrder(readSamples()), began = performance.now();
  const { failed, requests } = await judge(groups);
  assert.deepEqual(failed, {});
  const count = groups.flat().length, seconds = (performance.now() - began) / 1000;
  console.log(`${count} of ${count} samples passed, ${requests} requests, ${seconds.toFixed(1)} s`);
});

const named = (...names: string[]) =>
  inOrder(readSamples().filter(({ name }) => names.includes(name.replace(/Sample$/, ""))));

const to = (request: Request, method: string, path: RegExp) =>
  request.method === method && path.test(new URL(request.url).pathname);

/** An answer with something else in it. */
async function changed(answer: Response, change: (body: Record<string, unknown>) => void) {
  const body = await answer.json();
  change(body);
  return Response.json(body, { status: answer.status, headers: answer.headers });
}

Deno.test("a sample that gets a broken answer is judged failed, and says why", async () => {
  const connection = named("workspaceConnectionsCreate");
  const broken: readonly [string, Sample[][], Spoil, RegExp][] = [
    [
      "a code that the SDK does not know",
      connection,
      (answer, request) =>
        to(request, "PUT", /connections/) ? Response.json({}, { status: 201 }) : answer,
      /^stderr: RestError/,
    ],
    [
      "an operation that fails",
      named("schedulesCreateOrUpdate"),
      (answer, request) =>
        to(request, "GET", /OperationsStatus/)
          ? changed(answer, (body) => body.status = "Failed")
          : answer,
      /^stderr: Error: The long-running operation has failed/,
    ],
    [
      "no JSON",
      connection,
      (answer, request) => to(request, "PUT", /connections/) ? new Response("<html>") : answer,
      /^PUT .*connection-1 answered no JSON$/,
    ],
    [
      "a list whose next page is not there",
      named("workspaceConnectionsCreate", "workspaceConnectionsList"),
      (answer, request) =>
        to(request, "GET", /connections$/)
          ? changed(answer, (body) => body.nextLink = "https://management.azure.com/nowhere")
          : answer,
      /^stderr: /,
    ],
    [
      "an error that a retry hides",
      connection,
      once((request) => to(request, "PUT", /connections/), () => new Response("", { status: 500 })),
      /^PUT .*connection-1 answered 500$/,
    ],
  ];
  for (const [what, groups, spoil, why] of broken) {
    const { failed } = await judge(groups, { spoil });
    const [[name, faults] = [], ...more] = Object.entries(failed);
    assert.equal(name, `${groups.flat().at(-1)!.name}`, what);
    assert.ok(faults!.some((fault) => why.test(fault)), `${what}: ${faults!.join("; ")}`);
    assert.deepEqual(more, [], what);
  }
});

/** Spoils the first answer to such a request, no other. */
function once(fits: (request: Request) => boolean, made: () => Response): Spoil {
  let left = 1;
  return (answer, request) => fits(request) && left-- > 0 ? made() : answer;
}

Deno.test("a sample that printed results but called nothing, or crashed, is judged failed", () => {
  const [sample] = named("jobsGet").flat(), outcome = { sample, exitCode: 0, stderr: "", ended: 4 };
  const path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/" +
    "workspaces/w/jobs/string";
  const seen = Array.from(
    { length: 4 },
    () => ({ sample: sample.name, method: "GET", path, status: 200, isJson: true }),
  );
  assert.deepEqual(faultsOf(outcome, seen), []);
  assert.deepEqual(faultsOf(outcome, []), ["jobs.get was called 0 times, not 4"]);
  assert.deepEqual(faultsOf(outcome, seen.slice(1)), ["jobs.get was called 3 times, not 4"]);
  const elsewhere = seen.map((request) => ({ ...request, sample: "other" }));
  assert.equal(faultsOf(outcome, elsewhere).length, 1);
  assert.deepEqual(faultsOf({ ...outcome, exitCode: 1 }, seen), ["exit code 1"]);
  assert.deepEqual(faultsOf({ ...outcome, ended: 3 }, seen), ["3 of 4 functions ended"]);
  assert.throws(() => sampleOf("x", "client.jobs.sing("), /no operation jobs\.sing/);
});

Deno.test("in the strict mode the samples' placeholders are refused", async () => {
  const { failed } = await judge(named("onlineEndpointsCreateOrUpdate", "workspacesListKeys"), {
    lenient: false,
  });
  assert.deepEqual(
    Object.entries(failed).map(([name, faults]) => [name, faults.at(-1)!.slice(-12)]),
    [["onlineEndpointsCreateOrUpdateSample", "answered 404"], [
      "workspacesListKeysSample",
      "answered 404",
    ]],
  );
});
