/**
 * The way to Azure: adapters only, one small file per service. `openAzure` reads where the work goes
 * (`target.ts` has the rules), signs in and builds the unmodified SDKs' clients; the others take what
 * it gives. Locally one transport maps `https://HOST/path` to Local Azure's port, and nothing below
 * knows.
 *
 * The only room that imports `@azure/*`, but for `serving`, which runs alone.
 *
 * @module
 */

export * from "./assets.ts";
export * from "./blob_store.ts";
export * from "./consent.ts";
export * from "./data_asset.ts";
export * from "./datastore.ts";
export * from "./deployment.ts";
export * from "./endpoint.ts";
export type { Shares } from "./endpoint_document.ts";
export * from "./github_credential.ts";
export * from "./key_vault.ts";
export * from "./lease.ts";
export * from "./local.ts";
export * from "./metric_alerts.ts";
export * from "./metrics.ts";
export * from "./monitor_exporter.ts";
export * from "./open_azure.ts";
export * from "./operation.ts";
export * from "./preflight.ts";
export * from "./prices.ts";
export * from "./repeatable.ts";
export * from "./revival.ts";
export * from "./target.ts";
export * from "./transport.ts";
export * from "./upload.ts";
