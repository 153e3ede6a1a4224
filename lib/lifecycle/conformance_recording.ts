/**
 * What went over the wire while the conformance check ran, without anything that tells whose it is: no
 * ids, keys, tokens, host or user names. What is not known to be harmless is left out, not looked at:
 * of a text only a few fields are kept, of the rest only that it was there.
 */

import type { Json, JsonRecord } from "lib/core/mod.ts";

/** One request and its answer, as they came. */
export interface RawExchange {
  /** The assertion that was being checked. */
  readonly assertion: string;
  readonly method: string;
  readonly url: string;
  readonly sent: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly received: string;
}

/** One request and its answer, as they may be shown. */
export interface Exchange {
  /** The assertion that was being checked. */
  readonly assertion: string;
  /** E.g. `PUT`. */
  readonly method: string;
  /** Host by its kind, path and query without names, e.g. `arm ~/onlineEndpoints/{name}`. */
  readonly target: string;
  /** Shape of the request's body; the empty text where it had none. */
  readonly sent: Json;
  /** HTTP status. */
  readonly status: number;
  /** Names of the answer's headers; values of those that only say what kind it is. */
  readonly headers: Readonly<Record<string, string>>;
  /** Shape of the answer's body. */
  readonly received: Json;
}

const STATES = /^(Creating|Updating|Deleting|Scaling|InProgress|Succeeded|Failed|Canceled)$/;
const DURATION = /^PT[\d.]+[HMS]$/;

/** Fields whose texts are words of the service, and which words those are. */
const WORDS: Readonly<Record<string, RegExp>> = {
  provisioningState: STATES,
  status: new RegExp(`${STATES.source}|^(RUNNING|SCHEDULED|FINISHED|FAILED|KILLED)$`),
  code: /^([A-Z][a-z]+){1,6}$/,
  error_code: /^[A-Z]+(_[A-Z]+){0,6}$/,
  authMode: /^(Key|AMLToken|AADToken)$/,
  keyType: /^(Primary|Secondary)$/,
  kind: /^(Managed|Default)$/,
  type: /^(Microsoft\.MachineLearningServices(\/[A-Za-z]+)+|(System|User)Assigned)$/i,
  tier: /^(Free|Basic|Standard|Premium)$/,
  scaleType: /^(Default|Automatic|TargetUtilization)$/,
  environmentType: /^(UserCreated|Curated)$/,
  osType: /^(Linux|Windows)$/,
  datastoreType: /^(AzureBlob|AzureFile|AzureDataLakeGen[12])$/,
  credentialsType: /^(AccountKey|None|Sas|ServicePrincipal|Certificate)$/,
  publicNetworkAccess: /^(Enabled|Disabled)$/,
  egressPublicNetworkAccess: /^(Enabled|Disabled)$/,
  modelType: /^(custom_model|mlflow_model|triton_model)$/,
  dataType: /^(uri_file|uri_folder|mltable)$/,
  endpointComputeType: /^(Managed|Kubernetes|AzureMLCompute)$/,
  containerType: /^(InferenceServer|StorageInitializer)$/,
  lifecycle_stage: /^(active|deleted)$/,
  ...Object.fromEntries(
    ["requestTimeout", "maxQueueWait", "timeout", "period", "initialDelay"]
      .map((name) => [name, DURATION]),
  ),
};

/** Names of the service's fields and headers. */
const FIELD = /^[@$]?[a-zA-Z][a-zA-Z_.-]{0,60}$/;

/** Headers whose values only say what kind of answer it is, and which values those are. */
const PLAIN_HEADERS: Readonly<Record<string, RegExp>> = {
  "content-type": /^(application\/(problem\+)?json|text\/(plain|html))(; ?charset=utf-8)?$/i,
  "retry-after": /^\d{1,4}$/,
  "x-ms-response-type": /^(standard|error)$/,
  "x-ms-failure-cause": /^(gateway|service)$/,
  "x-ms-async-operation-timeout": DURATION,
  server: /^azureml-frontdoor$/,
  "ms-azureml-model-error-statuscode": /^\d{3}$/,
  "ms-azureml-model-error-reason": /^(model_error|model_not_ready|too_many_pending_request)$/,
};

/** Headers that carry an address: where it leads to is kept, by its kind. */
const ADDRESSES: ReadonlySet<string> = new Set(["location", "azure-asyncoperation"]);

/** Segments of paths that are the service's own. */
const SEGMENTS =
  /^(subscriptions|resourcegroups|providers|microsoft\.\w+|workspaces|locations|\w*operations?(status|results?)|onlineendpoints|deployments|datastores|models|data|environments|versions|listkeys|regeneratekeys|getlogs|skus|token|score|nowhere|mlflow|api|v?\d\.\d|experiments|runs|create|get|update|search|delete|log-\w+|get-by-name|set-tag|metrics|get-history|paths)$/i;

/** Query parameters of the service, and values of theirs that say nothing of a user. */
const PARAMETERS =
  /^(api-version|listViewType|\$top|count|\$skip|orderBy|orderByAsc|isDefault|type)$/i;
const VALUE =
  /^(\d{1,4}|\d{4}-\d\d-\d\d(-preview)?|true|false|All|ActiveOnly|ArchivedOnly|async|location)$/;

/**
 * An exchange without anything that tells whose it is.
 *
 * @param raw See {@linkcode RawExchange}.
 * @returns See {@linkcode Exchange}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sanitised } from "lib/lifecycle/conformance_recording.ts";
 *
 * const { target, received } = sanitised({
 *   ...{ assertion: "keys", method: "POST", sent: "", status: 200, headers: [] },
 *   url: "https://shop.eastus.inference.ml.azure.com/score?user=ann",
 *   received: '{"primaryKey":"k3y","status":"Succeeded","location":"eastus"}',
 * });
 * assert.equal(target, "scoring /score?{name}={text}");
 * assert.deepEqual(received, { primaryKey: "{text}", status: "Succeeded", location: "{text}" });
 * ```
 */
export function sanitised(raw: RawExchange): Exchange {
  const { assertion, method, url, sent, status, headers, received } = raw;
  const shown = headers.map(([name, value]) => {
    const key = name.toLowerCase();
    if (ADDRESSES.has(key)) return [key, targetOf(value)];
    return [field(key), PLAIN_HEADERS[key]?.test(value) ? value : "{text}"];
  });
  return {
    ...{ assertion, method, target: targetOf(url), status },
    sent: bodyOf(sent),
    headers: Object.fromEntries(shown.toSorted(([a], [b]) => a < b ? -1 : 1)),
    received: bodyOf(received),
  };
}

/** An address by its kind. */
function targetOf(address: string): string {
  const { hostname, pathname, searchParams } = new URL(address);
  const host = hostname === "management.azure.com"
    ? "arm"
    : hostname.endsWith(".inference.ml.azure.com")
    ? "scoring"
    : hostname.endsWith(".api.azureml.ms")
    ? "mlflow"
    : "other";
  const path = pathname.split("/").map((part) =>
    part === "" || SEGMENTS.test(part) ? part : "{name}"
  ).join("/").replace(
    /^.*\/workspaces\/\{name\}(?=\/|$)/i,
    (before) =>
      before.includes("mlflow") ? `${before.slice(0, before.indexOf("/subscriptions"))}~` : "~",
  );
  const query = [...searchParams].map(([name, value]) =>
    PARAMETERS.test(name) && VALUE.test(value)
      ? `${name}=${value}`
      : `${PARAMETERS.test(name) ? name : "{name}"}={text}`
  );
  return `${host} ${path}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}

function field(name: string): string {
  return FIELD.test(name) ? name : "{name}";
}

function bodyOf(text: string): Json {
  if (text === "") return "";
  try {
    return shapeOf(JSON.parse(text), []);
  } catch {
    return "{text}";
  }
}

/** The shape of a value; lists of one shape are shown once. `path` are the names of the fields above. */
function shapeOf(value: Json, path: readonly string[]): Json {
  const key = path.at(-1) ?? "";
  if (Array.isArray(value)) {
    const shapes = value.map((item) => shapeOf(item, path));
    const distinct = new Map(shapes.map((shape) => [JSON.stringify(shape), shape]));
    return [...distinct.values()];
  }
  if (typeof value === "object" && value !== null) {
    const isTheirs = KEYED_BY_NAME.has(key) || (key === "properties" && path.at(-2) === key);
    const fields = Object.entries(value).map(([name, item]) => [
      isTheirs ? "{name}" : field(name),
      shapeOf(item, [...path, name]),
    ]);
    return Object.fromEntries(fields) as JsonRecord;
  }
  if (typeof value === "string") {
    return Object.hasOwn(WORDS, key) && WORDS[key].test(value) ? value : "{text}";
  }
  return typeof value === "number" ? "{number}" : value;
}

/** Objects whose keys are somebody's names. */
const KEYED_BY_NAME: ReadonlySet<string> = new Set(
  ["traffic", "mirrorTraffic", "tags", "environmentVariables", "userAssignedIdentities"],
);

/** Keeps exchanges while the check runs. */
export interface Recorder {
  /** Which assertion is being checked from now on. */
  begin(assertion: string): void;
  /** Keeps one. */
  keep(raw: Omit<RawExchange, "assertion">): void;
  /** A `fetch` that keeps what it does. */
  recording(call: typeof fetch): typeof fetch;
  /** What was kept, ready to be shown. */
  exchanges(): Exchange[];
}

/**
 * Makes a recorder.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRecorder } from "lib/lifecycle/conformance_recording.ts";
 *
 * const recorder = createRecorder();
 * recorder.begin("scoring");
 * const call = recorder.recording(() => Promise.resolve(Response.json({ status: "Succeeded" })));
 * await call("https://shop.eastus.inference.ml.azure.com/score", { method: "POST" });
 * assert.deepEqual(recorder.exchanges().map(({ target, status }) => [target, status]), [["scoring /score", 200]]);
 * ```
 */
export function createRecorder(): Recorder {
  const kept: Exchange[] = [];
  let assertion = "";
  const keep: Recorder["keep"] = (raw) => void kept.push(sanitised({ assertion, ...raw }));
  return {
    begin: (name) => void (assertion = name),
    keep,
    recording(call) {
      return async (input, init) => {
        const request = new Request(input, init), sent = await request.clone().text();
        const response = await call(request), received = await response.clone().text();
        const { method, url } = request, { status, headers } = response;
        keep({ method, url, sent, status, headers: [...headers], received });
        return response;
      };
    },
    exchanges: () => [...kept],
  };
}
