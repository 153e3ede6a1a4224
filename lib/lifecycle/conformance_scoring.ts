/** What the contract says of scoring, of keys, and of MLflow at the workspace's own address. */

import { endpointKeys, renewKey, setTraffic } from "lib/azure/mod.ts";
import { TrackingError } from "lib/tracking/mod.ts";
import type { Assertion, Context } from "./conformance_context.ts";

/** Longest time until a change of keys or traffic has reached the front door, in seconds. */
const SPREADS_SECONDS = 180;

/** Scoring and keys. */
export const SCORING_ASSERTIONS: readonly Assertion[] = [
  {
    name: "scoring: no deployment has traffic",
    section: "§2",
    expected: "404",
    see: async (context) => String((await score(context)).status),
  },
  {
    name: "scoring: a deployment can be named, at 0 percent too",
    section: "§2",
    expected: "200 from it",
    async see(context) {
      const { deployment } = context.names;
      const named = { "azureml-model-deployment": deployment };
      return answeredBy(context, await score(context, { headers: named }));
    },
  },
  {
    name: "scoring: all traffic, set through lib/azure",
    section: "§1, §2",
    expected: "100 percent, 200 from it",
    async see(context) {
      const { workspace: { azure }, names: { endpoint, deployment } } = context;
      const { traffic } = await setTraffic(azure, endpoint, { [deployment]: 100 });
      await until200(context);
      return `${traffic[deployment]} percent, ${answeredBy(context, await score(context))}`;
    },
  },
  {
    name: "scoring: headers of an answer",
    section: "§2",
    expected: "azureml-model-deployment, x-ms-request-id, x-request-id",
    async see(context) {
      const { headers } = await score(context);
      const names = ["azureml-model-deployment", "x-ms-request-id", "x-request-id"];
      return names.filter((name) => headers.has(name)).join(", ");
    },
  },
  {
    name: "scoring: a wrong key",
    section: "§2",
    expected: "401",
    see: async (context) => String((await score(context, { key: "0".repeat(32) })).status),
  },
  {
    name: "scoring: the model's own 422 comes as 424",
    section: "§2",
    expected: "424, model says 422, model_error, its body",
    async see(context) {
      const { status, headers, text } = await score(context, { asked: 422 });
      const own = headers.get("ms-azureml-model-error-statuscode");
      const reason = headers.get("ms-azureml-model-error-reason");
      const body = text === '{"echoed":422}' ? "its body" : "another body";
      return `${status}, model says ${own}, ${reason}, ${body}`;
    },
  },
  {
    name: "scoring: a path that the container does not have",
    section: "§2",
    expected: "424, model says 404",
    async see(context) {
      const { status, headers } = await score(context, { below: "/nowhere" });
      return `${status}, model says ${headers.get("ms-azureml-model-error-statuscode")}`;
    },
  },
  {
    name: "keys: two, and both are good",
    section: "§2",
    expected: "200, 200, different",
    async see(context) {
      const { primary, secondary } = await keysOf(context);
      const seen = [
        await score(context, { key: primary }),
        await score(context, { key: secondary }),
      ];
      const same = primary === secondary ? "the same" : "different";
      return `${seen.map(({ status }) => status).join(", ")}, ${same}`;
    },
  },
  {
    name: "keys: renewing the primary leaves the secondary",
    section: "§2",
    expected: "old 401, new 200, secondary 200",
    async see(context) {
      const before = await keysOf(context), { workspace: { azure }, names } = context;
      await renewKey(azure, names.endpoint, "Primary");
      const after = await keysOf(context);
      const status = async (key: string) => (await score(context, { key })).status;
      await context.until(SPREADS_SECONDS, async () => await status(before.primary) === 401);
      const secondary = after.secondary === before.secondary
        ? await status(after.secondary)
        : "renewed as well";
      return `old ${await status(before.primary)}, new ${await status(after.primary)}, ` +
        `secondary ${secondary}`;
    },
  },
  {
    name: "keys: renewing answers with Location",
    section: "§1 table",
    expected: "202 with Location",
    async see({ raw, ended, names }) {
      const path = `/onlineEndpoints/${names.endpoint}/regenerateKeys`;
      const { status, headers } = await raw("POST", path, { keyType: "Secondary" });
      const location = headers.get("location");
      if (location) await ended(location);
      return `${status}${location ? " with Location" : ""}`;
    },
  },
];

/** MLflow. */
export const MLFLOW_ASSERTIONS: readonly Assertion[] = [
  {
    name: "MLflow: a run at the workspace's tracking URI",
    section: "§5",
    expected: "FINISHED, seed 7, accuracy 0.5",
    async see({ workspace: { tracking }, names }) {
      const run = await tracking.startRun({ experiment: names.asset, tags: { purpose: "check" } });
      await run.logParams({ seed: 7 });
      await run.logMetrics({ accuracy: 0.5 });
      await run.finish("FINISHED");
      const { status, params, metrics } = await tracking.getRun(run.runId);
      return `${status}, seed ${params.seed}, accuracy ${metrics.accuracy}`;
    },
  },
  {
    name: "MLflow: v1.0 and v2.0 are both served",
    section: "§5",
    expected: "v1.0 200, v2.0 200",
    async see(context) {
      const { azure: { mlflowUrl } } = context.workspace;
      const seen: string[] = [];
      for (const version of ["v1.0", "v2.0"]) {
        const base = mlflowUrl.replace("/mlflow/v1.0", `/mlflow/${version}`);
        const name = encodeURIComponent(context.names.asset);
        const path = `/api/2.0/mlflow/experiments/get-by-name?experiment_name=${name}`;
        const response = await context.workspace.azure.armFetch(`${base}${path}`);
        await response.body?.cancel();
        seen.push(`${version} ${response.status}`);
      }
      return seen.join(", ");
    },
  },
  {
    name: "MLflow: an experiment cannot be renamed",
    section: "§5",
    expected: "refused",
    async see(context) {
      const { tracking, azure } = context.workspace;
      const { experimentId } = await tracking.ensureExperiment(context.names.asset);
      const url = `${azure.mlflowUrl}/api/2.0/mlflow/experiments/update`;
      const response = await azure.armFetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ experiment_id: experimentId, new_name: `${context.names.asset}-2` }),
      });
      await response.body?.cancel();
      return response.status < 400 ? `accepted: ${response.status}` : "refused";
    },
  },
  {
    name: "MLflow: a run that is not there",
    section: "§5",
    expected: "RESOURCE_DOES_NOT_EXIST",
    async see({ workspace: { tracking } }) {
      try {
        await tracking.getRun("00000000-0000-0000-0000-00000000c0de");
        return "found";
      } catch (error) {
        if (error instanceof TrackingError) return error.code;
        throw error;
      }
    },
  },
];

interface ScoreOptions {
  readonly key?: string;
  /** The status that the container is asked for. */
  readonly asked?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A path below the scoring address. */
  readonly below?: string;
}

async function score(context: Context, options: ScoreOptions = {}) {
  const { asked = 200, headers = {}, below = "" } = options;
  const key = options.key ?? (await keysOf(context)).primary;
  const response = await context.workspace.azure.fetch(`${context.made.scoringUrl}${below}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ status: asked }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function answeredBy({ names }: Context, { status, headers }: Awaited<ReturnType<typeof score>>) {
  const name = headers.get("azureml-model-deployment");
  return `${status} from ${name === names.deployment ? "it" : "another"}`;
}

async function until200(context: Context): Promise<void> {
  await context.until(SPREADS_SECONDS, async () => (await score(context)).status === 200);
}

function keysOf({ workspace: { azure }, names }: Context) {
  return endpointKeys(azure, names.endpoint);
}
