/**
 * Local Azure: an embedded emulator of Azure ML. One process and one plain-http port on 127.0.0.1; the
 * `Host` header says which of Azure's services is meant. Everybody reaches it over HTTP, with the
 * unmodified SDKs: `lib/azure/transport.ts` turns `https://HOST/path` into a request to that port.
 *
 * What is emulated, and how far:
 *
 * | service, host | operations |
 * |---|---|
 * | Resource Manager, `management.azure.com` | subscription get; resource groups put, get, list, delete |
 * | workspaces | put, patch, get, list, delete, listKeys, diagnose, resyncKeys |
 * | datastores | put, get, list, delete, listSecrets (Blob only) |
 * | models, data, environments, codes, components | containers and versions: put, get, list, delete, archive |
 * | online endpoints (managed) | put, patch, get, list, delete, listKeys, regenerateKeys, token |
 * | online deployments (managed) | put, patch, get, list, delete, getLogs, listSkus |
 * | command jobs | put, get, list, cancel, delete, archive; they stay queued, as nothing runs them yet |
 * | schedules of command jobs | put, get, list, delete; kept, never fired |
 * | clusters and compute instances | put, patch, get, list, delete, start, stop, restart; records only |
 * | quotas, usages, sizes of machines | list, update; deployments without cores fail with OutOfQuota |
 * | storage account, vault, Application Insights | get, list: the three that a workspace needs |
 * | operation status and results | of all long-running operations, across a restart |
 * | Key Vault, `*.vault.azure.net` | secrets: set, get, versions, list, update, delete, recover, purge |
 * | Blob, `*.blob.core.windows.net` | what Azurite does, made durable |
 * | MLflow, `*.api.azureml.ms` and `127.0.0.1` | tracking, artifacts, registered models; at `127.0.0.1` what its web pages ask |
 * | run history, `*.api.azureml.ms` | jobs: details, changes; artifacts of runs: list, signed URLs; discovery |
 * | scoring, `*.inference.ml.azure.com` | keys and tokens, weighted and mirrored traffic |
 * | managed identity, `127.0.0.1/msi/token` | 2019-08-01; a token for whoever asks |
 *
 * `PARITY.md` in this folder holds every operation of Azure ML's control plane against the routes here; it
 * is made from them.
 *
 * Under its own name it has a page for people (`/`) and control routes (`/_local/health`, `log`,
 * `reset`, `stop`, `keep`, `clock`, `limits`, `faults`: PUTs that are throttled, deployments that fail,
 * containers that sleep, a Blob storage that is busy, tokens that have expired).
 *
 * What is not: Resource Manager in general (other resource types answer 404), roles and permissions
 * (every token may do everything), networking, billing, registries, Kubernetes, batch endpoints. Every
 * GUID is a subscription, every vault name a vault. Rules are Azure's and strict; what cannot be known
 * without Azure is said in `azure-ml-contract.md` with a question mark. Secrets lie readable in the
 * data folder: it is a test double, not a safe.
 *
 * State is one SQLite file (WAL, synced) plus the blobs' bytes; what was acknowledged survives
 * `kill -9`, and operations that were cut off are taken up by the next start.
 *
 * @module
 */

export * from "./blob_files.ts";
export * from "./context.ts";
export * from "./durations.ts";
export * from "./fields.ts";
export * from "./hosts.ts";
export * from "./parts.ts";
export * from "./runtime.ts";
export * from "./server.ts";
export * from "./state_file.ts";
export * from "./storage_account.ts";
export * from "./store.ts";
export * from "./tokens.ts";
