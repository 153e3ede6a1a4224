/** Scenes in which the deployment is at fault: noticed as said, and nothing of them is left. */

import assert from "node:assert/strict";
import { getEndpoint, listDeployments } from "../../lib/azure/mod.ts";
import { stageScene } from "../../lib/data/mod.ts";
import * as lifecycle from "../../lib/lifecycle/mod.ts";
import { withEndpoint } from "./scene_endpoint.ts";

Deno.test("operations: scenes in which the deployment is at fault", async (t) => {
  await withEndpoint(async ({ workspace, prepared, candidate, version, call, deploy }) => {
    const { endpoint, url } = call, { azure } = workspace;
    const live = {
      ...{ name: endpoint, url, deployment: "blue", isNew: false },
      key: () => Promise.resolve(call.key),
    };
    const assertAsFound = async () => {
      assert.deepEqual((await getEndpoint(azure, endpoint))!.traffic, { blue: 100 });
      assert.deepEqual((await listDeployments(azure, endpoint)).map(({ name }) => name), ["blue"]);
    };

    await t.step("each is noticed as said and taken away, so the next one is quiet", async () => {
      const tried = await lifecycle.tryScenes(workspace, ["latency-fault", "bad-model", "none"], {
        ...{ live, version, prepared, importance: [], windows: 12, rows: 100, seed: 7 },
        reference: lifecycle.referenceOf(prepared, candidate),
        expected: lifecycle.evaluate(candidate.model, prepared.holdout).accuracy.value,
      });
      assert.deepEqual(
        tried.map(({ scene, fired, asExpected }) => ({ scene, fired, asExpected }))
          .filter(({ asExpected }) => !asExpected),
        [],
      );
      await assertAsFound();
    });

    await t.step("it names its release; what was killed never counts as serving", async () => {
      const story = await lifecycle.nextStory(workspace, { endpoint, title: "bad-model" });
      const scene = stageScene(prepared.holdout, {
        ...{ scene: "bad-model", seed: 7, windows: 2, rowsPerWindow: 20, startsAt: 2 },
        idPrefix: story.idPrefix,
      });
      const { released } = await lifecycle.playScene(workspace, {
        ...{ live, version, prepared, scene, story },
      });
      assert.equal(released?.window, "window 2");
      assert.notEqual(released?.version, version.version);
      // as a driver leaves it that was killed in the middle: the same digest, and slow
      await deploy(lifecycle.DRILL, { DRILL_DELAY_MS: "500" });
      const move = { by: "test", reason: "a scene was killed" };
      await lifecycle.moveTraffic(workspace, { endpoint, traffic: { drill: 100 }, ...move });
      const again = await lifecycle.serveLive(workspace, { name: endpoint, version, by: "test" });
      assert.equal(again.deployment, "blue");
      await assertAsFound();
    });
  });
});
