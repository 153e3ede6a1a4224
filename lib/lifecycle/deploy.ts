/** The verb deploy: a registered version behind an endpoint, collecting, proven to be what was registered. */

import {
  type AssetVersion,
  createDeployment,
  type DeployOptions,
  findConnectionString,
  getDeployment,
  getEndpoint,
  listEnvironmentVersions,
  listModelVersions,
  registerEnvironment,
  uploadFolder,
} from "lib/azure/mod.ts";
import { BadInput, digestOf, type Samples, sha256 } from "lib/core/mod.ts";
import { type Model, predict } from "lib/model/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { buildContext, ROUTES, sourcesDigest } from "./container.ts";
import { INSTANCE_TYPE } from "./instance.ts";
import { recordProduction } from "./production.ts";
import { scoreRows } from "./score.ts";
import { asSpan, told } from "./telemetry.ts";
import type { Workspace } from "./workspace.ts";

/**
 * The environment of the scoring service, made from its build context. Its version is the context's
 * digest: the same code is registered once, and bundled only where it is not registered yet.
 *
 * @param workspace Where to.
 * @returns The environment's version.
 * @throws {OperationError} If the service refuses it.
 *
 * @example
 * ```ts ignore
 * const environment = await ensureEnvironment(workspace);
 * ```
 */
export async function ensureEnvironment({ azure }: Workspace): Promise<AssetVersion> {
  const name = "forest-scorer", sources = await sourcesDigest();
  const [there] = await listEnvironmentVersions(azure, { name, tag: "sources", value: sources });
  if (there) return there;
  const files = await buildContext();
  const digests = Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]);
  const { url } = await uploadFolder(azure, { name: "context", files });
  return await registerEnvironment(azure, {
    name,
    version: digestOf(Object.fromEntries(digests)).slice(0, 12),
    description: "Scoring service for forests",
    tags: { sources },
    contextUrl: url,
    routes: ROUTES,
  });
}

/** Which version goes where. */
export interface DeployDraft {
  /** The endpoint. */
  readonly endpoint: string;
  /** The deployment behind it, e.g. `blue`. */
  readonly deployment: string;
  /** What it serves. */
  readonly version: ModelVersion;
  /** What it runs in. */
  readonly environment: AssetVersion;
  /** More variables for the container, which win over the usual ones, e.g. `DRILL_DELAY_MS`. Default none. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Longest time from the container's start until it is ready, in seconds. Default 60. */
  readonly readySeconds?: number;
}

/**
 * Deploys a version and waits until it answers. The container is told the digest that its model must
 * have, and does not start with another. Where the deployment has all traffic already, its version is
 * in production from then on, and the registry's history says so.
 *
 * @param workspace Where to.
 * @param draft See {@linkcode DeployDraft}.
 * @param options `onWait`, `signal` and `onCost`.
 * @throws {BadInput} If it costs money and nobody has said yes.
 * @throws {OperationError} If it does not come up; with the container's last log lines.
 *
 * @example
 * ```ts ignore
 * await deployVersion(workspace, { endpoint, deployment: "blue", version, environment });
 * ```
 */
export async function deployVersion(
  workspace: Workspace,
  draft: DeployDraft,
  options: DeployOptions = {},
): Promise<void> {
  const { endpoint, deployment, version: { name: model, version, digest } } = draft;
  const attributes = { endpoint, deployment, model, version, digest };
  const work = () => deploy(workspace, draft, options);
  await asSpan(workspace, { name: "deploy", attributes, work });
  await told(workspace, "deployed", attributes);
}

async function deploy(
  workspace: Workspace,
  { endpoint, deployment, version, environment, variables = {}, readySeconds }: DeployDraft,
  options: DeployOptions,
): Promise<void> {
  const { azure, registry } = workspace;
  const models = await listModelVersions(azure, version.name);
  const asset = models.find((found) => found.version === version.version);
  if (!asset) {
    const field = `model ${version.name}:${version.version}`;
    throw new BadInput({ field, rule: "must be registered in the workspace" });
  }
  // a deployment that tells nothing is better than none, e.g. where one may not read the component
  const connectionString = await findConnectionString(azure).catch(() => undefined);
  // before it stands: its first answer may already be asked where it came from
  await registry.recordDeployment({
    ...{ name: version.name, version: version.version, endpoint, deployment },
    environment: `${environment.name}:${environment.version}`,
    image: environment.tags.sources ?? null, // null: somebody else made it
  });
  await createDeployment(azure, {
    endpoint,
    name: deployment,
    modelId: asset.id,
    environmentId: environment.id,
    variables: {
      MODEL_DIGEST: version.digest,
      MODEL_VERSION: version.version,
      ENDPOINT_NAME: endpoint,
      DEPLOYMENT_NAME: deployment,
      COLLECT_ACCOUNT_URL: new URL(azure.blobs.url).origin,
      COLLECT_CONTAINER: azure.blobs.containerName,
      COLLECT_FLUSH_SECONDS: "0.1", // so that chapters need not wait; the service's own default is 10
      ...(connectionString !== undefined && {
        APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString,
        APPLICATION_INSIGHTS_NO_STATSBEAT: "1", // what is told goes to the workspace, and nowhere else
      }),
      ...variables,
    },
    tags: { digest: version.digest, version: version.version },
    instanceType: INSTANCE_TYPE,
    instances: 1,
    concurrency: 32,
    readySeconds,
  }, options);
  // over a deployment that has all traffic, the new version is in production at once
  if ((await getEndpoint(azure, endpoint))?.traffic[deployment] !== 100) return;
  const found = await getDeployment(azure, { endpoint, name: deployment });
  const reason = `deployed to ${deployment}, which has all traffic`;
  if (found) await recordProduction(workspace, { deployment: found, by: "deploy", reason });
}

/** What the smoke test needs. */
export interface SmokeTestDraft {
  /** The endpoint's scoring URL. */
  readonly url: string;
  /** Its key. */
  readonly key: string;
  /** The deployment that is tested. */
  readonly deployment: string;
  /** The model that it should serve. */
  readonly model: Model;
  /** The rows. */
  readonly samples: Samples;
}

/** What the smoke test found. */
export interface SmokeTest {
  /** Digest that the deployment says it serves. */
  readonly servedDigest: string;
  /** Rows that went through. */
  readonly rows: number;
  /** Rows whose label or probabilities differ from the offline prediction. */
  readonly skewed: readonly number[];
  /** Whether all is as registered. */
  readonly passed: boolean;
}

/**
 * The blocking smoke test: every row goes through the endpoint to one deployment, which must name the
 * registered digest and answer as the model does offline.
 *
 * @param workspace Where the endpoint is.
 * @param test The deployment, its key, the model that it should be, and the rows.
 * @returns A finding: whoever deploys stops where it has not passed.
 * @throws {ScoringError} If the endpoint does not answer.
 *
 * @example
 * ```ts ignore
 * const { passed } = await smokeTest(workspace, { url, key, deployment: "blue", model, samples });
 * ```
 */
export async function smokeTest(workspace: Workspace, test: SmokeTestDraft): Promise<SmokeTest> {
  const { deployment, model: { digest } } = test, attributes = { deployment, digest };
  const work = () => compare(workspace, test);
  return await asSpan(workspace, { name: "smoke test", attributes, work });
}

async function compare(
  workspace: Workspace,
  { url, key, deployment, model, samples }: SmokeTestDraft,
): Promise<SmokeTest> {
  const { predictions, digest } = await scoreRows(workspace, { url, key, deployment, samples });
  const offline = predict(model, samples.x), { classes } = samples, k = classes.length;
  const skewed = predictions.flatMap(({ label, probabilities }, i) => {
    const same = label === classes[offline.labels[i]] &&
      classes.every((name, c) => probabilities[name] === offline.probabilities[i * k + c]);
    return same ? [] : [i];
  });
  const rows = samples.y.length;
  const passed = digest === model.digest && predictions.length === rows && skewed.length === 0;
  return { servedDigest: digest, rows, skewed, passed };
}
