import assert from "node:assert/strict";
import {
  beginIncidentLog,
  FAULTS,
  type Incident,
  type IncidentNotes,
  incidentOf,
  incidentTable,
  incidentTimeline,
  incidentWindowsTable,
  postMortemPage,
  readIncidents,
} from "lib/lifecycle/mod.ts";
import { createMemoryStore } from "lib/registry/mod.ts";
import { timelinePicture } from "lib/view/mod.ts";

const STEPS = ["started", "injected", "noticed", "mitigated", "recovered", "ended"] as const;

const windowOf = (window: number, phase: Incident["windows"][number]["phase"]) => ({
  ...{ window, phase, requests: 12, failed: 1, slow: window, rows: 60, labelled: 50, wrong: 2 },
});

/** What a drill has collected when it is over. */
const NOTES: IncidentNotes = {
  ...{ id: "incident-1", endpoint: "iris-live", fault: FAULTS[0], falseAlarms: 0 },
  servedBefore: { deployment: "blue", version: "1", digest: "a".repeat(64) },
  servedAfter: { deployment: "blue", digest: "a".repeat(64) },
  events: STEPS.map((kind, i) => ({
    ...{ kind, at: `2026-01-01T00:00:0${i}.000Z`, seconds: i, window: i, sentence: `<${kind}>` },
  })),
  windows: [
    windowOf(1, "quiet"),
    windowOf(2, "fault"),
    windowOf(3, "fault"),
    windowOf(4, "mitigated"),
  ],
  messages: ["latency", "latency", "drift"].map((kind, i) => ({
    ...{ id: String(i), kind: kind as "latency" | "drift", subject: null, severity: "warning" },
    ...{ runbook: "notebooks/runbooks/latency.md", reason: "slow", toldAt: null },
  })),
  ...{ mitigation: "roll-back", because: ["slow & new"], runbook: "notebooks/runbooks/latency.md" },
};

Deno.test("incidentOf() counts times from the injection, and who met the fault", () => {
  const { seconds, affected, alerts } = incidentOf(NOTES);
  assert.deepEqual(seconds, { toDetect: 1, toMitigate: 2, toRecover: 3 });
  assert.deepEqual(affected, {
    ...{ windows: 2, requests: 24, failed: 2, slow: 5, rows: 120, labelled: 100, wrong: 4 },
  });
  assert.deepEqual(alerts, ["latency", "drift"]);
});

Deno.test("incidentOf() knows no time where a step is missing", () => {
  const cut = (...kinds: string[]) =>
    incidentOf({ ...NOTES, events: NOTES.events.filter(({ kind }) => kinds.includes(kind)) })
      .seconds;
  assert.deepEqual(cut("started"), { toDetect: null, toMitigate: null, toRecover: null });
  assert.deepEqual(cut("injected", "noticed"), { toDetect: 1, toMitigate: null, toRecover: null });
  assert.deepEqual(cut("noticed"), { toDetect: null, toMitigate: null, toRecover: null });
});

Deno.test("the log is written over what was written before, and by nobody else", async () => {
  const store = createMemoryStore(), incident = incidentOf(NOTES);
  const begun = { ...incident, events: incident.events.slice(0, 1) };
  const log = await beginIncidentLog({ store }, begun);
  await log.save({ ...begun, events: incident.events.slice(0, 2) });
  const killed = await readIncidents({ store }, { endpoint: "iris-live" });
  assert.deepEqual(killed.map(({ events }) => events.length), [2]);
  await assert.rejects(beginIncidentLog({ store }, begun), { name: "ConflictError" });
  await store.write("incidents/iris-live/incident-1.json", { other: true });
  await assert.rejects(log.save(incident), { name: "ConflictError" });
});

Deno.test("logs are read by their begin, and a name that is none is refused", async () => {
  const store = createMemoryStore(), incident = incidentOf(NOTES);
  const at = (time: string) => [{ ...incident.events[0], at: time }];
  await beginIncidentLog({ store }, { ...incident, id: "a", events: at("2026-01-02T00:00:00Z") });
  await beginIncidentLog({ store }, { ...incident, id: "b", events: at("2026-01-01T00:00:00Z") });
  await beginIncidentLog({ store }, { ...incident, id: "c", endpoint: "other" });
  const found = await readIncidents({ store }, { endpoint: "iris-live" });
  assert.deepEqual(found.map(({ id }) => id), ["b", "a"]);
  await assert.rejects(
    beginIncidentLog({ store }, { ...incident, id: "../x" }),
    { name: "BadInput", message: /^incident must be letters, digits, - and _: got "\.\.\/x"/ },
  );
  await assert.rejects(readIncidents({ store }, { endpoint: "../x" }), { name: "BadInput" });
});

Deno.test("the timeline runs from the injection and names what was done", () => {
  const { title } = timelinePicture(incidentTimeline(incidentOf(NOTES)));
  assert.equal(title, "Time to detect 1.0 s, time to mitigate 2.0 s, time to recover 3.0 s");
  const names = (mitigation: Incident["mitigation"]) =>
    incidentTimeline({ events: NOTES.events, mitigation }).events.map(({ name }) => name);
  assert.deepEqual(names("roll-back"), ["fault", "told", "rolled back", "over"]);
  assert.deepEqual(names("fix-data"), ["fault", "told", "source mended", "over"]);
  assert.deepEqual(names(null), ["fault", "told", "mitigated", "over"]);
});

Deno.test("the tables have a row for each line of the log and each window", () => {
  assert.match(incidentTable(NOTES).text, /^incident-1: 6 lines of its log/);
  for (const step of STEPS) assert.ok(incidentTable(NOTES).text.includes(`<${step}>`), step);
  assert.equal(
    incidentWindowsTable(NOTES).text.match(/^ +\d+ +(quiet|fault|mitigated)/gm)?.length,
    4,
  );
});

Deno.test("the post-mortem has the facts filled in and the questions open", () => {
  const html = postMortemPage(incidentOf(NOTES));
  for (
    const fact of [
      "Post-mortem: slow-release",
      "A new release answers half a second later.",
      "Of 24 requests, 2 got no answer and 5 waited longer than promised.",
      "Of 120 rows that were answered 100 have a label, and 4 of those answers were wrong.",
      "slow &amp; new",
      "&lt;injected&gt;",
      "No alarm came before the fault.",
      "Served before: blue with digest aaaaaaaaaaaa. Served after: blue with digest aaaaaaaaaaaa, the same.",
      "Why was it possible?",
      "What would have found it earlier?",
      "3 actions without an owner",
    ]
  ) assert.ok(html.includes(fact), fact);
});

Deno.test("the post-mortem of a drill that nobody noticed, or that was cut off, says so", () => {
  const blind = { ...NOTES, messages: [], mitigation: null, because: [], runbook: null };
  const events = NOTES.events.filter(({ kind }) => kind === "started" || kind === "injected");
  const html = postMortemPage(incidentOf({ ...blind, events, servedAfter: null }));
  for (const said of ["Nobody noticed it.", "and nothing was done.", "not asked", "never"]) {
    assert.ok(html.includes(said), said);
  }
  const worse = { deployment: "drill", digest: "b".repeat(64) };
  assert.match(postMortemPage(incidentOf({ ...NOTES, servedAfter: worse })), /NOT the same/);
  assert.throws(() => postMortemPage(incidentOf({ ...NOTES, fault: null })), RangeError);
});
