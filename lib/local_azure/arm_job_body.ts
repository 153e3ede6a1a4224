/** The body of a command job: what a client must say, and what the service adds. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, propertiesOf } from "./arm_context.ts";
import { durationMs } from "./durations.ts";
import { type Fields } from "./fields.ts";
import type { Store, Stored } from "./store.ts";
import { TENANT } from "./tokens.ts";

/** Type of a job in the store. */
export const JOB = `${AML}/workspaces/jobs`;

/** Kinds that Azure has and this room does not run. */
const OTHERS = ["AutoML", "Pipeline", "Sweep", "Spark", "Labeling", "FineTuning"];

/** Kinds of what goes into a job and comes out of it. */
const FILES = [
  ...["uri_file", "uri_folder", "mltable", "custom_model", "mlflow_model", "triton_model"] as const,
];

/** What may be changed once a job is there. */
export const CHANGEABLE = ["description", "displayName", "tags", "properties", "isArchived"];

/** Where a job lies. */
export interface JobPlace {
  readonly store: Store;
  readonly workspace: Stored;
  /** Its name. */
  readonly name: string;
}

/**
 * The properties that a job's definition asks for, filled in, without its state.
 *
 * @param fields The job's `properties`, or the definition that a schedule carries.
 * @param place See {@linkcode JobPlace}.
 * @throws {ArmError} 400 if it breaks a rule, or is of a kind that is not run here.
 */
export function wantedJob(fields: Fields, { store, workspace, name }: JobPlace): JsonRecord {
  checkKind(fields);
  const environmentId = asset(fields, "environmentId", "environments/versions", store);
  if (!environmentId) throw fields.refuse("environmentId", "must be given");
  return {
    jobType: "Command",
    displayName: fields.text("displayName") ?? name,
    description: fields.text("description") ?? null,
    experimentName: fields.text("experimentName") ?? "Default",
    tags: fields.texts("tags") ?? {},
    properties: fields.texts("properties") ?? {},
    isArchived: fields.flag("isArchived") ?? false,
    command: fields.required("command"),
    codeId: asset(fields, "codeId", "codes/versions", store) ?? null,
    environmentId,
    computeId: asset(fields, "computeId", "computes", store) ?? null,
    environmentVariables: fields.texts("environmentVariables") ?? {},
    identity: fields.raw("identity") ?? null,
    inputs: inputsOf(fields.object("inputs")),
    outputs: { ...outputsOf(fields.object("outputs"), name), default: defaultOutput(name) },
    limits: limitsOf(fields),
    resources: resourcesOf(fields.object("resources")),
    distribution: fields.raw("distribution") ?? null,
    services: servicesOf(workspace, name),
  };
}

function checkKind(fields: Fields): void {
  const kind = fields.required("jobType");
  if (kind.toLowerCase() === "command") return;
  const isOther = OTHERS.some((one) => one.toLowerCase() === kind.toLowerCase());
  const rule = isOther
    ? "must be Command: Local Azure runs no jobs of other kinds"
    : `must be one of Command, ${OTHERS.join(", ")}`;
  throw fields.refuse("jobType", rule);
}

/** An id of something in the workspace that must be there. */
function asset(fields: Fields, name: string, kind: string, store: Store): string | undefined {
  const given = fields.text(name);
  if (!given) return undefined;
  const id = given.replace(/^azureml:(?=\/)/, ""), found = store.get(id);
  if (found?.type === `${AML}/workspaces/${kind}`.toLowerCase()) return found.id;
  throw fields.refuse(name, `must be the id of one of the workspace's ${kind} that is there`);
}

function inputsOf(fields: Fields): JsonRecord {
  return Object.fromEntries(
    Object.keys(fields.record).map((key) => {
      const input = fields.object(key), kinds = ["literal", ...FILES] as const;
      const jobInputType = input.oneOf("jobInputType", kinds);
      if (!jobInputType) throw input.refuse("jobInputType", `must be one of ${kinds.join(", ")}`);
      const description = input.text("description") ?? null;
      if (jobInputType === "literal") {
        return [key, { jobInputType, description, value: input.required("value") }];
      }
      const mode = input.text("mode") ?? "ReadOnlyMount";
      return [key, { jobInputType, description, mode, uri: input.required("uri") }];
    }),
  );
}

function outputsOf(fields: Fields, name: string): JsonRecord {
  return Object.fromEntries(
    Object.keys(fields.record).map((key) => {
      const output = fields.object(key), jobOutputType = output.oneOf("jobOutputType", FILES);
      if (!jobOutputType) {
        throw output.refuse("jobOutputType", `must be one of ${FILES.join(", ")}`);
      }
      const description = output.text("description") ?? null;
      const mode = output.text("mode") ?? "ReadWriteMount";
      const uri = output.text("uri") ??
        `azureml://datastores/workspaceblobstore/paths/azureml/${name}/${key}/`;
      return [key, { jobOutputType, description, uri, mode }];
    }),
  );
}

function defaultOutput(name: string): JsonRecord {
  return {
    jobOutputType: "uri_folder",
    uri: `azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.${name}`,
    mode: "ReadWriteMount",
    description: null,
  };
}

function limitsOf(fields: Fields): JsonRecord | null {
  if (fields.raw("limits") === undefined) return null;
  const limits = fields.object("limits"), timeout = limits.text("timeout") ?? null;
  limits.oneOf("jobLimitsType", ["Command"]);
  if (timeout !== null && durationMs(timeout) === undefined) {
    throw limits.refuse("timeout", "must be an ISO 8601 duration, e.g. PT1H");
  }
  return { jobLimitsType: "Command", timeout };
}

function resourcesOf(fields: Fields): JsonRecord {
  return {
    instanceCount: fields.whole("instanceCount", { least: 1, most: 100 }) ?? 1,
    instanceType: fields.text("instanceType") ?? null,
    properties: fields.object("properties").record,
  };
}

function servicesOf(workspace: Stored, name: string): JsonRecord {
  const service = (jobServiceType: string, endpoint: string) => ({
    ...{ jobServiceType, endpoint, port: null, status: null, errorMessage: null, properties: null },
  });
  const tracking = String(propertiesOf(workspace.body).mlFlowTrackingUri);
  const studio = `https://ml.azure.com/runs/${name}?wsid=${workspace.id}&tid=${TENANT}`;
  return { Tracking: service("Tracking", `${tracking}?`), Studio: service("Studio", studio) };
}
