import assert from "node:assert/strict";
import { type Found, killTable, noCounts, openJournal } from "./kill_journal.ts";

Deno.test("openJournal() tells what is lost, doubled or half, and lets an unanswered write be either", async () => {
  const things = new Map<string, Found>(), told: string[] = [];
  const journal = openJournal(
    { thing: (name) => Promise.resolve(things.get(name)) },
    (line) => told.push(line),
  );
  const write = (name: string, text: string | undefined, found: Found | undefined, fails = false) =>
    journal.write("thing", name, text, () => {
      if (found) things.set(name, found);
      else things.delete(name);
      return fails ? Promise.reject(new Error("cut off")) : Promise.resolve();
    }).catch(() => {});
  await write("kept", "a", { text: "a" });
  await write("lost", "a", undefined);
  await write("doubled", "a", { text: "a", copies: 2 });
  await write("half", "abc", { text: "ab" });
  await write("not done", "a", undefined, true);
  await write("done", "a", { text: "a" }, true);
  await journal.verify("touched");
  assert.deepEqual(journal.counts, {
    ...noCounts(),
    ...{ acknowledged: 4, cutOff: 2, cutOffDone: 1, lost: 1, doubled: 1, half: 1 },
  });
  assert.deepEqual(told.map((line) => line.split(/[ :]/)[1]), ["lost", "doubled", "half"]);

  await write("kept", undefined, { text: "a" }); // a removal that was answered and not done
  things.delete("done"); // what an unanswered write has left stays as it was found
  await journal.verify("all");
  assert.equal(journal.counts.lost, 2);
  assert.equal(told.filter((line) => line.startsWith("thing kept: found a")).length, 1);
});

Deno.test("openJournal() holds a write to what it acknowledged, though its connection broke later", async () => {
  const journal = openJournal({ thing: () => Promise.resolve(undefined) }, () => {});
  await journal.write("thing", "x", "a", (acknowledge) => {
    acknowledge();
    return Promise.reject(new Error("cut off"));
  }).catch(() => {});
  await journal.verify("touched");
  const { acknowledged, cutOff, lost } = journal.counts;
  assert.deepEqual([acknowledged, cutOff, lost], [1, 0, 1]);
});

Deno.test("killTable() has a row a phase, and their sum", () => {
  const row = { ...noCounts(), kills: 2, lost: 1 };
  assert.equal(
    killTable({ first: row, second: row }),
    "phase   kills  acknowledged  cut off  of them done  lost  doubled  half\n" +
      "first       2             0        0             0     1        0     0\n" +
      "second      2             0        0             0     1        0     0\n" +
      "total       4             0        0             0     2        0     0",
  );
});
