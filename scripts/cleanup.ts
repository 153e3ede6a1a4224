/** `deno task cleanup`: removes every endpoint of the workspace, and proves that it is gone. */

import { getEndpoint, listEndpoints } from "lib/azure/mod.ts";
import { openWorkspace, removeEndpoint } from "lib/lifecycle/mod.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno task cleanup

Removes the endpoints of the workspace with their deployments and keys, and looks each one up.`;

await main("cleanup", async () => {
  const { on } = readFlags({});
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const workspace = await openWorkspace(), { azure } = workspace;
  const names = (await listEndpoints(azure)).map(({ name }) => name);
  for (const name of names) {
    await removeEndpoint(workspace, { endpoint: name, by: "cleanup", reason: "endpoint removed" });
    const left = await getEndpoint(azure, name);
    console.log(`${name}: ${left ? `still there (${left.state})` : "gone"}`);
    if (left) return EXIT.failed;
  }
  console.log(names.length === 0 ? "There was no endpoint." : `${names.length} removed.`);
  return EXIT.done;
});
