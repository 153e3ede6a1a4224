/**
 * The verbs. Notebooks and scripts call these; they wire the other rooms together and touch the
 * world: `prepare` → `trainCandidate` → `evaluate` → `trainingRecord` → `saveBundle`.
 *
 * @module
 */

export * from "./architecture.ts";
export * from "./bundle.ts";
export * from "./bundled.ts";
export * from "./collected.ts";
export * from "./container.ts";
export * from "./data_asset.ts";
export * from "./deploy.ts";
export * from "./files.ts";
export * from "./gate.ts";
export * from "./machine.ts";
export * from "./instance.ts";
export * from "./paths.ts";
export * from "./preflight.ts";
export * from "./production.ts";
export * from "./provenance.ts";
export * from "./readme_picture.ts";
export * from "./register.ts";
export * from "./rollback.ts";
export * from "./rollback_target.ts";
export * from "./score.ts";
export * from "./steps.ts";
export * from "./tables.ts";
export * from "./track.ts";
export * from "./traffic.ts";
export * from "./train.ts";
export * from "./workspace.ts";
