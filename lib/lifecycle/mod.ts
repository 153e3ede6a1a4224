/**
 * The verbs. Notebooks and scripts call these; they wire the other rooms together and touch the
 * world: `prepare` → `trainCandidate` → `evaluate` → `trainingRecord` → `saveBundle`.
 * Once it serves: `simulate` plays a scene through the endpoint, `readBack` gives the windows of what
 * happened, `referenceOf` (or `rebuildReference`, in another process) what they are held against.
 *
 * @module
 */

export * from "./append_lines.ts";
export * from "./bundle.ts";
export * from "./collected.ts";
export * from "./container.ts";
export * from "./deploy.ts";
export * from "./files.ts";
export * from "./gate.ts";
export * from "./inference_log.ts";
export * from "./join_windows.ts";
export * from "./machine.ts";
export * from "./paths.ts";
export * from "./provenance.ts";
export * from "./read_back.ts";
export * from "./readme_picture.ts";
export * from "./reference.ts";
export * from "./register.ts";
export * from "./score.ts";
export * from "./send_batch.ts";
export * from "./simulate.ts";
export * from "./steps.ts";
export * from "./tables.ts";
export * from "./tail_blobs.ts";
export * from "./track.ts";
export * from "./traffic.ts";
export * from "./traffic_records.ts";
export * from "./train.ts";
export * from "./workspace.ts";
