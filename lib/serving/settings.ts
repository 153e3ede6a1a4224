/** What the program is told by its environment. */

import { BadInput } from "lib/core/mod.ts";

/** Where and how answers are collected. */
export interface CollectSettings {
  /** The storage account, `https://…`, without a slash at the end. */
  readonly accountUrl: string;
  /** The container. */
  readonly container: string;
  /** Share of the requests, from 0 to 1. */
  readonly sampling: number;
  /** Folder of the spool. */
  readonly spool: string;
  /** Most bytes that wait in it. */
  readonly spoolBytes: number;
  /** Longest time until something is written, in milliseconds. */
  readonly flushMs: number;
  /** So much is written at once, in bytes. */
  readonly flushBytes: number;
}

/** Where and how much is told of requests. */
export interface TelemetrySettings {
  /** Application Insights' connection string. */
  readonly connectionString: string;
  /** Share of the traces that begin here and are told, from 0 to 1. A caller's trace is as the caller says. */
  readonly ratio: number;
}

/** Longest delay of an incident drill, in milliseconds. */
const MAX_DRILL_DELAY_MS = 10_000;

/** All settings of the program. */
export interface Settings {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on. */
  readonly port: number;
  /** Folder with the model in it, or one below. */
  readonly modelDir: string;
  /** The model's version in the registry. */
  readonly modelVersion: string;
  /** SHA-256 that the model's bytes must have; undefined for any. */
  readonly modelDigest?: string;
  /** The endpoint's name. */
  readonly endpoint: string;
  /** The deployment's name. */
  readonly deployment: string;
  /** Id of the deployment as it stands in collected records. */
  readonly source: string;
  /** Local Azure; undefined on Azure. */
  readonly localUrl?: string;
  /** How long the end may take, in milliseconds. */
  readonly shutdownMs: number;
  /** For incident drills: how much later each row is answered, in milliseconds. */
  readonly drillDelayMs: number;
  /** Undefined where nothing is collected. */
  readonly collect?: CollectSettings;
  /** Undefined where nothing is told. */
  readonly telemetry?: TelemetrySettings;
}

/**
 * Reads the settings:
 *
 * | variable | default | meaning |
 * |---|---|---|
 * | `HOST`, `PORT` | `0.0.0.0`, 8080 | address |
 * | `AZUREML_MODEL_DIR` | `model` | folder of `model.json`, or one above it |
 * | `MODEL_VERSION` | `none` | version in the registry |
 * | `MODEL_DIGEST` | any | SHA-256 that the model must have |
 * | `ENDPOINT_NAME`, `DEPLOYMENT_NAME` | `local` | where it runs; needed to collect |
 * | `DEPLOYMENT_ID` | from the two | `source` of collected records, e.g. the ARM id |
 * | `SHUTDOWN_SECONDS` | 20; 2.5 in Local Azure | time for the end |
 * | `DRILL_DELAY_MS` | 0 | for incident drills, a deployment that is slow: answers come so much later |
 * | `LOCAL_AZURE_URL`, or `AZURE_EMULATOR` | Azure | `http://127.0.0.1:PORT` |
 * | `COLLECT_ACCOUNT_URL`, `COLLECT_CONTAINER` | off | storage account, container |
 * | `COLLECT_SAMPLING` | 1 | share of the requests |
 * | `COLLECT_SPOOL` | `$TMPDIR/collector` | folder of the spool |
 * | `COLLECT_SPOOL_MB` | 64 | its size |
 * | `COLLECT_FLUSH_SECONDS`, `COLLECT_FLUSH_KB` | 10, 1000 | when it is written to Blob |
 * | `APPLICATIONINSIGHTS_CONNECTION_STRING` | off | where spans of requests go |
 * | `TRACE_RATIO` | 0.1 | share of the traces that begin here and are told; whoever brings one decides |
 *
 * @param get Gives a variable, e.g. `(name) => Deno.env.get(name)`. An empty one is a missing one.
 * @returns See {@linkcode Settings}.
 * @throws {BadInput} If one breaks its rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readSettings } from "lib/serving/mod.ts";
 *
 * const { port, collect } = readSettings((name) => ({ PORT: "9000" })[name]);
 * assert.deepEqual([port, collect], [9000, undefined]);
 * assert.throws(() => readSettings((name) => ({ PORT: "x" })[name]), /PORT must be a whole number/);
 * ```
 */
export function readSettings(get: (name: string) => string | undefined): Settings {
  const text = (name: string) => get(name) || undefined;
  const localUrl = readLocalUrl(text), modelDigest = text("MODEL_DIGEST");
  if (modelDigest !== undefined && !/^[0-9a-f]{64}$/.test(modelDigest)) {
    const rule = "must be 64 lower-case hexadecimal digits";
    throw new BadInput({ field: "MODEL_DIGEST", rule, value: modelDigest });
  }
  const collect = readCollect(text), connectionString = readConnectionString(text);
  const endpoint = readName(text, "ENDPOINT_NAME", collect !== undefined);
  const deployment = readName(text, "DEPLOYMENT_NAME", collect !== undefined);
  const shutdownSeconds = localUrl === undefined ? 20 : 2.5; // Local Azure waits for 3
  return {
    host: text("HOST") ?? "0.0.0.0",
    port: readNumber(text, "PORT", { default: 8080, min: 0, max: 65_535, whole: true }),
    modelDir: text("AZUREML_MODEL_DIR") ?? "model",
    modelVersion: text("MODEL_VERSION") ?? "none",
    ...(modelDigest !== undefined && { modelDigest }),
    endpoint,
    deployment,
    source: text("DEPLOYMENT_ID") ?? `/onlineEndpoints/${endpoint}/deployments/${deployment}`,
    ...(localUrl !== undefined && { localUrl }),
    shutdownMs: 1_000 *
      readNumber(text, "SHUTDOWN_SECONDS", { default: shutdownSeconds, min: 0.1, max: 600 }),
    drillDelayMs: readNumber(text, "DRILL_DELAY_MS", {
      ...{ default: 0, min: 0, max: MAX_DRILL_DELAY_MS, whole: true },
    }),
    ...(collect && { collect }),
    ...(connectionString !== undefined && {
      telemetry: {
        connectionString,
        ratio: readNumber(text, "TRACE_RATIO", { default: 0.1, min: 0, max: 1 }),
      },
    }),
  };
}

type Get = (name: string) => string | undefined;

function readCollect(text: Get): CollectSettings | undefined {
  const accountUrl = text("COLLECT_ACCOUNT_URL"), container = text("COLLECT_CONTAINER");
  if (accountUrl === undefined && container === undefined) return undefined;
  if (accountUrl === undefined || container === undefined) {
    const [there, missing] = accountUrl === undefined
      ? ["COLLECT_CONTAINER", "COLLECT_ACCOUNT_URL"]
      : ["COLLECT_ACCOUNT_URL", "COLLECT_CONTAINER"];
    throw new BadInput({ field: missing, rule: `must be set where ${there} is` });
  }
  if (!/^https:\/\/[\w.-]+\/?$/.test(accountUrl)) {
    const rule = "must be https://HOST";
    throw new BadInput({ field: "COLLECT_ACCOUNT_URL", rule, value: accountUrl });
  }
  const seconds = { default: 10, min: 0.01, max: 3_600 };
  const mega = { default: 64, min: 0.001, max: 100_000 };
  const kilo = { default: 1_000, min: 0.001, max: 100_000 };
  return {
    accountUrl: accountUrl.replace(/\/$/, ""),
    container,
    sampling: readNumber(text, "COLLECT_SAMPLING", { default: 1, min: 0, max: 1 }),
    spool: text("COLLECT_SPOOL") ?? `${text("TMPDIR") ?? "/tmp"}/collector`,
    spoolBytes: 1_000_000 * readNumber(text, "COLLECT_SPOOL_MB", mega),
    flushMs: 1_000 * readNumber(text, "COLLECT_FLUSH_SECONDS", seconds),
    flushBytes: 1_000 * readNumber(text, "COLLECT_FLUSH_KB", kilo),
  };
}

/** Only its form: whose key it is, the other side knows. */
function readConnectionString(text: Get): string | undefined {
  const field = "APPLICATIONINSIGHTS_CONNECTION_STRING", value = text(field);
  if (value === undefined || /(^|;)InstrumentationKey=[\da-f-]{36}(;|$)/i.test(value)) return value;
  throw new BadInput({ field, rule: "must hold InstrumentationKey=GUID" }); // its value is nobody's business
}

/** Bearer tokens go there in clear text, so it may be this machine only. */
function readLocalUrl(text: Get): string | undefined {
  const [name, value] = ["LOCAL_AZURE_URL", "AZURE_EMULATOR"]
    .map((name) => [name, text(name)] as const).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined || value === undefined) return undefined;
  if (/^http:\/\/(127\.0\.0\.1|localhost):\d{1,5}\/?$/.test(value)) return value.replace(/\/$/, "");
  throw new BadInput({ field: name, rule: "must be http://127.0.0.1:PORT", value });
}

/** A name is a folder in the collector's paths. */
function readName(text: Get, field: string, isNeeded: boolean): string {
  const value = text(field);
  if (value === undefined && !isNeeded) return "local";
  if (value === undefined) throw new BadInput({ field, rule: "must be set to collect" });
  if (/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(value)) return value;
  throw new BadInput({ field, rule: "must be letters, digits and dashes", value });
}

function readNumber(
  text: Get,
  field: string,
  { default: fallback, min, max, whole = false }: {
    default: number;
    min: number;
    max: number;
    whole?: boolean;
  },
): number {
  const value = text(field), number = value === undefined ? fallback : Number(value);
  if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
  const rule = `must be a ${whole ? "whole " : ""}number from ${min} to ${max}`;
  throw new BadInput({ field, rule, value });
}
