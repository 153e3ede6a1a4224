/** A large log, written as the collector writes it, is read back in bearable time. */

import assert from "node:assert/strict";
import { ensureLocalAzure, openAzureAt, stopLocalAzure } from "../../lib/azure/mod.ts";
import { readBack, type Workspace } from "../../lib/lifecycle/mod.ts";
import { collectedLines } from "../../lib/serving/mod.ts";

const ROWS = 100_000, BATCH = 100, INPUTS = ["a", "b", "c", "d"];

Deno.test("readBack() joins 100,000 rows of two instances and many hours", async () => {
  const checkout = await Deno.makeTempDir({ prefix: "readback-" });
  try {
    const azure = await openAzureAt((await ensureLocalAzure({ checkout })).port);
    const blobs = new Map<string, string[]>();
    const add = (path: string, line: string) => {
      if (!blobs.has(path)) blobs.set(path, []);
      blobs.get(path)!.push(line + "\n");
    };
    for (let q = 0; q < ROWS / BATCH; q++) {
      const ids = Array.from({ length: BATCH }, (_, i) => `c${q * BATCH + i}`);
      const hour = Math.floor(q / 50), at = Date.parse("2026-03-02T00:00:00Z") + hour * 3_600_000;
      const [from, to] = [at, at + 3_600_000].map((ms) => new Date(ms).toISOString());
      const origin = { endpoint: "big", deployment: "blue", instance: `i${q % 2}`, source: "s" };
      const scored = {
        ...{ requestId: `q${q}`, correlationId: `q${q}`, time: from },
        inputs: ids.map((id, i) => ({
          correlation_id: id,
          ...Object.fromEntries(INPUTS.map((name, f) => [name, q * BATCH + i + f / 10])),
        })),
        outputs: ids.map((id) => ({
          label: "x",
          probability_x: 0.9,
          probability_y: 0.1,
          correlation_id: id,
        })),
      };
      collectedLines(scored, { ...origin, modelVersion: "1" }).forEach(({ path, line }) =>
        add(path, line)
      );
      const window = { name: `window ${hour + 1}`, from, to }, requestId = `q${q}`;
      const seen = { window, requestId, sentAt: from, deployment: "blue", status: 200, ms: 5 };
      add(
        `callers/big/${hour}.jsonl`,
        JSON.stringify({ ...seen, correlationIds: ids, refused: [] }),
      );
      ids.forEach((correlationId) =>
        add(
          `labels/big/${hour}.jsonl`,
          JSON.stringify({ correlationId, label: "y", arrivedAt: to }),
        )
      );
    }
    for (const [path, lines] of blobs) {
      await azure.blobs.getBlockBlobClient(path).uploadData(
        new TextEncoder().encode(lines.join("")),
      );
    }
    const signature = {
      inputs: INPUTS.map((name) => ({ name, unit: "", min: 0, max: 1e6 })),
      classes: ["x", "y"],
    };
    const started = performance.now();
    const { windows, missing, problems } = await readBack({ azure } as Workspace, {
      ...{ endpoint: "big", signature },
    });
    const seconds = (performance.now() - started) / 1_000;
    console.log(`${ROWS} rows read back in ${seconds.toFixed(2)} s from ${blobs.size} blobs`);
    assert.equal(missing.rows, 0);
    assert.deepEqual([...new Set(Object.values(problems))], [0]);
    assert.equal(windows.length, 20);
    assert.equal(windows[19].x[4 * 4_999 + 3], 99_999.3);
    assert.deepEqual([...new Set(windows.flatMap(({ actual }) => [...actual]))], [1]);
    assert.ok(seconds < 20, `${seconds} s`);
  } finally {
    await stopLocalAzure({ checkout });
    await Deno.remove(checkout, { recursive: true });
  }
});
