/** Lineage from a digest, and how both lineages are told and drawn. */

import assert from "node:assert/strict";
import { manualClock } from "lib/core/mod.ts";
import {
  digestLines,
  digestPicture,
  requestLines,
  requestPicture,
  type RequestTrace,
  traceDigest,
} from "lib/lifecycle/mod.ts";
import { createMemoryStore, createRegistry, type DocumentStore } from "lib/registry/mod.ts";
import { runRecord } from "../../lib/tracking/run_record.ts";

const hex = (number: number) => number.toString(16).padStart(64, "0");
const ROWS = hex(1), LATER_ROWS = hex(2), LOCKFILE = hex(3), IMAGE = hex(4);

/** A registry with so many versions, the second of them on later rows, and one of them deployed. */
async function filled(all: number) {
  const inner = createMemoryStore();
  let reads = 0;
  const store: DocumentStore = {
    read: (path) => (reads++, inner.read(path)),
    write: (path, value, options) => inner.write(path, value, options),
    list: (prefix) => (reads++, inner.list(prefix)),
  };
  const clock = manualClock("2026-03-04T05:06:07.000Z"),
    registry = createRegistry({ store, clock });
  for (let version = 1; version <= all; version++) {
    await registry.register({
      ...{ name: "iris", version: String(version), digest: hex(1_000 + version) },
      ...{ datasetDigest: version === 2 ? LATER_ROWS : ROWS, lockfile: LOCKFILE },
      ...{ runId: `run-${version}`, commit: "c0ffee", signature: {}, metrics: {} },
    });
  }
  await registry.recordDeployment({
    ...{ name: "iris", version: "2", endpoint: "iris-live", deployment: "green" },
    ...{ environment: "forest-scorer:abc", image: IMAGE },
  });
  return { registry, reads: () => reads };
}

Deno.test("traceDigest() goes from rows, a model, a lockfile and an image to versions and deployments", async () => {
  const { registry } = await filled(3);
  const told = async (digest: string) => {
    const { kind, versions, findings } = await traceDigest({ registry }, digest);
    assert.deepEqual(findings, []);
    return [
      kind,
      ...versions.map(({ version, deployments }) =>
        `${version.version}: ${deployments.map((one) => one.deployment).join()}`
      ),
    ];
  };
  assert.deepEqual(await told(ROWS), ["rows", "1: ", "3: "]);
  assert.deepEqual(await told(LATER_ROWS), ["rows", "2: green"]);
  assert.deepEqual(await told(hex(1_002)), ["model", "2: green"]);
  assert.deepEqual(await told(LOCKFILE), ["lockfile", "1: ", "2: green", "3: "]);
  assert.deepEqual(await told(IMAGE), ["image", "2: green"]);
});

Deno.test("traceDigest(): a digest that nobody knows is a finding, and one that is none bad input", async () => {
  const { registry } = await filled(2);
  const { kind, findings } = await traceDigest({ registry }, hex(9));
  assert.deepEqual([kind, findings.length], [null, 1]);
  assert.match(findings[0], /^Nothing is known of 0{63}9: /);
  await assert.rejects(traceDigest({ registry }, "abc"), {
    message: 'digest must be 64 hexadecimal digits: got "abc"',
  });
});

Deno.test("traceDigest() reads as much of 500 versions as of 5, in less than 20 ms", async () => {
  const costs: number[] = [];
  for (const all of [5, 500]) {
    const { registry, reads } = await filled(all), before = reads();
    const times = [];
    for (let i = 0; i < 20; i++) {
      const started = performance.now();
      await traceDigest({ registry }, LATER_ROWS);
      times.push(performance.now() - started);
    }
    costs.push((reads() - before) / 20);
    const median = times.sort((a, b) => a - b)[10];
    console.log(`${all} versions: ${costs.at(-1)} reads, median ${median.toFixed(2)} ms`);
    assert.ok(median < 20, `${median} ms`);
  }
  assert.equal(costs[0], costs[1]);
});

const TRACE: RequestTrace = {
  id: "iris-live-0001-000042",
  answer: {
    ...{ endpoint: "iris-live", deployment: "green", modelVersion: "2", requestId: "r1" },
    ...{ time: "2026-03-04T05:06:08.000Z", blob: "modelDataCollector/iris-live/green/…" },
    rows: [{ correlationId: "iris-live-0001-000042", inputs: {}, outputs: { label: "setosa" } }],
  },
  deployment: {
    ...{ name: "iris", version: "2", endpoint: "iris-live", deployment: "green" },
    ...{ environment: "forest-scorer:abc", image: IMAGE, at: "2026-03-04T05:06:07.000Z" },
  },
  version: {
    ...{ name: "iris", version: "2", digest: hex(1_002), runId: "run-2", datasetDigest: ROWS },
    ...{ commit: "c0ffee", lockfile: LOCKFILE, signature: {}, metrics: {} },
    registeredAt: "2026-03-04T05:00:00.000Z",
  },
  run: runRecord({
    info: { run_id: "run-2", run_name: "calm_frog", status: "FINISHED" },
    data: {},
  }),
  rows: {
    dataset: "iris",
    rows: { train: 59, validation: 30, holdout: 60 },
    holdout: { sha256: hex(5), rows: 60, frozen: true },
  },
  findings: [],
};

Deno.test("requestLines() tells every step of the way in one line", () => {
  assert.deepEqual(requestLines(TRACE), [
    "request     iris-live-0001-000042",
    "answer      setosa at 2026-03-04T05:06:08.000Z",
    "deployment  green of iris-live",
    `image       forest-scorer:abc ${IMAGE}`,
    `model       iris:2 ${hex(1_002)}`,
    "run         run-2 (calm_frog, FINISHED)",
    `rows        ${ROWS} (iris, 59 of training, 60 held out)`,
    "commit      c0ffee",
    `lockfile    ${LOCKFILE}`,
  ]);
});

Deno.test("digestLines() names each version with its deployments, or none", async () => {
  const { registry } = await filled(2);
  const [digest, first, none, second, green] = digestLines(
    await traceDigest({ registry }, LOCKFILE),
  );
  assert.equal(digest, `digest      ${LOCKFILE}, of a lockfile`);
  assert.match(first, /^model {7}iris:1, registered 2026-03-04T/);
  assert.equal(none, "deployment  none");
  assert.match(second, /iris:2/);
  assert.match(green, /^deployment {2}green of iris-live, forest-scorer:abc, deployed 2026-03-04T/);
});

Deno.test("requestPicture() joins the answer with what it came from, and marks what is missing", () => {
  const { alt } = requestPicture(TRACE);
  assert.match(
    alt,
    /Request iris-live-0001-000042 \(asked\), Deployment green, Model iris:2, Image/,
  );
  assert.match(alt, /iris:2 to calm_frog, iris:2 to iris, 59, iris:2 to c0ffee/);
  const gap = requestPicture({
    ...TRACE,
    version: null,
    run: null,
    rows: null,
    findings: ["Gap."],
  });
  assert.match(gap.alt, /Model version 2 \(missing\)/);
  const noRun = requestPicture({ ...TRACE, run: null, deployment: null });
  assert.match(noRun.alt, /Image unknown \(missing\).*Run run-2 \(missing\)/);
});

Deno.test("digestPicture() draws the last six versions, and says how many more there are", async () => {
  const { registry } = await filled(9);
  const { alt, title } = digestPicture(await traceDigest({ registry }, LOCKFILE));
  assert.equal(title, "These packages touched 9 versions and 1 deployment");
  assert.match(alt, /\(asked\), Model iris:4, .*Model iris:9, Earlier models and 3 more/);
  const unknown = digestPicture(await traceDigest({ registry }, hex(9)));
  assert.equal(unknown.title, "This digest touched 0 versions and 0 deployments");
});
