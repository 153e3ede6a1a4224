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
 * | metrics of endpoints and deployments | requests and latencies by the minute, kept for a week; definitions |
 * | metric alert rules | put, patch, get, list, delete, status; looked at by the clock, nobody is told |
 * | command jobs | put, get, list, cancel, delete, archive; they stay queued, as nothing runs them yet |
 * | schedules of command jobs | put, get, list, delete; kept, never fired |
 * | command jobs | put, get, list, cancel, delete, archive; `deno run …` runs, with `buildah` any command |
 * | schedules of command jobs | put, get, list, delete; they fire on Local Azure's clock |
 * | clusters and compute instances | put, patch, get, list, delete, start, stop, restart; records only |
 * | batch endpoints and deployments | put, patch, get, list, delete, listkeys; records only |
 * | connections | put, get, list, delete; credentials are never told |
 * | quotas, usages, sizes of machines | list, update; deployments without cores fail with OutOfQuota |
 * | storage account, vault, Application Insights | get, list: the three that a workspace needs |
 * | operation status and results | of all long-running operations, across a restart |
 * | Key Vault, `*.vault.azure.net` | secrets: set, get, versions, list, update, delete, recover, purge |
 * | Blob, `*.blob.core.windows.net` | what Azurite does, made durable |
 * | MLflow, `*.api.azureml.ms` and `127.0.0.1` | tracking, artifacts, registered models; at `127.0.0.1` what its web pages ask |
 * | run history, `*.api.azureml.ms` | jobs: details, changes; artifacts of runs: list, signed URLs; discovery |
 * | scoring, `*.inference.ml.azure.com` | keys and tokens, weighted and mirrored traffic |
 * | telemetry, `*.in.applicationinsights.azure.com` | `/v2/track`, `/v2.1/track`; kept for a week |
 * | managed identity, `127.0.0.1/msi/token` | 2019-08-01; a token for whoever asks |
 *
 * `PARITY.md` in this folder holds every operation of Azure ML's control plane against the routes here; it
 * is made from them.
 *
 * Under its own name it has a page for people (`/`) and control routes (`/_local/health`, `log`,
 * `reset`, `stop`, `keep`, `clock`, `limits`, `traces`, `telemetry`, `faults`: PUTs that are throttled, deployments that fail,
 * containers that sleep, a Blob storage that is busy, tokens that have expired).
 *
 * Deployments run as child processes with a container's permissions, which follow what a Dockerfile
 * copies and sets; with the runtime `buildah` (Linux, root) the Dockerfile is really built, `RUN`
 * included, and its container is a chroot with processes, mounts and rights of its own. It shares the
 * machine's network, so that its program must listen on `$PORT`, and no memory or processor is
 * rationed. Where no registry can be reached, `deno task local-azure:base-image` makes the base image
 * out of Debian packages.
 *
 * A job's folder is what was uploaded, its log a blob that grows while it runs, its MLflow run has the
 * job's name for its id. Two run at once; one that nothing here can run waits a minute in the queue,
 * says why in its log, and fails. Computes are not looked at, `resources` and `distribution` are kept
 * and not followed, and inputs are always brought as files, whatever their mode, `Direct` aside.
 *
 * What is not: Resource Manager in general (other resource types answer 404), roles and permissions
 * (every token may do everything), networking, billing, registries, Kubernetes, notebooks. Every
 * GUID is a subscription, every vault name a vault. Rules are Azure's and strict; what cannot be known
 * without Azure is said in `azure-ml-contract.md` with a question mark. Secrets lie readable in the
 * data folder: it is a test double, not a safe.
 *
 * **When it is killed** (`kill -9`, at any moment): state is one SQLite file (WAL) plus the bytes of
 * blobs and artifacts, all of it written before an answer goes out. So resources, secrets, runs, blobs and
 * documents that were acknowledged are there after the next start with their content; what was not is
 * there wholly or not at all; operations that were cut off are done again, and succeed or fail with a
 * reason; deployments come up by themselves, with what their `/tmp` held; their processes end with Local
 * Azure, within a second, and what should remain is ended by number and start. A client of `lib/azure`
 * starts a killed Local Azure again, at the same port, and sends again what never arrived, or does no more
 * when it is done twice (`lib/azure/revival.ts`). `tests/local_azure/kill_test.ts` shows it.
 *
 * That is claimed of the end of a process, not of a power cut: SQLite syncs each commit (`synchronous =
 * FULL`) and so do blobs and artifacts, but names of new files are not synced with their folders, and no
 * test takes the power away.
 *
 * @module
 */

export * from "./blob_files.ts";
export * from "./context.ts";
export * from "./durations.ts";
export * from "./fields.ts";
export * from "./hosts.ts";
export type { HeaderPair } from "./http_head.ts";
export * from "./parts.ts";
export * from "./plain_http.ts";
export * from "./runtime.ts";
export * from "./server.ts";
export * from "./state_file.ts";
export * from "./storage_account.ts";
export * from "./store.ts";
export * from "./tokens.ts";
