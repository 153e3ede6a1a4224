import { IGNORED } from "../local_azure/has_buildah.ts";
import { checkRuntime } from "./runtime_conformance.ts";

Deno.test({
  name:
    "the buildah runtime: the chapters' Dockerfile is built, comes up, scores, refuses, logs and goes",
  ignore: IGNORED,
  fn: (test) => checkRuntime(test, "buildah"),
});
