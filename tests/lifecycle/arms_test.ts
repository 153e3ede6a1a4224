import assert from "node:assert/strict";
import fc from "fast-check";
import { stageScene } from "lib/data/mod.ts";
import { armOf, armScenes, checkExperiment, prepare } from "lib/lifecycle/mod.ts";

const { holdout } = await prepare("data/iris.dataset.json", { seed: 7 });

Deno.test("armScenes() gives every row to the arm of its unit, once, with all that belongs to it", () => {
  const options = { scene: "none", seed: 7, windows: 3, rowsPerWindow: 200, units: 40 } as const;
  const scene = stageScene(holdout, options), d = holdout.features.length;
  const split = { salt: "1 against 2", shareB: 0.3 }, arms = armScenes(scene, split);
  scene.windows.forEach((window, w) => {
    const parts = [arms.a.windows[w], arms.b.windows[w]];
    assert.deepEqual(
      parts.flatMap(({ correlationIds }) => correlationIds).sort(),
      [...window.correlationIds].sort(),
    );
    parts.forEach((part, k) =>
      part.correlationIds.forEach((id, i) => {
        const at = window.correlationIds.indexOf(id);
        assert.equal(armOf(part.unitIds[i], split), "ab"[k]);
        assert.equal(part.unitIds[i], window.unitIds[at]);
        assert.deepEqual(
          [part.actual[i], part.sources[i], part.labelDelay[i]],
          [window.actual[at], window.sources[at], window.labelDelay[at]],
        );
        assert.deepEqual(part.x.slice(i * d, i * d + d), window.x.slice(at * d, at * d + d));
      })
    );
  });
  assert.notEqual(arms.a.idPrefix, arms.b.idPrefix);
  assert.ok([arms.a, arms.b].every(({ idPrefix }) => idPrefix.startsWith(`${scene.idPrefix}-`)));
});

Deno.test("armOf() keeps a unit in B while B's share grows", () => {
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(fc.property(fc.string(), fc.string(), share, share, (unit, salt, one, other) => {
    const [small, large] = [Math.min(one, other), Math.max(one, other)];
    if (armOf(unit, { salt, shareB: small }) !== "b") return;
    assert.equal(armOf(unit, { salt, shareB: large }), "b");
  }));
});

Deno.test("checkExperiment() refuses what no test could be made of", () => {
  const good = { scene: "concept-drift", windows: 16, rows: 40, shareB: 50 };
  assert.deepEqual(checkExperiment(good), { ...good, isChanged: true });
  const wrong = { scene: "rain", windows: 7, rows: 1.5, shareB: 95 };
  for (const [field, value] of Object.entries(wrong)) {
    assert.throws(() => checkExperiment({ ...good, [field]: value }), {
      name: "BadInput",
      message: new RegExp(`^${field} must be .*: got `),
    });
  }
});
