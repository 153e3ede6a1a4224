import assert from "node:assert/strict";
import fc from "fast-check";
import { manualClock } from "lib/core/mod.ts";
import {
  newRollout,
  readRollout,
  resumeRollout,
  rollBackRollout,
  type RolloutRecord,
  runRollout,
} from "lib/lifecycle/mod.ts";
import { ConflictError, createMemoryStore, type DocumentStore } from "lib/registry/mod.ts";
import { createWorld, Killed, mortal, type Showing } from "./rollout_world.ts";

const PLAN = { endpoint: "iris", id: "7", blue: "blue", green: "green", maxLooks: 3 };
const clock = manualClock("2026-01-01T00:00:00Z");

/** What green shows, by green's percent, and how it must end. */
const SCENES: Record<
  string,
  { show: (green: number, look: number) => Showing; state: string; steps: number; traffic: object }
> = {
  "gets through": { show: () => "good", state: "done", steps: 5, traffic: { green: 100 } },
  "gets through after two looks": {
    show: (_, look) => look < 2 ? "little" : "good",
    state: "done",
    steps: 5,
    traffic: { green: 100 },
  },
  "is bad in the mirror": {
    show: () => "bad",
    state: "rolled-back",
    steps: 2,
    traffic: { blue: 100 },
  },
  "turns bad at half": {
    show: (green, look) => green === 50 ? (look < 2 ? "little" : "bad") : "good",
    state: "rolled-back",
    steps: 4,
    traffic: { blue: 100 },
  },
  "shows too little": {
    show: (green) => green === 10 ? "little" : "good",
    state: "held",
    steps: 3,
    traffic: { blue: 90, green: 10 },
  },
};

const worldOf = (name: string) => createWorld(({ green }, look) => SCENES[name].show(green, look));

for (const [name, { state, steps, traffic }] of Object.entries(SCENES)) {
  Deno.test(`runRollout(): a green that ${name}: ${state}`, async () => {
    const world = worldOf(name), store = createMemoryStore(), written: string[] = [];
    const record = await runRollout(PLAN, {
      ...{ store, port: world.port, clock },
      onStep: (step, { state }) => written.push(`${step?.name} ${step?.outcome} ${state}`),
    });
    assert.equal(record.state, state);
    assert.equal(record.history.length, steps);
    assert.deepEqual(world.state, { traffic, mirror: {} });
    assert.deepEqual(await readRollout(store, PLAN), record, "the document is the record");
    assert.match(written.at(-1)!, new RegExp(`${state}$`));
    assert.deepEqual(
      record.history.map((entry) => entry.name),
      record.steps.slice(0, steps).map((step) => step.name),
    );
  });

  Deno.test(`a driver that dies at any moment: a green that ${name} ends the same, no step skipped`, async () => {
    const whole = worldOf(name),
      expected = await runRollout(PLAN, { store: createMemoryStore(), port: whole.port, clock });
    let deaths = 0;
    for (let dieAt = 0;; dieAt++) {
      const world = worldOf(name), store = createMemoryStore();
      const dying = mortal(store, world.port, dieAt);
      const end = await runRollout(PLAN, { ...dying, clock }).catch((error) => error);
      if (!(end instanceof Killed)) {
        assert.equal((end as RolloutRecord).state, state);
        assert.equal(dying.moments(), dieAt, "every moment was tried");
        break;
      }
      deaths++;
      const options = { store, port: world.port, clock };
      const record = await readRollout(store, PLAN)
        ? await resumeRollout(PLAN, options)
        : await runRollout(PLAN, options);
      assert.deepEqual({ ...record, drivers: 0 }, { ...expected, drivers: 0 }, `died at ${dieAt}`);
      assert.deepEqual(world.seen, whole.seen, `died at ${dieAt}`);
      assert.deepEqual(world.state, whole.state, `died at ${dieAt}`);
      assert.deepEqual(await resumeRollout(PLAN, options), record, "nothing is left to do");
    }
    assert.ok(deaths > 20, String(deaths));
  });
}

Deno.test("drivers that die again and again still get there", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(SCENES)),
      fc.array(fc.nat(14), { maxLength: 12 }),
      async (name, deaths) => {
        const world = worldOf(name), store = createMemoryStore();
        const go = async (store: DocumentStore, port: typeof world.port) =>
          await readRollout(store, PLAN)
            ? await resumeRollout(PLAN, { store, port, clock })
            : await runRollout(PLAN, { store, port, clock });
        for (const dieAt of deaths) {
          const dying = mortal(store, world.port, dieAt);
          await go(dying.store, dying.port).catch((error) =>
            assert.ok(error instanceof Killed, error)
          );
        }
        const record = await go(store, world.port), { state, steps, traffic } = SCENES[name];
        assert.equal(record.state, state);
        assert.equal(record.history.length, steps);
        assert.deepEqual(world.state.traffic, traffic);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("every step is in the document before its traffic is set, and the way back is one call", async () => {
  const world = worldOf("turns bad at half"), store = createMemoryStore();
  const port = {
    ...world.port,
    async setTraffic(traffic: Readonly<Record<string, number>>) {
      const record = (await readRollout(store, PLAN))!, step = record.history.at(-1)!;
      if (record.state === "running") {
        assert.equal(step.takenAt, null);
        assert.equal(traffic.green ?? 0, step.green);
      } else assert.equal(record.state, "rolling-back");
      await world.port.setTraffic(traffic);
    },
  };
  const record = await runRollout(PLAN, { store, port, clock });
  assert.equal(world.calls.filter((call) => call === 'traffic {"blue":100}').length, 3); // 0 %, mirror, back
  assert.equal(world.calls.at(-1), 'traffic {"blue":100}');
  assert.match(record.reason, /^Roll back: green is worse/);
  assert.equal(record.history.at(-1)!.looks.length, 2);
});

Deno.test("two drivers of one rollout: one goes on, the other is told, whatever the order", async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const world = worldOf("gets through"), store = createMemoryStore();
      const dying = mortal(store, world.port, 16);
      await assert.rejects(runRollout(PLAN, { ...dying, clock }), Killed);
      const slow = () => ({
        read: scheduler.scheduleFunction(store.read),
        write: scheduler.scheduleFunction(store.write),
        list: scheduler.scheduleFunction(store.list),
      });
      const both = await scheduler.waitFor(Promise.allSettled([
        resumeRollout(PLAN, { store: slow(), port: world.port, clock }),
        resumeRollout(PLAN, { store: slow(), port: world.port, clock }),
      ]));
      const won = both.filter(({ status }) => status === "fulfilled");
      const lost = both.flatMap((end) => end.status === "rejected" ? [end.reason] : []);
      assert.ok(
        won.length >= 1 && lost.every((error) => error instanceof ConflictError),
        String(lost),
      );
      told += lost.length;
      const record = (await readRollout(store, PLAN))!;
      assert.equal(record.state, "done");
      assert.deepEqual(
        record.history.map(({ name }) => name),
        record.steps.map(({ name }) => name),
      );
    }),
    { numRuns: 60 },
  );
  assert.ok(told > 0, "somebody was told");
});

Deno.test("two rollouts at one endpoint: the second is refused until the first is over", async () => {
  const world = worldOf("shows too little"), store = createMemoryStore();
  const options = { store, port: world.port, clock };
  assert.equal((await runRollout(PLAN, options)).state, "held");
  await assert.rejects(runRollout({ ...PLAN, id: "8" }, options), ConflictError);
  assert.equal((await readRollout(store, { ...PLAN, id: "8" }))!.state, "refused");
  await assert.rejects(runRollout(PLAN, options), ConflictError, "an id is used once");
  const good = createWorld(() => "good");
  const on = { ...options, port: good.port };
  assert.equal((await resumeRollout(PLAN, on)).state, "held", "it waits for a person");
  const done = await resumeRollout(PLAN, { ...on, moreLooks: 2 });
  assert.deepEqual([done.state, done.history[2].looks.length], ["done", 4]);
  assert.equal((await runRollout({ ...PLAN, id: "9" }, on)).state, "done");
});

Deno.test("rollBackRollout(): a person gets the traffic back from any moment, and the endpoint is free", async () => {
  for (let dieAt = 2;; dieAt++) { // from the first moment with a document
    const world = worldOf("gets through"), store = createMemoryStore();
    const end = await runRollout(PLAN, { ...mortal(store, world.port, dieAt), clock })
      .catch((error) => error);
    const options = { store, port: world.port, clock };
    if (await readRollout(store, PLAN) === undefined) continue;
    const record = await rollBackRollout(PLAN, "on call said so.", options);
    assert.equal(record.state, "rolled-back", `from ${dieAt}`);
    assert.equal(record.reason, "Roll back: on call said so.");
    assert.deepEqual(world.state, { traffic: { blue: 100 }, mirror: {} }, `from ${dieAt}`);
    assert.deepEqual(await rollBackRollout(PLAN, "again.", options), record);
    assert.equal((await runRollout({ ...PLAN, id: "8" }, options)).state, "done");
    await assert.rejects(rollBackRollout({ ...PLAN, id: "0" }, "?", options), { name: "BadInput" });
    if (!(end instanceof Killed)) break; // also from one that was done
  }
});

Deno.test("rollBackRollout(): not behind a later rollout, whose blue is another", async () => {
  const world = worldOf("gets through"), store = createMemoryStore();
  const options = { store, port: world.port, clock };
  await runRollout(PLAN, options);
  await runRollout({ ...PLAN, id: "8", blue: "green", green: "teal" }, options);
  await assert.rejects(rollBackRollout(PLAN, "too late.", options), ConflictError);
  assert.deepEqual(world.state.traffic, { teal: 100 });
  await rollBackRollout({ ...PLAN, id: "8" }, "in time.", options);
  assert.deepEqual(world.state.traffic, { green: 100 });
});

Deno.test("rollBackRollout(): a driver that still runs is told, and sets nothing any more", async () => {
  const world = worldOf("gets through"), store = createMemoryStore();
  const port = {
    ...world.port,
    async observe(...args: Parameters<typeof world.port.observe>) {
      if (args[0].green === 50) {
        await rollBackRollout(PLAN, "stop.", { store, port: world.port, clock });
      }
      return await world.port.observe(...args);
    },
  };
  await assert.rejects(runRollout(PLAN, { store, port, clock }), ConflictError);
  assert.deepEqual(world.state.traffic, { blue: 100 });
  assert.equal((await readRollout(store, PLAN))!.state, "rolled-back");
});

Deno.test("two rollouts that start at once: one has the endpoint", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const store = createMemoryStore(), world = worldOf("gets through");
      const slow = () => ({
        read: scheduler.scheduleFunction(store.read),
        write: scheduler.scheduleFunction(store.write),
        list: scheduler.scheduleFunction(store.list),
      });
      const start = (id: string) =>
        runRollout({ ...PLAN, id }, { store: slow(), port: world.port, clock });
      const ends = await scheduler.waitFor(Promise.allSettled([start("1"), start("2")]));
      const states = (await Promise.all(["1", "2"].map((id) =>
        readRollout(store, { ...PLAN, id })
      ))).map((record) =>
        record!.state
      );
      ends.forEach((end, i) => {
        assert.equal(states[i], end.status === "fulfilled" ? "done" : "refused");
        if (end.status === "rejected") assert.ok(end.reason instanceof ConflictError);
      });
      assert.ok(states.includes("done"));
    }),
    { numRuns: 40 },
  );
});

Deno.test("an aborted driver stops between two actions and can be resumed; a way back is finished", async () => {
  const world = worldOf("gets through"), store = createMemoryStore(), stop = new AbortController();
  const options = { store, port: world.port, clock };
  await assert.rejects(
    runRollout(PLAN, {
      ...options,
      signal: stop.signal,
      onStep: (step) => step?.green === 10 && stop.abort(),
    }),
    { name: "AbortError" },
  );
  assert.equal((await readRollout(store, PLAN))!.history.length, 3);
  assert.equal((await resumeRollout(PLAN, options)).state, "done");

  const bad = worldOf("turns bad at half"),
    other = createMemoryStore(),
    late = new AbortController();
  const record = await runRollout(PLAN, {
    ...{ store: other, port: bad.port, clock, signal: late.signal },
    onStep: (_, { state }) => state === "rolling-back" && late.abort(),
  });
  assert.deepEqual([record.state, bad.state.traffic], ["rolled-back", { blue: 100 }]);
});

Deno.test("newRollout() names what is wrong", async () => {
  const step = { name: "x", green: 100, mirror: 0, decided: true };
  const bad: [object, RegExp][] = [
    [{ id: "active" }, /^id must be .* not active/],
    [{ endpoint: "a/b" }, /^endpoint must be 1 to 63/],
    [{ green: "blue" }, /^green must not be blue/],
    [{ maxLooks: 0 }, /^maxLooks must be a whole number/],
    [{ steps: [] }, /^steps must end with 100 % green/],
    [{ steps: [{ ...step, mirror: 10 }] }, /must mirror only where green answers nothing/],
    [
      { steps: [{ ...step, green: 0, mirror: 60 }, step] },
      /must mirror a whole percent from 0 to 50/,
    ],
    [{ steps: [{ ...step, green: 50 }, { ...step, green: 10 }, step] }, /must not go back/],
  ];
  for (const [change, message] of bad) {
    assert.throws(() => newRollout({ ...PLAN, ...change }), { name: "BadInput", message });
  }
  const world = worldOf("gets through");
  await assert.rejects(resumeRollout(PLAN, { store: createMemoryStore(), port: world.port }), {
    name: "BadInput",
    message: /rollout must be one that was started/,
  });
});
