import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CHECKOUT, fromCheckout, OUT } from "../../lib/lifecycle/mod.ts";

Deno.test("CHECKOUT is the folder that holds lib and tests, without a slash at its end", () => {
  assert.equal(join(CHECKOUT, "tests/lifecycle/paths_test.ts"), fileURLToPath(import.meta.url));
  assert.doesNotMatch(CHECKOUT, /[\\/]$/);
});

Deno.test("fromCheckout() is meant from the root, wherever the program runs", () => {
  assert.equal(fromCheckout("data/iris.csv"), join(CHECKOUT, "data/iris.csv"));
  assert.equal(fromCheckout("./notebooks/../data"), join(CHECKOUT, "data"));
  assert.equal(OUT, join(CHECKOUT, "out"));
});

Deno.test("fromCheckout() leaves an absolute path as it is", () => {
  assert.equal(fromCheckout("/some/where"), resolve("/some/where"));
});
