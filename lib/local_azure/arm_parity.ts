/** Which of the contract's operations are answered here: the table is made from the routes. */

import { OPERATION_GROUPS } from "./arm_contract.ts";
import { ArmError } from "./arm_error.ts";
import { createRouter, type Route } from "./arm_router.ts";

/** What is different from Azure, by operation or by group. Whatever has a note here is "in part". */
const NOTES: Readonly<Record<string, string>> = {
  "workspaces.diagnose": "looks at the three companions; there is no network to look at",
  "workspaces.listKeys": "no registry and no notebook keys: there are neither here",
  "datastores.createOrUpdate": "AzureBlob with an account key, on the one storage account",
  "onlineEndpoints.createOrUpdate": "managed ones only",
  "onlineDeployments.createOrUpdate":
    "managed ones only; environments with a build context, no images, no code configuration",
  "jobs.createOrUpdate":
    "command jobs only; `deno run …` runs, with the runtime `buildah` any command",
  "schedules.createOrUpdate": "action `CreateJob` with a command job; fires on Local Azure's clock",
  "computeOperations.createOrUpdate":
    "AmlCompute and ComputeInstance, as records: no machine stands behind them",
  "computeOperations.listNodes": "always empty: there are no machines",
  "computeOperations.listKeys": "always refused: no kind that is kept here has keys",
  "quotas.update": "by family, for a subscription and region; none by workspace",
  "usages.list": "the families of `vm_sizes.ts`; other sizes count nowhere",
  "virtualMachineSizes.list": "the sizes of `vm_sizes.ts`, of which Azure has more",
  "workspaces.prepareNotebook": "400, as there is no notebook service; in lenient mode the shape",
  "workspaces.listNotebookKeys": "400; in lenient mode keys that open nothing",
  "workspaces.listNotebookAccessToken": "400; in lenient mode a token that opens nothing",
  "workspaces.listOutboundNetworkDependenciesEndpoints": "the hosts that Local Azure answers for",
  "batchEndpoints.createOrUpdate": "as records: no job is ever started from one",
  "batchDeployments.createOrUpdate": "as records; model, environment and compute must be there",
  "workspaceFeatures.list": "always empty: there is nothing to switch on",
  "privateEndpointConnections.createOrUpdate":
    "400, as there are no private endpoints; in lenient mode kept as it was sent",
  "privateLinkResources.list": "the one group of the specification's example, without DNS zones",
  "operations.list": "what is answered here, of which Azure has more",
};

/** Why something is missing: nothing is, at present. */
const MISSING: Readonly<Record<string, string>> = {};

/** Where routes that the SDK has no operation for come from. */
const BEYOND: readonly (readonly [RegExp, string])[] = [
  [/Operation|operationresults/, "§1 LRO mechanics"],
  [/startPendingUpload/, "calls §2 code asset"],
  [/Microsoft\.(Storage|KeyVault|Insights)/, "§1 Workspace, §6"],
  [
    /resourceGroups\/\{group\}$|resourceGroups$|subscription\}$/,
    "design §4: what a workspace lies in",
  ],
];

/**
 * The table, as Markdown.
 *
 * @param routes All routes of the control plane.
 * @returns A page with two tables: the contract's operations, and what is answered beyond them.
 * @throws {Error} If a note is about an operation that is in no table, or one has no reason for missing.
 */
export function parityPage(routes: readonly Route[]): string {
  const router = createRouter(routes), used = new Set<Route>(), told = new Set<string>();
  const counts = { yes: 0, "in part": 0, no: 0 };

  function find(method: string, path: string): Route | undefined {
    try {
      const { route } = router.find(method, path.replace(/^~/, HOME).replace(/\{\w+\}/g, "x"));
      used.add(route);
      return route;
    } catch (error) {
      if (error instanceof ArmError) return undefined;
      throw error;
    }
  }

  function noteOf(notes: Readonly<Record<string, string>>, group: string, name: string) {
    const key = [`${group}.${name}`, group].find((key) => key in notes);
    if (key) told.add(key);
    return key && notes[key];
  }

  const rows = OPERATION_GROUPS.flatMap(({ group, source, operations }) =>
    operations.map(([name, method, path]) => {
      const isThere = find(method, path) !== undefined;
      const note = noteOf(isThere ? NOTES : MISSING, group, name);
      if (!isThere && !note) throw new Error(`Cannot tell why ${group}.${name} is missing`);
      const state = !isThere ? "no" : note ? "in part" : "yes";
      counts[state]++;
      return row(`\`${group}.${name}\``, `${method} \`${path}\``, state, source, note ?? "");
    })
  );
  const beyond = routes.filter((route) => !used.has(route)).map(({ method, path }) => {
    const [, source] = BEYOND.find(([pattern]) => pattern.test(path)) ?? [];
    if (!source) throw new Error(`Cannot tell where ${method} ${path} comes from`);
    return row(`${method} \`${path}\``, source);
  });
  for (const key of [...Object.keys(NOTES), ...Object.keys(MISSING)]) {
    if (!told.has(key)) throw new Error(`Cannot keep the note on ${key}: it is of no use any more`);
  }
  const all = counts.yes + counts["in part"] + counts.no;
  return `# The control plane beside the contract

Made from the routes by \`arm_parity.ts\`; a test keeps it in step. Of the ${all} operations of
\`@azure/arm-machinelearning\` 2.1.1 (API version 2022-10-01; any other is accepted) ${counts.yes} are
answered with no difference from the contract that we know of, ${
    counts["in part"]
  } in part, ${counts.no}
not at all (404). Nothing here was compared with Azure itself. Sources: § of \`azure-ml-contract.md\`,
calls § of \`python-sdk-calls.md\`; SDK: the SDK's own source alone.

The table is about the strict mode, which is the default. In lenient mode (\`--lenient\`) groups and
workspaces are made when a path leads through them, and what a rule of the service refuses is kept as it
was sent: that is how Microsoft's 119 samples pass (\`tests/conformance/samples_test.ts\`).

| operation | request | here | source | difference |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

Answered beyond the SDK's operations:

| request | source |
| --- | --- |
${beyond.join("\n")}
`;
}

const HOME =
  "/subscriptions/x/resourceGroups/x/providers/Microsoft.MachineLearningServices/workspaces/x";

function row(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
