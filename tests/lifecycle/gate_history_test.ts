/** What the registry keeps of a gate: overrides with name and reason, and one winner of two writers. */

import assert from "node:assert/strict";
import { type GateDecision, overrule } from "lib/gate/mod.ts";
import {
  falseRefusals,
  gateModel,
  keepDecision,
  modelOf,
  overruled,
  prepare,
} from "lib/lifecycle/mod.ts";
import { createMemoryStore, createRegistry, type ModelVersion } from "lib/registry/mod.ts";
import { majorityBaseline } from "lib/training/mod.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });

async function world(versions: number) {
  const registry = createRegistry({ store: createMemoryStore() });
  const made: ModelVersion[] = [];
  for (let i = 1; i <= versions; i++) {
    made.push(
      await registry.register({
        ...{ name: "iris", version: String(i), digest: String(i).repeat(64), signature: {} },
        ...{ runId: "r", datasetDigest: "d", commit: "c", lockfile: "l", metrics: {} },
      }),
    );
  }
  return { workspace: { registry }, versions: made };
}

/** A refusal that is real: the commonest class, always. */
function refusal(): GateDecision {
  const { json } = majorityBaseline(prepared.train);
  return gateModel(prepared, {
    challenger: modelOf(json, { name: "iris", samples: prepared.train }),
  });
}

Deno.test("an override is kept with name, reason and every rule, and moves the alias in its name", async () => {
  const { workspace, versions: [version] } = await world(1), { registry } = workspace;
  const refused = refusal();
  await keepDecision(workspace, { version, decision: refused });
  assert.equal(await registry.alias("iris", "champion"), undefined);
  const who = {
    by: "Ada",
    reason: "a constant is better than an error",
    at: "2026-01-01T00:00:00Z",
  };
  await keepDecision(workspace, { version, decision: overrule(refused, who) });
  const [first, second] = await registry.decisions("iris", "1");
  assert.deepEqual([first.passed, first.by], [false, "gate"]);
  assert.deepEqual([second.passed, second.by], [true, "Ada"]);
  assert.match(second.reasons[0], /overruled by Ada: a constant is better than an error\.$/);
  const { override, rules } = second.evidence as unknown as GateDecision;
  assert.deepEqual(override, {
    ...who,
    rules: refused.rules.filter((r) => !r.passed).map((r) => r.rule),
  });
  assert.equal(rules.length, 16);
  assert.equal((await registry.alias("iris", "champion"))?.by, "Ada");
});

Deno.test("overruled() takes --override for a refusal only, and not without a reason", () => {
  const env = (text: string) => ({ env: (name: string) => name === "MLOPS_OVERRIDE" ? text : "" });
  const refused = refusal();
  assert.equal(overruled(refused, env("Ada: it is only a drill")).decision, "promote");
  assert.equal(overruled(refused, env("")), refused);
  assert.throws(() => overruled(refused, env("Ada")), /--override must be "name: reason"/);
  const promoted = { ...refused, decision: "promote" } as const;
  assert.equal(overruled(promoted, env("Ada: it is only a drill")), promoted);
});

Deno.test("two who promote at once: one moves the alias, the other is told; both decisions are kept", async () => {
  const { workspace, versions } = await world(3), { registry } = workspace;
  const promote = { ...refusal(), decision: "promote" } as const;
  await keepDecision(workspace, { version: versions[0], decision: promote });
  const ends = await Promise.allSettled(
    versions.slice(1).map((version) =>
      keepDecision(workspace, { version, decision: promote, against: versions[0] })
    ),
  );
  const lost = ends.filter((end) => end.status === "rejected");
  assert.deepEqual(lost.map(({ reason }) => reason.name), ["ConflictError"]);
  const winner = ends[0].status === "fulfilled" ? "2" : "3";
  assert.equal((await registry.alias("iris", "champion"))?.version, winner);
  for (const version of ["2", "3"]) {
    assert.equal((await registry.decisions("iris", version)).length, 1);
  }
});

Deno.test("falseRefusals(): over 200 seeds the default policy refuses few equals on iris", async () => {
  const { seeds, refused, share, byRule } = await falseRefusals(prepared);
  console.log(`${refused} of ${seeds} wrongly refused`, JSON.stringify(byRule));
  assert.equal(seeds, 200);
  assert.ok(share.high < 0.15, `${refused} of 200`);
  const again = await falseRefusals(prepared, { seeds: 20 });
  assert.deepEqual(again, await falseRefusals(prepared, { seeds: 20 }), "it is seeded");
});
