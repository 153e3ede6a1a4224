import assert from "node:assert/strict";
import { manualClock } from "lib/core/mod.ts";
import { checkAa, decideExperiment, DEFAULT_PLAN, powerRows } from "lib/experiment/mod.ts";
import { experimentTable, powerTable, rolloutTable, runRollout } from "lib/lifecycle/mod.ts";
import { createMemoryStore } from "lib/registry/mod.ts";
import { confidencePicture, eprocessPicture, rolloutPicture } from "lib/view/mod.ts";
import { createWorld } from "./rollout_world.ts";

/** The lines of a table, each as its cells. */
function cells({ text }: { text: string }): string[][] {
  return text.split("\n").map((line) => line.trim().split(/ {2,}/));
}

Deno.test("powerTable() has a row for each difference, and a dash where there is no median", () => {
  const rows = powerRows({ baseline: 0.9, differences: [-0.2, 0.05], runs: 50, seed: 7 });
  const [caption, header, , first, second] = cells(powerTable(rows));
  assert.deepEqual(caption, ["Rows with a label until a difference is found"]);
  assert.equal(header[0], "difference (points)");
  assert.deepEqual([first[0], first[1]], ["−20.0", String(rows[0].fixed)]);
  assert.equal(second[0], "+5.0");
  const none = { ...rows[0], sequential: { ...rows[0].sequential, median: null } };
  assert.equal(cells(powerTable([none]))[3][2], "–");
});

Deno.test("experimentTable() shows the last looks and says what was decided", () => {
  const look = (day: number, errors: number) => ({
    from: "2026-01-01T00:00:00Z",
    to: `2026-01-${String(day + 1).padStart(2, "0")}T00:00:00Z`,
    requests: { a: 100 * day, b: 100 * day },
    evidence: {
      ...{ kind: "split", shareB: 0.5 } as const,
      ...{ a: { rows: 100 * day, errors: 5 * day }, b: { rows: 100 * day, errors: errors * day } },
    },
  });
  const aa = checkAa([look(3, 5)], DEFAULT_PLAN);
  const looks = Array.from({ length: 15 }, (_, i) => look(i + 1, 7));
  const decision = decideExperiment({ aa, looks });
  const table = experimentTable(decision, { most: 4 }), rows = cells(table);
  assert.match(
    rows[0].join(" "),
    /^Undecided after 3000 rows: .* Enough is E = 20\. The last 4 of 15 looks\.$/,
  );
  assert.equal(rows.length, 3 + 4);
  assert.deepEqual(rows.at(-1)!.slice(0, 4), ["15", "2026-01-16T00:00:00Z", "3000", "−2.0"]);
  assert.equal(rows.at(-1)!.at(-1), "as configured");
  // the same record is what the pictures take
  assert.match(
    eprocessPicture([{ name: "B", looks: decision.looks }]).title,
    /No evidence reaches/,
  );
  assert.match(
    confidencePicture(decision.looks).title,
    /^After 3,000 rows B may be better or worse/,
  );
});

Deno.test("rolloutTable() has a row for each step with its reason", async () => {
  const { port } = createWorld(({ green }) => green === 10 ? "bad" : "good");
  const record = await runRollout({ endpoint: "iris", id: "7", blue: "blue", green: "green" }, {
    ...{ store: createMemoryStore(), port, clock: manualClock("2026-01-01T00:00:00Z") },
  });
  const [caption, , , ...rows] = cells(rolloutTable(record));
  assert.match(
    caption.join(" "),
    /^Rollout 7 of green at iris: rolled-back\. Roll back: green is worse/,
  );
  assert.deepEqual(rows.map((row) => row[0]), ["green 0 %", "mirror 50 %", "green 10 %"]);
  assert.equal(rows[0][4], "taken");
  assert.deepEqual(rows[2].slice(2, 5), ["1", "400", "roll-back"]);
  assert.match(
    rows[2][5],
    /^Roll back: green is worse: alone wrong in 60 rows, blue alone in 1, of 400 rows/,
  );
  assert.match(rolloutPicture(record).title, /^Rolled back at green 10 %/);
});
