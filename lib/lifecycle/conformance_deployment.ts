/** What the contract says of deployments, their traffic, and how they and their endpoint go. */

import {
  createDeployment,
  deploymentLog,
  getDeployment,
  OperationError,
  setTraffic,
} from "lib/azure/mod.ts";
import { deploymentPath, endpointPath, putTraffic, refused } from "./conformance_body.ts";
import { CHECK_LINE, CHECK_ROUTES } from "./conformance_container.ts";
import type { Assertion, Context } from "./conformance_context.ts";

/** With a deployment, which costs. */
export const DEPLOYMENT_ASSERTIONS: readonly Assertion[] = [
  {
    name: "deployment: comes up, awaited through lib/azure",
    section: "§1 Online deployment, §3",
    expected: "Succeeded",
    async see(context) {
      const { workspace: { azure }, names, made, instanceType, signal } = context;
      const { modelId = missing("model"), environmentId = missing("environment") } = made;
      await createDeployment(azure, {
        ...{ endpoint: names.endpoint, name: names.deployment, modelId, environmentId },
        ...{ variables: {}, tags: { purpose: "conformance" } },
        ...{ instanceType, instances: 1, concurrency: 4 },
      }, { signal, onCost() {} }); // the price was told before anything was made
      const { endpoint, deployment: name } = names;
      return (await getDeployment(azure, { endpoint, name }))?.state ?? "not there";
    },
  },
  {
    name: "deployment: what the service fills in (raw JSON)",
    section: "§1 Online deployment",
    expected: "liveness 30 1 PT2S PT10S PT10S, scale Default, sku Default Standard 1",
    async see(context) {
      const { body } = await context.raw("GET", deploymentPath(context));
      const { livenessProbe: probe, scaleSettings } = body.properties;
      const { failureThreshold, successThreshold, timeout, period, initialDelay } = probe;
      const liveness = [failureThreshold, successThreshold, timeout, period, initialDelay];
      const { name, tier, capacity } = body.sku;
      return `liveness ${liveness.join(" ")}, scale ${scaleSettings.scaleType}, ` +
        `sku ${name} ${tier} ${capacity}`;
    },
  },
  {
    name: "deployment: the scoring address follows the environment's route",
    section: "§2",
    expected: CHECK_ROUTES.scoring,
    async see(context) {
      const { body } = await context.raw("GET", endpointPath(context));
      context.made.scoringUrl = body.properties.scoringUri;
      return new URL(body.properties.scoringUri).pathname;
    },
  },
  {
    name: "deployment: its machine cannot be exchanged",
    section: "§1 Online deployment",
    expected: "refused: 400",
    async see(context) {
      const { body } = await context.raw("GET", deploymentPath(context));
      const { location, sku, properties } = body;
      const other = { ...properties, instanceType: "Standard_DS3_v2" };
      const sent = { location, sku, properties: other };
      const { status } = await context.raw("PUT", deploymentPath(context), sent);
      return `${status < 400 ? "accepted" : "refused"}: ${status}`;
    },
  },
  {
    name: "deployment: its sizes",
    section: "§1 Online deployment",
    expected: "200, Default Standard, 1 to 50",
    async see(context) {
      const { status, body } = await context.raw("GET", `${deploymentPath(context)}/skus`);
      const [{ sku, capacity }] = body.value;
      return `${status}, ${sku.name} ${sku.tier}, ${capacity.minimum} to ${capacity.maximum}`;
    },
  },
  {
    name: "deployment: its log can be read",
    section: "§1 Online deployment",
    expected: "the container's own line, under Instance status and Container logs",
    async see({ workspace: { azure }, names: { endpoint, deployment: name }, until }) {
      let text = "";
      await until(60, async () => {
        text = (await deploymentLog(azure, { endpoint, name }, { tail: 200 })).join("\n");
        return text.includes(CHECK_LINE);
      });
      const own = text.includes(CHECK_LINE)
        ? "the container's own line"
        : "no line of the container";
      const heads = ["Instance status", "Container logs"].filter((head) =>
        text.includes(`${head}:`)
      );
      return `${own}, under ${heads.join(" and ")}`;
    },
  },
  {
    name: "traffic: 110 percent",
    section: "§1 Online endpoint",
    expected: "refused: 400 BadRequest",
    see: async (context) => refused(await putTraffic(context, { [context.names.deployment]: 110 })),
  },
  {
    name: "traffic: 50 percent in all",
    section: "§1 Online endpoint",
    expected: "refused: 400 BadRequest",
    see: async (context) => refused(await putTraffic(context, { [context.names.deployment]: 50 })),
  },
];

/** What is seen at the end, when the deployment has all traffic, and as it goes. */
export const FAREWELL_ASSERTIONS: readonly Assertion[] = [
  {
    name: "deployment: under traffic it cannot be deleted",
    section: "§1 Online endpoint",
    expected: "refused: 400",
    async see(context) {
      const { status } = await context.raw("DELETE", deploymentPath(context));
      return `${status < 400 ? "accepted" : "refused"}: ${status}`;
    },
  },
  {
    name: "deployment: without traffic it goes, told by an operation",
    section: "§0 LRO mechanics",
    expected: "202 null, both addresses, Succeeded; then 404",
    async see(context) {
      const { workspace: { azure }, names: { endpoint, deployment } } = context;
      await setTraffic(azure, endpoint, { [deployment]: 0 });
      return await goes(context, deploymentPath(context));
    },
  },
  {
    name: "endpoint: it goes, told by an operation",
    section: "§0 LRO mechanics",
    expected: "202 null, both addresses, Succeeded; then 404",
    see: (context) => goes(context, endpointPath(context)),
  },
  {
    name: "endpoint: deleting what is not there",
    section: "§1 Online endpoint",
    expected: "204",
    see: async (context) => String((await context.raw("DELETE", endpointPath(context))).status),
  },
];

/** Deletes something and follows its operation. */
async function goes({ raw, ended }: Context, path: string): Promise<string> {
  const { status, text, headers } = await raw("DELETE", path);
  const operation = headers.get("azure-asyncoperation");
  const both = operation && headers.has("location") ? "both addresses" : "not both addresses";
  const end = operation ? (await ended(operation)).body?.status : "no operation";
  return `${status} ${text}, ${both}, ${end}; then ${(await raw("GET", path)).status}`;
}

function missing(what: string): never {
  const reason = `an earlier assertion did not make the ${what}`;
  throw new OperationError({ action: "deploy", code: "NotReached", reason });
}
