/** Scenes through the real endpoint, and read back from Blob. */

import assert from "node:assert/strict";
import { setTraffic } from "../../lib/azure/mod.ts";
import { take } from "../../lib/core/mod.ts";
import { stageScene } from "../../lib/data/mod.ts";
import {
  collectedRows,
  readBack,
  readTrainingRecord,
  rebuildReference,
  referenceOf,
  simulate,
} from "../../lib/lifecycle/mod.ts";
import { predict } from "../../lib/model/mod.ts";
import type { ScoredWindow } from "../../lib/monitoring/mod.ts";
import { withEndpoint } from "./scene_endpoint.ts";

const BEGIN = "2026-03-02T00:00:00.000Z";

const labelled = ({ actual }: ScoredWindow) => actual.filter((label) => label >= 0).length;

Deno.test("operations: scenes are played, read back, and everything that goes wrong is counted", async (t) => {
  await withEndpoint(async ({ workspace, prepared, candidate, version, call, deploy }) => {
    const { dataset, split } = prepared, { signature } = candidate.model.document;
    const rows = take(dataset.samples, [...split.validation, ...split.holdout]);
    const size = { seed: 7, windows: 4, rowsPerWindow: 400, noise: 0.1 };
    const read = (options: { asOf?: string; deployment?: string; timeoutMs?: number } = {}) =>
      readBack(workspace, { endpoint: call.endpoint, signature, ...options });
    const text = async (path: string) =>
      (await workspace.azure.blobs.getBlobClient(path).downloadToBuffer()).toString();
    const append = async (path: string, content: string) => {
      const blob = workspace.azure.blobs.getAppendBlobClient(path);
      await blob.createIfNotExists();
      await blob.appendBlock(content, new TextEncoder().encode(content).length);
    };
    const paths = async (prefix: string) => {
      const found: string[] = [];
      for await (const { name } of workspace.azure.blobs.listBlobsFlat({ prefix })) {
        found.push(name);
      }
      return found;
    };

    const drift = stageScene(rows, { scene: "sudden-drift", feature: "petal_length", ...size });

    await t.step("each row comes back in its window, as it was sent and answered", async () => {
      const seen: number[] = [];
      const played = await simulate(workspace, {
        ...{ ...call, scene: drift, begin: BEGIN },
        onRequest: (done, total) => seen.push(done / total),
      });
      assert.equal(seen.at(-1), 1);
      assert.deepEqual([played.requests, played.deployments], [80, { blue: 80 }]);
      const { windows, problems, missing, quarantined } = await read();
      assert.equal(missing.sentence, "All 1600 rows that were answered are in the log.");
      assert.deepEqual(quarantined, []);
      assert.deepEqual([...new Set(Object.values(problems))], [0]);
      const names = windows.map(({ name, from, to }) => `${name} ${from} ${to}`);
      assert.equal(names[1], "window 2 2026-03-02T01:00:00.000Z 2026-03-02T02:00:00.000Z");
      windows.forEach((window, w) => {
        const { x, actual, labelDelay } = drift.windows[w], offline = predict(candidate.model, x);
        assert.deepEqual(window.x, x);
        assert.deepEqual(window.predicted, offline.labels);
        assert.deepEqual(window.probabilities, offline.probabilities);
        assert.deepEqual(
          window.actual,
          Int16Array.from(actual, (label, i) => labelDelay[i] < 0 ? -1 : label),
        );
        assert.deepEqual([...new Set(window.requests.status)], [200]);
        assert.ok(window.requests.ms.every((ms) => ms > 0));
      });
    });

    await t.step("labels come when their time has come", async () => {
      const late = await read({ asOf: "2026-03-02T02:00:00.000Z" });
      assert.deepEqual(late.windows.map(({ name }) => name), ["window 1", "window 2"]);
      assert.ok(labelled(late.windows[0]) > 300);
      assert.equal(labelled(late.windows[1]), 0);
      assert.ok(late.problems.labelsLater > 900);
      const later = await read({ asOf: "2026-03-02T03:00:00.000Z" });
      assert.ok(labelled(later.windows[1]) > 300);
      await assert.rejects(() => read({ asOf: "soon" }), /^BadInput: asOf must be an instant/);
    });

    await t.step("a missing value fails its whole request, and the reasons are kept", async () => {
      const options = { ...size, windows: 1, startsAt: 1, idPrefix: "broken" };
      const scene = stageScene(rows, { scene: "broken-sensor", ...options });
      const begin = "2026-03-03T00:00:00.000Z";
      const { windows: [played], requests, requestsPerSecond, seconds } = await simulate(
        ...[workspace, { ...call, scene, begin }] as const,
      );
      assert.deepEqual([requests, requestsPerSecond], [20, 20 / seconds]);
      const nulls = scene.windows[0].x.filter(Number.isNaN).length;
      const bad = new Set(
        [...scene.windows[0].x.keys()].filter((i) => Number.isNaN(scene.windows[0].x[i]))
          .map((i) => Math.floor(i / 4 / 20)),
      );
      assert.ok(nulls > 0 && bad.size < 20);
      assert.deepEqual([played.refused, played.failed], [bad.size, 0]);
      assert.equal(played.answered, 400 - 20 * bad.size);
      const { windows, problems } = await read();
      const window = windows.at(-1)!;
      assert.equal(window.predicted.length, played.answered);
      assert.equal([...window.requests.status].filter((status) => status === 424).length, bad.size);
      assert.deepEqual(window.refused, [
        { input: "sepal_length", rule: "must be a finite number", rows: nulls },
      ]);
      const lost = scene.windows[0].labelDelay.filter((delay, i) =>
        delay >= 0 && bad.has(Math.floor(i / 20))
      );
      assert.equal(problems.labelsOfLostRows, lost.length);
    });

    await t.step(
      "broken lines are counted and quarantined; labels that do not fit too",
      async () => {
        const [log] = await paths("modelDataCollector/iris-scenes/blue/model_inputs/");
        const { endpoint } = call, before = await read();
        await append(
          log.replace(/[^/]+$/, "another.jsonl"),
          'not JSON\n{"id":"r9","data":[{"correlation_id":"z","petal_length":"long"}]}\n{"id":"cut',
        );
        await append(
          log.replace(/[^/]+$/, "third.jsonl"),
          (await text(log)).split("\n")[0] + "\n", // the same record once more
        );
        await append(`callers/${endpoint}/20260302T000000000Z.jsonl`, "[]\n");
        const label = (correlationId: string, label: string, arrivedAt: string) =>
          JSON.stringify({ correlationId, label, arrivedAt }) + "\n";
        const labels = await text((await paths(`labels/${endpoint}/`))[0]);
        const [first, second] = labels.split("\n").map((line) => line && JSON.parse(line));
        const other = signature.classes.find((name) => name !== second.label)!;
        const never = drift.windows[0].labelDelay.indexOf(-1);
        await append(
          `labels/${endpoint}/more.jsonl`,
          label(first.correlationId, first.label, "2026-03-09T00:00:00.000Z") +
            label(second.correlationId, other, "2026-03-09T00:00:00.000Z") +
            label("nobody", other, "2026-03-09T00:00:00.000Z") +
            label(drift.windows[0].correlationIds[never], other, "2026-03-01T00:00:00.000Z") +
            label(first.correlationId, "rosa", "2026-03-09T00:00:00.000Z"),
        );
        const after = await read();
        assert.deepEqual(after.quarantined.map(({ reason }) => reason).sort(), [
          ...["cut off", "not JSON", "unknown shape", "unknown shape", "unknown shape"],
        ]);
        assert.deepEqual(after.problems, {
          ...before.problems,
          ...{ linesQuarantined: 5, rowsDoubled: 1 },
          ...{ labelsDoubled: 1, labelsContradictory: 1, labelsUnknown: 1, labelsEarly: 1 },
        });
        assert.equal(labelled(after.windows[0]), labelled(before.windows[0]) + 1);
        const place = drift.windows[0].correlationIds.indexOf(second.correlationId);
        assert.equal(signature.classes[after.windows[0].actual[place]], other);
        const ids = drift.windows[3].correlationIds;
        const rows = await collectedRows(workspace, {
          ...{ endpoint, deployment: "blue", ids, timeoutMs: 1_000 },
        });
        assert.deepEqual(rows.map(({ correlationId }) => correlationId), ids);
        const copies = await paths("quarantine/");
        assert.equal(copies.length, 3);
        const copy = copies.find((path) => path.endsWith("another.jsonl"))!;
        assert.deepEqual(JSON.parse((await text(copy)).split("\n")[0]), {
          ...{ path: copy.replace("quarantine/", ""), line: 1 },
          ...{ reason: "not JSON", text: "not JSON" },
        });
      },
    );

    await t.step(
      "two deployments: each has its own rows; a slow one is slow, and says why",
      async () => {
        await deploy("green", { DRILL_DELAY_MS: "150" });
        await setTraffic(workspace.azure, call.endpoint, { blue: 50, green: 50 });
        const scene = stageScene(rows, {
          ...{ ...size, scene: "latency-fault", windows: 1, startsAt: 1, idPrefix: "slow" },
        });
        const begin = "2026-03-04T00:00:00.000Z";
        await simulate(workspace, { ...call, scene, begin, batchRows: 10 });
        const [blue, green] = await Promise.all(
          ["blue", "green"].map(async (deployment) => (await read({ deployment })).windows.at(-1)!),
        );
        assert.equal(blue.predicted.length + green.predicted.length, 400);
        assert.ok(blue.predicted.length > 0 && green.predicted.length > 0);
        assert.ok(green.requests.ms.every((ms) => ms >= 150), `${Math.min(...green.requests.ms)}`);
        assert.ok(Math.min(...blue.requests.ms) < 100);
        const { content } = await workspace.azure.ml.onlineDeployments.getLogs(
          ...[workspace.azure.target.resourceGroup, workspace.azure.target.workspace] as const,
          ...[call.endpoint, "green", {}] as const,
        );
        assert.match(content!, /incident drill: every answer is delayed.*150/);
      },
    );

    await t.step("a wrong key fails every request, and is recorded as what it is", async () => {
      const scene = stageScene(rows, {
        ...{ ...size, scene: "none", windows: 1, idPrefix: "locked" },
      });
      const begin = "2026-03-05T00:00:00.000Z";
      const { windows: [played] } = await simulate(workspace, {
        ...{ ...call, scene, begin, key: "wrong" },
      });
      assert.deepEqual([played.failed, played.answered], [20, 0]);
      const { windows } = await read();
      assert.deepEqual([...new Set(windows.at(-1)!.requests.status)], [401]);
      assert.equal(windows.at(-1)!.x.length, 0);
    });

    await t.step("an aborted play has recorded what it has sent", async () => {
      const stop = new AbortController();
      const scene = stageScene(rows, { ...size, scene: "none", idPrefix: "stopped" });
      const begin = "2026-03-06T00:00:00.000Z";
      const play = simulate(workspace, {
        ...{ ...call, scene, begin, signal: stop.signal, concurrency: 1 },
        onRequest: (done) => done === 25 && stop.abort(new Error("enough")),
      });
      await assert.rejects(play, /^Error: enough$/);
      const { windows } = await read();
      const ours = windows.filter(({ from }) => from >= begin);
      assert.deepEqual(ours.map(({ requests }) => requests.status.length), [20, 5]);
    });

    await t.step("rows that never get to the log are named after the wait", async () => {
      const window = {
        name: "window 1",
        from: "2026-03-07T00:00:00.000Z",
        to: "2026-03-07T01:00:00.000Z",
      };
      const record = {
        window,
        requestId: "q",
        sentAt: window.from,
        deployment: "blue",
        status: 200,
        ms: 1,
      };
      const lost = { ...record, correlationIds: ["lost-1", "lost-2"], refused: [] };
      await append(
        `callers/${call.endpoint}/20260307T000000000Z.jsonl`,
        JSON.stringify(lost) + "\n",
      );
      const started = performance.now(), { missing } = await read({ timeoutMs: 500 });
      assert.ok(performance.now() - started > 500);
      assert.deepEqual([missing.rows, missing.ids], [2, ["lost-1", "lost-2"]]);
      assert.match(missing.sentence, /^2 of \d+ rows .* not in the log after 0.5 s; .* lost-1\.$/);
    });

    await t.step("the champion's reference is rebuilt from what was registered", async () => {
      const record = await readTrainingRecord(workspace, version);
      const { reference } = await rebuildReference("data/iris.dataset.json", record);
      assert.deepEqual(reference, referenceOf(prepared, candidate));
    });
  });
});
