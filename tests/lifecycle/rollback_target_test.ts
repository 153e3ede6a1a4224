import assert from "node:assert/strict";
import { ROLLBACK, rollbackTarget } from "lib/lifecycle/mod.ts";

const state = "Succeeded";
const blue = { name: "blue", version: "1", state }, green = { name: "green", version: "2", state };
const moves = (...versions: (string | null)[]) => versions.map((to) => ({ to, by: "shift" }));
const back = (to: string) => ({ to, by: ROLLBACK });

function target(
  { deployments = [blue, green], traffic = { green: 100 }, ...rest }: Partial<
    Parameters<typeof rollbackTarget>[0]
  >,
) {
  return rollbackTarget({ endpoint: "e", deployments, traffic, history: [], ...rest }).name;
}

Deno.test("rollbackTarget() is what was in production before", () => {
  assert.equal(target({ history: moves("1", "2") }), "blue");
  const yellow = { name: "yellow", version: "3", state }, deployments = [blue, green, yellow];
  const traffic = { yellow: 100 };
  assert.equal(target({ deployments, traffic, history: moves("1", "2", "3") }), "green");
});

Deno.test("rollbackTarget() in the middle of a shift is the version in production", () => {
  for (const share of [1, 50, 99]) {
    const traffic = { blue: 100 - share, green: share };
    assert.equal(target({ traffic, history: moves("1") }), "blue");
  }
});

Deno.test("rollbackTarget() never goes back to what was rolled back from", () => {
  const name = "NothingToRollBack";
  const history = [...moves("1", "2"), back("1")];
  assert.throws(() => target({ traffic: { blue: 100 }, history }), {
    name,
    message: "Cannot roll back e as nothing was in production before version 1",
  });
  const twice = [...moves("1", "2", "3"), back("2")], traffic = { green: 100 };
  assert.equal(target({ traffic, history: twice }), "blue");
});

Deno.test("rollbackTarget() after a move by hand to something later is what was there before it", () => {
  const history = [...moves("1", "2"), back("1"), back("2")];
  assert.equal(target({ history }), "blue");
});

Deno.test("rollbackTarget() where production is not of this endpoint is the only one without traffic", () => {
  assert.equal(target({ history: moves("1", "7") }), "blue");
  assert.throws(
    () => target({ history: moves("1", "7"), traffic: { blue: 50, green: 50 } }),
    /none of its deployments serves version 7 of production and every deployment has traffic/,
  );
});

Deno.test("rollbackTarget() starts anew where production was emptied", () => {
  const history = moves("2", null, "1"), traffic = { blue: 100 };
  assert.throws(() => target({ traffic, history }), /nothing was in production before version 1/);
});

Deno.test("rollbackTarget() without a history is the only one without traffic", () => {
  assert.equal(target({}), "blue");
  assert.throws(
    () => target({ traffic: { blue: 50, green: 50 } }),
    /no version was ever in production and every deployment has traffic/,
  );
  assert.throws(() => target({ traffic: {} }), /several have no traffic/);
  assert.throws(() => target({ deployments: [], traffic: {} }), /it has no deployment/);
});

Deno.test("rollbackTarget() where both serve the same version is the idle one", () => {
  assert.equal(
    target({ deployments: [blue, { ...green, version: "1" }], history: moves("1") }),
    "blue",
  );
});

Deno.test("rollbackTarget() says which version no deployment serves any more", () => {
  assert.throws(() => target({ deployments: [green], history: moves("1", "2") }), {
    name: "NothingToRollBack",
    message:
      "Cannot roll back e as no deployment serves version 1, which was in production before version 2",
  });
});

Deno.test("rollbackTarget() takes a name or a version, and refuses what is not there or has all traffic", () => {
  assert.equal(target({ to: "blue" }), "blue");
  assert.equal(target({ to: "1" }), "blue");
  assert.throws(() => target({ to: "7" }), {
    name: "BadInput",
    message: '--to must name one deployment of e: blue (version 1), green (version 2): got "7"',
  });
  assert.throws(() => target({ to: "green" }), /green \(version 2\) has all traffic already/);
});

Deno.test("rollbackTarget() does not go to a deployment that is not ready", () => {
  const deployments = [{ ...blue, state: "Failed" }, green];
  assert.throws(
    () => target({ deployments, history: moves("1", "2") }),
    /blue is not ready: Failed/,
  );
});
