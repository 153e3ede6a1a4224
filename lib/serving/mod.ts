/**
 * The scoring service: what goes into the container. `createScorer` is a function from request to
 * response; `main.ts` is the program that reads the environment and serves it.
 *
 * Runs alone: it needs `core` and `model`, and no package. The collector of inputs and outputs is still
 * to come.
 *
 * @module
 */

export * from "./request_body.ts";
export * from "./scorer.ts";
export * from "./swagger.ts";
