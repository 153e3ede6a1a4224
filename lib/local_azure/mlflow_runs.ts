/** Runs: making, reading, ending, deleting and restoring them. */

import { randomUUID } from "node:crypto";
import type { JsonRecord } from "lib/core/mod.ts";
import type { Call, Mlflow, Routes } from "./mlflow_context.ts";
import { invalid } from "./mlflow_error.ts";
import { checkActive, experimentOf } from "./mlflow_experiments.ts";
import { checkLength, cut, MLFLOW_LIMITS } from "./mlflow_names.ts";
import { infoShown, type Run, runIdIn, runOf, runShown } from "./mlflow_run_body.ts";
import { inventName } from "./mlflow_run_name.ts";
import { type Pair, pairs } from "./mlflow_values.ts";

/** The tag that holds a run's name. */
export const RUN_NAME = "mlflow.runName";

const STATUSES = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;

/** The operations. */
export const RUN_ROUTES: Routes = {
  "POST runs/create": create,
  "GET runs/get": (call) => ({ run: runShown(call.mlflow, call.scope, named(call)) }),
  "POST runs/update": update,
  "POST runs/delete": (call) => setStage(call, "deleted"),
  "POST runs/restore": (call) => setStage(call, "active"),
};

/** The run that a request names, which must not be deleted. */
export function activeRun(call: Call): Run {
  const run = named(call);
  checkActive(`run ${run.id}`, run.stage);
  return run;
}

/** Sets a tag; the run's name is one of them. */
export function putTag(mlflow: Mlflow, run: string, { key, value }: Pair): void {
  mlflow.sql("INSERT OR REPLACE INTO mlflow_run_tags VALUES (?, ?, ?)").run(run, key, value);
  if (key === RUN_NAME) mlflow.sql("UPDATE mlflow_runs SET name = ? WHERE id = ?").run(value, run);
}

function named({ mlflow, scope, given }: Call): Run {
  return runOf(mlflow, scope, runIdIn(given));
}

function create({ mlflow, scope, given }: Call): JsonRecord {
  const experimentId = given.required("experiment_id"), tags = pairs(given, "tags");
  const asked = given.text("run_name"), tagged = tags.find(({ key }) => key === RUN_NAME)?.value;
  if (asked && tagged && asked !== tagged) {
    throw invalid(
      `Both 'run_name' argument and '${RUN_NAME}' tag are specified, but with different values ` +
        `(run_name='${asked}', ${RUN_NAME}='${tagged}').`,
    );
  }
  for (const { key } of tags) checkLength(key, "key", MLFLOW_LIMITS.key);
  const name = asked || tagged || inventName(), id = randomUUID().replaceAll("-", "");
  const user = given.text("user_id") ?? "", started = given.whole("start_time") ?? 0;
  return mlflow.store.transaction(() => {
    const experiment = experimentOf(mlflow, scope, experimentId);
    checkActive(`experiment ${experiment.id}`, experiment.stage);
    mlflow.sql("INSERT INTO mlflow_runs VALUES (?, ?, ?, ?, ?, 'RUNNING', ?, NULL, 'active')")
      .run(id, scope.key, experiment.id, name, user, started);
    for (const { key, value } of [...tags, { key: RUN_NAME, value: name }]) {
      putTag(mlflow, id, { key, value: cut(value, MLFLOW_LIMITS.tag) });
    }
    return { run: runShown(mlflow, scope, runOf(mlflow, scope, id)) };
  });
}

function update(call: Call): JsonRecord {
  const { mlflow, scope, given } = call;
  const status = given.oneOf("status", STATUSES), ended = given.whole("end_time");
  const name = given.text("run_name");
  return mlflow.store.transaction(() => {
    const { id } = activeRun(call);
    mlflow.sql(`UPDATE mlflow_runs SET status = coalesce(?, status), ended = coalesce(?, ended)
      WHERE id = ?`).run(status ?? null, ended ?? null, id);
    if (name) putTag(mlflow, id, { key: RUN_NAME, value: cut(name, MLFLOW_LIMITS.tag) });
    return { run_info: infoShown(runOf(mlflow, scope, id), scope) };
  });
}

function setStage(call: Call, stage: string): JsonRecord {
  const { id } = named(call);
  call.mlflow.sql("UPDATE mlflow_runs SET stage = ? WHERE id = ?").run(stage, id);
  return {};
}
