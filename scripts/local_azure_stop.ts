/**
 * Stops Local Azure.
 *
 * Permissions: `read`, `write` of `.local`, `net` for 127.0.0.1, `run` to end one that hangs.
 *
 * @module
 */

import { stopLocalAzure } from "lib/azure/local.ts";
import { EXIT, main } from "./cli.ts";
import { readCheckout } from "./local_azure_flags.ts";

const HELP = `deno task local-azure:stop

Ends this checkout's Local Azure and its deployments; what it holds is there again at the next start.
  --checkout DIR        the checkout that is meant (default this one)`;

if (import.meta.main) await main("local-azure:stop", run);

async function run(): Promise<number> {
  const checkout = readCheckout(HELP);
  if (checkout === undefined) return EXIT.done;
  console.log(
    await stopLocalAzure({ checkout }) ? "Local Azure has ended" : "Local Azure does not run",
  );
  return EXIT.done;
}
