/**
 * `deno task traffic`: who serves behind an endpoint now. A workflow asks before it changes anything, so
 * that it knows what to go back to.
 */

import { getEndpoint, listDeployments, openAzure } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import { modelOfDeployment } from "lib/lifecycle/production.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno task traffic [--endpoint NAME] [--json]

Shows percent and version of each deployment, and which has most of the traffic.
  --endpoint NAME   default iris-demo; one that is not there has no deployment
  --json            print the record and nothing else`;

await main("traffic", async () => {
  const { on, values, words } = readFlags({ on: ["json"], values: ["endpoint"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "traffic", rule: "must be given flags only", value: words[0] });
  }
  const endpoint = values.endpoint?.at(-1) ?? "iris-demo", azure = await openAzure();
  const found = await getEndpoint(azure, endpoint), traffic = found?.traffic ?? {};
  const standing = found ? await listDeployments(azure, endpoint) : [];
  const deployments = Object.fromEntries(
    standing.map((one) => [one.name, modelOfDeployment(one).version]),
  );
  const [first] = standing.filter(({ name }) => traffic[name] > 0)
    .toSorted((a, b) => traffic[b.name] - traffic[a.name]);
  const leader = first ? { deployment: first.name, version: deployments[first.name] } : null;
  const lines = standing.map(({ name }) => `${name} ${traffic[name] ?? 0} % ${deployments[name]}`);
  console.log(
    on.has("json")
      ? JSON.stringify({ endpoint, traffic, deployments, leader }, null, 2)
      : lines.join("\n") || `${endpoint} has no deployment`,
  );
  return EXIT.done;
});
