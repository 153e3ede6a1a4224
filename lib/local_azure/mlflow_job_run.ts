/** The MLflow run that goes with a job: it has the job's name for its id. */

import type { Mlflow, Scope } from "./mlflow_context.ts";
import { ensureDefaultExperiment, experimentByName, makeExperiment } from "./mlflow_experiments.ts";
import { cut, MLFLOW_LIMITS } from "./mlflow_names.ts";
import { putTag, RUN_NAME } from "./mlflow_runs.ts";

/** What a job tells of itself. */
export interface JobRun {
  /** The job's name. */
  readonly id: string;
  readonly displayName: string;
  readonly experiment: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Begins the run, in an experiment that is made where there is none.
 *
 * @returns Number of the experiment.
 */
export function beginRun(mlflow: Mlflow, scope: Scope, run: JobRun): string {
  ensureDefaultExperiment({ mlflow, scope });
  return mlflow.store.transaction(() => {
    const experiment = experimentByName(mlflow, scope, run.experiment)?.id ??
      makeExperiment(mlflow, scope, run.experiment);
    mlflow.sql(
      "INSERT OR IGNORE INTO mlflow_runs VALUES (?, ?, ?, ?, '', 'RUNNING', ?, NULL, 'active')",
    )
      .run(run.id, scope.key, experiment, run.displayName, mlflow.now());
    for (const [key, value] of Object.entries({ ...run.tags, [RUN_NAME]: run.displayName })) {
      putTag(mlflow, run.id, { key, value: cut(value, MLFLOW_LIMITS.tag) });
    }
    return String(experiment);
  });
}

/** Ends the run as its job has ended, if there is one. */
export function endRun(
  mlflow: Mlflow,
  scope: Scope,
  id: string,
  status: "FINISHED" | "FAILED" | "KILLED",
): void {
  mlflow.sql("UPDATE mlflow_runs SET status = ?, ended = ? WHERE workspace = ? AND id = ?")
    .run(status, mlflow.now(), scope.key, id);
}
