/**
 * The verbs. Notebooks and scripts call these; they wire the other rooms together and touch the
 * world: `prepare` → `trainCandidate` → `evaluate` → `trainingRecord` → `saveBundle`.
 * Once it serves: `simulate` plays a scene through the endpoint, `readBack` gives the windows of what
 * happened, `referenceOf` (or `rebuildReference`, in another process) what they are held against.
 *
 * @module
 */

export * from "./alert_tables.ts";
export * from "./alerts.ts";
export * from "./approval.ts";
export * from "./architecture.ts";
export * from "./arms.ts";
export * from "./audit.ts";
export * from "./beside.ts";
export * from "./bundle.ts";
export * from "./challenger.ts";
export * from "./bundled.ts";
export * from "./clear_drill.ts";
export * from "./collected.ts";
export * from "./conformance.ts";
export * from "./container.ts";
export * from "./dashboard.ts";
export * from "./dashboard_answer.ts";
export * from "./dashboard_data.ts";
export * from "./data_asset.ts";
export * from "./deliver.ts";
export * from "./deploy.ts";
export { type DocumentPlace, documentsOf } from "./documents.ts";
export * from "./evidence.ts";
export * from "./evidence_documents.ts";
export * from "./evidence_folder.ts";
export * from "./evidence_page.ts";
export * from "./evidence_records.ts";
export * from "./evidence_signature.ts";
export * from "./expected_cost.ts";
export * from "./experiment_choices.ts";
export * from "./experiment_tables.ts";
export * from "./drift_power_table.ts";
export * from "./false_refusals.ts";
export * from "./explain.ts";
export * from "./fairness.ts";
export * from "./fault.ts";
export * from "./find_logged.ts";
export * from "./find_rows.ts";
export * from "./files.ts";
export * from "./folds.ts";
export * from "./gate.ts";
export * from "./gate_planted.ts";
export * from "./gate_policy.ts";
export * from "./gate_tables.ts";
export * from "./incident.ts";
export * from "./incident_log.ts";
export * from "./incident_record.ts";
export * from "./incident_tables.ts";
export * from "./in_use.ts";
export * from "./inference_log.ts";
export * from "./instance.ts";
export * from "./join_windows.ts";
export * from "./keep_record.ts";
export * from "./labelled_rows.ts";
export * from "./live.ts";
export * from "./lockfile_of.ts";
export * from "./machine.ts";
export * from "./monitoring_record.ts";
export * from "./paths.ts";
export * from "./play_scene.ts";
export * from "./post_mortem.ts";
export * from "./preflight.ts";
export * from "./production.ts";
export * from "./promote.ts";
export * from "./provenance.ts";
export * from "./read_back.ts";
export * from "./readme_picture.ts";
export * from "./reference.ts";
export * from "./register.ts";
export * from "./release.ts";
export * from "./report_pictures.ts";
export * from "./retrain_dataset.ts";
export * from "./rollback.ts";
export * from "./rollback_target.ts";
export * from "./rollout.ts";
export { readRollout, type RolloutName, rolloutPath } from "./rollout_document.ts";
export * from "./rollout_pairs.ts";
export * from "./rollout_port.ts";
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
export * from "./runbook.ts";
export * from "./rollout_settle.ts";
export * from "./runs_data.ts";
export * from "./runs_page.ts";
export * from "./sbom.ts";
export * from "./score.ts";
export * from "./send_batch.ts";
export * from "./simulate.ts";
export * from "./signing_key.ts";
export * from "./slots.ts";
export * from "./steps.ts";
export { readStoredEvidence, storeEvidence } from "./stored_evidence.ts";
export * from "./story.ts";
export * from "./tables.ts";
export * from "./tail_blobs.ts";
export * from "./telemetry.ts";
export * from "./trace.ts";
export * from "./trace_lines.ts";
export * from "./trace_picture.ts";
export * from "./trace_request.ts";
export * from "./track.ts";
export * from "./traffic.ts";
export * from "./traffic_records.ts";
export * from "./train.ts";
export * from "./try_scenes.ts";
export * from "./version_on.ts";
export * from "./watch.ts";
export * from "./webhook.ts";
export * from "./webhook_receiver.ts";
export * from "./webhook_signature.ts";
export * from "./workspace.ts";
