import assert from "node:assert/strict";
import { type ManualClock, manualClock } from "lib/core/mod.ts";
import {
  ConflictError,
  createMemoryStore,
  createRegistry,
  type DocumentStore,
  type ModelVersion,
  type Registry,
} from "lib/registry/mod.ts";

const name = "iris";
const digest = (letter: string) => letter.repeat(64);
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function given(
  version: string,
  more: Partial<ModelVersion> = {},
): Omit<ModelVersion, "registeredAt"> {
  return {
    ...{ name, version, digest: digest(version.at(-1)!), runId: `run-${version}` },
    ...{ datasetDigest: "rows", commit: "c0ffee", lockfile: "lock" },
    signature: { features: ["a", "b"], classes: ["x"] },
    metrics: { accuracy: 0.97 },
    ...more,
  };
}

async function open(...versions: string[]): Promise<
  { registry: Registry; store: DocumentStore; clock: ManualClock }
> {
  const store = createMemoryStore(), clock = manualClock(at(0));
  const registry = createRegistry({ store, clock });
  for (const version of versions) await registry.register(given(version));
  return { registry, store, clock };
}

Deno.test("versions: kept as they were, found by number, digest and origin", async () => {
  const { registry, clock } = await open();
  const first = await registry.register(given("1"));
  assert.deepEqual(first, { ...given("1"), registeredAt: at(0) });
  clock.advance(1_000);
  await registry.register(given("2", { digest: digest("1") }));
  await registry.register(given("1", { name: "wine" }));
  assert.deepEqual(await registry.version(name, "1"), first);
  assert.deepEqual(
    (await registry.versionsWithDigest(digest("1"))).map(({ name, version }) =>
      `${name}:${version}`
    ),
    ["iris:1", "iris:2", "wine:1"],
  );
  assert.deepEqual(await registry.versionsWithDigest(digest("f")), []);
  assert.deepEqual(await registry.origin(name, "2"), {
    ...{ runId: "run-2", datasetDigest: "rows", commit: "c0ffee", lockfile: "lock" },
  });
  await assert.rejects(registry.origin(name, "3"), {
    name: "NotFoundError",
    message: "There is no version 3 of iris",
  });
  await assert.rejects(registry.version("nope", "1"), { name: "NotFoundError" });
});

Deno.test("versions: numbers may be missing, and 10 comes after 9", async () => {
  const { registry } = await open("10", "2", "9");
  const numbers = async () => (await registry.versions(name)).map(({ version }) => version);
  assert.deepEqual(await numbers(), ["2", "9", "10"]);
  assert.equal((await registry.latest(name))?.version, "10");
  await assert.rejects(registry.version(name, "3"), { name: "NotFoundError" });
  const move = { name, from: null, to: "3", by: "test" };
  await assert.rejects(registry.moveAlias({ ...move, alias: "champion" }), {
    name: "NotFoundError",
  });
  await assert.rejects(registry.changeProduction({ ...move, reason: "" }), {
    name: "NotFoundError",
  });
  assert.deepEqual(await registry.aliases(name), {});
  assert.deepEqual(await registry.productionHistory(name), []);
  await registry.register(given("3"));
  assert.deepEqual(await numbers(), ["2", "3", "9", "10"]);
  assert.deepEqual(await registry.versions("nope"), []);
  assert.equal(await registry.latest("nope"), undefined);
});

Deno.test("versions: registered twice is no change, as another is refused", async () => {
  const { registry, clock } = await open("1");
  clock.advance(1_000);
  assert.equal((await registry.register(given("1"))).registeredAt, at(0));
  const other = given("1", { digest: digest("b") });
  await assert.rejects(registry.register(other), (error) => {
    assert.ok(error instanceof ConflictError);
    assert.equal(error.path, "models/iris/versions/1.json");
    assert.equal(error.found, digest("1"));
    return true;
  });
  assert.deepEqual(await registry.version(name, "1"), { ...given("1"), registeredAt: at(0) });
  // the look-up by digest does not promise what was refused
  assert.deepEqual(await registry.versionsWithDigest(digest("b")), []);
});

Deno.test("versions: what could not be found again is refused", async () => {
  const { registry, store } = await open();
  for (
    const [wrong, message] of [
      [{ name: "a/b" }, /^model name must be .*: got "a\/b"$/],
      [{ name: "../x" }, /^model name must be/],
      [{ version: "0" }, /^model version must be a whole number from 1 on, as a text: got "0"$/],
      [{ version: "1.0" }, /^model version must be/],
      [{ version: "../1" }, /^model version must be/],
      [{ digest: "AB".repeat(32) }, /^digest must be 64 hexadecimal digits/],
      [{ digest: "ab" }, /^digest must be/],
      [{ runId: "" }, /^iris:1 runId must be given$/],
      [{ commit: "" }, /^iris:1 commit must be given$/],
      [{ lockfile: "" }, /^iris:1 lockfile must be given$/],
      [{ datasetDigest: "" }, /^iris:1 datasetDigest must be given$/],
    ] as const
  ) {
    await assert.rejects(registry.register(given("1", wrong)), { name: "BadInput", message });
  }
  await assert.rejects(registry.register(given("1", { metrics: { loss: NaN } })), {
    name: "TypeError",
    message: /\/metrics\/loss must be plain data: NaN/,
  });
  assert.deepEqual(await store.list(""), []);
  await assert.rejects(registry.versionsWithDigest("../x"), { name: "BadInput" });
  await assert.rejects(registry.versions("a/../b"), { name: "BadInput" });
});

Deno.test("aliases: moved from where they are, to a version that is there, by somebody", async () => {
  const { registry, clock } = await open("1", "2");
  const move = { name, alias: "champion", by: "gate" } as const;
  assert.equal(await registry.alias(name, "champion"), undefined);
  await registry.moveAlias({ ...move, from: null, to: "1" });
  clock.advance(1_000);
  await registry.moveAlias({ ...move, alias: "challenger", from: null, to: "2" });
  assert.deepEqual(await registry.aliases(name), {
    champion: { version: "1", at: at(0), by: "gate" },
    challenger: { version: "2", at: at(1), by: "gate" },
  });
  for (const from of [null, "2"]) {
    await assert.rejects(registry.moveAlias({ ...move, from, to: "2" }), (error) => {
      assert.ok(error instanceof ConflictError);
      assert.deepEqual([error.expected, error.found], [from, "1"]);
      assert.match(error.message, /models\/iris\/aliases\.json#champion .*: found "1"$/);
      return true;
    });
  }
  await registry.moveAlias({ ...move, from: "1", to: "2" });
  await registry.moveAlias({ ...move, alias: "challenger", from: "2", to: null });
  assert.deepEqual(await registry.aliases(name), {
    champion: { version: "2", at: at(1), by: "gate" },
  });
  assert.equal(await registry.alias(name, "challenger"), undefined);
});

Deno.test("aliases: there are two, and no others", async () => {
  const { registry } = await open("1");
  const alias = "latest" as "champion",
    message = 'alias must be champion or challenger: got "latest"';
  await assert.rejects(registry.alias(name, alias), { name: "BadInput", message });
  const move = { name, alias, from: null, to: "1", by: "test" };
  await assert.rejects(registry.moveAlias(move), { name: "BadInput", message });
  assert.deepEqual(await registry.aliases(name), {});
});

Deno.test("production: what served when, by whose decision", async () => {
  const { registry, clock } = await open("1", "2", "3");
  assert.equal(await registry.production(name), null);
  assert.equal(await registry.productionAt(name, at(0)), null);
  const decision = await registry.recordDecision({
    ...{ name, version: "1", against: null, passed: true, by: "gate" },
    ...{ reasons: ["no champion yet"], evidence: { accuracy: { low: 0.9 } } },
  });
  const steps = [
    { from: null, to: "1", by: "gate", reason: "first", decision: decision.id },
    { from: "1", to: "3", by: "gate", reason: "better" },
    { from: "3", to: "1", by: "on-call", reason: "rollback: error rate" },
    { from: "1", to: null, by: "on-call", reason: "endpoint closed" },
  ];
  for (const step of steps) {
    clock.advance(10_000);
    await registry.changeProduction({ name, ...step });
  }
  const history = await registry.productionHistory(name);
  assert.deepEqual(
    history,
    steps.map((step, i) => ({
      name,
      decision: null,
      ...step,
      sequence: i + 1,
      at: at(10 * (i + 1)),
    })),
  );
  assert.equal(await registry.production(name), null);
  for (
    const [second, version] of [[9, null], [10, "1"], [29, "3"], [30, "1"], [59, null]] as const
  ) {
    assert.equal(await registry.productionAt(name, at(second)), version, `second ${second}`);
  }
  await assert.rejects(registry.productionAt(name, "soon"), RangeError);
  await assert.rejects(
    registry.changeProduction({ name, from: "1", to: "2", by: "late", reason: "" }),
    { name: "ConflictError", expected: "1", found: null },
  );
  assert.equal((await registry.productionHistory(name)).length, 4);
});

Deno.test("production: more than ten entries stay in order", async () => {
  const { registry } = await open("1", "2");
  let from: string | null = null;
  for (let i = 0; i < 25; i++) {
    const to: string = from === "1" ? "2" : "1";
    await registry.changeProduction({ name, from, to, by: "test", reason: String(i) });
    from = to;
  }
  const history = await registry.productionHistory(name);
  assert.deepEqual(
    history.map(({ sequence }) => sequence),
    Array.from({ length: 25 }, (_, i) => i + 1),
  );
  assert.deepEqual(history.map(({ reason }) => reason), history.map((_, i) => String(i)));
});

Deno.test("decisions: kept for every version, refusals too", async () => {
  const { registry, clock } = await open("1", "2");
  const decision = {
    ...{ name, version: "2", against: "1", by: "gate", passed: false },
    ...{ reasons: ["accuracy 0.80 < 0.95"], evidence: { accuracy: 0.8 } },
  };
  const first = await registry.recordDecision(decision);
  assert.deepEqual(first, { ...decision, id: "iris/2/1", at: at(0) });
  clock.advance(1_000);
  const second = await registry.recordDecision({ ...decision, passed: true, reasons: [] });
  assert.equal(second.id, "iris/2/2");
  assert.deepEqual(await registry.decisions(name, "2"), [first, second]);
  assert.deepEqual(await registry.decisions(name, "1"), []);
  const unknown = { ...decision, version: "9" };
  await assert.rejects(registry.recordDecision(unknown), { name: "NotFoundError" });
  const broken = { ...decision, evidence: { accuracy: NaN } };
  await assert.rejects(registry.recordDecision(broken), TypeError);
});
