/**
 * The verbs. Notebooks and scripts call these; they wire the other rooms together and touch the
 * world: `prepare` → `trainCandidate` → `evaluate` → `trainingRecord` → `saveBundle`.
 *
 * @module
 */

export * from "./bundle.ts";
export * from "./collected.ts";
export * from "./container.ts";
export * from "./deploy.ts";
export * from "./experiment_tables.ts";
export * from "./files.ts";
export * from "./gate.ts";
export * from "./machine.ts";
export * from "./paths.ts";
export * from "./provenance.ts";
export * from "./readme_picture.ts";
export * from "./register.ts";
export * from "./rollout.ts";
export { readRollout, type RolloutName, rolloutPath } from "./rollout_document.ts";
export {
  DEFAULT_ROLLOUT_STEPS,
  newRollout,
  nextAction,
  type RolloutEntry,
  type RolloutLook,
  type RolloutPlan,
  type RolloutRecord,
  type RolloutStep,
} from "./rollout_record.ts";
export * from "./score.ts";
export * from "./steps.ts";
export * from "./tables.ts";
export * from "./track.ts";
export * from "./traffic.ts";
export * from "./train.ts";
export * from "./workspace.ts";
