import { checkRuntime } from "./runtime_conformance.ts";

Deno.test("the child runtime: the chapters' deployment comes up, scores, refuses, logs and goes", async (test) => {
  await checkRuntime(test, "child");
});
